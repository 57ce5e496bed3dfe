"""What each role may do: every command of docs/COMMANDS.md, and the ways around them."""

import os
import pathlib
import sys
import unittest

import psycopg

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from commands_table import commands  # noqa: E402
from doors import Wirehouse  # noqa: E402

TABLE = pathlib.Path(__file__).with_name("roles.txt")
ROLES = ("reader", "writer", "admin")
RESET = """drop table if exists t; drop table if exists u; drop table if exists x; drop view if exists w; drop schema if exists s cascade;
drop sequence if exists q; drop type if exists mood; drop macro if exists m; detach database if exists other;
create table t (a int); create sequence if not exists counter"""


def expectations():
    """By example: what a reader and a writer get; "=" is what an admin gets."""
    for line in TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            reader, writer, example = line.split(None, 2)
            yield example, (reader, writer)


def connect(user):
    return psycopg.connect(host="127.0.0.1", port=os.environ["PGPORT"], user=user, password="", dbname="main",
                           autocommit=True)


def run(connection, sql):
    """The tag, or the SQLSTATE and what is said."""
    with connection.cursor() as cursor:
        try:
            if sql.lower().startswith("copy") and "std" in sql:
                with cursor.copy(sql) as copy:
                    if "stdin" not in sql:
                        list(copy)
            else:
                cursor.execute(sql)
            return cursor.statusmessage, ""
        except psycopg.Error as error:
            return error.sqlstate, error.diag.message_primary


