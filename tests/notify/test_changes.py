"""The channel wirehouse_table_changed."""

import unittest

from conversation import listening, told
from peer import Peer, execute
from test_bounds import LARGE, http

CHANNEL = "wirehouse_table_changed"


def changed(*tables):
    return [f'NotificationResponse "{CHANNEL}" "{table}"' for table in tables]


class Changes(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.listener, self.writer = listening("wirehouse", CHANNEL), Peer("wirehouse")
        self.addCleanup(self.listener.socket.close)
        self.addCleanup(self.writer.socket.close)
        self.write("drop schema if exists sales cascade; drop table if exists t; drop table if exists u; "
                   "drop view if exists v; drop table if exists r; drop table if exists \\\"My T\\\"; "
                   "create schema sales; create table sales.t (a int); create table t (a int); create table u (a int)")
        self.hear()

    def write(self, sql):
        lines = self.writer.query(sql)
        self.assertNotIn("Error", str(lines))

    def hear(self):
        """What was told up to now, without what `write` told to find out."""
        self.writer.query(f"notify {CHANNEL}, 'end'")
        lines = []
        while not lines or lines[-1] != changed("end")[0]:
            lines += told(self.listener)
        return lines[:-1]

    def test_statements(self):
        for sql, tables in {
                "insert into t values (1)": ["public.t"],
                "insert into sales.t values (1) returning a": ["sales.t"],
                "update T set a = 2": ["public.t"],
                "delete from main.t": ["public.t"],
                "delete from public.t": ["public.t"],
                "insert into main.public.t values (1)": ["public.t"],
                "truncate t": ["public.t"],
                "merge into t using (select 1 as a) s on t.a = s.a when not matched then insert values (s.a)":
                    ["public.t"],
                "create table r as select 1 as a": ["public.r"],
                "alter table r add column b int": ["public.r"],
                "create view v as select 1 as a": ["public.v"],
                "drop view v": ["public.v"],
                "drop table r": ["public.r"],
                'create table \\"My T\\" (a int)': ['public.\\"my t\\"'],
                'insert into \\"My T\\" values (1)': ['public.\\"my t\\"'],
                "select 1 as a": [], "create index i on t (a)": [], "drop index i": [],
                "call pragma_version()": [""], "drop schema sales cascade": [""],
                "with x as (select 1 as a) insert into t select a from x": ["public.t"],
                "explain analyze insert into t values (1)": ["public.t"],
                "set work_mem = '8MB'": []}.items():
            with self.subTest(sql):
                self.write(sql)
                self.assertEqual(self.hear(), changed(*tables))

    def test_transactions(self):
        """At the commit, each table once; nothing after a rollback."""
        self.write("begin")
        self.write("insert into t values (1); insert into u values (1)")
        self.write("insert into t values (2)")
        with Peer("wirehouse") as other:
            other.query("insert into sales.t values (1)")
        self.assertEqual(told(self.listener), changed("sales.t"))
        self.write("commit")
        self.assertEqual(told(self.listener, 2), changed("public.t", "public.u"))
        self.write("begin")
        self.write("insert into t values (3)")
        self.write("rollback")
        self.writer.query("insert into t values (4), ('x')")
        self.writer.query("begin")
        self.writer.query("insert into t values (5)")
        self.writer.query("select nosuch")
        self.writer.query("commit")
        self.assertEqual(self.hear(), [])

    def test_pipeline(self):
        self.writer.send(*execute("insert into t values (1)"), *execute("insert into u values (1)"), "Sync",
                         *execute("insert into t values (1)"), *execute("selec"), "Sync",
                         *execute("insert into u values (2)"), "Sync")
        for _ in range(3):
            self.writer.until_ready()
        self.assertEqual(self.hear(), changed("public.t", "public.u", "public.u"))

    def test_copy(self):
        for sql in "copy t from stdin", "copy sales.t (a) from stdin with (format csv)":
            self.writer.send(f'Query "{sql}"')
            self.writer.answers("G")
            self.writer.send('CopyData "1\\n"', "CopyDone")
            self.writer.until_ready()
        self.writer.send('Query "copy u from stdin"')
        self.writer.answers("G")
        self.writer.send('CopyData "x\\n"', "CopyDone")
        self.writer.until_ready()
        self.assertEqual(self.hear(), changed("public.t", "sales.t"))

    def test_prepared(self):
        self.write("prepare inserting as insert into t values (1)")
        self.write("execute inserting")
        self.assertEqual(self.hear(), changed("public.t"))

    def test_http(self):
        http("insert into t values (1)")
        self.assertEqual(told(self.listener), changed("public.t"))

    def test_own(self):
        self.listener.send('Query "insert into t values (1)"')
        self.assertEqual(self.listener.until_ready()[:2], ['CommandComplete "INSERT 0 1"', *changed("public.t")])

    def test_search_path(self):
        self.write("set search_path = sales")
        self.write("insert into t values (1)")
        self.assertEqual(self.hear(), changed("sales.t"))
        self.write("set search_path = sales, public")
        self.write("insert into t values (1)")
        self.write("insert into sales.t values (1)")
        self.assertEqual(self.hear(), changed("", "sales.t"))

    def test_temporary(self):
        """A name that may be a temporary table's could be any table's."""
        self.write("create temp table t (a int)")
        self.assertEqual(self.hear(), [])
        self.write("insert into t values (1)")
        self.write("insert into public.u values (1)")
        self.assertEqual(self.hear(), changed("", "public.u"))

    def test_late_listener(self):
        """What was written before anybody listened is a change that is not known."""
        self.listener.query("unlisten *")
        with Peer("wirehouse") as writer:
            writer.query("begin")
            writer.query("insert into t values (1)")
            self.listener.query(f"listen {CHANNEL}")
            writer.query("insert into u values (1)")
            writer.query("commit")
        self.assertEqual(sorted(told(self.listener, 2)), sorted(changed("", "public.u")))

    def test_listener_far_behind(self):
        """It is told that something has changed; nobody's commit fails."""
        self.listener.query("begin")
        for i in range(600):
            self.writer.query(f"notify {CHANNEL}, '{i:04} {LARGE[:7900]}'")
        self.write("insert into t values (1)")
        self.write("insert into u values (1)")
        lines = [line for line in self.listener.query("commit") if LARGE[:100] not in line]
        self.assertEqual(lines[-3:-1], changed("", ""))
