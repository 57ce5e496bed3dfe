"""Logins on the level of messages, from any address of this machine, and the two servers."""

import hashlib
import itertools
import os
import pathlib
import signal
import socket
import ssl
import struct
import sys
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(TESTS / "lib"), str(TESTS / "auth")]
from login import PROTOCOL_3_0, Connection, fields_of, packet  # noqa: E402
from test_mechanisms import Scram  # noqa: E402

WORK = pathlib.Path(os.environ["USERS_WORK"])
PATIENCE = 60
loads = itertools.count(1)
# Where a client comes from; the first two arrive at 127.0.0.1.
PLACES = ("127.0.0.1", "127.0.0.2", "::1", "tls", "local")


def context():
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made


class Login(Connection):
    """ready: it is in; else error has what the server says."""

    def __init__(self, server, place, user, password="pencil", database="main"):
        self.error, self.ready, self.asked = None, False, []
        self.socket = server.connect(place)
        self.socket.settimeout(PATIENCE)
        if place == "tls":
            self.send_bytes(packet(80877103))
            assert self.socket.recv(1) == b"S"
            self.socket = context().wrap_socket(self.socket)
        self.send_bytes(packet(PROTOCOL_3_0, (("user", user), ("database", database))))
        self.converse(user.encode(), password)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def converse(self, user, password):
        scram = Scram(password, {})
        while not self.ready and not self.error:
            kind, body = self.next()
            if kind == b"Z":
                self.ready = True
            elif kind == b"E" or kind is None:
                fields = fields_of(body)
                self.error = (fields.get("S"), fields.get("C"), fields.get("M"))
            elif kind == b"R":
                self.answer(struct.unpack("!i", body[:4])[0], body[4:], (user, password.encode()), scram)

    def answer(self, code, data, who, scram):
        if code not in (0, 12):
            self.asked.append(code)
        if code == 3:
            self.send(who[1] + b"\0")
        elif code == 5:
            inner = hashlib.md5(who[1] + who[0]).hexdigest().encode()
            self.send(b"md5" + hashlib.md5(inner + data).hexdigest().encode() + b"\0")
        elif code == 10:
            self.send(scram.initial())
        elif code == 11:
            self.send(scram.final(data))

    def outcome(self):
        return ("in", self.asked) if self.ready else (*self.error, self.asked)


def outcome(*arguments, **options):
    with Login(*arguments, **options) as login:
        return login.outcome()


class Server:
    """PostgreSQL or wirehouse: where it listens, and its rules."""

    def __init__(self, port, port6, sockets, unix_port, files):
        self.port, self.port6, self.sockets, self.unix_port, self.files = port, port6, sockets, unix_port, files

    def connect(self, place):
        if place == "local":
            made = socket.socket(socket.AF_UNIX)
            made.connect(f"{self.sockets}/.s.PGSQL.{self.unix_port}")
            return made
        if place == "::1":
            return socket.create_connection(("::1", self.port6))
        source = ("127.0.0.2" if place == "127.0.0.2" else "127.0.0.1", 0)
        return socket.create_connection(("127.0.0.1", self.port), source_address=source)

    def load(self, rules, ident=""):
        """Returns when these rules hold: a line in front of them tells."""
        marker = f"marker{next(loads)}"
        self.files["hba"].write_text(f"host all {marker} 127.0.0.1/32 trust\n{rules}\n")
        self.files["ident"].write_text(ident)
        self.reload()
        known = ("FATAL", "28000", f'role "{marker}" does not exist')
        end = time.monotonic() + PATIENCE
        while outcome(self, "127.0.0.1", marker)[:3] != known:
            assert time.monotonic() < end, f"{type(self).__name__} did not load {rules}"

    def reload(self):
        os.kill(self.pid(), signal.SIGHUP)


class Postgres(Server):
    def __init__(self):
        data = pathlib.Path(os.environ["POSTGRES_DATA"])
        port = int(os.environ["POSTGRES_PORT"])
        super().__init__(port, port, os.environ["POSTGRES_SOCKETS"], port,
                         {"hba": data / "pg_hba.conf", "ident": data / "pg_ident.conf"})
        self.data = data

    def pid(self):
        return int((self.data / "postmaster.pid").read_text().split("\n")[0])


class Wirehouse(Server):
    def __init__(self):
        super().__init__(int(os.environ["PGPORT"]), int(os.environ["WIREHOUSE_PORT6"]),
                         os.environ["WIREHOUSE_SOCKETS"], 5432,
                         {"hba": WORK / "hba", "ident": WORK / "ident"})

    def pid(self):
        return int(os.environ["WIREHOUSE_PID"])
