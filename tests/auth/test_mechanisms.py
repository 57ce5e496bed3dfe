"""What both servers say to the same client, step by step: right, wrong, malformed."""

import base64
import hashlib
import hmac
import os
import struct
import unittest

import psycopg

from login import Client

UNICODE = "pa\u00ads\u2168 \u00aa"
USERS = {"scram_user": "pencil", "md5_user": "pencil", "unicode_user": UNICODE, "bare_user": "x", "nobody": "x"}
NONCE = "rOprNGfwEbeRWgbNEkqO"


def base64_text(data):
    return base64.b64encode(data).decode()


class Scram:
    """The client's side of the exchange, which a test bends at one place."""

    def __init__(self, password, bend):
        self.password, self.bend = password.encode(), bend

    def first(self):
        message = f"n,,n=,r={NONCE}"
        return self.bend.get("first", lambda text: text)(message).encode()

    def initial(self):
        name = self.bend.get("mechanism", "SCRAM-SHA-256").encode() + b"\0"
        first = self.first()
        return self.bend.get("initial", lambda n, m: n + struct.pack("!i", len(m)) + m)(name, first)

    def final(self, server_first):
        values = dict(part.split("=", 1) for part in server_first.decode().split(","))
        header, _, bare = self.first().decode().partition(",,")
        without = f"c={base64_text((header + ',,').encode())},r={values['r']}"
        without = self.bend.get("binding", lambda text: text)(without)
        signed = f"{bare},{server_first.decode()},{without}".encode()
        salted = hashlib.pbkdf2_hmac("sha256", self.password, base64.b64decode(values["s"]), int(values["i"]))
        key = hmac.digest(salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(key).digest(), signed, "sha256")
        proof = bytes(a ^ b for a, b in zip(key, signature))
        self.server = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), signed, "sha256")
        message = f"{without},p={base64_text(proof)}"
        return self.bend.get("final", lambda text: text)(message).encode()


def replaced(old, new):
    return lambda text: text.replace(old, new)


# One change each to the exchange of a user with the right password.
BENT = {
    "nothing": {},
    "another user in the message": {"first": replaced("n=,", "n=somebody,")},
    "extensions that are to be ignored": {"first": lambda text: text + ",x=1,y=2"},
    "an extension in the last message": {"binding": lambda text: text + ",x=abc"},
    "channel binding not believed in": {"first": replaced("n,,", "y,,")},
    "channel binding without TLS": {"first": replaced("n,,", "p=tls-server-end-point,,")},
    "the other mechanism": {"mechanism": "SCRAM-SHA-256-PLUS"},
    "an unknown mechanism": {"mechanism": "SCRAM-SHA-1"},
    "no mechanism": {"mechanism": ""},
    "an unknown flag": {"first": replaced("n,,", "q,,")},
    "a flag that is no character": {"first": replaced("n,,", "\x01,,")},
    "no comma": {"first": replaced("n,,", "n;,")},
    "an authorization identity": {"first": replaced("n,,", "n,a=root,")},
    "another attribute there": {"first": replaced("n,,", "n,z=root,")},
    "a mandatory extension": {"first": replaced("n=,", "m=x,n=,")},
    "no user": {"first": replaced("n=,", "")},
    "no value of the user": {"first": replaced("n=,", "n,")},
    "no nonce": {"first": lambda text: "n,,n="},
    "no nonce, but another": {"first": replaced("r=", "s=")},
    "a nonce that cannot be printed": {"first": replaced(NONCE, "a\tb")},
    "an empty nonce": {"first": replaced(NONCE, "")},
    "an extension that is none": {"first": lambda text: text + ",1=1"},
    "an extension without a value": {"first": lambda text: text + ",x"},
    "a comma at the end": {"first": lambda text: text + ","},
    "a NUL": {"first": lambda text: text + "\0"},
    "an empty message": {"first": lambda text: ""},
    "no initial response": {"initial": lambda name, first: name + struct.pack("!i", -1)},
    "a length that is too great": {"initial": lambda name, first: name + struct.pack("!i", 1000) + first},
    "a length that is too small": {"initial": lambda name, first: name + struct.pack("!i", 3) + first},
    "no length": {"initial": lambda name, first: name},
    "a long message": {"first": lambda text: text + ",x=" + "a" * 2000},
    "a nonce of its own": {"binding": lambda text: text[:-1] + ("a" if text[-1] != "a" else "b")},
    "a nonce that is too short": {"binding": lambda text: text[:-1]},
    "the channel of another flag": {"binding": replaced("biws", "eSws")},
    "no channel": {"binding": replaced("c=biws,", "")},
    "no proof": {"final": lambda text: text[:text.index(",p=")]},
    "an empty proof": {"final": lambda text: text[:text.index(",p=") + 3]},
    "a short proof": {"final": lambda text: text[:-8] + "AAA="},
    "a long proof": {"final": lambda text: text[:-1] + "AAAAA"},
    "a proof that is no base64": {"final": lambda text: text[:-5] + "!!!!="},
    "another proof": {"final": lambda text: text[:text.index(",p=")] + ",p=" + "A" * 43 + "="},
    "something behind the proof": {"final": lambda text: text + ",x=1"},
    "an attribute without a name": {"binding": lambda text: text + ",=x"},
}


