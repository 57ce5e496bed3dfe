import datetime
import decimal
import os
import unittest
import uuid

import psycopg


def connect(**options):
    return psycopg.connect(host=os.environ["PGHOST"], port=os.environ["PGPORT"], dbname="main",
                           user="tester", autocommit=True, **options)


class Case(unittest.TestCase):
    def setUp(self):
        self.connection = connect()
        self.addCleanup(self.connection.close)

    def one(self, sql, params=None, binary=False):
        return self.connection.execute(sql, params, binary=binary).fetchone()


UTC = datetime.timezone.utc
VALUES = [
    ("int2", 7), ("int4", -70000), ("int8", 7_000_000_000), ("float8", 0.1), ("float4", 1.5),
    ("bool", True), ("text", "naïve"), ("date", datetime.date(1999, 12, 31)),
    ("timestamp", datetime.datetime(2024, 2, 29, 12, 34, 56, 789012)),
    ("timestamptz", datetime.datetime(2024, 2, 29, 12, 34, 56, 789012, tzinfo=UTC)),
    ("uuid", uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")), ("bytea", b"\x00\xff'"),
]


class Values(Case):
    def test_round_trip(self):
        for result_binary in (False, True):
            for placeholder in ("%t", "%b"):
                for name, value in VALUES:
                    with self.subTest(name=name, binary=result_binary, parameter=placeholder):
                        got = self.one(f"select {placeholder}::{name}", (value,), result_binary)[0]
                        self.assertEqual(got, value)

    def test_null(self):
        for name, _ in VALUES:
            for binary in (False, True):
                with self.subTest(name=name, binary=binary):
                    self.assertEqual(self.one(f"select %s::{name}", (None,), binary), (None,))

    def test_untyped(self):
        self.assertEqual(self.one("select %s", ("x",)), ("x",))
        self.assertEqual(self.one("select %s + 1", (41,)), (42,))
        self.assertEqual(self.one("select %s", (decimal.Decimal("1.5"),))[0], decimal.Decimal("1.5"))

    def test_numeric_binary(self):
        for text in ("0", "1.50", "-12345678901234567890.123456789", "0.0001", "10000", "99999999"):
            with self.subTest(text=text):
                sql = f"select {text}::decimal(38, 9)"
                self.assertEqual(self.one(sql, binary=True)[0], decimal.Decimal(text))
                self.assertEqual(self.one(sql)[0], decimal.Decimal(text))

    def test_many_rows_binary(self):
        cursor = self.connection.execute("select i, i::float8 / 2 from range(200000) t(i)",
                                         binary=True)
        for number, row in enumerate(cursor):
            self.assertEqual(row, (number, number / 2))
        self.assertEqual(number, 199999)


class Statements(Case):
    def test_prepared(self):
        for number in range(10):
            row = self.connection.execute("select %s::int8 * 2", (number,), prepare=True).fetchone()
            self.assertEqual(row, (number * 2,))

    def test_executemany(self):
        self.connection.execute("create or replace table many (a int, b text)")
        with self.connection.cursor() as cursor:
            cursor.executemany("insert into many values (%s, %s)", [(i, str(i)) for i in range(100)])
        self.assertEqual(self.one("select count(*), sum(a), max(b) from many"), (100, 4950, "99"))

    def test_pipeline(self):
        with self.connection.pipeline():
            cursors = [self.connection.execute("select %s::int4", (i,)) for i in range(50)]
            self.assertEqual([c.fetchone()[0] for c in cursors], list(range(50)))

    def test_pipeline_error(self):
        with self.assertRaises(psycopg.errors.UndefinedColumn), self.connection.pipeline():
            self.connection.execute("select 1")
            self.connection.execute("select nosuch")
        self.assertEqual(self.one("select 1"), (1,))

    def test_stream(self):
        with self.connection.cursor() as cursor:
            rows = cursor.stream("select i from range(5000) t(i)")
            self.assertEqual(sum(row[0] for row in rows), 12497500)

    def test_result_type_changes(self):
        self.connection.execute("create or replace table changing as select 1 as a")
        self.one("select a from changing")
        cursor = self.connection.cursor()
        cursor.execute("select a from changing", prepare=True)
        self.connection.execute("create or replace table changing as select 'x' as a")
        with self.assertRaises(psycopg.errors.FeatureNotSupported):
            cursor.execute("select a from changing", prepare=True)

    def test_cancel(self):
        with self.assertRaises(psycopg.errors.QueryCanceled):
            self.connection.execute("set statement_timeout = 150")
            self.connection.execute("select count(*) from range(100000000000) t(i) where i % 7 = 3")
        self.assertEqual(self.one("select 1"), (1,))


class Transactions(Case):
    def test_block(self):
        self.connection.execute("create or replace table block (a int)")
        with self.assertRaises(ZeroDivisionError), self.connection.transaction():
            self.connection.execute("insert into block values (1)")
            raise ZeroDivisionError
        self.assertEqual(self.one("select count(*) from block"), (0,))
        with self.connection.transaction():
            self.connection.execute("insert into block values (1)")
        self.assertEqual(self.one("select count(*) from block"), (1,))
