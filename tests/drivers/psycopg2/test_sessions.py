"""Errors, transactions, cancels and settings through psycopg2."""

import datetime
import select

import psycopg2
import psycopg2.extensions as extensions
from connecting import Case, connect
from driver_values import ON_WIREHOUSE, SLOW, cancelling
from psycopg2 import errors


class Notifications(Case):
    def test_poll(self):
        listener = connect()
        self.addCleanup(listener.close)
        listener.autocommit = True
        listener.cursor().execute("listen news")
        self.cursor.execute("notify news, 'hello'")
        self.connection.commit()
        while not listener.notifies:
            select.select([listener], [], [], 60)
            listener.poll()
        notify = listener.notifies.pop()
        self.assertEqual((notify.channel, notify.payload, notify.pid),
                         ("news", "hello", self.connection.get_backend_pid()))


class Errors(Case):
    ROWS = [("selec", "42601"), ("select nosuch", "42703"), ("select * from nosuch", "42P01"),
            ("select nofunction(1)", "42883"), ("select 'x'::int4", "22P02"),
            ("select 100000::int4::int2", "22003"),
            ("set nosuch = 1", "42704"), ("set statement_timeout = 'soon'", "22023")]
    REFUSED = [("savepoint a", "0A000")]

    def test_codes(self):
        for sql, code in self.ROWS + (self.REFUSED if ON_WIREHOUSE else []):
            with self.subTest(sql=sql), self.assertRaises(psycopg2.Error) as caught:
                self.cursor.execute(sql)
            self.connection.rollback()
            self.assertEqual(caught.exception.pgcode, code)
        self.assertEqual(self.one("select 1"), (1,))

    def test_position(self):
        with self.assertRaises(errors.SyntaxError) as caught:
            self.cursor.execute("selec 1")
        self.assertEqual(caught.exception.diag.statement_position, "1")

    def test_constraints(self):
        self.table("keys", "a int4 primary key, b int4 not null, check (b < 9)")
        self.cursor.execute("insert into keys values (1, 1)")
        self.connection.commit()
        for values, code in (("(1, 2)", "23505"), ("(2, null)", "23502"), ("(3, 10)", "23514")):
            with self.subTest(values=values), self.assertRaises(psycopg2.IntegrityError) as caught:
                self.cursor.execute(f"insert into keys values {values}")
            self.connection.rollback()
            self.assertEqual(caught.exception.pgcode, code)


class Transactions(Case):
    def status(self):
        return self.connection.info.transaction_status

    def test_status(self):
        self.assertEqual(self.status(), extensions.TRANSACTION_STATUS_IDLE)
        self.cursor.execute("select 1")
        self.assertEqual(self.status(), extensions.TRANSACTION_STATUS_INTRANS)
        with self.assertRaises(psycopg2.Error):
            self.cursor.execute("selec")
        self.assertEqual(self.status(), extensions.TRANSACTION_STATUS_INERROR)
        with self.assertRaises(errors.InFailedSqlTransaction):
            self.cursor.execute("select 1")
        self.connection.rollback()
        self.assertEqual(self.status(), extensions.TRANSACTION_STATUS_IDLE)

    def test_isolation(self):
        self.table("iso", "a int4")
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
        self.table("conflict", "a int4")
        self.apart("insert into conflict values (1)")
        other = connect()
        self.addCleanup(other.close)
        for connection in (self.connection, other):
            connection.set_session(isolation_level="REPEATABLE READ")
            with connection.cursor() as cursor:
                cursor.execute("select * from conflict")
        self.cursor.execute("update conflict set a = 2")
        self.connection.commit()
        with self.assertRaises(errors.SerializationFailure), other.cursor() as cursor:
            cursor.execute("update conflict set a = 3")
        other.rollback()
        self.assertEqual(self.one("select a from conflict"), (2,))

    def test_read_only(self):
        self.table("reading", "a int4")
        self.connection.set_session(readonly=True)
        self.assertEqual(self.one("select count(*) from reading"), (0,))
        with self.assertRaises(errors.ReadOnlySqlTransaction):
            self.cursor.execute("insert into reading values (1)")
        self.connection.rollback()
        self.connection.set_session(readonly=False)
        self.cursor.execute("insert into reading values (1)")
        self.connection.commit()

    def test_autocommit(self):
        self.table("committed", "a int4")
        self.connection.autocommit = True
        self.cursor.execute("insert into committed values (1)")
        other = connect()
        self.addCleanup(other.close)
        with other.cursor() as cursor:
            cursor.execute("select count(*) from committed")
            self.assertEqual(cursor.fetchone(), (1,))

    def test_session_in_autocommit(self):
        """Then psycopg2 sets default_transaction_…; otherwise it says so in BEGIN."""
        self.table("defaults", "a int4")
        self.connection.set_session(autocommit=True, readonly=True)
        with self.assertRaises(errors.ReadOnlySqlTransaction):
            self.cursor.execute("insert into defaults values (1)")
        self.connection.set_session(autocommit=True, readonly=False)
        self.cursor.execute("insert into defaults values (1)")

    def test_levels(self):
        levels = ["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ"]
        for level in levels + ([] if ON_WIREHOUSE else ["SERIALIZABLE"]):
            for autocommit in (False, True):
                with self.subTest(level=level, autocommit=autocommit):
                    self.connection.rollback()
                    self.connection.set_session(isolation_level=level, autocommit=autocommit)
                    self.assertEqual(self.one("select 1"), (1,))

    def test_with(self):
        self.table("managed", "a int4")
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute("insert into managed values (1)")
        with self.assertRaises(ZeroDivisionError), self.connection:
            self.cursor.execute("insert into managed values (2)")
            raise ZeroDivisionError
        self.assertEqual(self.one("select count(*) from managed"), (1,))

    def test_reset(self):
        """RESET ALL and SET SESSION AUTHORIZATION DEFAULT."""
        self.cursor.execute("set application_name = 'changed'")
        self.connection.commit()
        self.connection.reset()
        self.assertNotEqual(self.one("show application_name"), ("changed",))


