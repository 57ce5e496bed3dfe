"""What ParameterDescription says is what PostgreSQL says, and saying it executes nothing."""

import os
import unittest

import psycopg
from psycopg import pq
from statements import BY_NATURE, STATEMENTS, TABLE


def connect(port, user):
    return psycopg.connect(host="127.0.0.1", port=port, dbname="main", user=user, autocommit=True)


class Inference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.oracle = connect(os.environ["POSTGRES_PORT"], "postgres")
        cls.ours = connect(os.environ["PGPORT"], "t")
        rows = cls.oracle.execute("select oid::int, typname from pg_type").fetchall()
        cls.names = dict(rows)
        for connection in (cls.oracle, cls.ours):
            connection.execute("drop table if exists t")
            connection.execute(TABLE)

    @classmethod
    def tearDownClass(cls):
        cls.oracle.close()
        cls.ours.close()

    def describe(self, connection, sql):
        """The names of the parameters' types, or the SQLSTATE."""
        result = connection.pgconn.prepare(b"", sql.encode(), None)
        if result.status != pq.ExecStatus.COMMAND_OK:
            return result.error_field(pq.DiagnosticField.SQLSTATE).decode()
        result = connection.pgconn.describe_prepared(b"")
        self.assertEqual(result.status, pq.ExecStatus.COMMAND_OK, result.error_message)
        oids = [result.param_type(i) for i in range(result.nparams)]
        return [self.names.get(oid, oid) for oid in oids]

    def test_types(self):
        self.assertGreater(len(STATEMENTS), 200)
        for sql in STATEMENTS:
            with self.subTest(sql):
                theirs, mine = self.describe(self.oracle, sql), self.describe(self.ours, sql)
                if sql in BY_NATURE:
                    self.assertEqual(mine, BY_NATURE[sql][0])
                    self.assertNotEqual(mine, theirs, "no difference any more")
                else:
                    self.assertEqual(mine, theirs)

    def test_given_types_stay(self):
        for oid in (16, 20, 21, 23, 25, 700, 701, 1043, 1700, 1007, 1009, 1186, 2950, 3802):
            result = self.ours.pgconn.prepare(b"", b"select $1", [oid])
            self.assertEqual(result.status, pq.ExecStatus.COMMAND_OK, result.error_message)
            self.assertEqual(self.ours.pgconn.describe_prepared(b"").param_type(0), oid)

    def test_nothing_is_executed(self):
        self.ours.execute("create or replace sequence counted")
        self.ours.execute("create or replace table noted(i int, s text)")
        for sql in ("insert into noted values ($1, $2) returning i",
                    "insert into noted select $1 + 1, 'a' || $2",
                    "insert into noted(i) select nextval('counted') + $1",
                    "update noted set i = i + $1 where i = any($2) returning *",
                    "delete from noted where i = $1",
                    "select nextval('counted') + $1"):
            self.assertIsInstance(self.describe(self.ours, sql), list, sql)
        count = self.ours.execute("select count(*) from noted").fetchone()[0]
        self.assertEqual(count, 0)
        self.assertEqual(self.ours.execute("select nextval('counted')").fetchone()[0], 1)

    def test_a_transaction_survives(self):
        """What is prepared and thrown away on the way leaves no trace, though some of it fails."""
        self.ours.execute("create or replace table survivor(i int, d date, s text)")
        self.ours.execute("begin")
        self.ours.execute("insert into survivor(i) values (1)")
        for sql in ("select date_trunc('day', $1)", "select d - $1 > 3 from survivor", "select -$1",
                    "select i from survivor where i = any($1)",
                    "select i from survivor where s::int + $1 > 2 and d - $2 > $3"):
            self.assertIsInstance(self.describe(self.ours, sql), list, sql)
        self.ours.execute("insert into survivor(i) values (2)")
        self.ours.execute("commit")
        count = self.ours.execute("select count(*) from survivor").fetchone()[0]
        self.assertEqual(count, 2)

    def test_enums(self):
        """An enum beside a parameter gives it its OID, in arrays too; a composite is refused."""
        self.ours.execute("drop type if exists mood")
        self.ours.execute("create type mood as enum ('sad', 'ok', 'a b')")
        self.ours.execute("create or replace table felt(m mood)")
        self.ours.execute("insert into felt values ('ok'), ('a b')")
        mood, = self.describe(self.ours, "select m from felt where m = $1")
        moods, = self.describe(self.ours, "select m from felt where m = any($1)")
        self.assertGreaterEqual(min(mood, moods), 16_384)
        for oid, value, found in ((mood, b"ok", 1), (moods, b'{sad,"a b",NULL}', 1),
                                  (moods, b"{ok,a b}", 2), (moods, b"{}", 0)):
            sql = "select m from felt where m = " + ("any($1)" if oid == moods else "$1")
            result = self.ours.pgconn.exec_params(sql.encode(), [value], [oid])
            self.assertEqual(result.status, pq.ExecStatus.TUPLES_OK, result.error_message)
            self.assertEqual(result.ntuples, found)
        for oid, value in ((mood, b"bad"), (moods, b"{ok,bad}")):
            result = self.ours.pgconn.exec_params(b"select $1", [value], [oid])
            self.assertEqual(result.error_field(pq.DiagnosticField.SQLSTATE), b"22P02")
            self.assertEqual(result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY),
                             b'invalid input value for enum mood: "bad"')

    def test_unknown_type(self):
        result = self.ours.pgconn.prepare(b"", b"select $1", [999_999])
        self.assertEqual(result.error_field(pq.DiagnosticField.SQLSTATE), b"42704")

    def test_gap(self):
        for connection in (self.oracle, self.ours):
            self.assertEqual(self.describe(connection, "select $2::int4"), "42P18")

    def test_syntax_error_is_told_first(self):
        for sql, state in (("select $1 +", "42601"), ("select $1 from nowhere", "42P01"),
                           ("select $1 + missing from t", "42703")):
            self.assertEqual(self.describe(self.ours, sql), state)
