"""How streams end: with their rows, an error, a cancel, a client that has gone. All that was
opened is released, once."""

import itertools
import socket
import struct
import subprocess
import threading
import unittest

import psycopg
import pyarrow as pa

import server

SCHEMA = pa.schema([("n", pa.int64())])


def batch(start, rows):
    return pa.record_batch([pa.array(range(start, start + rows), pa.int64())], schema=SCHEMA)


def endless():
    for start in itertools.count(0, 1000):
        yield batch(start, 1000)


class Streams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = server.Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def setUp(self):
        self.client = self.server.connect()
        self.addCleanup(self.client.close)

    def serve(self, name, batches, schema=SCHEMA):
        """batches: a function that yields them."""
        self.server.tables[name] = lambda: pa.RecordBatchReader.from_batches(schema, batches())

    def sqlstate(self, sql):
        with self.assertRaises(psycopg.Error) as caught:
            self.client.execute(sql)
        return caught.exception.sqlstate, str(caught.exception)

    def test_psql(self):
        self.serve("psql", lambda: [batch(0, 2), batch(2, 0), batch(2, 1)])
        with self.server.all_released():
            printed = subprocess.run(
                ["psql", "-X", "-A", "-h", "127.0.0.1", "-p", str(self.server.port), "-U", "tester",
                 "-d", "main", "-c", "psql"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(printed, "n\n0\n1\n2\n(3 rows)\n")

    def test_no_rows(self):
        for name, batches in (("none", []), ("empty", [batch(0, 0)]), ("empties", [batch(0, 0)] * 9)):
            self.serve(name, lambda batches=batches: batches)
            with self.server.all_released():
                cursor = self.client.execute(name)
                self.assertEqual(cursor.fetchall(), [])
                self.assertEqual(cursor.description[0].name, "n")

    def test_no_columns(self):
        table = pa.table({"a": [1, 2, 3]}).select([])
        self.server.tables["no columns"] = table.to_reader
        with self.server.all_released():
            self.assertEqual(self.client.execute("no columns").fetchall(), [()] * 3)

    def test_names(self):
        schema = pa.schema([("", pa.int64()), ("ü \"", pa.int64()), ("ü \"", pa.int64())])
        self.serve("names", lambda: [], schema)
        result = self.client.execute("names").pgresult
        names = [result.fname(column).decode() for column in range(result.nfields)]
        self.assertEqual(names, schema.names)

    def test_a_million_rows(self):
        sizes = {"one batch": [1_000_000], "many batches": [1000] * 1000, "odd": [1, 2047, 997_952]}
        for name, lengths in sizes.items():
            starts = [0, *itertools.accumulate(lengths)]
            self.serve(name, lambda lengths=lengths, starts=starts: map(batch, starts, lengths))
            for binary in (False, True):
                with self.subTest(name, binary=binary), self.server.all_released():
                    cursor = self.client.cursor(binary=binary)
                    cursor.execute(name)
                    numbers = [row[0] for row in cursor.fetchall()]
                    self.assertEqual(numbers, list(range(1_000_000)))

    def test_what_cannot_be_represented(self):
        schema = pa.schema([("good", pa.int8()), ("bad", pa.decimal128(38, -39))])
        self.serve("bad", lambda: [], schema)
        with self.server.all_released():
            code, text = self.sqlstate("bad")
        self.assertEqual(code, "0A000")
        self.assertIn('"bad"', text)
        self.assertIn('"d:38,-39"', text)

    def test_out_of_range(self):
        times = pa.array([0, 86401], pa.int32()).view(pa.time32("s"))
        self.server.tables["times"] = pa.table({"t": times}).to_reader
        with self.server.all_released():
            self.assertEqual(self.sqlstate("times")[0], "22008")

    def test_errors_in_mid_stream(self):
        errors = [(pa.ArrowInvalid("no good"), "22023"), (pa.ArrowNotImplementedError("no"), "0A000"),
                  (MemoryError("full"), "53200"), (OSError("gone"), "58030")]
        for error, code in errors:
            def batches(error=error):
                yield batch(0, 5000)
                raise error
            self.serve("error", batches)
            with self.subTest(code), self.server.all_released():
                got, text = self.sqlstate("error")
                self.assertEqual(got, code)
                self.assertIn(str(error), text)
        self.serve("after", lambda: [batch(0, 1)])
        self.assertEqual(self.client.execute("after").fetchall(), [(0,)])

    def test_cancel(self):
        """Between batches, of which there is always another."""
        began = threading.Event()

        def batches():
            for each in endless():
                began.set()
                yield each

        def empty():
            while True:
                began.set()
                yield batch(0, 0)

        for name, source in (("endless", batches), ("endless and empty", empty)):
            began.clear()
            self.serve(name, source)
            thread = threading.Thread(target=lambda: (began.wait(), self.client.cancel()))
            with self.subTest(name), self.server.all_released():
                thread.start()
                self.assertEqual(self.sqlstate(name)[0], "57014")
                thread.join()

    def raw(self, messages):
        """A connection of our own, on which these messages were sent."""
        raw = socket.create_connection(("127.0.0.1", self.server.port))
        self.addCleanup(raw.close)
        parameters = b"user\0tester\0\0"
        raw.sendall(struct.pack(">II", len(parameters) + 8, 3 << 16) + parameters)
        for kind, body in messages:
            raw.sendall(kind + struct.pack(">I", len(body) + 4) + body)
        return raw

    def test_hang_up(self):
        """Rows have come, the client reads no more, and goes."""
        self.serve("endless", endless)
        for _ in range(10):
            with self.server.all_released():
                raw = self.raw([(b"Q", b"endless\0")])
                received = b""
                while received.count(b"D\0\0\0") < 100:
                    received += raw.recv(65536)
                raw.close()

    def test_terminate_with_an_open_portal(self):
        self.serve("endless", endless)
        with self.server.all_released():
            raw = self.raw([(b"P", b"\0endless\0\0\0"), (b"B", b"\0\0\0\0\0\0\0\0"),
                            (b"E", b"\0" + struct.pack(">I", 10)), (b"H", b""), (b"X", b"")])
            while raw.recv(65536):
                pass

    def test_row_limits(self):
        """Portals of three rows at a time, across batches: MORE, MORE, the rest."""
        self.serve("seven", lambda: [batch(0, 2), batch(2, 4), batch(6, 1)])
        limit = b"\0" + struct.pack(">I", 3)
        with self.server.all_released():
            raw = self.raw([(b"P", b"\0seven\0\0\0"), (b"B", b"\0\0\0\0\0\0\0\0"),
                            *[(b"E", limit)] * 3, (b"S", b""), (b"X", b"")])
            received = b"".join(iter(lambda: raw.recv(65536), b""))
        kinds = []
        while received:
            (length,) = struct.unpack(">I", received[1:5])
            kinds.append(received[:1].decode())
            received = received[1 + length:]
        self.assertEqual("".join(kinds[kinds.index("Z") + 1:]), "12DDDsDDDsDCZ")

    def test_many_clients(self):
        """More of them than there are threads that may block."""
        self.serve("rows", lambda: [batch(0, 1000), batch(1000, 1000)])
        counts = []

        def ask():
            with self.server.connect() as client:
                for _ in range(20):
                    counts.append(len(client.execute("rows").fetchall()))

        with self.server.all_released():
            threads = [threading.Thread(target=ask) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(counts, [2000] * 320)


if __name__ == "__main__":
    unittest.main()
