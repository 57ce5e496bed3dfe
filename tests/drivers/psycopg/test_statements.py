"""Statements through psycopg 3: prepared ones, batches, pipelines, streams."""

import contextlib
import os

import psycopg
from connecting import Case, connect
from driver_values import ON_WIREHOUSE, rss
from psycopg import sql
from psycopg.rows import dict_row, namedtuple_row

MANY = 2_000_000
OUT_OF_RANGE = psycopg.errors.NumericValueOutOfRange
SERIES = f"select i::int8, i::float8 / 2, 'row ' || i from generate_series(1, {MANY}) t(i)"


class Prepared(Case):
    def test_by_hand(self):
        for number in range(10):
            row = self.connection.execute("select %s::int8 * 2", (number,), prepare=True).fetchone()
            self.assertEqual(row, (number * 2,))

    def test_by_threshold(self):
        """The sixth execution of a statement is prepared by itself."""
        self.assertEqual(self.connection.prepare_threshold, 5)
        for number in range(12):
            self.assertEqual(self.one("select %s::text || 'x'", (str(number),)), (f"{number}x",))

    def test_of_other_types(self):
        for parameter in (1, 2**20, 2**40, 1, 2**20, 2**40):
            row = self.connection.execute("select %s + 1", (parameter,), prepare=True).fetchone()
            self.assertEqual(row, (parameter + 1,))

    def test_many(self):
        """More than the driver keeps: it closes old ones with DEALLOCATE."""
        self.connection.prepared_max = 5
        for number in range(30):
            row = self.connection.execute(f"select %s::int4 + {number}", (1,), prepare=True)
            self.assertEqual(row.fetchone(), (number + 1,))

    def test_off(self):
        self.connection.prepare_threshold = None
        for number in range(10):
            self.assertEqual(self.one("select %s::int4", (number,)), (number,))

    def test_after_ddl(self):
        """The type of a result changes under a prepared statement: 0A000, as in PostgreSQL; and
        the connection is as good as before."""
        self.table("changing", "a int4")
        self.connection.execute("insert into changing values (1)")
        query = "select a from changing"
        self.assertEqual(self.connection.execute(query, prepare=True).fetchone(), (1,))
        with connect() as other:  # a DROP of its own makes psycopg forget what it has prepared
            other.execute("drop table changing")
            other.execute("create table changing (a text)")
            other.execute("insert into changing values ('x')")
        with self.assertRaises(psycopg.errors.FeatureNotSupported) as caught:
            self.connection.execute(query, prepare=True)
        self.assertIn("must not change result type", str(caught.exception))
        self.connection.execute("rollback")  # this too makes it forget
        self.assertEqual(self.connection.execute(query, prepare=True).fetchone(), ("x",))

    def test_after_new_column(self):
        self.table("growing", "a int4")
        self.connection.execute("insert into growing values (1)")
        query = "select a from growing"
        self.assertEqual(self.connection.execute(query, prepare=True).fetchone(), (1,))
        self.connection.execute("alter table growing add column b text")
        self.assertEqual(self.connection.execute(query, prepare=True).fetchone(), (1,))

    def test_in_transaction_that_failed(self):
        with self.assertRaises(OUT_OF_RANGE), self.connection.transaction():
            self.connection.execute("select %s::int4::int2", (100000,), prepare=True)
        self.assertEqual(self.connection.execute("select %s::int4::int2", (1,), prepare=True)
                         .fetchone(), (1,))


class Batches(Case):
    def test_executemany(self):
        self.table("many", "a int4, b text")
        with self.connection.cursor() as cursor:
            cursor.executemany("insert into many values (%s, %s)",
                               [(i, str(i)) for i in range(1000)])
            self.assertEqual(cursor.rowcount, 1000)
        self.assertEqual(self.one("select count(*), sum(a), max(b) from many"),
                         (1000, 499500, "999"))

    def test_executemany_returning(self):
        self.table("giving", "a int4, b text")
        with self.connection.cursor() as cursor:
            cursor.executemany("insert into giving values (%s, %s) returning a * 2",
                               [(1, "x"), (2, "y"), (3, None)], returning=True)
            got = []
            while True:
                got.append(cursor.fetchone()[0])
                if not cursor.nextset():
                    break
        self.assertEqual(got, [2, 4, 6])

    def test_several_statements(self):
        """One string, many results."""
        cursor = self.connection.execute("select 1; select 2, 3; select 'x' as y")
        got = [cursor.fetchone()]
        while cursor.nextset():
            got.append(cursor.fetchone())
        self.assertEqual(got, [(1,), (2, 3), ("x",)])

    def test_rowcount_and_status(self):
        self.table("counted", "a int4")
        for statement, count, status in (
                ("insert into counted values (1), (2), (3)", 3, "INSERT 0 3"),
                ("update counted set a = a + 1 where a > 1", 2, "UPDATE 2"),
                ("delete from counted where a = 1", 1, "DELETE 1"),
                ("select * from counted", 2, "SELECT 2")):
            with self.subTest(statement=statement):
                cursor = self.connection.execute(statement)
                self.assertEqual((cursor.rowcount, cursor.statusmessage), (count, status))

    def test_empty(self):
        cursor = self.connection.execute("")
        self.assertIsNone(cursor.description)
        self.assertEqual(self.connection.execute("select 1 where false").fetchall(), [])

    def test_composed(self):
        name = sql.Identifier('Odd "name"')
        self.connection.execute(sql.SQL("drop table if exists {}").format(name))
        self.connection.execute(sql.SQL("create table {} (a int4)").format(name))
        self.connection.execute(sql.SQL("insert into {} values ({})").format(name, sql.Literal(5)))
        self.assertEqual(self.one(sql.SQL("select * from {}").format(name)), (5,))
        self.connection.execute(sql.SQL("drop table {}").format(name))

    def test_row_factories(self):
        cursor = self.connection.cursor(row_factory=dict_row)
        self.assertEqual(cursor.execute("select 1 as a, 'x' as b").fetchone(), {"a": 1, "b": "x"})
        cursor = self.connection.cursor(row_factory=namedtuple_row)
        self.assertEqual(cursor.execute("select 1 as a").fetchone().a, 1)


