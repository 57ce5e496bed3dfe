import datetime
import decimal
import os
import threading
import unittest

import psycopg2
import psycopg2.errorcodes
import psycopg2.extensions


def connect(**options):
    return psycopg2.connect(host=os.environ["PGHOST"], port=os.environ["PGPORT"], dbname="main",
                            user="tester", **options)


class Case(unittest.TestCase):
    def setUp(self):
        self.connection = connect()
        self.addCleanup(self.connection.close)
        self.cursor = self.connection.cursor()

    def one(self, sql, params=None):
        self.cursor.execute(sql, params)
        return self.cursor.fetchone()


class Values(Case):
    ROWS = [
        ("true", True), ("1::int2", 1), ("2::int4", 2), ("3::int8", 3), ("1.5::float4", 1.5),
        ("0.1::float8", 0.1), ("1.50::decimal(10, 2)", decimal.Decimal("1.50")),
        ("'xé'", "xé"), ("null::int4", None), ("date '2024-02-29'", datetime.date(2024, 2, 29)),
        ("timestamp '2024-02-29 12:34:56.789'", datetime.datetime(2024, 2, 29, 12, 34, 56, 789000)),
        ("timestamptz '2024-02-29 12:00:00+02'",
         datetime.datetime(2024, 2, 29, 10, tzinfo=datetime.timezone.utc)),
        ("'00112233-4455-6677-8899-aabbccddeeff'::uuid", "00112233-4455-6677-8899-aabbccddeeff"),
        ("255::utinyint", 255), ("65535::usmallint", 65535), ("4294967295::uinteger", 4294967295),
        ("18446744073709551615::ubigint", decimal.Decimal(18446744073709551615)),
        ("'a\\xAA'::blob", b"a\xaa"),
    ]

    def test_values(self):
        for sql, expected in self.ROWS:
            with self.subTest(sql=sql):
                value = self.one(f"select {sql}")[0]
                self.assertEqual(bytes(value) if isinstance(value, memoryview) else value, expected)

    def test_parameters(self):
        for value in (1, -5, 2.5, "it's", None, True, datetime.date(2000, 1, 1)):
            with self.subTest(value=value):
                self.assertEqual(self.one("select %s", (value,))[0], value)

    def test_description(self):
        self.cursor.execute("select 1::int4 as a, 'x'::text as b")
        self.assertEqual([(c.name, c.type_code) for c in self.cursor.description],
                         [("a", 23), ("b", 25)])

    def test_many_rows(self):
        self.cursor.execute("select i, 'row ' || i from range(300000) t(i)")
        self.assertEqual(self.cursor.rowcount, 300000)
        for number, row in enumerate(self.cursor):
            self.assertEqual(row, (number, f"row {number}"))


class Errors(Case):
    ROWS = [("selec", "42601"), ("select nosuch", "42703"), ("select * from nosuch", "42P01"),
            ("select nofunction(1)", "42883"), ("select 'x'::int4", "22P02"),
            ("select 100000::int4::int2", "22003"), ("copy t from stdin", "0A000"),
            ("set nosuch = 1", "42704"), ("savepoint a", "0A000"), ("listen a", "0A000")]

    def test_codes(self):
        for sql, code in self.ROWS:
            with self.subTest(sql=sql), self.assertRaises(psycopg2.Error) as caught:
                self.cursor.execute(sql)
            self.connection.rollback()
            self.assertEqual(caught.exception.pgcode, code)
        self.assertEqual(self.one("select 1"), (1,))

    def test_constraints(self):
        self.cursor.execute("create table keys (a int primary key, b int not null, check (b < 9))")
        self.cursor.execute("insert into keys values (1, 1)")
        self.connection.commit()
        for values, code in (("(1, 2)", "23505"), ("(2, null)", "23502"), ("(3, 10)", "23514")):
            with self.subTest(values=values), self.assertRaises(psycopg2.IntegrityError) as caught:
                self.cursor.execute(f"insert into keys values {values}")
            self.connection.rollback()
            self.assertEqual(caught.exception.pgcode, code)
        self.cursor.execute("drop table keys")
        self.connection.commit()


class Transactions(Case):
    def status(self):
        return self.connection.info.transaction_status

    def test_status(self):
        self.assertEqual(self.status(), psycopg2.extensions.TRANSACTION_STATUS_IDLE)
        self.cursor.execute("select 1")
        self.assertEqual(self.status(), psycopg2.extensions.TRANSACTION_STATUS_INTRANS)
        with self.assertRaises(psycopg2.Error):
            self.cursor.execute("selec")
        self.assertEqual(self.status(), psycopg2.extensions.TRANSACTION_STATUS_INERROR)
        with self.assertRaises(psycopg2.errors.InFailedSqlTransaction):
            self.cursor.execute("select 1")
        self.connection.rollback()
        self.assertEqual(self.status(), psycopg2.extensions.TRANSACTION_STATUS_IDLE)

    def test_isolation(self):
        self.cursor.execute("create table if not exists iso (a int)")
        self.connection.commit()
        self.cursor.execute("insert into iso values (1)")
        other = connect()
        self.addCleanup(other.close)
        with other.cursor() as cursor:
            cursor.execute("select count(*) from iso")
            self.assertEqual(cursor.fetchone(), (0,))
        other.rollback()
        self.connection.rollback()
        self.assertEqual(self.one("select count(*) from iso"), (0,))

    def test_conflict(self):
        self.cursor.execute("create or replace table conflict as select 1 as a")
        self.connection.commit()
        other = connect()
        self.addCleanup(other.close)
        self.cursor.execute("update conflict set a = 2")
        with self.assertRaises(psycopg2.errors.SerializationFailure), other.cursor() as cursor:
            cursor.execute("update conflict set a = 3")
        other.rollback()
        self.connection.commit()
        self.assertEqual(self.one("select a from conflict"), (2,))


class Interrupts(Case):
    SLOW = "select count(*) from range(100000000000) t(i) where i % 7 = 3"

    def test_cancel(self):
        timer = threading.Timer(0.3, self.connection.cancel)
        timer.start()
        with self.assertRaises(psycopg2.errors.QueryCanceled) as caught:
            self.cursor.execute(self.SLOW)
        timer.join()
        self.assertIn("user request", str(caught.exception))
        self.connection.rollback()
        self.assertEqual(self.one("select 1"), (1,))

    def test_cancel_without_a_statement(self):
        self.connection.cancel()
        self.assertEqual(self.one("select 1"), (1,))

    def test_statement_timeout(self):
        self.cursor.execute("set statement_timeout = '200ms'")
        with self.assertRaises(psycopg2.errors.QueryCanceled) as caught:
            self.cursor.execute(self.SLOW)
        self.assertIn("statement timeout", str(caught.exception))

    def test_timeout_in_options(self):
        other = connect(options="-c statement_timeout=123ms")
        self.addCleanup(other.close)
        with other.cursor() as cursor:
            cursor.execute("show statement_timeout")
            self.assertEqual(cursor.fetchone(), ("123ms",))


class Parameters(Case):
    def test_parameter_status(self):
        info = self.connection.info
        self.assertRegex(info.parameter_status("server_version"), r"^15\.")
        self.assertEqual(info.parameter_status("server_encoding"), "UTF8")
        self.assertEqual(info.parameter_status("TimeZone"), "UTC")
        self.assertEqual(info.parameter_status("integer_datetimes"), "on")
        self.cursor.execute("set application_name = 'changed'")
        self.assertEqual(info.parameter_status("application_name"), "changed")
