"""Versions, protocols, and handshakes that are never ended."""

import os
import ssl
import struct
import unittest

from sides import PORTS, SSL_REQUEST, Peer, context, logged, startup

VERSIONS = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
HTTPS = int(os.environ["HTTPS_PORT"])


def client_hello():
    """The first flight of a client."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    made = context(alpn=["postgresql"]).wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        made.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


class Handshakes(unittest.TestCase):
    def talk(self, port, made, asks=True):
        """What was said up to the end of the handshake, and the peer's TLS."""
        with Peer(port) as peer:
            if asks:
                peer.offer(SSL_REQUEST)
                peer.byte()
            if peer.secure(made):
                peer.said.append(peer.socket.version())
                peer.said.append(peer.socket.selected_alpn_protocol())
                if port != HTTPS:
                    peer.offer(startup("trust_user"))
                    peer.outcome()
            return peer.said

    def test_versions(self):
        """TLS 1.2 and 1.3, as in PostgreSQL."""
        for version in VERSIONS:
            made = context(minimum=version, maximum=version)
            said = {side: self.talk(port, made) for side, port in PORTS.items()}
            with self.subTest(version):
                self.assertEqual(said["wirehouse"], said["postgres"])
                self.assertEqual("ready" in said["wirehouse"], version >= ssl.TLSVersion.TLSv1_2)

    def test_weak_ciphers(self):
        for ciphers in ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA", "NULL", "aNULL"):
            made = context(maximum=ssl.TLSVersion.TLSv1_2)
            made.set_ciphers(ciphers + ":@SECLEVEL=0")
            with self.subTest(ciphers):
                said = self.talk(PORTS["wirehouse"], made)
                self.assertEqual(said[1:], ["sslv3 alert handshake failure"])

    def test_long_certificate(self):
        """What is kept of a client that has not logged in is bounded. The log is told of so many
        failures in a second, and after the client."""
        for port, asks in ((PORTS["wirehouse"], True), (HTTPS, False)):
            seen = logged().count("excessive message size")
            while logged().count("excessive message size") == seen:
                self.assertNotIn("ready", self.talk(port, context("fat"), asks))

    def test_no_resumption(self):
        """No session of TLS outlives its connection."""
        for version in VERSIONS[2:]:
            made = context(minimum=version, maximum=version)
            with Peer(PORTS["wirehouse"]) as peer:
                peer.offer(SSL_REQUEST)
                peer.byte()
                self.assertTrue(peer.secure(made))
                peer.offer(startup("trust_user"))
                peer.outcome()
                session = peer.socket.session
                self.assertFalse(session and session.has_ticket)

    def test_protocols(self):
        """PostgreSQL 17: the protocol must be named in direct TLS, and no other may be."""
        port = PORTS["wirehouse"]
        for names, asks, expected in (
                (["postgresql"], True, ["S", "TLSv1.3", "postgresql", ("R", 0), "ready"]),
                (["h2", "postgresql"], True, ["S", "TLSv1.3", "postgresql", ("R", 0), "ready"]),
                (None, True, ["S", "TLSv1.3", None, ("R", 0), "ready"]),
                (["http/1.1"], True, ["S", "tlsv1 alert no application protocol"]),
                (["postgresql"], False, ["TLSv1.3", "postgresql", ("R", 0), "ready"]),
                (["http/1.1"], False, ["tlsv1 alert no application protocol"]),
                (None, False, ["TLSv1.3", None, "closed"])):
            with self.subTest(names=names, asks=asks):
                self.assertEqual(self.talk(port, context(alpn=names), asks), expected)

    def test_protocols_of_http(self):
        for names, expected in ((["h2", "http/1.1"], ["TLSv1.3", "http/1.1"]), (None, ["TLSv1.3", None]),
                                (["postgresql"], ["tlsv1 alert no application protocol"])):
            with self.subTest(names):
                self.assertEqual(self.talk(HTTPS, context(alpn=names), False), expected)

    def test_in_clear_to_https(self):
        with Peer(HTTPS) as peer:
            peer.offer(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            got = peer.receive(100)
            self.assertIsNone(got)

    def test_pieces(self):
        """A handshake that comes byte by byte."""
        for port, opening in ((PORTS["wirehouse"], SSL_REQUEST), (PORTS["wirehouse"], b""), (HTTPS, b"")):
            with Peer(port) as peer:
                if opening:
                    peer.offer(opening)
                    peer.byte()
                names = ["http/1.1" if port == HTTPS else "postgresql"]
                incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
                inside = context(alpn=names).wrap_bio(incoming, outgoing, server_hostname="localhost")
                done = False
                while not done:
                    try:
                        inside.do_handshake()
                        done = True
                    except ssl.SSLWantReadError:
                        pass
                    for byte in outgoing.read():
                        peer.offer(bytes([byte]))
                    if not done:
                        incoming.write(peer.socket.recv(65536))
                self.assertEqual(inside.version(), "TLSv1.3")

    def test_unfinished(self):
        """Who stops in the middle is sent away when the time for a login is over, and nobody waits
        for him: 40 of them at once, for two seconds that others need not wait for."""
        hello = client_hello()
        halves = [(PORTS["wirehouse"], b""), (PORTS["wirehouse"], SSL_REQUEST), (HTTPS, b""),
                  (PORTS["wirehouse"], SSL_REQUEST + hello[:-1]), (PORTS["wirehouse"], hello[:40]),
                  (HTTPS, hello[:-1]), (PORTS["wirehouse"], hello), (HTTPS, hello[:5])] * 5
        peers = []
        try:
            for port, begun in halves:
                peers.append(Peer(port))
                peers[-1].offer(begun)
            self.assertIn("ready", self.talk(PORTS["wirehouse"], context()))
            for peer in peers:
                peer.drain()
        finally:
            for peer in peers:
                peer.close()

    def test_slow_bytes(self):
        """A client that trickles is no better off."""
        hello = client_hello()
        with Peer(PORTS["wirehouse"]) as peer:
            peer.socket.settimeout(0.1)
            for byte in hello[:1] + b"\x03\x01\x3f\xff" + hello[5:5 + 600]:
                peer.offer(bytes([byte]))
                try:
                    if not peer.socket.recv(100):
                        return
                except TimeoutError:
                    continue
                except ConnectionResetError:
                    return
            self.fail("it was never sent away")

    def test_garbage(self):
        """Bytes that are none of a handshake's: the connection ends."""
        hello = client_hello()
        record = struct.pack("!BHH", 22, 0x0301, 0xffff)
        for port, asks in ((PORTS["wirehouse"], True), (PORTS["wirehouse"], False), (HTTPS, False)):
            for garbage in (b"\x16" + b"\xff" * 200, record + b"x" * 70000, b"\x16\x03\x01\x00\x00" * 1000,
                            hello[:20] + b"\0" * 2000, hello + b"\x17\x03\x03\x00\x05hello" * 100):
                with self.subTest(port=port, asks=asks, garbage=garbage[:8]), Peer(port) as peer:
                    if asks:
                        peer.offer(SSL_REQUEST)
                        peer.byte()
                    peer.offer(garbage)
                    peer.drain()

    def test_many_at_once(self):
        """More handshakes than there are threads."""
        peers = [Peer(PORTS["wirehouse"]) for _ in range(100)]
        for peer in peers:
            peer.offer(SSL_REQUEST)
        try:
            for peer in peers:
                peer.byte()
                self.assertTrue(peer.secure(), peer.said)
                peer.offer(startup("trust_user"))
            for peer in peers:
                self.assertEqual(peer.outcome(), ["S", ("R", 0), "ready"])
        finally:
            for peer in peers:
                peer.close()


if __name__ == "__main__":
    unittest.main()
