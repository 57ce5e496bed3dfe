"""A client on the level of messages: tests/lib/peer.py over whatever socket, to see how
connections begin and end."""

import http.client
import json
import os
import pathlib
import socket
import struct
import sys

os.environ.setdefault("PGPORT", "0")
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import peer  # noqa: E402
import replay  # noqa: E402

SLOW = peer.SLOW["wirehouse"]


class Client(peer.Peer):
    """server: a Server; where: an address of it, or a path. Does not log in by itself."""

    def __init__(self, where, user="tester", database="main", login=True, settings=(),
                 receive_buffer=None):
        self.where = where
        self.socket = socket.socket(socket.AF_UNIX if isinstance(where, str) else socket.AF_INET)
        self.socket.settimeout(60)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(where)
        self.data = b""
        self.pid = self.key = None
        self.greeting = None
        if login:
            self.login(user, database, settings)

    def login(self, user="tester", database="main", settings=()):
        self.send(" ".join([f"Startup 3.0 user={user} database={database}", *settings]))
        self.greeting = self.until_ready()
        return self.greeting

    def error(self):
        """The fields of the next ErrorResponse, by their letters."""
        while True:
            message = self.next_raw()
            assert message, "the connection was closed"
            if message[0] == "E":
                fields = message[1].split(b"\0")
                return {field[:1].decode(): field[1:].decode() for field in fields if field}

    def is_open(self):
        return self.query("select 1 as a")[-1:] == ["ReadyForQuery I"]

    def cancel(self):
        with socket.socket(self.socket.family) as connection:
            connection.connect(self.where)
            connection.sendall(struct.pack("!iiI", 12 + len(self.key), 80877102, self.pid) + self.key)
            connection.settimeout(60)
            assert connection.recv(1) == b""


def show(client, name):
    client.send(f'Query "show {name}"')
    value = None
    while True:
        kind, body = client.next_raw()
        if kind == "D":
            value = body[6:].decode()
        if kind == "E":
            raise AssertionError(body)
        if kind == "Z":
            return value


def post(address, sql, connection=None, headers=None):
    """(status, body as JSON) of POST /v1/query."""
    mine = connection or http.client.HTTPConnection(*address, timeout=60)
    mine.request("POST", "/v1/query", json.dumps({"sql": sql}), headers or {})
    answer = mine.getresponse()
    body = json.loads(answer.read() or b"null")
    if not connection:
        mine.close()
    return answer.status, body
