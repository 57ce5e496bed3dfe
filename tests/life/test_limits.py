"""Limits: who is not let in hears why, in PostgreSQL's words, and costs the others nothing."""

import socket
import struct
import unittest

from client import SLOW, Client, post
from server import Server

TOO_MANY = "sorry, too many clients already"
USERS = '"admin" "secret" "admin"\n"tester" "secret" "writer"\n"other" "secret" "reader"\n'
TRUST = "host all all 127.0.0.1/32 trust\n"


def refused(server, user="tester", database="main"):
    """The words with which a client is turned away; they are FATAL 53300."""
    with Client(server.address(), login=False) as client:
        client.send(f"Startup 3.0 user={user} database={database}")
        error = client.error()
        assert (error["S"], error["C"]) == ("FATAL", "53300"), error
        assert client.next_raw() is None
        return error["M"]


class Users(Server):
    """One with an admin, a writer and a reader, who need no password."""

    def __init__(self, *arguments, **more):
        super().__init__("--users", "users", "--hba", "hba", *arguments, **more)

    def prepare(self):
        (self.path / "users").write_text(USERS)
        (self.path / "users").chmod(0o600)
        (self.path / "hba").write_text(TRUST)


class Total(unittest.TestCase):
    def test_too_many(self):
        with Server("--max-connections", "2") as server:
            with Client(server.address()), Client(server.address()) as second:
                self.assertEqual(refused(server), TOO_MANY)
                self.assertTrue(second.is_open())
            with Client(server.address()) as again:  # the places are free when they have gone
                self.assertTrue(again.greeting)

    def test_an_encrypted_client_hears_it_too(self):
        with Server("--max-connections", "1") as server, Client(server.address()):
            with Client(server.address(), login=False) as client:
                client.socket.sendall(struct.pack("!ii", 8, 80877103))
                self.assertEqual(client.socket.recv(1), b"N")
                client.send("Startup 3.0 user=tester database=main")
                self.assertEqual(client.error()["M"], TOO_MANY)

    def test_a_cancel_comes_through(self):
        with Server("--max-connections", "1") as server, Client(server.address()) as client:
            client.send(f'Query "{SLOW}"')
            client.cancel_until_answered()
            self.assertEqual(client.error()["C"], "57014")

    def test_http(self):
        with Server("--max-connections", "1") as server, Client(server.address()):
            status, problem = post(server.http_address(), "select 1")
            self.assertEqual((status, problem["sqlstate"], problem["detail"]),
                             (503, "53300", TOO_MANY))

    def test_a_reload_changes_it(self):
        with Server(ini="[wirehouse]\nmax-connections = 1\n") as server:
            with Client(server.address()) as first:
                self.assertEqual(refused(server), TOO_MANY)
                server.reload("[wirehouse]\nmax-connections = 2\n")
                with Client(server.address()) as second:
                    self.assertTrue(second.is_open())
                    server.reload("[wirehouse]\nmax-connections = 1\n")
                    self.assertTrue(first.is_open() and second.is_open())
                    self.assertEqual(refused(server), TOO_MANY)


class Shares(unittest.TestCase):
    def test_reserved(self):
        with Users("--max-connections", "2", "--reserved-connections", "1") as server:
            with Client(server.address()):
                self.assertIn("remaining connection slots are reserved", refused(server))
                with Client(server.address(), user="admin") as admin:
                    self.assertTrue(admin.is_open())
                    self.assertEqual(refused(server, "admin"), TOO_MANY)

    def test_of_a_user(self):
        with Users("--user-connections", "1", "--user-connections", "other=2") as server:
            with Client(server.address()) as one:
                self.assertEqual(refused(server), 'too many connections for role "tester"')
                with Client(server.address(), "other"), Client(server.address(), "other"):
                    self.assertEqual(refused(server, "other"),
                                     'too many connections for role "other"')
                with Client(server.address(), "admin"), Client(server.address(), "admin") as admin:
                    self.assertTrue(one.is_open() and admin.is_open())  # no limit holds for them

    def test_of_a_database(self):
        with Users("--database-connections", "main=1") as server, Client(server.address()):
            self.assertEqual(refused(server), 'too many connections for database "main"')

    def test_of_an_address(self):
        words = "too many connections from this address"
        with Server("--address-connections", "1") as server, Client(server.address()):
            self.assertEqual(refused(server), words)
        with Server("--address-connections", "127.0.0.0/8=2") as server:
            with Client(server.address()), Client(server.address()):
                self.assertEqual(refused(server), words)

    def test_a_bad_limit_changes_nothing(self):
        with Server(ini="[wirehouse]\nuser-connections = 1\n") as server:
            for bad in ("user-connections = many", "address-connections = nowhere=1"):
                server.reload(f"[wirehouse]\n{bad}\n")
            failures = [e["sqlstate"] for e in server.events() if e["event"] == "reload failed"]
            self.assertEqual(failures, ["22023"] * 2)


class Storms(unittest.TestCase):
    CLIENTS = 3000
    SILENT = 1500

    def test_many_at_once(self):
        """More than there are places for: the first are served, the others hear why not."""
        with Server("--max-connections", "100") as server:
            packet = b"user\0tester\0database\0main\0\0"
            packet = struct.pack("!ii", 8 + len(packet), 3 << 16) + packet
            clients = []
            for _ in range(self.CLIENTS):
                clients.append(socket.create_connection(server.address(), 60))
                clients[-1].sendall(packet)
            served = told = 0
            for client in clients:
                answer = client.recv(1)
                served += answer == b"R"
                told += answer == b"E"
            self.assertEqual(served, 100)
            self.assertEqual(told, self.CLIENTS - served)
            for client in clients:
                client.close()
            refusals = [e for e in server.events() if e["event"] == "connection refused"]
            self.assertLess(len(refusals), self.CLIENTS / 10)
            with Client(server.address()) as client:
                self.assertTrue(client.is_open())

    def test_silent_ones(self):
        """Those who say nothing take no place, and make room for those who do."""
        with Server("--max-connections", "10") as server:
            silent = [socket.create_connection(server.address(), 60) for _ in range(self.SILENT)]
            with Client(server.address()) as client:
                self.assertTrue(client.is_open())
            for connection in silent:
                connection.close()


if __name__ == "__main__":
    unittest.main()
