"""postgres_fdw of PostgreSQL 15: the server under test is a foreign server of another."""

import os
import unittest

import psycopg
import rows


class Foreign(unittest.TestCase):
    def setUp(self):
        self.local = psycopg.connect(host=os.environ["POSTGRES_SOCKET"], port=os.environ["POSTGRES_PORT"], user="postgres",
                                     dbname="main", sslmode="disable", channel_binding="disable", autocommit=True)
        self.addCleanup(self.local.close)
        self.run_all("create extension if not exists postgres_fdw", "drop server if exists far cascade",
                     "create server far foreign data wrapper postgres_fdw options (" + self.options() + ")",
                     f"create user mapping for current_user server far options (user '{rows.ADDRESS['user']}'{self.password()})",
                     "create schema if not exists far")
        self.addCleanup(self.run_all, "drop server far cascade", "drop schema far cascade")

    def options(self):
        named = {"host": "host", "port": "port", "dbname": "dbname"}
        parts = [f"{option} '{rows.ADDRESS[key]}'" for option, key in named.items()] + ["fetch_size '1000'"]
        for option, variable in (("sslmode", "PGSSLMODE"), ("sslrootcert", "PGSSLROOTCERT")):
            if variable in os.environ:
                parts.append(f"{option} '{os.environ[variable]}'")
        return ", ".join(parts)

    def password(self):
        word = os.environ.get("PGPASSWORD")
        return ", password '" + word.replace("'", "''") + "'" if word else ""

    def run_all(self, *texts):
        for text in texts:
            self.local.execute(text)

    def all(self, sql):
        return self.local.execute(sql).fetchall()

    def import_table(self, name):
        self.run_all(f"import foreign schema public limit to ({name}) from server far into far")

    def test_imports_and_reads(self):
        with rows.table("bridged"):
            self.import_table("bridged")
            described = dict(self.all("select attname, format_type(atttypid, atttypmod) from pg_attribute "
                                      "where attrelid = 'far.bridged'::regclass and attnum > 0"))
            self.assertEqual(described, {**rows.COLUMNS, "moment": "timestamp without time zone",
                                         "instant": "timestamp with time zone"})
            self.assertEqual(self.all("select * from far.bridged order by id"), rows.ROWS)

    def test_pushes_down(self):
        with rows.numbers("many", 20_000):
            self.import_table("many")
            self.assertEqual(self.all("select label from far.many where i between 7 and 8 order by i"),
                             [("row 7",), ("row 8",)])
            self.assertEqual(self.all("select count(*), sum(i), count(half) from far.many"), [(20_000, 200_010_000, 13_334)])
            self.assertEqual(self.all("select sum(a.i) from far.many a join far.many b using (i) where b.half is null"),
                             [(66_663_333,)])

    def test_fetches_in_portions(self):
        with rows.numbers("many", 20_000):
            self.import_table("many")
            cursor = self.local.cursor()
            cursor.execute("select i, label, half from far.many where random() >= 0 order by i")
            got = cursor.fetchall()
            self.assertEqual(len(got), 20_000)
            self.assertEqual(got[12_344], (12_345, "row 12345", None))

    def test_inserts(self):
        with rows.table("written", filled=False), rows.table("bridged"):
            self.import_table("written")
            self.import_table("bridged")
            self.run_all("insert into far.written select * from far.bridged")
            self.assertEqual(rows.query("select * from written order by id"), rows.ROWS)
            returned = self.all("insert into far.written (id, label) values (9, 'x') returning id, label")
            self.assertEqual(returned, [(9, "x")])

    def test_changes(self):
        with rows.table("bridged"):
            self.import_table("bridged")
            self.run_all("update far.bridged set label = 'changed' where id >= 2", "delete from far.bridged where id = 1")
            self.assertEqual(rows.query("select id, label from bridged order by id"), [(2, "changed"), (3, "changed")])

    def test_transactions(self):
        with rows.table("written", filled=False):
            self.import_table("written")
            self.run_all("begin", "insert into far.written (id) values (1)", "rollback")
            self.assertEqual(rows.query("select count(*) from written"), [(0,)])
            self.run_all("begin", "insert into far.written (id) values (2)", "commit")
            self.assertEqual(rows.query("select id from written"), [(2,)])
