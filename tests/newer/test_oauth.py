"""OAUTHBEARER, byte by byte: what PostgreSQL 18 and libpgwire say to the same client."""

import os
import struct
import unittest

from login import Client

GOOD = b"n,,\x01auth=Bearer token.ada\x01\x01"
LAST = b"\x01"


def initial(message, mechanism=b"OAUTHBEARER"):
    return mechanism + b"\0" + struct.pack("!i", len(message)) + message


# The bodies that a client sends, one after the other.
EXCHANGES = {
    "a good token": [initial(GOOD)],
    "channel binding not believed in": [initial(b"y" + GOOD[1:])],
    "bearer in small letters": [initial(GOOD.replace(b"Bearer ", b"bearer   "))],
    "other keys around": [initial(b"n,,\x01host=h\x01port=1\x01auth=Bearer token.ada\x01x=\x01\x01")],
    "no initial response": [b"OAUTHBEARER\0\xff\xff\xff\xff", GOOD],
    "no initial response, and discovery": [b"OAUTHBEARER\0\xff\xff\xff\xff", b"n,,\x01auth=\x01\x01", LAST],
    "somebody else's token": [initial(GOOD.replace(b"ada", b"bob")), LAST],
    "a bad token": [initial(b"n,,\x01auth=Bearer wrong\x01\x01"), LAST],
    "a bad token, padded": [initial(b"n,,\x01auth=Bearer wrong==\x01\x01"), LAST],
    "discovery": [initial(b"n,,\x01auth=\x01\x01"), LAST],
    "another scheme": [initial(b"n,,\x01auth=Basic token.ada\x01\x01"), LAST],
    "no scheme": [initial(b"n,,\x01auth=token.ada\x01\x01"), LAST],
    "no token": [initial(b"n,,\x01auth=Bearer \x01\x01"), LAST],
    "a token with a blank": [initial(b"n,,\x01auth=Bearer token.ada x\x01\x01"), LAST],
    "a token with other characters": [initial(b"n,,\x01auth=Bearer token,ada\x01\x01"), LAST],
    "a long token": [initial(b"n,,\x01auth=Bearer " + b"a" * 60000 + b"\x01\x01"), LAST],
    "another last word": [initial(b"n,,\x01auth=\x01\x01"), b"x"],
    "an empty last word": [initial(b"n,,\x01auth=\x01\x01"), b""],
    "two last words": [initial(b"n,,\x01auth=\x01\x01"), LAST + LAST],
    "a good token as the last word": [initial(b"n,,\x01auth=\x01\x01"), GOOD],
    "a last word first": [initial(LAST)],
    "an empty message": [initial(b"")],
    "a NUL": [initial(GOOD + b"\0")],
    "a NUL in between": [initial(GOOD.replace(b"token", b"to\0en"))],
    "channel binding": [initial(b"p=tls-unique,," + GOOD[3:])],
    "an unknown flag": [initial(b"q" + GOOD[1:])],
    "a flag that is no character": [initial(b"\x80" + GOOD[1:])],
    "no comma": [initial(b"n;,\x01auth=\x01\x01")],
    "an authorization identity": [initial(b"n,a=root,\x01auth=\x01\x01")],
    "another attribute there": [initial(b"n,z=root,\x01auth=\x01\x01")],
    "no separator": [initial(b"n,,auth=\x01\x01")],
    "nothing behind the header": [initial(b"n,,")],
    "no pairs": [initial(b"n,,\x01\x01")],
    "no end of the pairs": [initial(b"n,,\x01auth=\x01")],
    "no end of a pair": [initial(b"n,,\x01auth=")],
    "no auth": [initial(b"n,,\x01host=h\x01\x01")],
    "auth in capitals": [initial(b"n,,\x01AUTH=\x01\x01")],
    "auth twice": [initial(b"n,,\x01auth=\x01auth=\x01\x01")],
    "a key without a value": [initial(b"n,,\x01auth\x01\x01")],
    "a key without a name": [initial(b"n,,\x01=x\x01\x01")],
    "a key with digits": [initial(b"n,,\x01auth1=x\x01\x01")],
    "a value that cannot be printed": [initial(b"n,,\x01x=\x02\x01auth=\x01\x01")],
    "a value that is not ASCII": [initial(b"n,,\x01x=\xc3\xa9\x01auth=\x01\x01")],
    "blanks in a value": [initial(b"n,,\x01x=\t\r\n \x01auth=\x01\x01"), LAST],
    "something behind the end": [initial(b"n,,\x01auth=\x01\x01x")],
    "another mechanism": [initial(GOOD, b"SCRAM-SHA-256")],
    "an unknown mechanism": [initial(GOOD, b"OAUTHBEARER-PLUS")],
    "no length": [b"OAUTHBEARER\0"],
    "a length that is too great": [b"OAUTHBEARER\0" + struct.pack("!i", 1000) + GOOD],
    "a length that is too small": [b"OAUTHBEARER\0" + struct.pack("!i", 3) + GOOD],
}


def talk(port, bodies):
    """All that the server says."""
    client = Client(port, "oauth", "ada")
    try:
        client.request((0, 10, 11))
        for body in bodies:
            client.send(body)
            code, _ = client.request((0, 10, 11))
            if code != 11:
                break
        if code == 0:
            kind, _ = client.next()
            client.said.append(kind)
        elif code is None:
            client.next()
        return client.said
    finally:
        client.close()


class OAuth(unittest.TestCase):
    maxDiff = None

    def test_exchanges(self):
        for what, bodies in EXCHANGES.items():
            with self.subTest(what):
                ours = talk(int(os.environ["AUTH_PORT"]), bodies)
                self.assertEqual(ours, talk(int(os.environ["POSTGRES_PORT"]), bodies))

    def test_other_messages(self):
        for kind in (b"Q", b"X", b"S"):
            said = []
            for port in (os.environ["AUTH_PORT"], os.environ["POSTGRES_PORT"]):
                client = Client(int(port), "oauth", "ada")
                client.request()
                client.send(b"\0", kind)
                client.request()
                said.append(client.said)
                client.close()
            with self.subTest(kind):
                self.assertEqual(said[0], said[1])

    def test_good_and_bad(self):
        """What both say alike is also what it should be."""
        port = int(os.environ["AUTH_PORT"])
        self.assertEqual(talk(port, EXCHANGES["a good token"])[1:3], [(0, b""), b"S"])
        refusal = (b'{ "status": "invalid_token", "openid-configuration": '
                   b'"https://issuer.example/.well-known/openid-configuration", "scope": "openid query" }')
        said = talk(port, EXCHANGES["somebody else's token"])
        self.assertEqual(said[0], (10, b"OAUTHBEARER\0\0"))
        self.assertEqual(said[1], (11, refusal))
        self.assertEqual((said[2]["S"], said[2]["C"]), ("FATAL", "28000"))


if __name__ == "__main__":
    unittest.main()
