"""COPY … FROM STDIN beside PostgreSQL 15: the same bytes give the same rows, or the same SQLSTATE,
message and context, wherever they are cut."""

import os
import random
import unittest

from inputs import BINARY, CSV, TEXT, TYPES
from loading import connect, copy_in

SEED = 20_417
ROUNDS = 40


class Sides(unittest.TestCase):
    """A connection to each server, and the table that they copy into."""

    @classmethod
    def setUpClass(cls):
        cls.sides = [connect(os.environ["POSTGRES_PORT"], "postgres"), connect(os.environ["PGPORT"], "tester")]

    @classmethod
    def tearDownClass(cls):
        for side in cls.sides:
            side.close()

    def on(self, side, columns, tail, data, size=0):
        side.execute("drop table if exists t")
        side.execute(f"create table t ({columns})")
        answer = copy_in(side, f"copy t from stdin {tail}", data, size)
        names = [name.split()[0] for name in columns.split(", ")]
        result = side.pgconn.exec_(f"select {', '.join(names)} from t".encode())
        rows = [[result.get_value(i, j) for j in range(result.nfields)] for i in range(result.ntuples)]
        return answer, sorted(rows, key=repr)

    def check(self, columns, tail, data, sizes=(0,)):
        expected = self.on(self.sides[0], columns, tail, data)
        for size in sizes:
            with self.subTest(columns=columns, tail=tail, data=data[:200], size=size):
                answer, rows = self.on(self.sides[1], columns, tail, data, size)
                self.assertEqual(answer, expected[0])
                unlike = [pair for pair in zip(rows, expected[1], strict=True) if pair[0] != pair[1]]
                self.assertEqual(unlike[:3], [])


class Formats(Sides):
    def test_text(self):
        for columns, tail, data in TEXT:
            self.check(columns, tail, data, (0, 1, 3))

    def test_csv(self):
        for columns, tail, data in CSV:
            self.check(columns, tail, data, (0, 1, 3))

    def test_binary(self):
        for columns, tail, data in BINARY:
            self.check(columns, tail, data, (0, 1, 7))


class Values(Sides):
    def test_types(self):
        for kind, values in TYPES:
            for value in values:
                self.check(f"a {kind}", "", value.encode() + b"\n")
                self.check(f"a {kind}", "csv quote '|'", b"|" + value.encode() + b"|\n")

    def test_in_bulk(self):
        """All that is good of a type, often enough for several batches."""
        for kind, values in TYPES:
            good = [value for value in values if self.on(self.sides[0], f"a {kind}", "", value.encode() + b"\n")[1]]
            lines = [b"\\N" if i % 7 == 3 else good[i % len(good)].encode() for i in range(5000)]
            self.check(f"a {kind}", "", b"\n".join(lines) + b"\n", (0, 4099))

    def test_random_text(self):
        rng = random.Random(SEED)
        alphabet = ["a", "\\", "\t", "\n", "\r", ".", "N", "1", "x", "ä", ",", '"', "\\.", "\\n", "\\\t", "\\\\"]
        for _ in range(ROUNDS * 10):
            data = "".join(rng.choice(alphabet) for _ in range(rng.randint(1, 12))).encode()
            self.check("a text, b text", "", data, (0, rng.randint(1, 4)))

    def test_random_csv(self):
        rng = random.Random(SEED + 1)
        alphabet = ["a", "\\", ",", "\n", "\r", ".", '"', '""', "x", "ä", "\\.", '",', ',"']
        for _ in range(ROUNDS * 10):
            data = "".join(rng.choice(alphabet) for _ in range(rng.randint(1, 12))).encode()
            tail = rng.choice(["csv", "csv escape '\\'", "csv escape 'x'", "csv null 'a'"])
            self.check("a text, b text", tail, data, (0, rng.randint(1, 4)))


if __name__ == "__main__":
    unittest.main()
