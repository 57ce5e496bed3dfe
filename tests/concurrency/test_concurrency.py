import concurrent.futures
import os
import threading
import unittest

import psycopg

SLOW = "select count(*) from range(100000000000) t(i) where i % 7 = 3"


def connect():
    return psycopg.connect(host="127.0.0.1", port=os.environ["PGPORT"], dbname="main", user="t",
                           autocommit=True)


def ask(number):
    with connect() as connection:
        for i in range(15):
            rows = connection.execute("select %s::int8, i from range(50) t(i)", (number,)).fetchall()
            if rows != [(number, j) for j in range(50)]:
                return f"client {number}, round {i}: {rows[:3]}"
    return None


def ask_settings(number):
    """What a session sets is what its functions see, on whichever connection and thread."""
    with connect() as connection:
        for i in range(10):
            value = f"{number}.{i}"
            connection.execute("select set_config('app.mine', %s, false)", (value,))
            rows = connection.execute("select distinct current_setting('app.mine'), pg_backend_pid() "
                                      "from range(3000)").fetchall()
            if rows != [(value, connection.info.backend_pid)]:
                return f"client {number}: {rows[:3]}, not {value}"
    return None


# What the rows of one snapshot say of each other, whatever the plan counts on.
SNAPSHOT = ("select count(*), max(x), sum(x), count(*) filter (where x >= 1000) "
            "from growing where x >= 0 and y is not null")


def read_snapshots(stop):
    with connect() as connection:
        connection.prepare_threshold = 0
        last = 0
        while not stop.is_set():
            count, most, total, late = connection.execute(SNAPSHOT).fetchone()
            rows = (most + 1, most * (most + 1) // 2, max(count - 1000, 0))
            if (count, total, late) != rows or count < last:
                return f"{count} rows after {last}, up to {most}: {total}, {late}"
            last = count
    return None


class Concurrency(unittest.TestCase):
    def test_plans_follow_the_rows(self):
        """A repeated statement sees all of its snapshot while another session appends."""
        stop = threading.Event()
        with connect() as writer, concurrent.futures.ThreadPoolExecutor(4) as pool:
            writer.execute("create table growing (x bigint, y varchar)")
            writer.execute("insert into growing values (0, 'zero')")
            readers = [pool.submit(read_snapshots, stop) for _ in range(4)]
            for start in range(1, 1500, 10):
                writer.execute("insert into growing select x, 'row ' || x from range(%s::int8, %s::int8) r(x)",
                               (start, start + 10))
            stop.set()
            self.assertEqual({reader.result() for reader in readers}, {None})
            writer.execute("drop table growing")

    def test_own_rows(self):
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assertEqual(set(pool.map(ask, range(64))), {None})

    def test_own_settings(self):
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assertEqual(set(pool.map(ask_settings, range(16))), {None})

    def test_cancel_storm(self):
        with connect() as victim, connect() as bystander:
            for _ in range(20):
                timer = threading.Timer(0.02, victim.cancel)
                timer.start()
                with self.assertRaises(psycopg.errors.QueryCanceled):
                    victim.execute(SLOW)
                timer.join()
                self.assertEqual(bystander.execute("select 1").fetchone(), (1,))
            self.assertEqual(victim.execute("select 1").fetchone(), (1,))

    def test_logins_beside_slow_statements(self):
        slow = [connect() for _ in range(6)]  # twice the slots
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            running = [pool.submit(connection.execute, SLOW) for connection in slow]
            with connect() as other:
                self.assertEqual(other.execute("show server_encoding").fetchone(), ("UTF8",))
            for connection, future in zip(slow, running):
                while not future.done():
                    connection.cancel()
                    concurrent.futures.wait([future], timeout=0.05)
                self.assertIsInstance(future.exception(), psycopg.errors.QueryCanceled)
        for connection in slow:
            self.assertEqual(connection.execute("select 1").fetchone(), (1,))
            connection.close()

    def test_hang_up_interrupts(self):
        for _ in range(8):
            connection = connect()
            connection.pgconn.send_query(SLOW.encode())
            connection.pgconn.finish()  # three slots: more would block the rest for ever
        with connect() as other:
            self.assertEqual(other.execute("select 1").fetchone(), (1,))

    def test_writers(self):
        with connect() as connection:
            connection.execute("create table counter (a int)")

        def write(_):
            with connect() as connection:
                for _ in range(10):
                    connection.execute("insert into counter values (1)")

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(write, range(8)))
        with connect() as connection:
            self.assertEqual(connection.execute("select count(*) from counter").fetchone(), (80,))
