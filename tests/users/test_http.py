"""HTTP asks the same users by the same rules."""

import base64
import http.client
import json
import os
import pathlib
import socket
import subprocess
import unittest

from doors import PATIENCE, Wirehouse

PORT = int(os.environ["HTTP_PORT"])


def request(method="POST", path="/v1/query", sql="select current_user", user=None, headers=None, source="127.0.0.1"):
    """Status, headers, the body's JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE, source_address=(source, 0))
    headers = dict(headers or {})
    if user is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
    connection.request(method, path, json.dumps({"sql": sql}) if method == "POST" else None, headers)
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response.status, response.headers, json.loads(data) if data else None


def brief(*arguments, **options):
    """The status and the SQLSTATE, or the rows."""
    status, _, answer = request(*arguments, **options)
    return status, answer["rows"] if "rows" in answer else answer["sqlstate"]


class Basic(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Wirehouse()

    def setUp(self):
        self.server.load("host all ghost,carl all trust\nhost all root 127.0.0.1/32 reject\n"
                         "host all anna,ben,reader all md5")

    def test_challenge(self):
        status, headers, answer = request()
        self.assertEqual((status, answer["sqlstate"]), (401, "28000"))
        self.assertEqual(headers["WWW-Authenticate"], 'Basic realm="wirehouse", charset="UTF-8"')

    def test_passwords(self):
        for _ in range(2):  # the second time it is remembered
            self.assertEqual(brief(user="anna:pencil"), (200, [["anna"]]))
            self.assertEqual(brief(user="ben:pencil"), (200, [["ben"]]))  # an md5 secret
            for user in ("anna:", "anna:pencils", "anna:Pencil", "ben:x", "reader:", "reader:pencil", "anna:pencil:"):
                self.assertEqual(brief(user=user), (401, "28P01"), user)

    def test_rules(self):
        self.assertEqual(brief(user="carl:whatever"), (200, [["carl"]]))
        self.assertEqual(brief(user="ghost:"), (403, "28000"))  # trusted, but not there
        self.assertEqual(brief(user="root:"), (403, "28000"))
        self.assertEqual(brief(user="root:", source="127.0.0.2"), (403, "28000"))
        self.assertEqual(brief(user="nobody:"), (403, "28000"))  # no line fits
        self.assertIn("no pg_hba.conf entry for host \"127.0.0.1\", user \"nobody\", database \"main\", no encryption",
                      request(user="nobody:")[2]["detail"])

    def test_malformed(self):
        for value in ("", "Basic", "Basic ", "Basic !!!!", "Basic YW5uYQ==", "Bearer x", "Basic OnBlbmNpbA==",
                      "Basic " + "A" * 9000, "basic"):
            with self.subTest(value[:30]):
                self.assertEqual(brief(headers={"Authorization": value}), (401, "28000"))
        for scheme in ("basic", "BASIC", "Basic "):
            value = f"{scheme} {base64.b64encode(b'anna:pencil').decode()}"
            self.assertEqual(brief(headers={"Authorization": value}), (200, [["anna"]]))

    def test_twice(self):
        value = b"Authorization: Basic " + base64.b64encode(b"anna:pencil") + b"\r\n"
        body = b'{"sql": "select 1"}'
        self.assertIn(b" 401 ", self.raw(b"POST /v1/query HTTP/1.1\r\nHost: x\r\n" + 2 * value
                                         + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body))

    def raw(self, data):
        with socket.create_connection(("127.0.0.1", PORT), PATIENCE) as connection:
            connection.sendall(data)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer

    def test_before_the_body(self):
        """Who is not known is answered before the body comes."""
        with socket.create_connection(("127.0.0.1", PORT), PATIENCE) as connection:
            connection.sendall(b"POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
                               b"Expect: 100-continue\r\n\r\n")
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        self.assertTrue(answer.startswith(b"HTTP/1.1 401 "), answer)

    def test_roles(self):
        self.assertEqual(brief(user="ben:pencil", sql="create or replace table h (a int)")[0], 200)
        self.assertEqual(brief(user="carl:", sql="insert into h values (1)"), (403, "42501"))
        self.assertEqual(brief(user="carl:", sql="select count(*) as n from h"), (200, [[0]]))
        self.assertEqual(brief(user="ben:pencil", sql="checkpoint"), (403, "42501"))
        self.assertEqual(brief(user="anna:pencil", sql="checkpoint")[0], 200)

    def test_one_connection(self):
        """A session is one user's, whoever used the connection before."""
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
        for user in ("anna:pencil", "carl:", "anna:pencil"):
            value = base64.b64encode(user.encode()).decode()
            connection.request("POST", "/v1/query", json.dumps({"sql": "select current_user, current_setting('x.y', true), "
                                                                       "set_config('x.y', current_user, false)"}),
                               {"Authorization": "Basic " + value})
            name = user.split(":")[0]
            self.assertEqual(json.loads(connection.getresponse().read())["rows"], [[name, None, name]])
        connection.request("POST", "/v1/query", json.dumps({"sql": "select 1"}))
        self.assertEqual(connection.getresponse().status, 401)
        connection.close()

    def test_public(self):
        for path in ("/health", "/ready"):
            self.assertEqual(request("GET", path)[0], 200)
        self.assertEqual(request("DELETE", "/v1/query/12345678")[0], 401)

    def test_pages(self):
        """A browser that knows the password does not send it for the pages of others."""
        for origin, status in (("https://example.org", 403), (f"http://127.0.0.1:{PORT}", 200), ("null", 403),
                               ("http://localhost:1", 200)):
            self.assertEqual(request(user="anna:pencil", headers={"Origin": origin})[0], status, origin)
        self.assertEqual(request(user="anna:pencil", headers={"Host": "db.example.org"})[0], 200)
        self.assertEqual(request(user="anna:pencil",
                                 headers={"Host": "db.example.org", "Origin": "https://db.example.org"})[0], 200)

    def test_changed_secret(self):
        """What fitted once does not fit a new secret."""
        files = pathlib.Path(os.environ["USERS_WORK"]) / "users"
        before = files.read_text()
        try:
            subprocess.run([os.environ["WIREHOUSE"], "passwd", "--users", files, "anna"], input="brush\n", text=True,
                           check=True, stdout=subprocess.DEVNULL)
            self.assertEqual(brief(user="anna:pencil")[0], 200)
            self.setUp()  # reloads
            self.assertEqual(brief(user="anna:pencil"), (401, "28P01"))
            self.assertEqual(brief(user="anna:brush"), (200, [["anna"]]))
        finally:
            files.write_text(before)
            self.setUp()
        self.assertEqual(brief(user="anna:pencil"), (200, [["anna"]]))

    def test_cancel(self):
        """A query is for its own user, or an admin, to cancel."""
        slow = "select count(*) from range(100000000000) t(i) where i % 7 = 3"
        running = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
        value = base64.b64encode(b"ben:pencil").decode()
        running.request("POST", "/v1/query", json.dumps({"sql": slow}),
                        {"Authorization": "Basic " + value, "X-Query-Id": "slow-query-1"})
        while brief(user="ben:pencil", sql="select 1", headers={"X-Query-Id": "slow-query-1"})[0] != 409:
            pass  # until it runs
        self.assertEqual(request("DELETE", "/v1/query/slow-query-1", user="carl:")[0], 404)
        self.assertEqual(request("DELETE", "/v1/query/slow-query-1", user="anna:pencil")[0], 204)
        self.assertEqual(running.getresponse().status, 408)
        running.close()


class Curl(unittest.TestCase):
    def test_curl(self):
        Wirehouse().load("host all anna all scram-sha-256")
        command = ["curl", "-s", f"http://127.0.0.1:{PORT}/v1/query", "-d", '{"sql": "select 1 as a"}']
        answer = json.loads(subprocess.run([*command, "-u", "anna:pencil"], capture_output=True, check=True).stdout)
        self.assertEqual(answer["rows"], [[1]])
        answer = json.loads(subprocess.run([*command, "--anyauth", "-u", "anna:pencil"], capture_output=True,
                                           check=True).stdout)
        self.assertEqual(answer["rows"], [[1]])
        answer = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        self.assertEqual(answer["status"], 401)


if __name__ == "__main__":
    unittest.main()
