"""Clients that use cursors by themselves: drivers, psql, postgres_fdw, ODBC's statements."""

import asyncio
import os
import subprocess
import unittest

import psycopg
from sides import OURS

try:
    import psycopg2
    import psycopg2.extensions
except ImportError:
    psycopg2 = None
try:
    import asyncpg
except ImportError:
    asyncpg = None

ROWS = "select i::int4 as i, 'v' || i::text as t from generate_series(1, {}) as g(i)"
FOREIGN = """
create extension postgres_fdw;
create server wirehouse foreign data wrapper postgres_fdw
    options (host '127.0.0.1', port '{port}', dbname 'main', fetch_size '50');
create user mapping for postgres server wirehouse options (user 'tester', password_required 'false');
create foreign table remote (a int4, b text) server wirehouse
    options (schema_name 'public', table_name 'fdw_rows');
"""


def psql(sql, port, user, *options, host="127.0.0.1"):
    command = ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", *options, "-h", host, "-p", port,
               "-U", user, "-d", "main"]
    return subprocess.run(command, input=sql, capture_output=True, text=True, check=True).stdout


class Psycopg(unittest.TestCase):
    def setUp(self):
        self.connection = psycopg.connect(**OURS)

    def tearDown(self):
        self.connection.close()

    def test_named(self):
        with self.connection.cursor("many") as cursor:
            cursor.itersize = 500
            cursor.execute(ROWS.format(5000))
            self.assertEqual([column.name for column in cursor.description], ["i", "t"])
            self.assertEqual([row[0] for row in cursor], list(range(1, 5001)))

    def test_scroll(self):
        with self.connection.cursor("back", scrollable=True) as cursor:
            cursor.execute(ROWS.format(5000))
            self.assertEqual(len(cursor.fetchmany(3000)), 3000)
            cursor.scroll(-2990)
            self.assertEqual(cursor.fetchone(), (11, "v11"))
            cursor.scroll(4999, mode="absolute")
            self.assertEqual(cursor.fetchall(), [(5000, "v5000")])

    def test_hold(self):
        with self.connection.cursor("held", withhold=True) as cursor:
            cursor.execute(ROWS.format("%s::int4"), (3000,))
            first = cursor.fetchmany(10)
            self.connection.commit()
            self.assertEqual([row[0] for row in first + cursor.fetchall()], list(range(1, 3001)))

    def test_binary(self):
        with self.connection.cursor("raw", binary=True) as cursor:
            cursor.execute("select 1::int4 as a, 1.5::numeric(3,1) as b, null::text as c")
            self.assertEqual(cursor.fetchone()[0], 1)

    def test_prepared_fetch(self):
        """The same FETCH is prepared by the driver, and its cursor is another one each time."""
        self.connection.prepare_threshold = 0
        for number in range(4):
            self.connection.execute("declare again cursor for select %s::int4 as a", (number,))
            self.assertEqual(self.connection.execute("fetch all from again").fetchall(), [(number,)])
            self.connection.execute("close again")

    def test_pipeline(self):
        with self.connection.pipeline():
            self.connection.execute("declare piped cursor for " + ROWS.format(10))
            moved = self.connection.execute("move 7 from piped")
            fetched = self.connection.execute("fetch all from piped")
            self.connection.execute("close piped")
        self.assertEqual(moved.statusmessage, "MOVE 7")
        self.assertEqual(fetched.fetchall(), [(8, "v8"), (9, "v9"), (10, "v10")])


@unittest.skipUnless(psycopg2, "psycopg2 is not installed")
class Psycopg2(unittest.TestCase):
    def setUp(self):
        self.connection = psycopg2.connect(**OURS)

    def tearDown(self):
        self.connection.close()

    def test_named(self):
        cursor = self.connection.cursor("many")
        cursor.execute(ROWS.format(5000))
        self.assertEqual([row[0] for row in cursor], list(range(1, 5001)))

    def test_scroll_and_hold(self):
        cursor = self.connection.cursor("both", scrollable=True, withhold=True)
        cursor.execute(ROWS.format(100))
        cursor.scroll(50)
        self.connection.commit()
        cursor.scroll(-1)
        self.assertEqual(cursor.fetchone(), (50, "v50"))
        cursor.close()


@unittest.skipUnless(asyncpg, "asyncpg is not installed")
class Asyncpg(unittest.TestCase):
    def test_cursor(self):
        async def walk():
            connection = await asyncpg.connect(host=OURS["host"], port=OURS["port"], database="main",
                                               user="tester")
            async with connection.transaction():
                cursor = await connection.cursor(ROWS.format(1000))
                self.assertEqual(await cursor.forward(10), 10)
                first = await cursor.fetch(5)
                rest = [row["i"] async for row in connection.cursor(ROWS.format(100), prefetch=7)]
                second = await cursor.fetchrow()
            await connection.close()
            return [row["i"] for row in first], rest, second["i"]

        self.assertEqual(asyncio.run(walk()), ([11, 12, 13, 14, 15], list(range(1, 101)), 16))


class Programs(unittest.TestCase):
    def test_psql_fetch_count(self):
        printed = psql(ROWS.format(5000) + ";", OURS["port"], "tester", "-v", "FETCH_COUNT=700")
        self.assertEqual(printed.split("\n")[:-1], [f"{i}|v{i}" for i in range(1, 5001)])

    def test_odbc(self):
        """psqlODBC, and Tableau above it: declared in a string, fetched in many."""
        with psycopg.connect(**OURS, autocommit=True) as connection:
            name = '"SQL_CUR0x7f51c4"'
            connection.execute(f"BEGIN;declare {name} cursor with hold for {ROWS.format(5000)}")
            sizes = [len(connection.execute(f"fetch 2048 in {name}").fetchall())]
            connection.execute("COMMIT")
            while sizes[-1]:
                sizes.append(len(connection.execute(f"fetch 2048 in {name}").fetchall()))
            connection.execute(f"close {name}")
        self.assertEqual(sizes, [2048, 2048, 904, 0])

    def test_postgres_fdw(self):
        with psycopg.connect(**OURS, autocommit=True) as connection:
            connection.execute("create table fdw_rows as select i::int4 as a, 'v' || i::text as b "
                               "from generate_series(1, 1000) as g(i)")
        socket = {"port": os.environ["POSTGRES_PORT"], "user": "postgres", "host": os.environ["POSTGRES_SOCKET"]}
        psql(FOREIGN.format(port=OURS["port"]), **socket)
        asked = {
            "select count(*), sum(a), max(b) from remote": "1000|500500|v999",
            # A nested loop reads the remote rows again for each row outside.
            "set enable_hashjoin = off; set enable_mergejoin = off; set enable_material = off; "
            "select count(*) from (values (1), (2), (3)) v(x) join remote on a % 3 = x % 3": "1000",
            "begin; declare c scroll cursor for select a from remote order by a; fetch 2 c; move 500 c; "
            "fetch c; fetch prior c; commit": "1\n2\n503\n502",
            "insert into remote values (0, 'new'); update remote set b = 'x' where a = 0; "
            "select b from remote where a = 0; delete from remote where a = 0": "x",
            "select count(*) from remote": "1000"}
        for sql, answer in asked.items():
            self.assertEqual(psql(sql + ";", **socket).strip(), answer, sql)
