"""Transactions and settings through psycopg 3."""

import datetime

import psycopg
from connecting import Case, connect
from driver_values import ON_WIREHOUSE
from psycopg import IsolationLevel, errors
from psycopg.pq import TransactionStatus


class Transactions(Case):
    def setUp(self):
        super().setUp()
        self.table("block", "a int4")

    def count(self):
        with connect() as other:
            return other.execute("select count(*) from block").fetchone()[0]

    def test_context(self):
        with self.assertRaises(ZeroDivisionError), self.connection.transaction():
            self.connection.execute("insert into block values (1)")
            raise ZeroDivisionError
        self.assertEqual(self.count(), 0)
        with self.connection.transaction():
            self.connection.execute("insert into block values (1)")
            self.assertEqual(self.count(), 0)
        self.assertEqual(self.count(), 1)

    def test_rollback_exception(self):
        with self.connection.transaction():
            self.connection.execute("insert into block values (1)")
            raise psycopg.Rollback()
        self.assertEqual(self.count(), 0)

    def test_without_autocommit(self):
        with connect(autocommit=False) as connection:
            status = lambda: connection.info.transaction_status  # noqa: E731
            self.assertEqual(status(), TransactionStatus.IDLE)
            connection.execute("insert into block values (1)")
            self.assertEqual(status(), TransactionStatus.INTRANS)
            connection.rollback()
            connection.execute("insert into block values (2)")
            connection.commit()
            self.assertEqual(status(), TransactionStatus.IDLE)
        self.assertEqual(self.count(), 1)

    def test_error_inside(self):
        with connect(autocommit=False) as connection:
            connection.execute("insert into block values (1)")
            for _ in range(2):
                with self.assertRaises(errors.NumericValueOutOfRange):
                    connection.execute("select 100000::int4::int2")
                self.assertEqual(connection.info.transaction_status, TransactionStatus.INERROR)
                for sql, params in (("select 1", None), ("select %s::int4", (1,)),
                                    ("insert into block values (1)", None)):
                    with self.assertRaises(errors.InFailedSqlTransaction):
                        connection.execute(sql, params)
                connection.rollback()
        self.assertEqual(self.count(), 0)

    def test_commit_of_a_failed_block(self):
        self.connection.execute("begin")
        self.connection.execute("insert into block values (1)")
        self.fails(errors.NumericValueOutOfRange, "select 100000::int4::int2")
        self.assertEqual(self.connection.execute("commit").statusmessage, "ROLLBACK")
        self.assertEqual(self.count(), 0)

    def test_read_only(self):
        self.connection.read_only = True
        with self.connection.transaction():
            self.assertEqual(self.one("select count(*) from block"), (0,))
        with self.assertRaises(errors.ReadOnlySqlTransaction), self.connection.transaction():
            self.connection.execute("insert into block values (1)")
        with self.assertRaises(errors.ReadOnlySqlTransaction), self.connection.transaction():
            self.connection.execute("create table other (a int4)")
        self.connection.read_only = False
        with self.connection.transaction():
            self.connection.execute("insert into block values (1)")
        self.assertEqual(self.count(), 1)

    def test_session_read_only(self):
        self.connection.execute("set default_transaction_read_only = on")
        self.fails(errors.ReadOnlySqlTransaction, "insert into block values (1)")
        self.connection.execute("set default_transaction_read_only = off")
        self.connection.execute("insert into block values (1)")

    def test_isolation_levels(self):
        """Asked for as the driver does; a level is what it is called, or more."""
        for level in IsolationLevel:
            if level is IsolationLevel.SERIALIZABLE and ON_WIREHOUSE:
                continue
            with self.subTest(level=level.name):
                self.connection.isolation_level = level
                with self.connection.transaction():
                    self.assertEqual(self.one("show transaction_isolation"),
                                     (level.name.lower().replace("_", " "),))
                    self.connection.execute("insert into block values (1)")

    def test_snapshot(self):
        self.connection.isolation_level = IsolationLevel.REPEATABLE_READ
        with self.connection.transaction():
            self.assertEqual(self.one("select count(*) from block"), (0,))
            with connect() as other:
                other.execute("insert into block values (1)")
            self.assertEqual(self.one("select count(*) from block"), (0,))
        self.assertEqual(self.one("select count(*) from block"), (1,))

    def test_conflict(self):
        self.connection.execute("insert into block values (1)")
        with connect(autocommit=False) as first, connect(autocommit=False) as second:
            for connection in (first, second):
                connection.isolation_level = IsolationLevel.REPEATABLE_READ
                connection.execute("select * from block")
            first.execute("update block set a = 2")
            first.commit()
            with self.assertRaises(errors.SerializationFailure):
                second.execute("update block set a = 3")
            second.rollback()
        self.assertEqual(self.one("select a from block"), (2,))

    def test_ddl_is_undone(self):
        with self.connection.transaction():
            self.connection.execute("create table undone (a int4)")
            raise psycopg.Rollback()
        self.fails(errors.UndefinedTable, "select * from undone")


