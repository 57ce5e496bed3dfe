import http.client
import json
import os
import socket
import subprocess
import threading
import unittest

PORT = int(os.environ["HTTP_PORT"])


def request(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, response.headers, data


def query(sql, params=None):
    status, headers, data = request("POST", "/v1/query", json.dumps({"sql": sql, "params": params}))
    return status, headers["Content-Type"], json.loads(data)


def raw(data):
    with socket.create_connection(("127.0.0.1", PORT), 30) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


class Query(unittest.TestCase):
    def test_result(self):
        status, kind, answer = query("select 1 as a, 'x\"é' as b, null as c, true as d, 0.5::float8 as e")
        self.assertEqual((status, kind), (200, "application/json"))
        self.assertEqual(answer["rows"], [[1, 'x"é', None, True, 0.5]])
        self.assertEqual(answer["columns"][0], {"name": "a", "type": "int4"})
        self.assertEqual(answer["statistics"]["rows"], 1)

    def test_exact_numbers(self):
        _, _, answer = query("select 9007199254740993 as a, 42 as b, 1.10::decimal(10,2) as c, "
                             "170141183460469231731687303715884105727::hugeint as d")
        self.assertEqual(answer["rows"],
                         [["9007199254740993", 42, "1.10", "170141183460469231731687303715884105727"]])

    def test_parameters(self):
        _, _, answer = query("select $1 + 1, $2, $3, $4, $5", [41, "x", None, 1.5, True])
        self.assertEqual(answer["rows"], [[42, "x", None, 1.5, True]])

    def test_nested(self):
        _, _, answer = query("select [1, null], {'a': 1, 'b': 'x'}, date '2024-02-29'")
        self.assertEqual(answer["rows"], [[[1, None], {"a": 1, "b": "x"}, "2024-02-29"]])

    def test_names_of_objects(self):
        _, _, answer = query("select oid, typname, typinput, oid::regtype from pg_type "
                             "where typname = 'int4'")
        self.assertEqual(answer["rows"], [[23, "int4", "int4in", "integer"]])
        self.assertEqual([column["type"] for column in answer["columns"]],
                         ["oid", "name", "regproc", "regtype"])

    def test_changes(self):
        self.assertEqual(query("create or replace table h (a int)")[0], 200)
        _, _, answer = query("insert into h values (1), (2)")
        self.assertEqual(answer["statistics"]["affected"], 2)

    def test_many_rows(self):
        _, _, answer = query("select i from range(100000) t(i)")
        self.assertEqual(answer["rows"], [[i] for i in range(100000)])

    def test_errors(self):
        for sql, status, code in (("selec", 400, "42601"), ("select nosuch", 400, "42703"),
                                  ("", 400, "42601"), ("select 1; select 2", 400, "42601"),
                                  ("begin", 501, "0A000"), ("copy h to stdout", 501, "0A000")):
            with self.subTest(sql=sql):
                got, kind, answer = query(sql)
                self.assertEqual((got, kind, answer["sqlstate"], answer["status"]),
                                 (status, "application/problem+json", code, status))

    def test_position(self):
        self.assertEqual(query("select  nosuch")[2]["position"], 9)

    def test_bad_bodies(self):
        for body in ("", "{", "[]", '{"sql": 1}', '{"sql": "select 1", "params": 1}',
                     '{"sql": "select $1", "params": [[1]]}'):
            with self.subTest(body=body):
                self.assertEqual(request("POST", "/v1/query", body)[0], 400)

    def test_curl(self):
        out = subprocess.run(["curl", "-s", f"http://localhost:{PORT}/v1/query", "-d",
                              '{"sql": "select 7 as a"}'], capture_output=True, check=True).stdout
        self.assertEqual(json.loads(out)["rows"], [[7]])


class Protocol(unittest.TestCase):
    def test_health(self):
        self.assertEqual(request("GET", "/health")[0], 200)
        self.assertEqual(request("GET", "/ready?x=1")[0], 200)

    def test_routes(self):
        self.assertEqual(request("GET", "/nosuch")[0], 404)
        self.assertEqual(request("GET", "/v1/query")[0], 405)
        self.assertEqual(request("GET", "/" + "a" * 2000)[0], 414)

    def test_keep_alive(self):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        self.addCleanup(connection.close)
        for _ in range(3):
            connection.request("GET", "/health")
            self.assertEqual(connection.getresponse().read(), b'{"status":"ok"}\n')

    def test_pipelined(self):
        answer = raw(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3)
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 3)

    def test_http10(self):
        answer = raw(b'POST /v1/query HTTP/1.0\r\nContent-Length: 21\r\n\r\n{"sql": "select 1"}  ')
        self.assertNotIn(b"chunked", answer)
        self.assertIn(b'"rows":[[1]]', answer)

    def test_malformed(self):
        for data in (b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
                     b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                     b"POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
            with self.subTest(data=data):
                self.assertIn(b"HTTP/1.1 400", raw(data))

    def test_rebinding(self):
        self.assertEqual(request("GET", "/health", headers={"Host": "evil.example"})[0], 403)
        self.assertEqual(request("GET", "/health", headers={"Origin": "http://evil.example"})[0], 403)
        self.assertEqual(request("GET", "/health", headers={"Origin": "http://localhost:3000"})[0], 200)

    def test_health_beside_slow_statements(self):
        slow = json.dumps({"sql": "select count(*) from range(100000000000) t(i) where i % 7 = 3"})
        sockets = []
        for _ in range(12):  # more than there are slots
            connection = socket.create_connection(("127.0.0.1", PORT), 30)
            connection.sendall(b"POST /v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                               + str(len(slow)).encode() + b"\r\n\r\n" + slow.encode())
            sockets.append(connection)
        done = threading.Event()
        results = []

        def probe():
            for _ in range(20):
                results.append(request("GET", "/health")[0])
            done.set()

        threading.Thread(target=probe, daemon=True).start()
        self.assertTrue(done.wait(30), "/health waited for statements")
        self.assertEqual(results, [200] * 20)
        for connection in sockets:
            connection.close()  # which interrupts them
        self.assertEqual(query("select 1")[0], 200)
