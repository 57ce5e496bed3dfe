"""Rows of cursors stay within the limits of memory and disk; what runs can be ended."""

import os
import threading
import unittest

import psycopg
from sides import OURS

MB = 1 << 20
WIDE = "select i::int8 as i, repeat('x', {}) as t from generate_series(1, {}) as g(i)"


def memory():
    """Bytes that the server has for itself."""
    with open(f"/proc/{os.environ['server_pid']}/smaps_rollup", encoding="ascii") as file:
        return 1024 * sum(int(line.split()[1]) for line in file if line.startswith("Private_Dirty"))


class Limits(unittest.TestCase):
    def setUp(self):
        self.connection = psycopg.connect(**OURS, autocommit=True)
        self.ask = self.connection.execute

    def tearDown(self):
        self.connection.close()

    def refused(self, sqlstate, sql):
        with self.assertRaises(psycopg.Error) as raised:
            self.ask(sql)
        self.assertEqual(raised.exception.sqlstate, sqlstate, raised.exception)

    def held_rows(self, scroll):
        """A million rows, of which one MB is in memory."""
        rows = 1000000
        self.ask(f"declare h {scroll} cursor with hold for select i::int4 as i from generate_series(1, 10) as g(i)")
        self.ask("fetch all h")
        self.ask("close h")
        before = memory()
        self.ask(f"declare h {scroll} cursor with hold for select i::int4 as i, i * 3 as j "
                 f"from generate_series(1, {rows}) as g(i)")
        grown = memory() - before
        total = 0
        while block := self.ask("fetch 10000 h").fetchall():
            total += sum(j - 2 * i for i, j in block)
        self.assertEqual(total, rows * (rows + 1) // 2)
        self.assertLess(grown, 12 * MB)
        self.assertLess(memory() - before, 24 * MB)
        if scroll == "scroll":
            self.assertEqual(self.ask("fetch absolute -999999 h").fetchall(), [(2, 6)])
            self.assertEqual(self.ask("fetch last h").fetchall(), [(rows, 3 * rows)])
            self.assertEqual(len(self.ask("fetch backward 5000 h").fetchall()), 5000)
        self.ask("close h")

    def test_held(self):
        self.held_rows("")

    def test_held_scroll(self):
        self.held_rows("scroll")

    def test_forward_streams(self):
        """Larger than all spools: it can be read as long as nothing else is asked."""
        with self.connection.transaction():
            self.ask("declare big cursor for " + WIDE.format(1000, 60000))
            for block in range(6):
                rows = self.ask("fetch 10000 big").fetchall()
                self.assertEqual((len(rows), rows[0][0]), (10000, block * 10000 + 1))
            self.assertEqual(self.ask("fetch big").fetchall(), [])

    def test_too_large_to_hold(self):
        """COMMIT fails, and has rolled back."""
        self.ask("create or replace table cursor_limits (a int4)")
        self.ask("begin")
        self.ask("insert into cursor_limits values (1)")
        self.ask("declare big cursor with hold for " + WIDE.format(1000, 60000))
        self.refused("53400", "commit")
        self.assertEqual(self.connection.info.transaction_status, psycopg.pq.TransactionStatus.IDLE)
        self.assertEqual(self.ask("select count(*) from cursor_limits").fetchone(), (0,))
        self.refused("34000", "fetch big")
        self.refused("53400", "declare big cursor with hold for " + WIDE.format(1000, 60000))
        self.refused("34000", "fetch big")
        self.assertEqual(self.ask("select 1").fetchone(), (1,))

    def test_too_large_to_scroll(self):
        with self.assertRaises(psycopg.errors.ConfigurationLimitExceeded), self.connection.transaction():
            self.ask("declare big scroll cursor for " + WIDE.format(1000, 60000))
            self.assertEqual(len(self.ask("fetch 3000 big").fetchall()), 3000)
            self.ask("move all big")

    def test_few_rows_go_back(self):
        """Without SCROLL rows are kept as long as they are few."""
        with self.connection.transaction():
            self.ask("declare small cursor for " + WIDE.format(10, 2000))
            self.assertEqual(self.ask("move all small").statusmessage, "MOVE 2000")
            self.assertEqual(self.ask("fetch first small").fetchone()[0], 1)
        self.ask("begin")
        self.ask("declare large cursor for " + WIDE.format(1000, 20000))
        self.assertEqual(self.ask("move 10000 large").statusmessage, "MOVE 10000")
        self.refused("55000", "fetch first large")
        self.ask("rollback")

    def test_late_error(self):
        """What goes wrong far inside fails the COMMIT that would hold it."""
        text = ("select case when i < 900000 then i else error('late') end as i "
                "from generate_series(1, 1000000) as g(i)")
        self.ask("begin")
        self.ask("declare late cursor with hold for " + text)
        self.ask("fetch 5 late")
        with self.assertRaises(psycopg.Error):
            self.ask("commit")
        self.refused("34000", "fetch late")

    def test_statement_timeout(self):
        self.ask("set statement_timeout = '200ms'")
        self.ask("begin")
        self.ask("declare slow cursor for select i from range(100000000000) t(i) where i % 7 = 3")
        self.refused("57014", "move all slow")
        self.refused("25P02", "fetch slow")
        self.ask("rollback")

    def test_cancel(self):
        self.ask("begin")
        self.ask("declare slow cursor for select i from range(100000000000) t(i) where i % 7 = 3")
        self.assertEqual(self.ask("fetch 2 slow").fetchall(), [(3,), (10,)])
        timer = threading.Timer(0.3, self.connection.cancel)
        timer.start()
        self.refused("57014", "move all slow")
        timer.join()
        self.ask("rollback")
