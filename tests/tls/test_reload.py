"""Certificates are read again while clients are connected."""

import os
import shutil
import signal
import ssl
import unittest

import psycopg

from sides import PORTS, SSL_REQUEST, TLS, Peer, context, logged
from test_clients import words


def reload():
    """Returns when the server has done it, with what it has logged."""
    seen = len(logged())
    os.kill(int(os.environ["WIREHOUSE_PID"]), signal.SIGHUP)
    while '"event":"reloaded"' not in (text := logged()[seen:]):
        pass
    return text


def install(directory):
    for kind in ("crt", "key"):
        shutil.copy(directory / f"server.{kind}", TLS / f"next.{kind}")
        os.chmod(TLS / f"next.{kind}", 0o600)
        os.replace(TLS / f"next.{kind}", TLS / f"current.{kind}")


def served():
    """The certificate that a new connection is shown."""
    with Peer(PORTS["wirehouse"]) as peer:
        peer.offer(SSL_REQUEST)
        peer.byte()
        assert peer.secure(context(verify=False))
        return ssl.DER_cert_to_PEM_cert(peer.socket.getpeercert(True))


def kept(directory):
    return "-----BEGIN" + (directory / "server.crt").read_text().split("-----BEGIN")[1]


class Reload(unittest.TestCase):
    def tearDown(self):
        install(TLS)
        reload()

    def test_live_connections(self):
        with psycopg.connect(words()) as old:
            self.assertEqual(served(), kept(TLS))
            install(TLS / "later")
            self.assertNotIn("reload failed", reload())
            self.assertEqual(served(), kept(TLS / "later"))
            with self.assertRaisesRegex(psycopg.OperationalError, "certificate verify failed"):
                psycopg.connect(words())
            with psycopg.connect(words(sslrootcert=TLS / "later/ca.crt")) as new:
                for connection in (old, new, old):
                    rows = connection.execute("select i from range(100000) t(i)").fetchall()
                    self.assertEqual(len(rows), 100000)

    def test_what_is_wrong_changes_nothing(self):
        key = (TLS / "current.key").read_bytes()
        for name, content, mode, complaint in (
                ("key", (TLS / "later/server.key").read_bytes(), 0o600, "is not that of the certificate"),
                ("key", key, 0o644, "has group or world access"),
                ("key", b"nothing", 0o600, "cannot load the private key"),
                ("crt", b"nothing", 0o600, "cannot load the certificate")):
            path = TLS / f"current.{name}"
            path.write_bytes(content)
            path.chmod(mode)
            with self.subTest(complaint):
                text = reload()
                self.assertIn("reload failed", text)
                self.assertIn(complaint, text)
                self.assertEqual(served(), kept(TLS))
            install(TLS)


if __name__ == "__main__":
    unittest.main()