class Settings(Case):
    MOMENT = datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc)

    def show(self, name):
        return self.one(f"show {name}")[0]

    def test_parameter_status(self):
        info = self.connection.info
        self.assertRegex(info.parameter_status("server_version"), r"^15\.")
        self.assertEqual(info.server_version // 10000, 15)
        self.assertEqual(info.parameter_status("server_encoding"), "UTF8")
        self.assertEqual(info.encoding, "utf-8")
        self.assertEqual(info.parameter_status("integer_datetimes"), "on")
        self.assertEqual(info.parameter_status("standard_conforming_strings"), "on")

    def test_application_name(self):
        with connect(application_name="from the start") as connection:
            self.assertEqual(connection.execute("show application_name").fetchone(),
                             ("from the start",))
            connection.execute("set application_name = 'changed'")
            self.assertEqual(connection.info.parameter_status("application_name"), "changed")

    def test_time_zone(self):
        """The zone of the session changes what an instant looks like and what text means."""
        for zone, text in (("Europe/Berlin", "2024-07-01 14:00:00+02"),
                           ("America/New_York", "2024-07-01 08:00:00-04"),
                           ("Asia/Kolkata", "2024-07-01 17:30:00+05:30"),
                           ("UTC", "2024-07-01 12:00:00+00")):
            self.connection.execute(f"set timezone = '{zone}'")
            self.assertEqual(self.connection.info.parameter_status("TimeZone"), zone)
            for binary in (False, True):
                with self.subTest(zone=zone, binary=binary):
                    cursor = self.connection.execute("select timestamptz '2024-07-01 12:00:00+00'",
                                                     binary=binary)
                    if not binary:
                        self.assertEqual(cursor.pgresult.get_value(0, 0).decode(), text)
                    value = cursor.fetchone()[0]
                    self.assertEqual(value, self.MOMENT)
                    self.assertEqual(value.isoformat(" ")[:19], text[:19])
                    row = self.one("select %s::timestamptz, %s::text::timestamptz",
                                   (self.MOMENT, text[:19]), binary)
                    self.assertEqual(row, (self.MOMENT, self.MOMENT))

    def test_time_zone_from_the_start(self):
        with connect(options="-c timezone=Asia/Tokyo") as connection:
            self.assertEqual(connection.info.timezone.key, "Asia/Tokyo")
            cursor = connection.execute("select timestamptz '2024-07-01 12:00:00+00'")
            self.assertEqual(cursor.pgresult.get_value(0, 0), b"2024-07-01 21:00:00+09")

    def test_date_style(self):
        """psycopg reads dates by the style that the server reports."""
        day = datetime.date(2024, 2, 29)
        moment = datetime.datetime(2024, 2, 29, 12, 34, 56)
        for style, text in (("ISO, DMY", "2024-02-29"), ("SQL, DMY", "29/02/2024"),
                            ("SQL, MDY", "02/29/2024"), ("German", "29.02.2024"),
                            ("Postgres, DMY", "29-02-2024")):
            with self.subTest(style=style):
                self.connection.execute(f"set datestyle = '{style}'")
                self.assertEqual(self.connection.info.parameter_status("DateStyle"),
                                 self.show("datestyle"))
                cursor = self.connection.execute("select date '2024-02-29'")
                self.assertEqual(cursor.pgresult.get_value(0, 0).decode(), text)
                self.assertEqual(cursor.fetchone()[0], day)
                row = self.one("select %t::date, %b::timestamp", (day, moment), binary=True)
                self.assertEqual(row, (day, moment))
                self.assertEqual(self.one("select %s::timestamp", (moment,)), (moment,))

    def test_set_local(self):
        with self.connection.transaction():
            self.connection.execute("set local timezone = 'Europe/Berlin'")
            self.assertEqual(self.show("timezone"), "Europe/Berlin")
        self.assertEqual(self.show("timezone"), "UTC")

    def test_rolled_back(self):
        with self.connection.transaction():
            self.connection.execute("set application_name = 'inside'")
            raise psycopg.Rollback()
        self.assertNotEqual(self.show("application_name"), "inside")

    def test_set_config(self):
        self.assertEqual(self.one("select set_config('application_name', %s, false)", ("by call",)),
                         ("by call",))
        self.assertEqual(self.one("select current_setting('application_name')"), ("by call",))
        self.assertEqual(self.show("application_name"), "by call")

    def test_notices(self):
        heard = []
        self.connection.add_notice_handler(
            lambda diag: heard.append((diag.severity, diag.sqlstate)))
        self.connection.execute("rollback")
        self.assertEqual(heard, [("WARNING", "25P01")])
