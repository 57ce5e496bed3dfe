"""The table that every bridge reads and writes, and how it is looked at from outside: by psycopg."""

import contextlib
import datetime
import decimal
import os
import uuid

import psycopg

ADDRESS = {"host": os.environ["PGHOST"], "port": os.environ["PGPORT"], "user": os.environ["PGUSER"],
           "dbname": "main"}
COLUMNS = {"id": "integer", "flag": "boolean", "small": "smallint", "large": "bigint",
           "single": "real", "double": "double precision", "price": "numeric(12,2)", "label": "text",
           "day": "date", "moment": "timestamp", "instant": "timestamptz", "length": "interval", "key": "uuid"}
ROWS = [
    (1, True, -32768, 2**63 - 1, 1.5, 0.1, decimal.Decimal("1234567890.12"), "naïve, \"quoted\"\nline",
     datetime.date(1999, 12, 31), datetime.datetime(2001, 2, 3, 4, 5, 6, 789),
     datetime.datetime(2001, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc),
     datetime.timedelta(days=3, hours=4), uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")),
    (2, False, 32767, -2**63 + 1, -0.0, 1e300, decimal.Decimal("-0.01"), "",
     datetime.date(1, 1, 1), datetime.datetime(1970, 1, 1), datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc),
     datetime.timedelta(microseconds=-1), uuid.UUID(int=0)),
    (3,) + (None,) * 12,
]


def connect(**options):
    return psycopg.connect(**{**ADDRESS, "autocommit": True, **options})


def query(sql):
    with connect() as connection:
        return connection.execute(sql).fetchall()


def drop(name):
    with connect() as connection:
        connection.execute(f"drop table if exists {name}")


def columns():
    return ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())


@contextlib.contextmanager
def table(name, filled=True):
    """A table of ours on the server under test, which goes afterwards."""
    drop(name)
    with connect() as connection:
        connection.execute(f"create table {name} ({columns()})")
        if filled:
            places = ", ".join(["%s"] * len(COLUMNS))
            connection.cursor().executemany(f"insert into {name} values ({places})", ROWS)
    try:
        yield name
    finally:
        drop(name)


@contextlib.contextmanager
def numbers(name, count):
    """A table of that many numbers, with a text and a NULL here and there."""
    drop(name)
    with connect() as connection:
        connection.execute(f"create table {name} as select i::int8 as i, 'row ' || i as label, "
                           f"case when i % 3 <> 0 then i * 0.5::float8 end as half from generate_series(1, {count}) t(i)")
    try:
        yield name
    finally:
        drop(name)
