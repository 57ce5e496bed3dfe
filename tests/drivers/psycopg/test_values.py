"""Every type through psycopg 3: read in both formats from literals and from a table, written as
parameters in both formats, alone, NULL, and in arrays."""

import datetime
import decimal
import json
import unittest
import uuid

import psycopg
from connecting import Case, register
from driver_values import ENGINE, EXTREMES, ON_WIREHOUSE, bits, comparable, each_type, nested
from psycopg import ClientCursor, RawCursor
from psycopg.adapt import Transformer
from psycopg.types.json import Json, Jsonb

JSON = {"json": Json, "jsonb": Jsonb}
TEXT_ARRAY = 1009
COLUMNS = {"": "v", "[]": "a", "[][]": "b"}


class ValuesCase(Case):
    def setUp(self):
        super().setUp()
        register(self.connection, *self.mood_oids)

    def native(self, text, oid):
        """psycopg's value of PostgreSQL's text."""
        loader = Transformer(self.connection).get_loader(oid, psycopg.pq.Format.TEXT)
        return loader.load(text.encode())

    def expected(self, entry, text, oid, binary=False):
        value = self.native(text, oid)
        if entry.name == "varbit" and binary:  # psycopg has no type for it
            value = nested(bits, value)
        return comparable(value, entry.name)

    def parameter(self, entry, text, oid):
        """What a program would send of a type."""
        wrap = JSON.get(entry.name)
        if wrap is None:
            return self.native(text, oid)
        value = text if oid == entry.oid else self.native(text, TEXT_ARRAY)
        return nested(lambda item: wrap(json.loads(item)), value)


def cases(self, entry):
    for value, sql, oid in entry.cases():
        yield value, sql, oid or self.mood_oids[sql.endswith("[]")]


def test_read(self, entry):
    for value, _, oid in cases(self, entry):
        for binary in (False, True):
            with self.subTest(sql=value.sql, binary=binary):
                cursor = self.connection.execute(f"select {value.sql} as v", binary=binary)
                self.assertEqual(cursor.description[0].type_code, oid)
                if not binary:
                    self.assertEqual(cursor.pgresult.get_value(0, 0).decode(), value.text)
                got = comparable(cursor.fetchone()[0], entry.name)
                self.assertEqual(got, self.expected(entry, value.text, oid, binary))


def test_parameter(self, entry):
    for value, sql, oid in cases(self, entry):
        parameter = self.parameter(entry, value.text, oid)
        for placeholder in ("%s", "%t", "%b"):
            with self.subTest(value=value.text, type=sql, placeholder=placeholder):
                got = self.one(f"select {placeholder}::{sql}", (parameter,))[0]
                self.assertEqual(comparable(got, entry.name),
                                 self.expected(entry, value.text, oid))


def test_null(self, entry):
    for sql in (entry.sql, entry.sql + "[]"):
        for binary in (False, True):
            with self.subTest(type=sql, binary=binary):
                row = self.one(f"select %s::{sql}, null::{sql}", (None,), binary)
                self.assertEqual(row, (None, None))
                self.assertEqual(self.one(f"select %s::{sql} is null", (None,), binary), (True,))


def test_table(self, entry):
    """Parameters without a cast go into columns."""
    self.table("stored", f"id int4, v {entry.sql}, a {entry.sql}[], b {entry.sql}[][]")
    rows = [(i, COLUMNS[sql[len(entry.sql):]], value.text, oid)
            for i, (value, sql, oid) in enumerate(cases(self, entry))]
    for i, column, text, oid in rows:
        self.connection.execute(f"insert into stored (id, {column}) values (%s, %s)",
                                (i, self.parameter(entry, text, oid)))
    for i, column, text, oid in rows:
        for binary in (False, True):
            with self.subTest(text=text, binary=binary):
                row = self.one("select v, a, b from stored where id = %s", (i,), binary)
                expected = [self.expected(entry, text, oid, binary) if name == column
                            else comparable(None) for name in COLUMNS.values()]
                self.assertEqual(comparable(row, entry.name), expected)


def test_any(self, entry):
    """A list for = ANY, and a value for =."""
    if entry.name == "json":  # PostgreSQL has no equality for it
        return
    oid = entry.oid or self.mood_oids[0]
    self.table("found", f"id int4, v {entry.sql}")
    values = [self.parameter(entry, value.text, oid) for value in entry.values]
    for i, value in enumerate(values):
        self.connection.execute("insert into found values (%s, %s)", (i, value))
    sql = f"select id from found where v = any(%s::{entry.sql}[]) order by id"
    rows = self.connection.execute(sql, (values[1:],)).fetchall()
    self.assertEqual([row[0] for row in rows if row[0]], list(range(1, len(values))))
    rows = self.connection.execute("select id from found where v = %s", (values[1],)).fetchall()
    self.assertEqual(rows, [(1,)])


def test_client_cursor(self, entry):
    """Parameters that the client writes into the statement as literals."""
    for value, sql, oid in cases(self, entry):
        if value.text == "-0":  # a literal of numeric has no such value
            continue
        with self.subTest(value=value.text, type=sql):
            cursor = ClientCursor(self.connection)
            cursor.execute(f"select cast(%s as {sql})", (self.parameter(entry, value.text, oid),))
            self.assertEqual(comparable(cursor.fetchone()[0], entry.name),
                             self.expected(entry, value.text, oid))