def talk(port, database, user, password, bend):
    """All that the server says, and whether it has proven that it knows the secret."""
    client = Client(port, database, user)
    scram, proven = Scram(password, bend), None
    try:
        while True:
            code, data = client.request()
            if code is None:
                return client.said, proven
            if code == 0:
                kind, _ = client.next()
                client.said.append(kind)
                return client.said, proven
            if code == 3:
                client.send(bend.get("password", password.encode() + b"\0"))
            elif code == 5:
                inner = hashlib.md5((password + user).encode()).hexdigest()
                outer = "md5" + hashlib.md5(inner.encode() + data).hexdigest()
                client.send(bend.get("password", outer.encode() + b"\0"))
            elif code == 10:
                client.send(scram.initial(), bend.get("kind", b"p"))
            elif code == 11:
                client.send(scram.final(data) if b"r=" in data else scram.first())
            elif code == 12:
                proven = data == b"v=" + base64.b64encode(scram.server)
    finally:
        client.close()


class Mechanisms(unittest.TestCase):
    maxDiff = None

    def same(self, database, user, password, bend, what):
        with self.subTest(what, database=database, user=user):
            ours = talk(int(os.environ["PGPORT"]), database, user, password, bend)
            self.assertEqual(ours, talk(int(os.environ["POSTGRES_PORT"]), database, user, password, bend))

    def test_secrets(self):
        for database in ("password", "md5", "scram"):
            for user, password in USERS.items():
                self.same(database, user, password, {}, "the user's password")
                self.same(database, user, "wrong", {}, "a wrong one")
                self.same(database, user, "", {}, "none")

    def test_scram(self):
        for what, bend in BENT.items():
            self.same("scram", "scram_user", "pencil", bend, what)
            self.same("scram", "nobody", "pencil", bend, what)

    def test_passwords(self):
        for database in ("password", "md5"):
            for body in (b"", b"\0", b"pencil", b"pencil\0x", b"pencil\0\0", b"a" * 2000 + b"\0"):
                self.same(database, "md5_user", "pencil", {"password": body}, repr(body[:10]))

    def test_other_messages(self):
        for database in ("password", "md5", "scram"):
            for kind in (b"Q", b"X", b"S", b"P"):
                said = []
                for port in (os.environ["PGPORT"], os.environ["POSTGRES_PORT"]):
                    client = Client(int(port), database, "scram_user")
                    client.request()
                    client.send(b"\0", kind)
                    client.request()
                    said.append(client.said[1:])
                    client.close()
                with self.subTest(kind, database=database):
                    self.assertEqual(said[0], said[1])

    def test_no_user_is_told_by_his_salt(self):
        """A user who does not exist is asked with the same salt each time."""
        for user in ("nobody", "bare_user", "md5_user", "scram_user"):
            salts = set()
            for _ in range(3):
                client = Client(int(os.environ["PGPORT"]), "scram", user)
                client.request()
                client.send(Scram("x", {}).initial())
                _, data = client.request()
                salts.add(data.split(b",")[1])
                self.assertEqual(data.split(b",")[2], b"i=4096")
                client.close()
            self.assertEqual(len(salts), 1)

    def test_libpq(self):
        for database in ("password", "md5", "scram"):
            for user in ("scram_user", "unicode_user", "md5_user"):
                where = {"host": "127.0.0.1", "port": os.environ["PGPORT"], "dbname": database, "user": user}
                with self.subTest(database=database, user=user):
                    if (database, user) == ("scram", "md5_user"):
                        with self.assertRaisesRegex(psycopg.OperationalError, "password authentication failed"):
                            psycopg.connect(password=USERS[user], **where)
                        continue
                    with psycopg.connect(password=USERS[user], **where) as connection:
                        self.assertEqual(connection.execute("do").statusmessage, "DO")
                    with self.assertRaises(psycopg.OperationalError):
                        psycopg.connect(password="wrong", **where)


if __name__ == "__main__":
    unittest.main()
