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


class Concurrency(unittest.TestCase):
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
