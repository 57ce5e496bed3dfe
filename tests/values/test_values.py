"""Random values of every type: PostgreSQL's bytes and ours are the same, in both formats, as
results of literals and as parameters that come back."""

import datetime
import os
import random
import struct
import unittest
import uuid

import psycopg
from psycopg import pq

SEED = 20_250
ROUNDS = 300


def connect(port, user):
    return psycopg.connect(host="127.0.0.1", port=port, dbname="main", user=user, autocommit=True)


def floats(rng, form, limit):
    while True:
        value = struct.unpack(form, rng.randbytes(struct.calcsize(form)))[0]
        if value == value and abs(value) != float("inf") and (value == 0 or abs(value) > limit):
            return repr(value)


def instant(rng):
    base = datetime.datetime(1, 1, 1)
    span = (datetime.datetime(9999, 12, 31) - base).total_seconds()
    value = base + datetime.timedelta(seconds=rng.uniform(0, span))
    return value.replace(microsecond=rng.choice([0, 500000, rng.randrange(1000000)]))


def stamp(value):
    """strftime drops the zeros of years before 1000."""
    return value.isoformat(sep=" ")


MAKERS = {
    "bool": lambda rng: rng.choice(["true", "false"]),
    "int2": lambda rng: str(rng.randint(-2**15, 2**15 - 1)),
    "int4": lambda rng: str(rng.randint(-2**31, 2**31 - 1)),
    "int8": lambda rng: str(rng.randint(-2**63, 2**63 - 1) >> rng.randrange(63)),
    "float8": lambda rng: floats(rng, "d", 2.3e-308),
    "float4": lambda rng: floats(rng, "f", 1.2e-38),
    "text": lambda rng: "".join(rng.choice("abcé'\\\"λ {},") for _ in range(rng.randrange(30))),
    "date": lambda rng: datetime.date.fromordinal(rng.randint(1, 3652059)).isoformat(),
    "timestamp": lambda rng: stamp(instant(rng)),
    "timestamptz": lambda rng: stamp(instant(rng)) + rng.choice(["+00", "+05:30", "-08"]),
    "uuid": lambda rng: str(uuid.UUID(bytes=rng.randbytes(16))),
    "bytea": lambda rng: "\\x" + rng.randbytes(rng.randrange(40)).hex(),
}


def ask(connection, name, oid, values, result_format, param_format=0):
    """The cells of `select $1, …`, as they stand on the wire."""
    sql = "select " + ", ".join(f"${i + 1}::{name}" for i in range(len(values)))
    result = connection.pgconn.exec_params(
        sql.encode(), values, [oid] * len(values), [param_format] * len(values), result_format)
    assert result.status == pq.ExecStatus.TUPLES_OK, result.error_message
    return [result.get_value(0, i) for i in range(len(values))]


class Values(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.oracle = connect(os.environ["POSTGRES_PORT"], "postgres")
        cls.ours = connect(os.environ["PGPORT"], "t")
        cls.oids = dict(cls.oracle.execute("select typname, oid::int from pg_type").fetchall())

    @classmethod
    def tearDownClass(cls):
        cls.oracle.close()
        cls.ours.close()


def add(name, make):
    def test(self):
        rng = random.Random(SEED)
        values = [make(rng).encode() for _ in range(ROUNDS)]
        oid = self.oids[name]
        for result_format in (0, 1):
            expected = ask(self.oracle, name, oid, values, result_format)
            got = ask(self.ours, name, oid, values, result_format)
            for value, theirs, mine in zip(values, expected, got):
                self.assertEqual(mine, theirs, f"{name} {value} in format {result_format}")
        binary = ask(self.oracle, name, oid, values, 1)
        self.assertEqual(ask(self.ours, name, oid, binary, 1, 1), binary)
        self.assertEqual(ask(self.ours, name, oid, binary, 0, 1),
                         ask(self.oracle, name, oid, binary, 0, 1))

    setattr(Values, f"test_{name}", test)


for type_name, maker in MAKERS.items():
    add(type_name, maker)


def test_numeric(self):
    """The scale is the declared one on both sides."""
    rng = random.Random(SEED)
    for _ in range(ROUNDS):
        precision = rng.randint(1, 38)
        scale = rng.randint(0, precision)
        digits = rng.randint(0, 10**precision - 1) // 10 ** rng.randrange(precision)
        text = f"{'-' * rng.randrange(2)}{digits // 10**scale}.{digits % 10**scale:0{scale or 1}d}"
        text = text if scale else text.split(".")[0]
        sql = f"select '{text}'::decimal({precision}, {scale})"
        for result_format in (False, True):
            theirs, mine = (connection.cursor(binary=result_format).execute(sql).pgresult.get_value(0, 0)
                            for connection in (self.oracle, self.ours))
            self.assertEqual(mine, theirs, sql)


Values.test_numeric = test_numeric
