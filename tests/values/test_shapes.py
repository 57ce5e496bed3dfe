"""Arrays, records, enums, bit strings, and numbers that PostgreSQL has no type for."""

import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both import Both, row, run, sent, sent_array  # noqa: E402

SEED = 27_182
WORDS = ["", "a", "null", "NULL", "nulls", "a b", "a,b", "{", "}", "(", ")", '"', "\\", "'", "λ", "\t", "\n",
         'a"b\\c', "{a}", " lead", "trail ", "[1:2]=", "a\\nb"]


def scalars(rng):
    """name → how to make one in binary form."""
    return {
        "bool": lambda: bytes([rng.randrange(2)]),
        "int2": lambda: rng.randbytes(2),
        "int4": lambda: rng.randbytes(4),
        "int8": lambda: rng.randbytes(8),
        "float4": lambda: sent("float4", rng.uniform(-1e6, 1e6)),
        "float8": lambda: sent("float8", rng.uniform(-1e6, 1e6)),
        "text": lambda: rng.choice(WORDS).encode(),
        "bytea": lambda: rng.randbytes(rng.randrange(6)),
        "uuid": lambda: rng.randbytes(16),
        "date": lambda: sent("date", rng.randint(-800_000, 800_000)),
        "time": lambda: sent("time", rng.randrange(86_400_000_000)),
        "timestamp": lambda: sent("timestamp", rng.randint(-10**17, 10**17)),
        "timestamptz": lambda: sent("timestamptz", rng.randint(-10**17, 10**17)),
        "interval": lambda: sent("interval", (rng.randint(-50, 50), rng.randint(-50, 50), rng.randint(-10**9, 10**9))),
    }


class Arrays(Both):
    def tearDown(self):
        for name in ("DateStyle", "TimeZone", "IntervalStyle", "bytea_output"):
            self.both(f"reset {name}")

    def some_arrays(self, rng, name, make):
        arrays = []
        for lengths in [(), (1,), (2,), (5,), (2, 3), (3, 1, 2), (1, 1, 1, 1, 2)] * 3:
            count = 1
            for length in lengths:
                count *= length
            elements = [None if rng.random() < 0.2 else make() for _ in range(count if lengths else 0)]
            arrays.append((len(lengths), sent_array(self.oids[name], elements, lengths)))
        return arrays

    def same_arrays(self, name, make, rng):
        """A list type has the number of its dimensions to the engine."""
        by_depth = {}
        for dimensions, value in self.some_arrays(rng, name, make):
            by_depth.setdefault(max(dimensions, 1), []).append(value)
        for depth, values in by_depth.items():
            self.same_cells(name + "[]" * depth, self.array_oids[name], values, f"{depth} dimensions")

    def test_every_element(self):
        rng = random.Random(SEED)
        for name, make in scalars(rng).items():
            self.same_arrays(name, make, rng)

    def test_styles_within(self):
        rng = random.Random(SEED)
        makers = scalars(rng)
        self.both("set DateStyle = 'Postgres, DMY'")
        self.both("set TimeZone = 'Europe/Berlin'")
        self.both("set IntervalStyle = 'postgres_verbose'")
        self.both("set bytea_output = 'escape'")
        for name in ("date", "timestamp", "timestamptz", "interval", "bytea"):
            self.same_arrays(name, makers[name], rng)

    def test_words(self):
        values = [sent_array(self.oids["text"], [word.encode(), None, word.encode()], (3,)) for word in WORDS]
        self.same_cells("text[]", self.array_oids["text"], values)

    def test_ragged(self):
        for sql in ("select [[1], [2, 3]]", "select [[1], NULL]", "select [[[1]], [[1], [2]]]", "select [[1], []]"):
            result = self.ours.pgconn.exec_(sql.encode())
            self.assertEqual(result.error_field(67), b"2202E", sql)
        result = self.ours.pgconn.exec_(b"select [[[[[[[1]]]]]]]")
        self.assertEqual(result.error_field(67), b"54000")
        cells = row(run(self.ours, "select [[1], [2, 3]]::json, [[], []]::int[][], []::int[]"))
        self.assertEqual(cells, [b"[[1],[2,3]]", b"{}", b"{}"])

    def test_fixed_length(self):
        theirs = run(self.oracle, "select array[[1,2,3],[4,5,6]]::int4[]", result_format=1)
        mine = run(self.ours, "select [[1,2,3],[4,5,6]]::int[3][2]", result_format=1)
        self.assertEqual(row(mine), row(theirs))
        self.assertEqual(mine.ftype(0), theirs.ftype(0))

    def test_numeric_typmod(self):
        mine, theirs = (run(side, "select array[1.5, null, 22]::numeric(10,2)[]", result_format=1)
                        for side in (self.ours, self.oracle))
        self.assertEqual(row(mine), row(theirs))
        self.assertEqual(mine.fmod(0), theirs.fmod(0))


