"""JSON Web Tokens of another library, at a server that takes them: every algorithm, every fault."""

import hashlib
import hmac
import json
import os
import pathlib
import re
import signal
import struct
import time
import unittest

import psycopg
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import oauth_client
import tokens
from login import Client

PORT = int(os.environ["OAUTH_PORT"])
CLEAR_SOCKET = os.environ["OAUTH_SOCKET"]
WHERE = {"host": "127.0.0.1", "port": PORT, "user": "ada", "dbname": "main", "sslmode": "require"}
LOG = pathlib.Path(os.environ["OAUTH_LOG"])
KEY_FILE = pathlib.Path(os.environ["OAUTH_KEYS"])
NOW = int(time.time())


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def confused(key_bytes):
    """HS256 with a public key for its secret: what it is taken for by whoever lets the token choose."""
    text = tokens.bare({"alg": "HS256", "typ": "JWT"}, tokens.claims()).rsplit(".", 1)[0]
    return f"{text}.{tokens.base64url(hmac.digest(key_bytes, text.encode(), hashlib.sha256))}"


def bent(token, part):
    """One character of a part is another."""
    parts = token.split(".")
    middle = len(parts[part]) // 2
    other = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + other + parts[part][middle + 1:]
    return ".".join(parts)


STRANGERS = {"RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
             "ES256": ec.generate_private_key(ec.SECP256R1()), "EdDSA": ed25519.Ed25519PrivateKey.generate()}

# What is not good, each for one reason alone.
FAULTS = {
    "no signature": tokens.bare({"alg": "none"}, tokens.claims()),
    "no signature, and a key": tokens.bare({"alg": "none", "kid": "key-ES256"}, tokens.claims()),
    "none in capitals": tokens.bare({"alg": "NONE"}, tokens.claims()),
    "no algorithm": tokens.bare({"typ": "JWT"}, tokens.claims(), b"x"),
    "a public key for a secret": confused(public_pem(tokens.KEYS["ES256"])),
    "an RSA key for a secret": confused(public_pem(tokens.RSA)),
    "a header that is bent": bent(tokens.token(), 0),
    "claims that are bent": bent(tokens.token(), 1),
    "a signature that is bent": bent(tokens.token(), 2),
    "a signature of zeros": ".".join([*tokens.token().split(".")[:2], tokens.base64url(bytes(64))]),
    "a signature cut short": tokens.token()[:-4],
    "padding": tokens.token("RS256") + "=",
    "a fourth part": tokens.token() + ".x",
    "two parts": tokens.token().rsplit(".", 1)[0],
    "no token at all": "token",
    "an unknown key": tokens.token(headers={"kid": "key-0"}),
    "another key's name": tokens.token(headers={"kid": "key-ES384"}),
    "an extension": tokens.token(headers={"crit": ["exp"]}),
    "another type": tokens.token(headers={"typ": "logout+jwt"}),
    "expired": tokens.token(exp=NOW - 3600),
    "without end": tokens.token(exp=None),
    "not yet good": tokens.token(nbf=NOW + 3600),
    "issued in times to come": tokens.token(iat=NOW + 3600),
    "another issuer": tokens.token(iss="https://issuer.example/"),
    "no issuer": tokens.token(iss=None),
    "another audience": tokens.token(aud="warehouse"),
    "other audiences": tokens.token(aud=["a", "b"]),
    "no audience": tokens.token(aud=None),
    "a scope missing": tokens.token(scope="openid"),
    "no scope": tokens.token(scope=None),
    "nobody's": tokens.token(sub=None),
    "another user's": tokens.token(sub="bob"),
    "a user in other letters": tokens.token(sub="Ada"),
} | {f"a stranger's, by {name}": tokens.token(name, key) for name, key in STRANGERS.items()} | {
    f"a stranger's, by {name}, under a name": tokens.token(name, key, headers={"kid": f"key-{name}"})
    for name, key in STRANGERS.items()}

GOOD = {f"signed by {name}": tokens.token(name) for name in tokens.KEYS} | {
    "with its key's name": tokens.token(headers={"kid": "key-ES256"}),
    "as RFC 9068 has it": tokens.token(headers={"typ": "at+jwt"}),
    "for several audiences": tokens.token(aud=["other", "wirehouse"]),
    "with more scopes": tokens.token(scope="query other openid"),
    "with its scopes in a list": tokens.token(scope=None, scp=["openid", "query"]),
    "with a clock that is a bit behind": tokens.token(exp=NOW - 5, iat=NOW + 5, nbf=NOW + 5),
    "with a key of its own": tokens.token(headers={"jwk": {"kty": "oct", "k": "AAAA"}, "jku": "https://evil"}),
    "with large claims": tokens.token(groups=[f"group-{i}" for i in range(2000)]),
}


