"""Cancels over HTTP: X-Query-Id, DELETE /v1/query/ID, clients that hang up. Slots are two."""

import http.client
import json
import os
import re
import select
import socket
import time
import unittest

from peer import ENDLESS, SLOW, Peer

PORT = int(os.environ["HTTP_PORT"])
SLOW, ENDLESS = SLOW["wirehouse"], ENDLESS["wirehouse"]
NO_SLOT = "show server_encoding"  # answered without the engine


class Client:
    """A connection with one query under way."""

    def __init__(self, sql=None, query_id=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self.connection.connect()
        if sql:
            self.start(sql, query_id)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def start(self, sql, query_id=None):
        headers = {"X-Query-Id": query_id} if query_id is not None else {}
        self.connection.request("POST", "/v1/query", json.dumps({"sql": sql}), headers)

    def answer(self):
        """(status, headers, body); a body that is cut off is None."""
        response = self.connection.getresponse()
        try:
            body = json.loads(response.read() or "null")
        except http.client.IncompleteRead:
            body = None
        return response.status, response.headers, body

    def query(self, sql, query_id=None):
        self.start(sql, query_id)
        return self.answer()

    def has_answered(self):
        return bool(select.select([self.connection.sock], [], [], 0)[0])

    def is_closed(self):
        """After what was sent before; reset, when a request was not read any more."""
        try:
            while self.connection.sock.recv(1 << 20):
                pass
        except ConnectionResetError:
            pass
        return True

    def run(self, sql, query_id):
        """Returns when it runs. Who asks whether it does has the id for a moment itself."""
        def runs():
            if self.has_answered():
                response = self.connection.getresponse()
                if response.status == 200:  # its rows come already, perhaps without end
                    return True
                assert response.status == 409 and response.read()
                self.start(sql, query_id)
            return is_running(query_id)

        self.start(sql, query_id)
        until(runs)
        return self


def query(sql, query_id=None):
    with Client() as client:
        return client.query(sql, query_id)


def delete(query_id):
    with Client() as client:
        client.connection.request("DELETE", f"/v1/query/{query_id}")
        status, headers, body = client.answer()
        assert status != 204 or (body is None and "Content-Length" not in headers), headers
        return status, body


def is_running(query_id):
    return query(NO_SLOT, query_id)[0] == 409


def until(condition):
    """Ask again and again; a server that hangs is no reason to hang."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "nothing changes any more"


def delete_once_it_runs(query_id):
    answers = []
    until(lambda: answers.append(delete(query_id)) or answers[-1][0] != 404)
    return answers[-1]


class Ids(unittest.TestCase):
    def test_random(self):
        ids = [query(sql)[1]["X-Query-Id"] for sql in ["select 1", "select nosuch", "", NO_SLOT] * 10]
        self.assertEqual(len(set(ids)), 40)
        for query_id in ids:
            self.assertRegex(query_id, re.compile(r"^[0-9a-f]{32}$"))

    def test_one_of_the_client(self):
        with Client() as client:
            for query_id in ("a-b.c_d9", "Z" * 64, "a-b.c_d9"):
                status, headers, _ = client.query("select 1", query_id)
                self.assertEqual((status, headers.get_all("X-Query-Id")), (200, [query_id]))
            self.assertNotEqual(client.query("select 1")[1]["X-Query-Id"], "a-b.c_d9")

    def test_malformed(self):
        for query_id in ("", "short77", "Z" * 65, "Z" * 300, "Z" * 3000, "a b c d e", "abcdefg\xe9",
                         "../../etc", "abcdefgh;", "\"abcdefgh\""):
            with self.subTest(query_id=query_id):
                status, headers, body = query("select 1", query_id)
                self.assertEqual((status, body["sqlstate"]), (400, "22023"))
                self.assertRegex(headers["X-Query-Id"], "^[0-9a-f]{32}$")
        with Client() as client:
            client.connection.putrequest("POST", "/v1/query")
            for query_id in ("abcdefgh", "abcdefgi"):
                client.connection.putheader("X-Query-Id", query_id)
            client.connection.putheader("Content-Length", "19")
            client.connection.endheaders(b'{"sql": "select 1"}')
            self.assertEqual(client.answer()[0], 400)

    def test_only_for_queries(self):
        with Client() as client:
            client.query("select 1")
            client.connection.request("GET", "/health")
            self.assertNotIn("X-Query-Id", client.answer()[1])

    def test_running(self):
        with Client().run(SLOW, "test_running") as client:
            status, _, body = query("select 1", "test_running")
            self.assertEqual((status, body["status"], body["sqlstate"]), (409, 409, "42710"))
            self.assertEqual(query("select 1", "test_running2")[0], 200)
            self.assertEqual(delete("test_running")[0], 204)
            self.assertEqual(client.answer()[0], 408)
        self.assertEqual(query("select 1", "test_running")[0], 200)


class Delete(unittest.TestCase):
    def assert_cancelled(self, answer):
        status, headers, body = answer
        self.assertEqual((status, headers["Content-Type"]), (408, "application/problem+json"))
        self.assertEqual((body["sqlstate"], body["detail"]),
                         ("57014", "canceling statement due to user request"))

    def test_running(self):
        with Client(SLOW, "delete_running") as client:
            self.assertEqual(delete_once_it_runs("delete_running"), (204, None))
            self.assert_cancelled(client.answer())
            self.assertEqual(delete("delete_running")[0], 404)
            self.assertEqual(client.query("select 7")[2]["rows"], [[7]])

    def test_nothing_to_cancel(self):
        finished = query("select 1")[1]["X-Query-Id"]
        for query_id in ("nosuchid", finished, "x", "a%20b", "." * 64, "y" * 900):
            status, body = delete(query_id)
            self.assertEqual((status, body["status"], body["sqlstate"]), (404, 404, "42704"))

    def test_routes(self):
        for method, path, status in (("GET", "/v1/query/abcdefgh", 405), ("DELETE", "/v1/query", 405),
                                     ("POST", "/v1/query/abcdefgh", 405), ("DELETE", "/v1/query/", 404),
                                     ("DELETE", "/v1/query/a/b", 404), ("DELETE", "/health", 405)):
            with self.subTest(method=method, path=path), Client() as client:
                client.connection.request(method, path)
                self.assertEqual(client.answer()[0], status)

    def test_foreign_page(self):
        with Client().run(SLOW, "foreign_page") as client:
            with Client() as other:
                other.connection.request("DELETE", "/v1/query/foreign_page",
                                         headers={"Origin": "http://evil.example"})
                self.assertEqual(other.answer()[0], 403)
            self.assertEqual(delete("foreign_page")[0], 204)
            self.assert_cancelled(client.answer())

    def test_keep_alive(self):
        with Client().run(SLOW, "keep_alive_1") as slow, Client() as client:
            client.connection.request("DELETE", "/v1/query/keep_alive_1")
            self.assertEqual(client.answer()[0], 204)
            client.connection.request("DELETE", "/v1/query/keep_alive_2")
            self.assertEqual(client.answer()[0], 404)
            self.assertEqual(client.query("select 1")[0], 200)
            self.assert_cancelled(slow.answer())

    def test_queued(self):
        names = [f"delete_queued_{i}" for i in range(5)]
        clients = [Client(SLOW, name) for name in names]
        for client, name in reversed(list(zip(clients, names))):
            self.assertEqual(delete_once_it_runs(name)[0], 204)
            self.assert_cancelled(client.answer())
            client.connection.close()
        self.assertEqual(query("select 1")[0], 200)

    def test_reader_that_stops(self):
        """What was sent is a 200 already: that the answer has no end cannot be missed."""
        with Client(ENDLESS, "reader_that_stops") as client:
            response = client.connection.getresponse()
            self.assertEqual((response.status, response.headers["X-Query-Id"]), (200, "reader_that_stops"))
            self.assertEqual(delete("reader_that_stops")[0], 204)
            with self.assertRaises(http.client.IncompleteRead):
                response.read()
        self.assertEqual(delete("reader_that_stops")[0], 404)


class Processes(unittest.TestCase):
    """HTTP's sessions have process ids as well."""

    def test_cancelled(self):
        with Client() as client, Peer("wirehouse") as peer:
            pid = client.query("select pg_backend_pid()")[2]["rows"][0][0]
            client.run(SLOW, "http_process")
            self.assertEqual(peer.query(f"select pg_cancel_backend({pid}) as c")[0], 'DataRow "t"')
            self.assertEqual(client.answer()[0], 408)
            self.assertEqual(client.query("select 1")[0], 200)

    def test_terminated(self):
        for sql in (None, SLOW, ENDLESS):
            with Client() as client, Peer("wirehouse") as peer:
                pid = client.query("select pg_backend_pid()")[2]["rows"][0][0]
                if sql:
                    client.start(sql)
                answer = peer.query(f"select pg_terminate_backend({pid}, 60000) as c")
                self.assertEqual(answer[0], 'DataRow "t"')
                self.assertTrue(client.is_closed())

    def test_cancels(self):
        with Client() as client, Peer("wirehouse") as victim:
            victim.send(f'Query "{SLOW}"')
            while not victim.has_answered():
                answer = client.query(f"select pg_cancel_backend({victim.pid}), pg_cancel_backend(-1)")
                self.assertEqual(answer[2]["rows"], [[True, False]])
            self.assertEqual(victim.until_ready()[0], "ErrorResponse ERROR 57014")


class HangUp(unittest.TestCase):
    """Who closes the connection does not keep the slot, nor the place in the line."""

    def assert_ended(self, *names):
        for name in names:
            until(lambda name=name: not is_running(name))

    def test_running(self):
        for sql in (SLOW, ENDLESS):
            for turn in range(3):
                names = [f"hang_up_running_{len(sql)}_{turn}_{i}" for i in range(2)]
                for client in [Client().run(sql, name) for name in names]:
                    client.connection.close()
                self.assert_ended(*names)
                self.assertEqual(query("select 1")[0], 200)

    def test_queued(self):
        """While the others run on."""
        names = [f"hang_up_queued_{i}" for i in range(4)]
        clients = [Client().run(SLOW, name) for name in names]
        for client in clients[2:]:
            client.connection.close()
        self.assert_ended(*names[2:])
        self.assertEqual([is_running(name) for name in names[:2]], [True, True])
        for client in clients[:2]:
            client.connection.close()
        self.assert_ended(*names[:2])
        self.assertEqual(query("select 1")[0], 200)

    def test_reader_that_stops(self):
        """Whether its socket is closed or reset."""
        for linger in (b"", b"\1\0\0\0\0\0\0\0"):
            names = [f"hang_up_sending_{len(linger)}_{i}" for i in range(4)]
            clients = [Client(ENDLESS, name) for name in names]
            answers = [client.connection.getresponse() for client in clients]
            self.assertEqual([answer.status for answer in answers], [200] * 4)
            self.assertEqual(query("select 1")[0], 200)  # they hold no slot
            for client, answer in zip(clients, answers):
                if linger:
                    client.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                answer.close()
                client.connection.close()
            self.assert_ended(*names)