class Interrupts(Case):
    def test_cancel(self):
        with self.assertRaises(errors.QueryCanceled) as caught, cancelling(self.connection.cancel):
            self.cursor.execute(SLOW)
        self.assertIn("user request", str(caught.exception))
        self.connection.rollback()
        self.assertEqual(self.one("select 1"), (1,))

    def test_cancel_without_a_statement(self):
        self.connection.cancel()
        self.assertEqual(self.one("select 1"), (1,))

    def test_statement_timeout(self):
        self.cursor.execute("set statement_timeout = '200ms'")
        with self.assertRaises(errors.QueryCanceled) as caught:
            self.cursor.execute(SLOW)
        self.assertIn("statement timeout", str(caught.exception))

    def test_timeout_in_options(self):
        other = connect(options="-c statement_timeout=123ms")
        self.addCleanup(other.close)
        with other.cursor() as cursor:
            cursor.execute("show statement_timeout")
            self.assertEqual(cursor.fetchone(), ("123ms",))


class Settings(Case):
    def test_parameter_status(self):
        info = self.connection.info
        self.assertRegex(info.parameter_status("server_version"), r"^15\.")
        self.assertEqual(info.parameter_status("server_encoding"), "UTF8")
        self.assertEqual(info.parameter_status("TimeZone"), "UTC")
        self.assertEqual(info.parameter_status("integer_datetimes"), "on")
        self.cursor.execute("set application_name = 'changed'")
        self.assertEqual(info.parameter_status("application_name"), "changed")

    def test_client_encoding(self):
        self.connection.set_client_encoding("UTF8")
        self.assertEqual(self.connection.encoding, "UTF8")
        self.assertEqual(self.one("select 'λ'"), ("λ",))

    def test_time_zone(self):
        self.cursor.execute("set timezone to 'America/New_York'")
        got = self.one("select timestamptz '2024-07-01 12:00:00+00'")[0]
        self.assertEqual(got.isoformat(), "2024-07-01T08:00:00-04:00")
        moment = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
        self.assertEqual(self.one("select %s", (moment,)), (moment,))
        self.connection.rollback()
        self.assertEqual(self.one("show timezone"), ("UTC",))

    def test_date_style(self):
        """psycopg2 reads ISO dates only, and asks for them at the start."""
        other = connect(options="-c datestyle=German")
        self.addCleanup(other.close)
        self.assertEqual(other.info.parameter_status("DateStyle"), "ISO, DMY")
        with other.cursor() as cursor:
            cursor.execute("select date '2024-02-29'")
            self.assertEqual(cursor.fetchone(), (datetime.date(2024, 2, 29),))

    def test_notices(self):
        self.connection.autocommit = True
        self.cursor.execute("rollback")
        self.assertEqual(self.connection.notices[-1].strip(),
                         "WARNING:  there is no transaction in progress")