@unittest.skipUnless(oauth_client.loaded_libpq(), "psycopg's libpq is older than 18")
class Libpq(unittest.TestCase):
    """libpq 18 over TLS, which asks the server for the issuer, then its application for a token."""

    @classmethod
    def setUpClass(cls):
        cls.hook = oauth_client.Hook()

    def connect(self, token, **changes):
        return self.hook.connect(token, **WHERE | {"oauth_issuer": tokens.ISSUER} | changes)

    def test_good(self):
        for what, token in GOOD.items():
            with self.subTest(what), self.connect(token) as connection:
                self.assertEqual(connection.execute("whoami").fetchall(), [("ada",)])
                self.assertEqual(self.hook.asked,
                                 [(f"{tokens.ISSUER}/.well-known/openid-configuration", tokens.SCOPE)])

    def test_faults(self):
        for what, token in FAULTS.items():
            with self.subTest(what):
                with self.assertRaisesRegex(psycopg.OperationalError, "OAuth bearer authentication failed for user"):
                    self.connect(token)
                self.assertEqual(len(self.hook.asked), 1)

    def test_another_issuer_is_not_believed(self):
        with self.assertRaisesRegex(psycopg.OperationalError, "issuer"):
            self.connect(tokens.token(), oauth_issuer="https://other.example")
        self.assertEqual(self.hook.asked, [])

    def test_address_known(self):
        """Without the exchange that asks for it."""
        address = f"{tokens.ISSUER}/.well-known/openid-configuration"
        with self.connect(tokens.token(), oauth_issuer=address, oauth_scope="mine") as connection:
            self.assertEqual(connection.execute("whoami").fetchall(), [("ada",)])
        self.assertEqual(self.hook.asked, [(address, "mine")])

    def test_unix_socket(self):
        with self.connect(tokens.token(), host=CLEAR_SOCKET, port=os.environ["OAUTH_SOCKET_PORT"],
                          sslmode="disable") as connection:
            self.assertEqual(connection.execute("whoami").fetchall(), [("ada",)])

    def test_other_methods(self):
        with self.assertRaisesRegex(psycopg.OperationalError, "require_auth|authentication method"):
            self.connect(tokens.token(), require_auth="scram-sha-256")
        with self.connect(tokens.token(), require_auth="oauth") as connection:
            self.assertEqual(connection.execute("whoami").fetchall(), [("ada",)])


class Server(unittest.TestCase):
    def test_clear(self):
        """In clear nothing is asked for."""
        client = Client(PORT, "main", "ada")
        client.request()
        self.assertEqual((client.said[0]["S"], client.said[0]["C"]), ("FATAL", "28000"))
        client.close()

    def test_no_token_is_logged(self):
        log = LOG.read_text()
        for token in [*FAULTS.values(), *GOOD.values()]:
            for part in token.split("."):
                if len(part) > 16:
                    self.assertNotIn(part, log)
        self.assertNotIn("eyJ", log)

    @unittest.skipUnless(oauth_client.loaded_libpq(), "psycopg's libpq is older than 18")
    def test_keys_are_exchanged(self):
        """An issuer's new key; then a file that is broken, which changes nothing."""
        hook = oauth_client.Hook()
        where = WHERE | {"oauth_issuer": tokens.ISSUER}
        old, new = tokens.token(), tokens.token("EdDSA", STRANGERS["EdDSA"])
        kept = KEY_FILE.read_text()
        try:
            self.reload(json.dumps(tokens.key_set({"EdDSA": STRANGERS["EdDSA"]})), r"reload: done")
            with self.assertRaises(psycopg.OperationalError):
                hook.connect(old, **where)
            with hook.connect(new, **where) as connection:
                self.assertEqual(connection.execute("whoami").fetchall(), [("ada",)])
            self.reload('{"keys": [', r"reload: the keys .* not a JSON Web Key Set")
            with hook.connect(new, **where) as connection:
                self.assertEqual(connection.execute("whoami").fetchall(), [("ada",)])
        finally:
            self.reload(kept, r"reload: done")

    def reload(self, keys, answer):
        """Write the keys, and wait until the server says what it thinks of them."""
        said = LOG.stat().st_size
        KEY_FILE.write_text(keys)
        os.kill(int(os.environ["OAUTH_PID"]), signal.SIGHUP)
        end = time.monotonic() + 20
        while not re.search(answer, LOG.read_text()[said:]):
            self.assertLess(time.monotonic(), end, f"the server never said {answer}")


if __name__ == "__main__":
    unittest.main()
