"""A client on the level of messages, as tests/wire/replay.py writes and renders them, that can
cancel, stop reading and go on, and the servers it talks to."""

import os
import pathlib
import select
import socket
import struct
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "wire"))
import replay  # noqa: E402

PORTS = {"postgres": os.environ.get("POSTGRES_PORT"), "wirehouse": os.environ["PGPORT"]}
USERS = {"postgres": "postgres", "wirehouse": "tester"}
# What has no end: a statement that works, one that sends rows.
SLOW = {"postgres": "select pg_sleep(100000) as n",
        "wirehouse": "select count(*) as n from range(100000000000) t(i) where i % 7 = 3"}
ENDLESS = {"postgres": "select generate_series(1, 1000000000) as i",
           "wirehouse": "select i::int as i from range(1, 1000000000) t(i)"}


def execute(sql, rows=0):
    return [f'Parse "" "{sql}"', 'Bind "" "" [] [] []', f'Execute "" {rows}']


class Peer:
    def __init__(self, server, version="3.0", receive_buffer=None, settings=()):
        self.server = server
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", int(PORTS[server])))
        self.data = b""
        self.pid = self.key = None
        self.send(" ".join([f"Startup {version} user={USERS[server]} database=main", *settings]))
        self.greeting = self.until_ready()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *lines):
        self.socket.sendall(b"".join(replay.encode(line, {}) for line in lines))

    def next_raw(self):
        """(type, body); None at the end."""
        while len(self.data) < 5 or len(self.data) < 1 + struct.unpack_from("!i", self.data, 1)[0]:
            try:
                more = self.socket.recv(1 << 16)
            except ConnectionResetError:
                more = b""
            if not more:
                return None
            self.data += more
        size = 1 + struct.unpack_from("!i", self.data, 1)[0]
        kind, body, self.data = chr(self.data[0]), self.data[5:size], self.data[size:]
        if kind == "K":
            self.pid, self.key = struct.unpack_from("!I", body)[0], body[4:]
        return kind, body

    def answers(self, last):
        """Rendered, up to a message of that type or the end. Many rows are one; a description of
        rows is left out, for a cancelled statement may have one or not."""
        out = []
        while True:
            message = self.next_raw()
            line = replay.render(*message) if message else "closed"
            if message and message[0] == "D" and out and out[-1].startswith("DataRow"):
                out[-1] = "DataRow …"
            elif not message or message[0] != "T":
                out.append(line)
            if not message or message[0] == last:
                return out

    def until_ready(self):
        return self.answers("Z")

    def query(self, sql):
        self.send(f'Query "{sql}"')
        return self.until_ready()

    def has_answered(self):
        """Is something there, or does it come soon?"""
        return bool(self.data) or bool(select.select([self.socket], [], [], 0.02)[0])

    def cancel(self):
        cancel(self.server, self.pid, self.key)

    def cancel_until_answered(self):
        """A cancel that comes before the statement runs does nothing."""
        while not self.has_answered():
            self.cancel()


def cancel(server, pid, key):
    """Returns when the server has dealt with it."""
    with socket.create_connection(("127.0.0.1", int(PORTS[server])), 60) as connection:
        connection.sendall(struct.pack("!iiI", 12 + len(key), 80877102, pid) + key)
        try:
            assert connection.recv(1) == b""
        except ConnectionResetError:
            pass
