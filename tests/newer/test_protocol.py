"""Start-up as PostgreSQL 18 has it: versions, protocol options, keys, and TLS where there is none."""

import os
import struct
import unittest

from login import Connection, fields_of, packet

CANCEL, SSL, GSSENC = 80877102, 80877103, 80877104
WHO = (("user", "tester"), ("database", "main"))


def version(major, minor, *more):
    return packet(major << 16 | minor, WHO + more)


def cancel(pid, key):
    return struct.pack("!iII", 12 + len(key), CANCEL, pid) + key


def padded(size):
    """A packet whose length, without itself, is this."""
    short = len(version(3, 0, ("options", ""))) - 4
    return version(3, 0, ("options", " " * (size - short)))


GREASE = ("_pq_.test_protocol_negotiation", "")
PACKETS = {
    "3.0": [version(3, 0)],
    "3.1, which is none": [version(3, 1)],
    "3.2": [version(3, 2)],
    "3.3": [version(3, 3)],
    "3.9999, grease": [version(3, 9999, GREASE)],
    "3.9999 alone": [version(3, 9999)],
    "3.65535": [version(3, 65535)],
    "an option with 3.0": [version(3, 0, ("_pq_.one", "1"))],
    "options with 3.2": [version(3, 2, ("_pq_.one", "1"), ("application_name", "x"), ("_pq_.two", ""))],
    "an option twice": [version(3, 2, ("_pq_.one", "1"), ("_pq_.one", "2"))],
    "a prefix alone": [version(3, 2, ("_pq_.", "1"))],
    "4.0": [version(4, 0)],
    "0.0": [version(0, 0)],
    "options of the command line": [version(3, 2, ("options", "-c statement_timeout=5s -c  extra_float_digits=2"))],
    "long options": [version(3, 2, ("options", "--statement-timeout=5s"))],
    "an unknown setting in options": [version(3, 2, ("options", "-c no_such_setting=1"))],
    "a bad value in options": [version(3, 2, ("options", "-c statement_timeout=soon"))],
    "an unknown switch": [version(3, 2, ("options", "-Z"))],
    "an unknown setting": [version(3, 2, ("no_such_setting", "1"))],
    "a bad value": [version(3, 2, ("statement_timeout", "soon"))],
    "no replication": [version(3, 2, ("replication", "off"))],
    "no user": [packet(3 << 16, (("database", "main"),))],
    "no such database": [packet(3 << 16, (("user", "tester"), ("database", "nowhere")))],
    "a client hello of TLS": [bytes.fromhex("16030100c8010000c40303") + bytes(190)],
    "a client hello of SSL 2": [bytes.fromhex("802e010002001500000010")],
    "a length of zero": [bytes(8)],
    "a length of four": [struct.pack("!i", 4)],
    "as long as can be": [padded(10000)],
    "a length beyond the limit": [padded(10001)],
    "an option, and no user": [packet(3 << 16, (("_pq_.one", "1"),))],
    "an option with 3.1": [version(3, 1, ("_pq_.one", "1"))],
    "no end of the parameters": [struct.pack("!iI", 20, 3 << 16) + b"user\0tester\0"],
    "a parameter without a value": [struct.pack("!iI", 14, 3 << 16) + b"user\0\0"],
    "something behind the parameters": [struct.pack("!iI", 22, 3 << 16) + b"user\0tester\0\0\0"],
    "a negative length": [struct.pack("!iI", -1, 3 << 16)],
    "GET": [b"GET / HTTP/1.0\r\n\r\n"],
    "a cancel without a process": [packet(CANCEL)],
    "a cancel without a key": [cancel(1, b"")],
    "a cancel with a short key": [cancel(1, b"abc")],
    "a cancel with a long key": [cancel(1, b"x" * 300)],
    "encryption, then a login": [packet(SSL), version(3, 0)],
    "two encryptions, then a login": [packet(GSSENC), packet(SSL), version(3, 0)],
}


def greeting(connection):
    """The messages up to ReadyForQuery, or to the end, without what is each server's own."""
    said = []
    while True:
        kind, body = connection.next()
        if kind is None:
            return said + ["closed"]
        if kind == b"E":
            fields = fields_of(body)
            said.append({name: fields.get(name) for name in "SC"})
        elif kind == b"v":
            said.append((kind, body))
        elif kind == b"S":
            said.append((kind, body.split(b"\0")[0].decode()))
        elif kind == b"K":
            said.append((kind, len(body)))
        else:
            said.append((kind, body))
        if kind == b"Z":
            return said


def talk(port, packets):
    """Every packet but the last asks for encryption, which is answered with a byte."""
    connection = Connection(port)
    try:
        said = []
        for data in packets[:-1]:
            connection.send_bytes(data)
            said.append(connection.receive(1))
        connection.send_bytes(packets[-1])
        return said + sorted_parameters(greeting(connection))
    finally:
        connection.close()


def sorted_parameters(said):
    """Their order says nothing."""
    parameters = [item for item in said if isinstance(item, tuple) and item[0] == b"S"]
    return [item for item in said if item not in parameters] + sorted(parameters)


class Protocol(unittest.TestCase):
    maxDiff = None

    def both(self, packets):
        return (talk(int(os.environ["PGPORT"]), packets), talk(int(os.environ["POSTGRES_PORT"]), packets))

    def test_packets(self):
        for what, packets in PACKETS.items():
            with self.subTest(what):
                ours, theirs = self.both(packets)
                self.assertEqual(ours, theirs)

    def test_keys(self):
        """A key of 3.2 has 32 bytes, of 3.0 four; a wrong one, of whatever length, is met with silence."""
        for minor, size in ((0, 4), (2, 32)):
            for port in (int(os.environ["PGPORT"]), int(os.environ["POSTGRES_PORT"])):
                with self.subTest(minor=minor, port=port):
                    session = Connection(port)
                    session.send_bytes(version(3, minor))
                    kind, body = session.next()
                    while kind != b"K":
                        kind, body = session.next()
                    self.assertEqual(len(body), 4 + size)
                    pid, key = struct.unpack("!I", body[:4])[0], body[4:]
                    while session.next()[0] != b"Z":
                        pass
                    session.send(b"select pg_sleep(60)\0", b"Q")
                    for wrong in (key[:-1] + bytes([key[-1] ^ 1]), key[:-1], key + b"\0", bytes(size), b"", b"x" * 256):
                        request = Connection(port)
                        request.send_bytes(cancel(pid, wrong))
                        self.assertIsNone(request.receive(1))
                        request.close()
                    # Each of them is over: what ends the statement now is the right key.
                    request = Connection(port)
                    request.send_bytes(cancel(pid, key))
                    self.assertIsNone(request.receive(1))
                    request.close()
                    kind, body = session.next()
                    while kind not in (b"E", b"Z"):
                        kind, body = session.next()
                    self.assertEqual(fields_of(body)["C"], "57014")
                    session.close()


if __name__ == "__main__":
    unittest.main()
