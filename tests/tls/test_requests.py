"""Who asks for encryption, how, and when: what both servers say."""

import unittest

from sides import GSS_REQUEST, PORTS, SSL_REQUEST, Peer, context, startup


def asked(peer, *requests):
    """Requests one by one, each of them answered by a byte."""
    for request in requests:
        peer.offer(request)
        peer.byte()


def plain(user):
    def talk(peer):
        peer.offer(startup(user))
    return talk


def encrypted(user, *behind, made=None):
    def talk(peer):
        asked(peer, SSL_REQUEST)
        if peer.secure(made() if made else None):
            peer.offer(b"".join(behind) or startup(user))
    return talk


def injected(what):
    def talk(peer):
        peer.offer(SSL_REQUEST + what)
        peer.byte()
        if peer.secure():
            peer.offer(startup("trust_user"))
    return talk


def garbage_instead_of_a_handshake(peer):
    asked(peer, SSL_REQUEST)
    peer.offer(startup("trust_user"))
    peer.drain()


TALKS = {
    "encrypted": encrypted("trust_user"),
    "in clear, by a rule for TLS": plain("trust_user"),
    "in clear, by a rule for it": plain("clear_user"),
    "encrypted, by a rule for clear": encrypted("clear_user"),
    "asked for a password": encrypted("scram_user"),
    "nobody": encrypted("nobody"),
    "SSLRequest again": encrypted("", SSL_REQUEST),
    "GSSENCRequest inside": encrypted("", GSS_REQUEST),
    "an unknown version inside": encrypted("", startup("trust_user", version=4 << 16)),
    "a start-up packet injected": injected(startup("trust_user")),
    "a byte injected": injected(b"x"),
    "a certificate that nobody asked for": encrypted("trust_user", made=lambda: context("good")),
    "the user's certificate": encrypted("cert_user", made=lambda: context("good")),
    "another's certificate": encrypted("cert_user", made=lambda: context("other")),
    "a certificate without a name": encrypted("cert_user", made=lambda: context("nameless")),
    "no certificate": encrypted("cert_user"),
    "no certificate, a password": encrypted("both_user"),
    "a certificate and a password": encrypted("both_user", made=lambda: context("other")),
    "a revoked certificate": encrypted("cert_user", made=lambda: context("revoked")),
    "an expired certificate": encrypted("cert_user", made=lambda: context("expired")),
    "a certificate of the future": encrypted("cert_user", made=lambda: context("early")),
    "a stranger's certificate": encrypted("cert_user", made=lambda: context("stranger")),
    "a bad certificate that nobody asked for": encrypted("trust_user", made=lambda: context("stranger")),
}


class Requests(unittest.TestCase):
    maxDiff = None

    def test_same(self):
        for name, talk in TALKS.items():
            said = {}
            for side, port in PORTS.items():
                with Peer(port) as peer:
                    talk(peer)
                    said[side] = peer.outcome() if not peer.said or peer.said[-1] != "closed" else peer.said
            with self.subTest(name):
                self.assertEqual(said["wirehouse"], said["postgres"])

    def test_gss_then_tls(self):
        """A PostgreSQL with GSSAPI would say G."""
        with Peer(PORTS["wirehouse"]) as peer:
            asked(peer, GSS_REQUEST, SSL_REQUEST)
            self.assertTrue(peer.secure())
            peer.offer(startup("trust_user"))
            self.assertEqual(peer.outcome(), ["N", "S", ("R", 0), "ready"])

    def test_garbage(self):
        for port in PORTS.values():
            with Peer(port) as peer:
                garbage_instead_of_a_handshake(peer)


if __name__ == "__main__":
    unittest.main()
