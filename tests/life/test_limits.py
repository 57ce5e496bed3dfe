"""Limits: who is not let in hears why, in PostgreSQL's words, and costs the others nothing."""

import http.client
import json
import os
import pathlib
import re
import resource
import socket
import struct
import threading
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

    def test_http_is_cancelled(self):
        """DELETE needs no place, nor does /health."""
        with Server("--max-connections", "1") as server:
            running = http.client.HTTPConnection(*server.http_address(), timeout=60)
            running.request("POST", "/v1/query", json.dumps({"sql": SLOW}), {"X-Query-Id": "slow-one"})
            other = http.client.HTTPConnection(*server.http_address(), timeout=60)
            status = 404
            while status == 404:  # until it runs
                other.request("DELETE", "/v1/query/slow-one")
                answer = other.getresponse()
                status = answer.status
                answer.read()
            self.assertEqual(status, 204)
            self.assertEqual(running.getresponse().status, 408)
            self.assertEqual(post(server.http_address(), "select 1")[0], 503)
            other.request("GET", "/health")
            self.assertEqual(other.getresponse().status, 200)
            running.close()
            other.close()

    def test_out_of_descriptors(self):
        """The spare one is for saying so; who is there already is served on."""
        with Server() as server, Client(server.address()) as client:
            used = {int(fd) for fd in os.listdir(f"/proc/{server.process.pid}/fd")}
            first_free = next(fd for fd in range(len(used) + 1) if fd not in used)
            hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)[1]
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (first_free, hard))
            with Client(server.address(), login=False) as late:
                error = late.error()
                self.assertEqual((error["C"], error["M"]), ("53300", TOO_MANY))
            self.assertTrue(client.is_open())
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (hard, hard))
            with Client(server.address()) as again:
                self.assertTrue(again.is_open())

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


def most_files():
    """A client is a descriptor here too."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Storms(unittest.TestCase):
    FULL = bool(os.environ.get("WIREHOUSE_FULL"))
    CLIENTS = 20000 if FULL else 3000
    WAVE = 2000 if FULL else 1500
    SILENT = 5000 if FULL else 1500
    MEMORY_KIB = 96 << 10

    def setUp(self):
        most_files()

    def grown(self, server):
        """By how much the server's memory has been above what it was: a function that says so."""
        def peak():
            return int(re.search(r"VmHWM:\s+(\d+)",
                                 pathlib.Path(f"/proc/{server.process.pid}/status").read_text())[1])
        before = peak()
        return lambda: peak() - before

    def is_served(self, client):
        """All that it is told first ends with ReadyForQuery, or with why not: the last place may go
        to another behind the proof of who it is."""
        said = b""
        while not said.endswith(b"Z\0\0\0\5I"):
            part = client.recv(4096)
            said += part
            if not part:
                self.assertIn(b"C53300\0", said)
                return False
        return True

    def test_many_at_once(self):
        """More than there are places for: the first are served, the others hear why not."""
        packet = b"user\0tester\0database\0main\0\0"
        packet = struct.pack("!ii", 8 + len(packet), 3 << 16) + packet
        with Server("--max-connections", "100") as server:
            grown = self.grown(server)
            served = []
            for _ in range(self.CLIENTS // self.WAVE):
                wave = [socket.create_connection(server.address(), 60) for _ in range(self.WAVE)]
                for client in wave:
                    client.sendall(packet)
                for client in wave:
                    if self.is_served(client):
                        served.append(client)
                    else:
                        client.close()
            self.assertEqual(len(served), 100)
            self.assertLess(grown(), self.MEMORY_KIB)
            for client in served:
                client.close()
            refusals = [e for e in server.events() if e["event"] == "connection refused"]
            self.assertLess(len(refusals), self.CLIENTS / 10)
            with Client(server.address()) as client:
                self.assertTrue(client.is_open())

    def test_silent_ones(self):
        """Those who say nothing take no place, and make room for those who do."""
        with Server("--max-connections", "10") as server:
            grown = self.grown(server)
            silent = [socket.create_connection(server.address(), 60) for _ in range(self.SILENT)]
            with Client(server.address()) as client:
                self.assertTrue(client.is_open())
            self.assertLess(grown(), self.MEMORY_KIB)
            for connection in silent:
                connection.close()

    def test_reload_and_drain(self):
        """Clients come and go, their limits change, and the server ends: each hears why."""
        def come_and_go(address, outcomes):
            while True:
                try:
                    with Client(address, login=False) as client:
                        client.send("Startup 3.0 user=tester database=main")
                        last = client.answers("Z")[-1]
                        while last == "ReadyForQuery I":
                            last = client.query("select 1 as a")[-1]
                            if len(outcomes) % 3 == 0:
                                break
                            outcomes.append("served")
                        outcomes.append(last)
                except ConnectionError:
                    outcomes.append("closed")
                    return

        known = {"served", "ReadyForQuery I", "closed"}  # the end behind an error, too
        with Server("--drain-timeout", "1h", ini="[wirehouse]\n") as server:
            outcomes = []
            threads = [threading.Thread(target=come_and_go, args=(server.address(), outcomes))
                       for _ in range(8)]
            for thread in threads:
                thread.start()
            for turn in range(20):
                server.reload(f"[wirehouse]\nmax-connections = {turn % 4 + 1}\n"
                              f"user-connections = {turn % 3}\nstatement-timeout = {turn}s\n")
            server.process.terminate()
            self.assertEqual(server.ended(), 0)
            for thread in threads:
                thread.join()
            self.assertIn("served", outcomes)
            self.assertEqual({o for o in outcomes if o not in known}, set())


if __name__ == "__main__":
    unittest.main()