def test_raw_cursor(self, entry):
    """Parameters in the server's own words, $1."""
    for value, sql, oid in cases(self, entry):
        with self.subTest(value=value.text, type=sql):
            cursor = RawCursor(self.connection)
            cursor.execute(f"select $1::{sql}, $1::{sql}",
                           (self.parameter(entry, value.text, oid),), binary=True)
            expected = self.expected(entry, value.text, oid, True)
            self.assertEqual([comparable(got, entry.name) for got in cursor.fetchone()],
                             [expected, expected])


@each_type(test_read)
@each_type(test_parameter)
@each_type(test_null)
@each_type(test_table)
@each_type(test_any)
@each_type(test_client_cursor)
@each_type(test_raw_cursor)
class Types(ValuesCase):
    pass


class Values(ValuesCase):
    """What has no row in the table of types."""

    NATIVE = [
        ("42::int2", 42), ("7000000000", 7_000_000_000), ("1.5::float8", 1.5), ("true", True),
        ("1.50::numeric(10, 2)", decimal.Decimal("1.50")), ("'λ'", "λ"), ("null", None),
        ("date '2024-02-29'", datetime.date(2024, 2, 29)),
        ("time '12:34:56.5'", datetime.time(12, 34, 56, 500000)),
        ("timestamp '2024-02-29 12:34:56'", datetime.datetime(2024, 2, 29, 12, 34, 56)),
        ("timestamptz '2024-02-29 12:00:00+02'", datetime.datetime(
            2024, 2, 29, 10, tzinfo=datetime.timezone.utc)),
        ("interval '1 day 2 seconds'", datetime.timedelta(days=1, seconds=2)),
        ("'00112233-4455-6677-8899-aabbccddeeff'::uuid",
         uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")),
        ("'{\"a\": [1, null]}'::json", {"a": [1, None]}),
        ("array[1, null, 3]::int8[]", [1, None, 3]), ("array['a', 'b,c']", ["a", "b,c"]),
    ]

    def test_native(self):
        for sql, expected in self.NATIVE:
            for binary in (False, True):
                with self.subTest(sql=sql, binary=binary):
                    got = self.one(f"select {sql}", binary=binary)[0]
                    self.assertEqual((type(got), got), (type(expected), expected))

    def test_extremes(self):
        """Python has no values for these; they arrive as text all the same."""
        for value in EXTREMES:
            with self.subTest(sql=value.sql):
                cursor = self.connection.execute(f"select {value.sql}")
                self.assertEqual(cursor.pgresult.get_value(0, 0).decode(), value.text)

    @unittest.skipUnless(ON_WIREHOUSE, "PostgreSQL has no such types")
    def test_engine(self):
        for value, oid in ENGINE:
            for binary in (False, True):
                with self.subTest(sql=value.sql, binary=binary):
                    cursor = self.connection.execute(f"select {value.sql}", binary=binary)
                    self.assertEqual(cursor.description[0].type_code, oid)
                    self.assertEqual(cursor.fetchone()[0], self.native(value.text, oid))

    def test_untyped(self):
        """The server finds out what a parameter is."""
        self.assertEqual(self.one("select %s", ("x",)), ("x",))
        self.assertEqual(self.one("select %s + 1", (41,)), (42,))
        self.assertEqual(self.one("select %s + 1", (decimal.Decimal("1.5"),)),
                         (decimal.Decimal("2.5"),))
        self.assertEqual(self.one("select date '2024-01-01' < %s", ("2024-01-02",)), (True,))
        self.assertEqual(self.one("select %s + interval '1 day'", (datetime.date(2024, 1, 1),)),
                         (datetime.datetime(2024, 1, 2),))
        self.assertEqual(self.one("select %s::int8 between %s and %s", (5, 1, 2**40)), (True,))
        self.assertEqual(self.one("select count(*) from generate_series(1, 20) t(i) where i % 7 = 0"
                                  .replace("%", "%%") + " limit %s", (1,)), (2,))

    def test_many_parameters(self):
        places = ", ".join(["%s"] * 2000)
        sql = f"select count(*), sum(i) from generate_series(1, 5000) t(i) where i in ({places})"
        self.assertEqual(self.one(sql, range(1, 2001)), (2000, 2001000))

    def test_long_values(self):
        text, octets = "λ" * 1_000_000, bytes(range(256)) * 10_000
        for binary in (False, True):
            row = self.one("select %s::text, %s::bytea", (text, octets), binary)
            self.assertEqual(row, (text, octets))

    def test_rows_of_every_format(self):
        """Columns of many types side by side, and NULLs in every one."""
        columns = {"i": "int4", "b": "int8", "f": "float8", "n": "numeric(12, 2)", "s": "text",
                   "d": "date", "t": "timestamptz", "l": "int4[]"}
        self.table("rows", ", ".join(f"{name} {sql}" for name, sql in columns.items()))
        moment = datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.timezone.utc)
        whole = (1, 2**40, 0.5, decimal.Decimal("3.25"), "four", datetime.date(2024, 2, 29),
                 moment, [1, None])
        rows = [whole] + [tuple(None if i == hole else item for i, item in enumerate(whole))
                          for hole in range(len(whole))] + [(None,) * len(whole)]
        with self.connection.cursor() as cursor:
            cursor.executemany(f"insert into rows values ({', '.join(['%s'] * len(whole))})", rows)
        for binary in (False, True):
            cursor = self.connection.execute("select * from rows", binary=binary)
            self.assertCountEqual(map(repr, cursor.fetchall()), map(repr, rows))
            self.assertEqual([column.name for column in cursor.description], list(columns))
