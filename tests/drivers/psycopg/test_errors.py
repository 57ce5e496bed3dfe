"""Errors, cancels and time-outs as psycopg 3 reports them."""

import psycopg
from connecting import Case, connect
from driver_values import ON_WIREHOUSE, SLOW, cancelling
from psycopg import errors
from psycopg.pq import TransactionStatus


class Errors(Case):
    ROWS = [
        ("selec 1", errors.SyntaxError), ("select nosuch", errors.UndefinedColumn),
        ("select * from nosuch", errors.UndefinedTable),
        ("select nofunction(1)", errors.UndefinedFunction),
        ("select 'x'::int4", errors.InvalidTextRepresentation),
        ("select 'happy'::mood", errors.InvalidTextRepresentation),
        ("select 'no'::uuid", errors.InvalidTextRepresentation),
        ("select 100000::int4::int2", errors.NumericValueOutOfRange),
        ("select 9223372036854775807 + 1", errors.NumericValueOutOfRange),
        ("select 99999999999999999999::int8", errors.NumericValueOutOfRange),
        ("select '2024-13-01'::date", errors.DatetimeFieldOverflow),
        ("select 'today is'::date", errors.InvalidDatetimeFormat),
        ("select (select i from generate_series(1, 2) t(i))", errors.CardinalityViolation),
        ("create table present (a int4)", errors.DuplicateTable),
        ("drop table nosuch", errors.UndefinedTable),
        ("select a, count(*) from present", errors.GroupingError),
        ("select present.a from present, present p where a = 1", errors.AmbiguousColumn),
        ("insert into present (nosuch) values (1)", errors.UndefinedColumn),
        ("insert into keys values (1, 2)", errors.UniqueViolation),
        ("insert into keys values (2, null)", errors.NotNullViolation),
        ("insert into keys values (3, 10)", errors.CheckViolation),
        ("insert into parts values (99)", errors.ForeignKeyViolation),
        ("set nosuch = 1", errors.UndefinedObject),
        ("set statement_timeout = 'soon'", errors.InvalidParameterValue),
    ]

    def setUp(self):
        super().setUp()
        self.table("present", "a int4")
        self.connection.execute("drop table if exists parts")
        self.table("keys", "a int4 primary key, b int4 not null, check (b < 9)")
        self.table("parts", "a int4 references keys (a)")
        self.connection.execute("insert into keys values (1, 1)")

    def test_codes(self):
        for sql, error_class in self.ROWS:
            for prepare in (False, True):
                with self.subTest(sql=sql, prepare=prepare):
                    with self.assertRaises(psycopg.Error) as caught:
                        self.connection.execute(sql, prepare=prepare)
                    self.assertIs(type(caught.exception), error_class, caught.exception)
                    self.assertEqual(caught.exception.diag.severity, "ERROR")
        self.assertEqual(self.one("select 1"), (1,))

    def test_division_by_zero(self):
        """An error in PostgreSQL; an engine that divides floats says otherwise."""
        if ON_WIREHOUSE:
            self.assertEqual(self.one("select %s::int4 / %s::int4", (1, 0)), (float("inf"),))
        else:
            self.fails(errors.DivisionByZero, "select %s::int4 / %s::int4", (1, 0))

    def test_parameters(self):
        for sql, value, error_class in (
                ("select %s::int4", "x", errors.InvalidTextRepresentation),
                ("select %s::int2", 70000, errors.NumericValueOutOfRange),
                ("select %s::int4::int2", 100000, errors.NumericValueOutOfRange),
                ("select %s::uuid", "no", errors.InvalidTextRepresentation),
                ("select %s::mood", "happy", errors.InvalidTextRepresentation),
                ("insert into keys values (1, %s)", 2, errors.UniqueViolation),
                ("select %t", "nul\0l", psycopg.DataError)):
            with self.subTest(sql=sql, value=value):
                self.fails(error_class, sql, (value,))
        self.assertEqual(self.one("select 1"), (1,))

    def test_position(self):
        for sql, position in (("select 1 fro x", "14"), ("selec 1", "1"),
                              ("select 'λλ', nosuch", "14"), ("select * from nosuch", "15")):
            with self.subTest(sql=sql):
                self.assertEqual(self.fails(psycopg.Error, sql).diag.statement_position, position)

    def test_fields(self):
        diag = self.fails(errors.UniqueViolation, "insert into keys values (1, 2)").diag
        self.assertEqual((diag.sqlstate, diag.severity_nonlocalized), ("23505", "ERROR"))
        self.assertTrue(diag.message_primary)

    def test_half_a_result(self):
        """An error after rows have been sent."""
        self.fails(errors.NumericValueOutOfRange,
                   "select i::int2 from generate_series(1, 100000) t(i)")
        self.assertEqual(self.one("select 1"), (1,))


class Interrupts(Case):
    def setUp(self):
        super().setUp()
        self.table("present", "a int4")

    def test_cancel(self):
        for cancel in (self.connection.cancel, self.connection.cancel_safe):
            with self.subTest(cancel=cancel.__name__):
                with cancelling(cancel):
                    error = self.fails(errors.QueryCanceled, SLOW)
                self.assertIn("user request", str(error))
                self.assertEqual(self.one("select 1"), (1,))

    def test_cancel_in_a_block(self):
        with self.assertRaises(errors.QueryCanceled), self.connection.transaction():
            with cancelling(self.connection.cancel):
                self.connection.execute(SLOW)
        self.assertEqual(self.one("select 1"), (1,))

    def test_cancels_at_every_moment(self):
        """Whenever a cancel comes, a block can be left, and nobody inherits it."""
        with cancelling(self.connection.cancel, every=0.001):
            for _ in range(50):
                for sql in ("begin", SLOW, "rollback"):
                    try:
                        self.connection.execute(sql)
                    except errors.QueryCanceled:
                        continue
                self.assertEqual(self.connection.info.transaction_status, TransactionStatus.IDLE)
        others = [connect(autocommit=False) for _ in range(4)]
        for other in others:
            self.assertEqual(other.execute("select count(*) from present").fetchone(), (0,))
        for other in others:
            other.close()

    def test_cancel_without_a_statement(self):
        self.connection.cancel_safe()
        self.assertEqual(self.one("select 1"), (1,))

    def test_statement_timeout(self):
        self.connection.execute("set statement_timeout = 150")
        for sql, params in ((SLOW, None), (SLOW.replace("%", "%%") + " and i > %s", (1,))):
            with self.subTest(params=params):
                self.assertIn("statement timeout",
                              str(self.fails(errors.QueryCanceled, sql, params)))
        self.connection.execute("set statement_timeout = 0")
        self.assertEqual(self.one("select 1"), (1,))

    def test_no_such_database(self):
        with self.assertRaises(psycopg.OperationalError) as caught:
            connect(dbname="nosuch")
        self.assertIn('"nosuch" does not exist', str(caught.exception))