class Roles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        Wirehouse().load("host all all all trust")
        cls.admin = connect("admin")

    @classmethod
    def tearDownClass(cls):
        cls.admin.close()

    def attempt(self, role, sql, in_block=False):
        for statement in RESET.split(";"):
            self.admin.execute(statement)
        with connect(role) as connection:
            if in_block:
                connection.execute("begin")
            answer = run(connection, sql)
            if in_block and connection.info.transaction_status != 0:
                connection.execute("rollback")
        return answer

    def test_commands(self):
        expected = dict(expectations())
        examples = {example: in_block for example, in_block, _, _ in commands()}
        self.assertEqual(sorted(expected), sorted(examples), "roles.txt has a row for every command")
        for example, in_block in examples.items():
            admin = self.attempt("admin", example, in_block)
            for role, code in zip(ROLES, expected[example]):
                with self.subTest(role, example=example):
                    got = self.attempt(role, example, in_block)
                    self.assertEqual(got[0], admin[0] if code == "=" else code, got[1])

    def test_ways_around(self):
        """Whatever hides what is done."""
        for sql, reader, writer in WAYS:
            for role, code in (("reader", reader), ("writer", writer)):
                with self.subTest(role, sql=sql):
                    got = self.attempt(role, sql)
                    if code:
                        self.assertEqual(got, ("42501", code))
                    else:
                        self.assertNotEqual(got[0], "42501", got[1])
        with connect("admin") as connection:
            self.assertEqual(run(connection, "select a from t")[0], "SELECT 0")

    def test_extended(self):
        """Several statements, prepared ones, pipelines."""
        with connect("reader") as connection:
            self.assertEqual(run(connection, "select 1; insert into t values (1)")[0], "42501")
            with self.assertRaises(psycopg.errors.InsufficientPrivilege):
                connection.execute("insert into t values (%s)", (1,), prepare=True)
            with self.assertRaises(psycopg.errors.InsufficientPrivilege), connection.pipeline():
                connection.execute("select 1")
                connection.execute("delete from t where a = %s", (1,))
            self.assertEqual(run(connection, "select a from t")[0], "SELECT 0")

    def test_statements_of_statements(self):
        """PREPARE and DECLARE hide what EXECUTE and FETCH do."""
        for sql, then in (("prepare p as insert into t values (1)", "execute p"),
                          ("prepare p as select nextval('counter')", "execute p"),
                          ("prepare p as select * from force_checkpoint()", "execute p"),
                          ("prepare p (int) as delete from t where a = $1", "explain analyze execute p (1)"),
                          ("declare c cursor for select nextval('counter')", "fetch c"),
                          ("declare c cursor with hold for select nextval('counter')", "fetch c")):
            with connect("reader") as connection, self.subTest(sql):
                if sql.startswith("declare"):
                    connection.execute("begin")
                first = run(connection, sql)[0]
                self.assertIn("42501", (first, first if first == "42501" else run(connection, then)[0]))
                connection.execute("rollback")
        self.assertEqual(run(self.admin, "select a from t")[0], "SELECT 0")

    def test_read_only_comes_first(self):
        """As in PostgreSQL: 25006 is said before 42501."""
        with connect("reader") as connection:
            connection.execute("set default_transaction_read_only = on")
            self.assertEqual(run(connection, "insert into t values (1)")[0], "25006")

    def test_settings(self):
        for role, superuser in (("reader", "off"), ("writer", "off"), ("admin", "on")):
            with connect(role) as connection:
                self.assertEqual(connection.execute("show is_superuser").fetchone(), (superuser,))
                self.assertEqual(connection.info.parameter_status("is_superuser"), superuser)
                self.assertEqual(connection.execute("select current_user, session_user").fetchone(), (role, role))
                self.assertEqual(run(connection, f"set role {role}")[0], "SET")
                self.assertEqual(run(connection, "set session authorization default")[0], "SET")
                expected = "SET" if role == "admin" else "42501"
                self.assertEqual(run(connection, "set log_statement = 'all'")[0], expected)
                got = run(connection, "select set_config('log_statement', 'none', false)")[0]
                self.assertEqual(got, "SELECT 1" if role == "admin" else "42501")

    def test_catalogue(self):
        """pg_roles shows who is configured, and privileges are those of the role."""
        rows = self.admin.execute("select rolname, rolsuper, rolcanlogin from pg_roles order by oid").fetchall()
        self.assertEqual(rows, [("wirehouse", True, False), ("Dora X", False, True), ("admin", True, True),
                                ("anna", True, True), ("ben", False, True), ("carl", False, True),
                                ("reader", False, True), ("root", False, True), ("writer", False, True)])
        self.assertEqual(self.admin.execute("select usename from pg_user where usesuper order by 1").fetchall(),
                         [("admin",), ("anna",)])
        for statement in RESET.split(";"):
            self.admin.execute(statement)
        asked = """select has_table_privilege('t', 'select'), has_table_privilege('t', 'insert'),
                          has_table_privilege('t', 'Insert, select'), has_schema_privilege('public', 'create'),
                          has_sequence_privilege('counter', 'usage'), has_database_privilege('main', 'connect'),
                          has_table_privilege('carl', 't', 'delete'), pg_has_role('ben', 'usage'),
                          has_table_privilege('t', 'select with grant option'),
                          has_table_privilege(c.oid, 'truncate') from pg_class c where relname = 't'"""
        for role, expected in (("reader", "tftfftffff"), ("writer", "ttttttffft"),
                               ("admin", "ttttttfttt")):
            with connect(role) as connection:
                got = "".join("ft"[value] for value in connection.execute(asked).fetchone())
                self.assertEqual(got, expected, role)
                self.assertEqual(run(connection, "select has_table_privilege('nobody', 't', 'select')"),
                                 ("42704", 'role "nobody" does not exist'))
                self.assertEqual(run(connection, "select has_table_privilege('t', 'fly')"),
                                 ("22023", 'unrecognized privilege type: "fly"'))
                self.assertEqual(run(connection, "select has_table_privilege('nosuch', 'select')")[0], "42P01")

    def test_signals(self):
        """One's own sessions, and those of others for an admin alone."""
        with connect("reader") as asker, connect("reader") as own, connect("writer") as other:
            pid = other.info.backend_pid
            self.assertEqual(run(asker, f"select pg_cancel_backend({pid})"),
                             ("42501", "must be a member of the role whose query is being canceled or member of "
                                       "pg_signal_backend"))
            self.assertEqual(run(asker, f"select pg_terminate_backend({pid})"),
                             ("42501", "must be a member of the role whose process is being terminated or member of "
                                       "pg_signal_backend"))
            self.assertEqual(run(asker, f"select pg_terminate_backend({self.admin.info.backend_pid})"),
                             ("42501", "must be a superuser to terminate superuser process"))
            self.assertEqual(asker.execute("select pg_terminate_backend(2147483647)").fetchone(), (False,))
            self.assertEqual(asker.execute(f"select pg_terminate_backend({own.info.backend_pid}, 30000)").fetchone(),
                             (True,))
            self.assertEqual(self.admin.execute(f"select pg_terminate_backend({pid}, 30000)").fetchone(), (True,))