class Records(Both):
    FIELDS = ["7::int4", "null::int4", "'a \"b\"\\'::text", "''::text", "'x,y'::text", "'(z)'::text",
              "timestamp '2024-02-29 12:00:00'", "date '2024-02-29'", "true", "1.50::numeric(4,2)",
              "'{1,2}'::int4[]", "'{\"a b\",c}'::text[]"]
    OURS = {"'{1,2}'::int4[]": "[1,2]::int4[]", "'{\"a b\",c}'::text[]": "['a b','c']"}

    def setUp(self):
        self.ours.execute("set wirehouse.struct_format = 'composite'")

    def tearDown(self):
        self.ours.execute("reset wirehouse.struct_format")

    def same_records(self, theirs, mine):
        for result_format in (0, 1):
            expected = run(self.oracle, f"select {theirs}", result_format=result_format)
            got = run(self.ours, f"select {mine}", result_format=result_format)
            self.assertEqual(row(got), row(expected), f"{mine} in format {result_format}")
            self.assertEqual(got.ftype(0), expected.ftype(0))

    def ours_of(self, field):
        return self.OURS.get(field, field)

    def test_fields(self):
        rng = random.Random(SEED)
        for _ in range(60):
            fields = [rng.choice(self.FIELDS) for _ in range(rng.randint(1, 5))]
            mine = [self.ours_of(field) for field in fields]
            self.same_records(f"row({', '.join(fields)})", f"row({', '.join(mine)})")

    def test_nested(self):
        rng = random.Random(SEED)
        for _ in range(40):
            fields = [rng.choice(self.FIELDS) for _ in range(3)]
            mine = [self.ours_of(field) for field in fields]
            self.same_records(f"row(row({fields[0]}, {fields[1]}), {fields[2]})",
                              f"row(row({mine[0]}, {mine[1]}), {mine[2]})")
            self.same_records(f"array[row({fields[0]}, row({fields[1]})), row({fields[0]}, row({fields[1]}))]",
                              f"[row({mine[0]}, row({mine[1]})), row({mine[0]}, row({mine[1]}))]")

    def test_maps_stay_json(self):
        result = run(self.ours, "select map {'k': {'a': 1}}, {'m': map {'k': 1}}")
        self.assertEqual(row(result), [b'{"k":{"a":1}}', b'("{""k"":1}")'])
        self.assertEqual([result.ftype(i) for i in range(2)], [114, 2249])

    def test_named(self):
        self.ours.execute("create type spot as struct(x int4, y text)")
        try:
            for sql in ("select {'x': 1, 'y': 'a b'}::spot", "select [{'x': 1, 'y': 'a b'}::spot]"):
                result = run(self.ours, sql)
                self.assertGreaterEqual(result.ftype(0), 16384)
            self.assertEqual(row(run(self.ours, "select {'x': 1, 'y': 'a b'}::spot")), [b'(1,"a b")'])
            self.ours.execute("set wirehouse.struct_format = 'json'")
            result = run(self.ours, "select {'x': 1, 'y': 'a b'}::spot")
            self.assertEqual((result.ftype(0), row(result)), (114, [b'{"x":1,"y":"a b"}']))
        finally:
            self.ours.execute("drop type spot")


class Enums(Both):
    def test_enums(self):
        self.both("create type mood as enum ('sad', 'so so', 'ok, \"fine\"')")
        try:
            for label in ("sad", "so so", 'ok, "fine"'):
                for result_format in (0, 1):
                    theirs = run(self.oracle, f"select '{label}'::mood", result_format=result_format)
                    mine = run(self.ours, f"select '{label}'::mood", result_format=result_format)
                    self.assertEqual(row(mine), row(theirs))
                    self.assertEqual(mine.fsize(0), theirs.fsize(0))
                    self.assertGreaterEqual(mine.ftype(0), 16384)
            oid = run(self.ours, "select 'sad'::mood").ftype(0)
            self.assertEqual(run(self.ours, "select 'sad'::mood").ftype(0), oid)
            array = "['sad', null, 'ok, \"fine\"']::mood[]"
            mine = run(self.ours, f"select {array}")
            theirs = run(self.oracle, f"select array{array}")
            self.assertEqual(row(mine), row(theirs))
            binary = row(run(self.ours, f"select {array}", result_format=1))[0]
            self.assertEqual(int.from_bytes(binary[8:12], "big"), oid)
            self.assertNotEqual(mine.ftype(0), oid)
        finally:
            self.both("drop type mood")
        self.assertEqual(run(self.ours, "select 'x'::enum('x')").ftype(0), self.oids["text"])

    def test_in_its_transaction(self):
        """A name is known before it is committed, and gone with the rollback."""
        self.ours.execute("begin")
        self.ours.execute("create type colour as enum ('red', 'blue')")
        self.assertGreaterEqual(run(self.ours, "select 'red'::colour").ftype(0), 16384)
        self.ours.execute("rollback")