class Pipelines(Case):
    def test_results(self):
        with self.connection.pipeline():
            cursors = [self.connection.execute("select %s::int4", (i,)) for i in range(200)]
            self.assertEqual([c.fetchone()[0] for c in cursors], list(range(200)))

    def test_sync(self):
        with self.connection.pipeline() as pipeline:
            first = self.connection.execute("select 1")
            pipeline.sync()
            second = self.connection.execute("select 2", binary=True)
            pipeline.sync()
            self.assertEqual((first.fetchone(), second.fetchone()), ((1,), (2,)))

    def test_writes(self):
        """Without a block every statement up to the sync is one transaction."""
        self.table("piped", "a int4")
        with self.connection.pipeline(), self.connection.cursor() as cursor:
            cursor.executemany("insert into piped values (%s)", [(i,) for i in range(100)])
            self.connection.execute("update piped set a = a + 1")
        self.assertEqual(self.one("select sum(a) from piped"), (5050,))

    def test_error(self):
        self.table("half", "a int4")
        with self.assertRaises(psycopg.errors.UndefinedColumn), self.connection.pipeline():
            self.connection.execute("insert into half values (1)")
            self.connection.execute("select nosuch")
            self.connection.execute("insert into half values (2)")
        self.assertEqual(self.one("select count(*) from half"), (0,))

    def test_after_error(self):
        """What follows the failed statement is skipped up to the sync, and no further."""
        self.table("rest", "a int4")
        with self.connection.pipeline() as pipeline:
            with self.assertRaises(OUT_OF_RANGE):
                self.connection.execute("select %s::int4::int2", (100000,))
                self.connection.execute("insert into rest values (1)")
                pipeline.sync()
            with contextlib.suppress(psycopg.errors.PipelineAborted):
                pipeline.sync()
            self.connection.execute("insert into rest values (2)")
            self.assertEqual(self.connection.execute("select a from rest").fetchall(), [(2,)])

    def test_transaction(self):
        self.table("block", "a int4")
        with self.connection.pipeline(), self.connection.transaction():
            self.connection.execute("insert into block values (1)")
            self.connection.execute("insert into block values (2)")
        self.assertEqual(self.one("select count(*) from block"), (2,))
        with self.assertRaises(OUT_OF_RANGE), self.connection.pipeline():
            with self.connection.transaction():
                self.connection.execute("insert into block values (3)")
                self.connection.execute("select 100000::int4::int2").fetchone()
        self.assertEqual(self.one("select count(*) from block"), (2,))


class Streams(Case):
    def test_many_rows(self):
        for binary in (False, True):
            with self.subTest(binary=binary):
                cursor = self.connection.execute(
                    "select i::int8, i::float8 / 2 from generate_series(1, 200000) t(i)",
                    binary=binary)
                self.assertEqual(cursor.rowcount, 200000)
                for number, row in enumerate(cursor, 1):
                    self.assertEqual(row, (number, number / 2))

    def stream(self, size):
        """Millions of rows, one by one: neither side keeps them."""
        total = count = 0
        row = None
        with self.connection.cursor(binary=True) as cursor:
            for row in cursor.stream(SERIES, size=size):
                total += row[0]
                count += 1
        self.assertEqual((count, total), (MANY, MANY * (MANY + 1) // 2))
        self.assertEqual(row, (MANY, MANY / 2, f"row {MANY}"))

    def test_stream(self):
        server = os.environ.get("server_pid") if ON_WIREHOUSE else None
        before = rss(server) if server else 0
        self.stream(1)
        if server:
            self.assertLess(rss(server) - before, 64 << 20)

    def test_stream_left(self):
        """A stream is left half-way: the rest is thrown away, the connection goes on."""
        with self.connection.cursor() as cursor:
            for row in cursor.stream("select i from generate_series(1, 100000) t(i)"):
                if row[0] == 10:
                    break
        self.assertEqual(self.one("select 1"), (1,))

    def test_stream_error(self):
        with self.assertRaises(OUT_OF_RANGE), self.connection.cursor() as cursor:
            for _ in cursor.stream("select i::int2 from generate_series(1, 100000) t(i)"):
                pass
        self.assertEqual(self.one("select 1"), (1,))