TABLE_T = "permission denied for table t"
# A statement, and what a reader and a writer are told; None: something else than 42501.
WAYS = [
    ("with x as (select 1 as a) insert into t select a from x", "permission denied to execute INSERT", None),
    ("with x as (select 1 as a) delete from t", "permission denied to execute DELETE", None),
    ("explain insert into t values (1)", TABLE_T, None),
    ("explain analyze insert into t values (1)", TABLE_T, None),
    ("explain (analyze, format json) update t set a = 1", TABLE_T, None),
    ("explain analyze copy t to '/nowhere/x'", *2 * ["permission denied to execute EXPLAIN"]),
    ("explain analyze drop table t", "must be owner of table t", None),
    ("create temp table x (a int)", "permission denied for schema public", None),
    ("create table public.x (a int)", "permission denied for schema public", None),
    ("create schema s", "permission denied to execute CREATE SCHEMA", None),
    ("create secret (type s3)", *2 * ["permission denied to execute CREATE SECRET"]),
    ("drop schema if exists nosuch", "must be owner of schema nosuch", None),
    ("alter table t rename to u", "must be owner of table t", None),
    ("select nextval('counter')", "permission denied for function nextval", None),
    ("select \"nextval\" /* of */ ('counter')", 'permission denied for function "nextval"', None),
    ("select * from force_checkpoint()", *2 * ["permission denied for function force_checkpoint"]),
    ("from main.\"Force_Checkpoint\"()", *2 * ['permission denied for function "Force_Checkpoint"']),
    ("select * from force_checkpoint\u00a0()", *2 * ["permission denied for function force_checkpoint\u00a0"]),
    ("select * from force_checkpoint \u3000 ()", *2 * ["permission denied for function force_checkpoint"]),
    ("create view w as from force_checkpoint()", *2 * ["permission denied for function force_checkpoint"]),
    ("create macro m() as table from enable_logging()", *2 * ["permission denied for function enable_logging"]),
    ("select * from query('drop table t')", *2 * ["permission denied for function query"]),
    ("call enable_logging()", *2 * ["permission denied for function enable_logging"]),
    ("call pragma_version()", "permission denied to execute CALL", None),
    ("pragma version", None, None),
    ("pragma table_info('t')", None, None),
    ("pragma threads = 2", *2 * ["permission denied to execute PRAGMA"]),
    ("pragma enable_profiling", *2 * ["permission denied to execute PRAGMA"]),
    ("set threads = 2", *2 * ['permission denied to set parameter "threads"']),
    ("reset threads", *2 * ['permission denied to set parameter "threads"']),
    ("set global threads = 2", *2 * ["permission denied to execute SET"]),
    ("set variable x = 1", None, None),
    ("copy t to '/nowhere/t.csv'", *2 * ["must be an admin to COPY to a file"]),
    ("copy t from '/nowhere/t.csv'", *2 * ["must be an admin to COPY from a file"]),
    ("copy (insert into t values (1) returning a) to stdout", "permission denied to execute COPY", None),
    ("copy (with x as (select 1 as a) insert into t from x returning a) to stdout",
     "permission denied to execute COPY", None),
    ("copy t to stdout", None, None),
    ("copy t from stdin", TABLE_T, None),
    ("export database '/nowhere'", *2 * ["permission denied to execute export"]),
    ("import database '/nowhere'", *2 * ["permission denied to execute import"]),
    ("update extensions", *2 * ["permission denied for table extensions"]),
    ("checkpoint", *2 * ["permission denied to execute CHECKPOINT"]),
    ("(select 1)", None, None),
    ("lock table t in access share mode", None, None),
]


if __name__ == "__main__":
    unittest.main()