class Numbers(Both):
    """DuckDB's own text is the judge of the value, PostgreSQL's numeric of the bytes."""

    RANGES = {"utinyint": (0, 2**8 - 1), "usmallint": (0, 2**16 - 1), "uinteger": (0, 2**32 - 1),
              "ubigint": (0, 2**64 - 1), "hugeint": (-2**127, 2**127 - 1), "uhugeint": (0, 2**128 - 1)}

    def same_numbers(self, name, texts, oracle_type):
        for start in range(0, len(texts), 50):
            part = texts[start:start + 50]
            sql = "select " + ", ".join(f"'{text}'::{name}" for text in part)
            texts_of_engine = row(run(self.ours, "select " + ", ".join(f"('{t}'::{name})::varchar" for t in part)))
            self.assertEqual(row(run(self.ours, sql)), texts_of_engine)
            expected = run(self.oracle, "select " + ", ".join(f"({t.decode()})::{oracle_type}" for t in texts_of_engine),
                           result_format=1)
            got = run(self.ours, sql, result_format=1)
            self.assertEqual(row(got), row(expected), name)
            self.assertEqual(got.ftype(0), expected.ftype(0))

    def test_integers(self):
        rng = random.Random(SEED)
        types = {"utinyint": "int2", "usmallint": "int4", "uinteger": "int8"}
        for name, (low, high) in self.RANGES.items():
            texts = [str(rng.randint(low, high) >> rng.randrange(high.bit_length())) for _ in range(100)]
            self.same_numbers(name, texts + [str(low), str(high), "0"], types.get(name, "numeric"))

    def test_integers_of_any_size(self):
        rng = random.Random(SEED)
        texts = [str(rng.choice([-1, 1]) * rng.getrandbits(rng.randrange(1, 127))) for _ in range(200)]
        self.same_numbers("bignum", texts + ["0", "1", "-1", "10000", "100000000", str(2**63), str(-2**63)], "numeric")

    def test_decimals_of_every_width(self):
        rng = random.Random(SEED)
        for precision in (4, 9, 18, 38):
            for scale in {0, 1, precision // 2, precision}:
                values = []
                for _ in range(30):
                    digits = rng.randrange(10**precision) // 10 ** rng.randrange(precision)
                    values.append(f"{rng.choice('+-')}{digits // 10**scale}.{digits % 10**scale:0{scale or 1}d}")
                kind = f"decimal({precision},{scale})"
                sql = "select " + ", ".join(f"'{v if scale else v.split('.')[0]}'::{kind}" for v in values)
                for result_format in (0, 1):
                    got, expected = (run(side, sql, result_format=result_format) for side in (self.ours, self.oracle))
                    self.assertEqual(row(got), row(expected), sql)
                    self.assertEqual(got.fmod(0), expected.fmod(0))

    def test_bits(self):
        rng = random.Random(SEED)
        texts = ["".join(rng.choice("01") for _ in range(length)) for length in range(1, 70)]
        for result_format in (0, 1):
            got = run(self.ours, "select " + ", ".join(f"'{t}'::bit" for t in texts), result_format=result_format)
            expected = run(self.oracle, "select " + ", ".join(f"'{t}'::varbit" for t in texts),
                           result_format=result_format)
            self.assertEqual(row(got), row(expected))
            self.assertEqual(got.ftype(0), expected.ftype(0))

    def test_units_of_time(self):
        """Finer than a microsecond is cut off towards the past, coarser is exact."""
        values = ["1969-12-31 23:59:59.999999999", "2024-02-29 12:34:56.123456789", "1970-01-01 00:00:00"]
        expected = [b"1969-12-31 23:59:59.999999", b"2024-02-29 12:34:56.123456", b"1970-01-01 00:00:00"]
        self.assertEqual(row(run(self.ours, "select " + ", ".join(f"'{v}'::timestamp_ns" for v in values))), expected)
        got = row(run(self.ours, "select '2024-02-29 12:34:56.5'::timestamp_ms, '2024-02-29 12:34:56'::timestamp_s, "
                                 "'12:34:56.123456789'::time_ns", result_format=1))
        theirs = row(run(self.oracle, "select timestamp '2024-02-29 12:34:56.5', timestamp '2024-02-29 12:34:56', "
                                      "time '12:34:56.123456'", result_format=1))
        self.assertEqual(got, theirs)

    def test_what_cannot_be_sent(self):
        for sql in ("select 1::variant", "select [1::variant]", "select {'g': 'POINT(1 1)'::geometry}"):
            result = self.ours.pgconn.exec_(sql.encode())
            self.assertEqual(result.error_field(67), b"0A000", sql)

    def test_json(self):
        got = run(self.ours, "select {'a': 1, 'b': [1.5, null], 'c': 'x\"y', 'd': date '2024-01-01'}, map {1: 'a'}, "
                             "union_value(k := 2), [{'a': 1}, null], [map {'k': 1}]")
        self.assertEqual(row(got), [b'{"a":1,"b":[1.5,null],"c":"x\\"y","d":"2024-01-01"}', b'{"1":"a"}', b"2",
                                    b'{"{\\"a\\":1}",NULL}', b'{"{\\"k\\":1}"}'])
        self.assertEqual([got.ftype(i) for i in range(5)], [114, 114, 114, 199, 199])
