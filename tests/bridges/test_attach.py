"""DuckDB's ATTACH … (TYPE postgres): it asks the catalogue what there is, and copies in binary."""

import glob
import os
import unittest

import duckdb
import duckdb_extension_postgres_scanner
import rows

EXTENSION = glob.glob(os.path.join(os.path.dirname(duckdb_extension_postgres_scanner.__file__),
                                   "extensions", "*", "*.duckdb_extension"))[0]


class Attached(unittest.TestCase):
    def setUp(self):
        self.engine = duckdb.connect(config={"allow_unsigned_extensions": "true"})
        self.addCleanup(self.engine.close)
        self.engine.execute(f"load '{EXTENSION}'")
        self.engine.execute("set timezone = 'UTC'")
        address = " ".join(f"{name}={value}" for name, value in rows.ADDRESS.items())
        self.engine.execute(f"attach '{address}' as w (type postgres)")

    def all(self, sql):
        return self.engine.execute(sql).fetchall()

    def fresh(self):
        """What others have changed is not looked for otherwise."""
        self.engine.execute("call pg_clear_cache()")

    def test_tables(self):
        with rows.table("bridged"):
            self.fresh()
            self.assertEqual(self.all("select table_schema from information_schema.tables where table_catalog = 'w' "
                                      "and table_name = 'bridged'"), [("public",)])
            described = {name: kind for name, kind, *_ in self.all("describe w.bridged")}
        self.assertEqual(described, {
            "id": "INTEGER", "flag": "BOOLEAN", "small": "SMALLINT", "large": "BIGINT", "single": "FLOAT",
            "double": "DOUBLE", "price": "DECIMAL(12,2)", "label": "VARCHAR", "day": "DATE", "moment": "TIMESTAMP",
            "instant": "TIMESTAMP WITH TIME ZONE", "length": "INTERVAL", "key": "UUID"})

    def test_values(self):
        with rows.table("bridged"):
            self.fresh()
            names = ", ".join(name for name in rows.COLUMNS if name != "instant")
            place = list(rows.COLUMNS).index("instant")
            self.assertEqual(self.all(f"select {names} from w.bridged order by id"),
                             [row[:place] + row[place + 1:] for row in rows.ROWS])
            self.assertEqual(self.all("select epoch(instant) from w.bridged order by id"),
                             [(981173106.0,), (0.0,), (None,)])

    def test_many_rows(self):
        with rows.numbers("many", 300_000):
            self.fresh()
            self.assertEqual(self.all("select count(*), sum(i), count(half), sum(length(label)) from w.many"),
                             [(300_000, 45_000_150_000, 200_000, 2_888_895)])

    def test_filters(self):
        with rows.numbers("many", 10_000):
            self.fresh()
            self.assertEqual(self.all("select label from w.many where i between 7 and 8 and half is not null order by i"),
                             [("row 7",), ("row 8",)])
            self.assertEqual(self.all("select label from w.many where label = 'row 99'"), [("row 99",)])
            self.assertEqual(self.all("select i from w.many order by i limit 2 offset 5"), [(6,), (7,)])

    def test_writes(self):
        with rows.table("bridged"), rows.table("written", filled=False):
            self.fresh()
            self.engine.execute("insert into w.written select * from w.bridged")
            self.assertEqual(rows.query("select * from written order by id"), rows.ROWS)

    def test_creates(self):
        self.addCleanup(rows.drop, "made")
        self.engine.execute("create table w.made as select i, 'row ' || i as label from range(100_000) t(i)")
        self.assertEqual(rows.query("select count(*), sum(i), max(label) from made"),
                         [(100_000, 4_999_950_000, "row 99999")])
        self.engine.execute("drop table w.made")
        self.assertEqual(self.all("select * from duckdb_tables() where database_name = 'w' and table_name = 'made'"), [])

    def test_transactions(self):
        with rows.table("written", filled=False):
            self.fresh()
            self.engine.execute("begin")
            self.engine.execute("insert into w.written (id) values (1)")
            self.assertEqual(self.all("select count(*) from w.written"), [(1,)])
            self.engine.execute("rollback")
            self.assertEqual(self.all("select count(*) from w.written"), [(0,)])
            self.engine.execute("begin")
            self.engine.execute("insert into w.written (id) values (2)")
            self.engine.execute("commit")
            self.assertEqual(rows.query("select id from written"), [(2,)])

    def test_passes_queries(self):
        self.assertEqual(self.all("from postgres_query('w', 'select 1 as x, ''a'' as y')"), [(1, "a")])
        self.engine.execute("call postgres_execute('w', 'create table passed (a int4)')")
        self.assertEqual(rows.query("select count(*) from passed"), [(0,)])
        self.engine.execute("call postgres_execute('w', 'drop table passed')")

    def test_updates(self):
        """By way of a temporary table that goes with the transaction, which the engine does not have."""
        with rows.table("bridged"):
            self.fresh()
            if os.environ["SERVER_NAME"] == "wirehouse":
                with self.assertRaisesRegex(duckdb.Error, "ON COMMIT PRESERVE ROWS"):
                    self.engine.execute("update w.bridged set label = 'changed' where id >= 2")
                self.assertEqual(rows.query("select id from bridged where label = 'changed'"), [])
                return
            self.engine.execute("update w.bridged set label = 'changed' where id >= 2")
            self.assertEqual(rows.query("select id from bridged where label = 'changed' order by 1"), [(2,), (3,)])

    def test_deletes(self):
        with rows.table("bridged"):
            self.fresh()
            self.engine.execute("delete from w.bridged where id = 2")
            self.assertEqual(rows.query("select id from bridged order by 1"), [(1,), (3,)])
