import concurrent.futures
import os
import signal
import socket
import struct
import threading
import unittest

import psycopg


def connect(mode):
    return psycopg.connect(host="127.0.0.1", port=os.environ["PGPORT"], dbname="main", user="t", sslmode=mode,
                           autocommit=True)


def abandon():
    """A handshake that ends where it began."""
    with socket.create_connection(("127.0.0.1", int(os.environ["PGPORT"]))) as client:
        client.sendall(struct.pack("!ii", 8, 80877103))
        client.recv(1)
        client.sendall(b"\x16\x03\x01\x02\x00\x01")


def come_and_go(number):
    for i in range(12):
        if i % 4 == 3:
            abandon()
        with connect("require" if i % 3 else "disable") as connection:
            rows = connection.execute("select %s::int8, i from range(3000) t(i)", (number,)).fetchall()
            if rows != [(number, j) for j in range(3000)]:
                return f"client {number}, round {i}: {rows[:3]}"
    return None


class Handshakes(unittest.TestCase):
    def test_while_certificates_are_reloaded(self):
        stop = threading.Event()

        def reload():
            while not stop.is_set():
                os.kill(int(os.environ["server_pid"]), signal.SIGHUP)
                with connect("require"):
                    pass

        with concurrent.futures.ThreadPoolExecutor(13) as pool:
            reloading = pool.submit(reload)
            try:
                self.assertEqual(list(pool.map(come_and_go, range(12))), [None] * 12)
            finally:
                stop.set()
            reloading.result()


if __name__ == "__main__":
    unittest.main()
