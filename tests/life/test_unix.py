"""Unix sockets: who may connect, whose the files are, and both protocols over them."""

import os
import pathlib
import signal
import socket
import stat
import tempfile
import unittest

from client import SLOW, Client
from server import Server


class Unix(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = pathlib.Path(directory.name)
        self.socket = str(self.path / ".s.PGSQL.5455")
        self.lock = self.path / ".s.PGSQL.5455.lock"

    def server(self, *more, **options):
        return Server("--pg", f"{self.path}:5455", "--http", str(self.path / "http.sock"), *more,
                      ports=False, **options)

    def files(self):
        return sorted(os.listdir(self.path))

    def test_both_protocols(self):
        with self.server(), Client(self.socket) as client:
            self.assertTrue(client.is_open())
            with socket.socket(socket.AF_UNIX) as http:
                http.connect(str(self.path / "http.sock"))
                http.sendall(b"GET /health HTTP/1.0\r\n\r\n")
                self.assertIn(b"200 OK", http.recv(4096))

    def test_cancel(self):
        with self.server(), Client(self.socket) as client:
            client.send(f'Query "{SLOW}"')
            client.cancel_until_answered()
            self.assertEqual(client.error()["C"], "57014")

    def test_rights(self):
        with self.server("--unix-socket-permissions", "0770", "--unix-socket-group",
                         str(os.getgid())):
            status = os.stat(self.socket)
            self.assertEqual((stat.S_IMODE(status.st_mode), status.st_gid), (0o770, os.getgid()))
        with self.assertRaisesRegex(AssertionError, "is not 0001 to 0777"):
            self.server("--unix-socket-permissions", "rwx")
        with self.assertRaisesRegex(AssertionError, "there is no group"):
            self.server("--unix-socket-group", "no such group")

    def test_files_go_with_the_server(self):
        with self.server() as server:
            self.assertEqual(self.files(), [".s.PGSQL.5455", ".s.PGSQL.5455.lock", "http.sock",
                                            "http.sock.lock"])
            self.assertEqual(self.lock.read_text().split("\n")[0], str(server.process.pid))
            server.signal(signal.SIGTERM)
            self.assertEqual(server.ended(), 0)
        self.assertEqual(self.files(), [])

    def test_a_living_server_keeps_its_own(self):
        with self.server(), self.assertRaisesRegex(AssertionError, "is taken"):
            self.server()

    def test_what_a_crash_has_left(self):
        with self.server() as server:
            server.signal(signal.SIGKILL)
            server.ended()
        self.assertIn(".s.PGSQL.5455", self.files())
        with self.server(), Client(self.socket) as client:
            self.assertTrue(client.is_open())

    def test_a_lock_of_postgresql(self):
        """Its process lives: hands off. It is dead: the socket is free."""
        self.lock.write_text(f"{os.getpid()}\n/var/lib/postgresql\n")
        with self.assertRaisesRegex(AssertionError, f"is taken by process {os.getpid()}"):
            self.server()
        self.assertTrue(self.lock.exists())
        self.lock.write_text("999999999\n/var/lib/postgresql\n")
        with self.server(), Client(self.socket) as client:
            self.assertTrue(client.is_open())

    def test_a_plain_file_is_left_alone(self):
        pathlib.Path(self.socket).write_text("mine")
        with self.assertRaisesRegex(AssertionError, "is taken"):
            self.server()
        self.assertEqual(self.files(), [".s.PGSQL.5455"])


if __name__ == "__main__":
    unittest.main()
