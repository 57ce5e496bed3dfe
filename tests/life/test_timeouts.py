"""Time-outs: each has words and a SQLSTATE of its own, an option of the server and a setting."""

import contextlib
import unittest

from client import SLOW, Client, post, show
from server import Server

BRIEF = "10ms"


def ends_with(test, client, sqlstate, text):
    error = client.error()
    test.assertEqual((error["S"], error["C"], error["M"]), ("FATAL", sqlstate, text))
    test.assertIsNone(client.next_raw())


@contextlib.contextmanager
def limited(option, value=BRIEF, *more):
    with Server(f"--{option}", value, *more) as server, Client(server.address()) as client:
        yield server, client


class Sessions(unittest.TestCase):
    def test_idle_session(self):
        with limited("idle-session-timeout") as (_, client):
            ends_with(self, client, "57P05", "terminating connection due to idle-session timeout")

    def test_idle_in_transaction(self):
        with limited("idle-in-transaction-timeout") as (_, client):
            client.send('Query "begin"')
            ends_with(self, client, "25P03",
                      "terminating connection due to idle-in-transaction timeout")

    def test_login(self):
        with Server("--login-timeout", BRIEF) as server:
            with Client(server.address(), login=False) as silent:
                self.assertIsNone(silent.next_raw())
            with Client(server.http_address(), login=False) as silent:
                self.assertIsNone(silent.next_raw())

    def test_idle_http(self):
        with Server("--idle-session-timeout", BRIEF) as server:
            with Client(server.http_address(), login=False) as client:
                client.socket.sendall(b"POST /v1/query HTTP/1.1\r\nHost: localhost\r\n"
                                      b'Content-Length: 18\r\n\r\n{"sql":"select 1"}')
                answer = b"".join(iter(lambda: client.socket.recv(1 << 16), b""))
                self.assertIn(b"200 OK", answer)


class Transactions(unittest.TestCase):
    WORDS = "terminating connection due to transaction timeout"

    def test_idle(self):
        with limited("transaction-timeout") as (_, client):
            client.send('Query "begin"')
            ends_with(self, client, "25P04", self.WORDS)

    def test_running(self):
        for sql in (SLOW, f"begin; {SLOW}"):
            with limited("transaction-timeout") as (_, client):
                client.send(f'Query "{sql}"')
                ends_with(self, client, "25P04", self.WORDS)

    def test_between_transactions(self):
        """Many short ones take longer than one may, and none is ended."""
        with limited("transaction-timeout", "2s") as (_, client):
            for _ in range(20):
                for sql in ("begin", "select 1 as a", "commit", "select 2 as a"):
                    self.assertEqual(client.query(sql)[-1][:13], "ReadyForQuery")

    def test_setting(self):
        with Server() as server, Client(server.address()) as client:
            client.query(f"set transaction_timeout = '{BRIEF}'")
            self.assertEqual(show(client, "transaction_timeout"), BRIEF)
            client.send(f'Query "{SLOW}"')
            ends_with(self, client, "25P04", self.WORDS)

    def test_a_statement_may_end_before(self):
        with limited("transaction-timeout", "1h") as (_, client):
            client.query(f"set statement_timeout = '{BRIEF}'")
            for _ in range(3):
                client.send(f'Query "{SLOW}"')
                error = client.error()
                self.assertEqual((error["S"], error["C"], error["M"]),
                                 ("ERROR", "57014", "canceling statement due to statement timeout"))


class Queue(unittest.TestCase):
    WORDS = "canceling statement due to queue timeout"

    def test_waiting(self):
        """The one slot is taken: whoever waits is told so, and may ask again."""
        with limited("queue-timeout", BRIEF, "--slots", "1") as (server, waiting):
            with Client(server.address()) as running:
                running.send(f'Query "{SLOW}"')
                error = {}
                while error.get("C") != "57014":  # until the other has the slot
                    waiting.send('Query "select 1 as a"')
                    message = waiting.next_raw()
                    if message[0] == "E":
                        fields = message[1].split(b"\0")
                        error = {f[:1].decode(): f[1:].decode() for f in fields if f}
                    waiting.until_ready()
                self.assertEqual((error["S"], error["M"]), ("ERROR", self.WORDS))
                self.assertIn("10 ms", error["D"])
                status, problem = post(server.http_address(), "select 1")
                self.assertEqual((status, problem["sqlstate"], problem["detail"]),
                                 (503, "57014", self.WORDS))
                running.cancel_until_answered()
                running.until_ready()
                self.assertTrue(waiting.is_open())


class Keepalive(unittest.TestCase):
    def test_settings(self):
        import subprocess
        with Server("--tcp-keepalives-idle", "61") as server, Client(server.address()) as client:
            def timer():
                port = client.socket.getsockname()[1]
                return subprocess.run(["ss", "-tnoH", f"dport = :{port}"], check=True,
                                      capture_output=True, text=True).stdout
            try:
                self.assertRegex(timer(), r"keepalive,(1min|60sec|59sec)")
            except FileNotFoundError:
                self.skipTest("ss is not installed")
            client.query("set tcp_keepalives_idle = 601")
            self.assertEqual(show(client, "tcp_keepalives_idle"), "601s")


if __name__ == "__main__":
    unittest.main()
