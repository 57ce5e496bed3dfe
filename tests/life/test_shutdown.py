"""SIGTERM lets what is under way end, SIGINT ends it, and so does a second SIGTERM."""

import http.client
import json
import signal
import socket
import unittest

from client import SLOW, Client
from server import Server

ENDED = "terminating connection due to administrator command"
# More than a socket holds: the statement runs until the client has read it all.
ROWS = 600000
BUSY = f"select i::int as i from range({ROWS}) t(i)"
FOR_EVER = ["--drain-timeout", "1h"]


def is_ended(test, client):
    """FATAL 57P01, and the end."""
    error = client.error()
    test.assertEqual((error["S"], error["C"], error["M"]), ("FATAL", "57P01", ENDED))
    test.assertIsNone(client.next_raw())


class Drain(unittest.TestCase):
    def test_idle_clients_hear_it_at_once(self):
        with Server(*FOR_EVER) as server, Client(server.address()) as client:
            server.signal(signal.SIGTERM)
            is_ended(self, client)
            self.assertEqual(server.ended(), 0)

    def test_a_statement_ends_first(self):
        """What was sent behind it is not begun any more."""
        with Server(*FOR_EVER) as server, Client(server.address()) as idle:
            with Client(server.address(), receive_buffer=65536) as busy:
                busy.send(f'Query "{BUSY}"', 'Query "select 2 as b"')
                while busy.next_raw()[0] != "D":
                    pass
                server.signal(signal.SIGTERM)
                is_ended(self, idle)
                rows = 1
                while (message := busy.next_raw())[0] == "D":
                    rows += 1
                self.assertEqual((rows, message[0]), (ROWS, "C"))
                self.assertEqual(busy.next_raw()[0], "Z")
                is_ended(self, busy)
            self.assertEqual(server.ended(), 0)

    def test_a_transaction_ends_first(self):
        with Server(*FOR_EVER) as server, Client(server.address()) as idle:
            with Client(server.address()) as client:
                client.query("create table t (a int)")
                client.query("begin")
                server.signal(signal.SIGTERM)
                is_ended(self, idle)
                self.assertEqual(client.query("insert into t values (1)")[-1], "ReadyForQuery T")
                client.send('Query "commit"')
                self.assertIn('CommandComplete "COMMIT"', client.answers("C"))
                is_ended(self, client)
            self.assertEqual(server.ended(), 0)

    def test_nobody_is_let_in(self):
        with Server(*FOR_EVER) as server, Client(server.address()) as client:
            client.query("begin")
            with Client(server.address()) as idle:
                server.signal(signal.SIGTERM)
                is_ended(self, idle)
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(server.address())

    def test_who_takes_too_long_is_ended(self):
        with Server("--drain-timeout", "1ms") as server, Client(server.address()) as client:
            client.send(f'Query "{SLOW}"')
            server.signal(signal.SIGTERM)
            is_ended(self, client)
            self.assertEqual(server.ended(), 0)

    def test_the_manager_hears_it(self):
        with Server(*FOR_EVER) as server:
            server.told("READY=1")
            server.signal(signal.SIGTERM)
            self.assertTrue(server.told("STOPPING=1"))

    def test_http(self):
        """What is asked is answered, and nothing more; who asks nothing is closed."""
        with Server(*FOR_EVER) as server:
            idle = http.client.HTTPConnection(*server.http_address(), timeout=60)
            idle.request("GET", "/health")
            idle.getresponse().read()
            body = json.dumps({"sql": "select 1234567"}).encode()
            with socket.create_connection(server.http_address(), 60) as busy:
                busy.sendall(b"POST /v1/query HTTP/1.1\r\nHost: localhost\r\n"
                             b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
                self.assertTrue(busy.recv(100).startswith(b"HTTP/1.1 100 "))
                server.signal(signal.SIGTERM)
                self.assertEqual(idle.sock.recv(1), b"")
                busy.sendall(body)
                answer = b"".join(iter(lambda: busy.recv(1 << 16), b""))
            idle.close()
            self.assertIn(b"[1234567]", answer)
            self.assertIn(b"Connection: close", answer)
            self.assertEqual(server.ended(), 0)


class Fast(unittest.TestCase):
    def fast(self, *signals):
        with Server(*FOR_EVER) as server, Client(server.address()) as client:
            with Client(server.address()) as in_block:
                in_block.query("begin")
                client.send(f'Query "{SLOW}"')
                for number in signals:
                    server.signal(number)
                    server.logged("signal", name=signal.Signals(number).name)
                is_ended(self, client)
                is_ended(self, in_block)
                self.assertEqual(server.ended(), 0)

    def test_sigint(self):
        self.fast(signal.SIGINT)

    def test_sigint_behind_sigterm(self):
        self.fast(signal.SIGTERM, signal.SIGINT)

    def test_sigquit(self):
        with Server(*FOR_EVER) as server, Client(server.address()) as client:
            client.query("begin")
            server.signal(signal.SIGQUIT)
            self.assertIsNone(client.next_raw())
            self.assertEqual(server.ended(), 1)


if __name__ == "__main__":
    unittest.main()
