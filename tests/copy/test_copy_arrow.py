"""COPY … TO STDOUT (FORMAT arrow): what pyarrow reads back, checked in full, beside what the same
engine exports by itself."""

import datetime
import decimal
import io
import os
import unittest
import uuid

import duckdb
import psycopg
import pyarrow
import pyarrow.ipc

D = decimal.Decimal
# Statement, values of its first row, types that are not obvious.
VALUES = (
    ("true", True, "bool"), ("1::tinyint", 1, "int8"), ("255::utinyint", 255, "uint8"), ("-2::smallint", -2, "int16"),
    ("65535::usmallint", 65535, "uint16"), ("4294967295::uinteger", 4294967295, "uint32"),
    ("18446744073709551615::ubigint", 18446744073709551615, "uint64"),
    ("-4::hugeint", D(-4), "decimal128(38, 0)"),
    ("340282366920938463463374607431768211455::uhugeint", D("340282366920938463463374607431768211455"),
     "decimal256(39, 0)"),
    ("1.5::float", 1.5, "float"), ("-2.5::double", -2.5, "double"), ("1.2::decimal(4,1)", D("1.2"), "decimal128(4, 1)"),
    ("-123.45::decimal(9,2)", D("-123.45"), "decimal128(9, 2)"), ("0.001::decimal(18,3)", D("0.001"), None),
    ("-99999999999999999999999999999.999999999::decimal(38,9)", D("-99999999999999999999999999999.999999999"), None),
    ("'text'", "text", "string"), ("'a longer text than twelve'", "a longer text than twelve", "string"),
    ("'\\xAA\\x00'::blob", b"\xaa\0", "binary"), ("'10110'::bit", "10110", "string"),
    ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
     "extension<arrow.uuid>"),
    ("date '2024-02-29'", datetime.date(2024, 2, 29), "date32[day]"),
    ("time '23:59:59.999999'", datetime.time(23, 59, 59, 999999), "time64[us]"),
    ("'12:00:00+02'::timetz", "12:00:00+02", "string"),
    ("timestamp '1969-12-31 23:59:59.5'", datetime.datetime(1969, 12, 31, 23, 59, 59, 500000), "timestamp[us]"),
    ("'2024-01-02 03:04:05'::timestamp_s", datetime.datetime(2024, 1, 2, 3, 4, 5), "timestamp[s]"),
    ("'2024-01-02 03:04:05.25'::timestamp_ms", datetime.datetime(2024, 1, 2, 3, 4, 5, 250000), "timestamp[ms]"),
    ("timestamptz '2024-01-02 03:04:05+00'", datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
     "timestamp[us, tz=UTC]"),
    ("interval '14 months 3 days 1.5 seconds'", pyarrow.MonthDayNano([14, 3, 1500000000]), "month_day_nano_interval"),
    ("'{\"a\": 1}'::json", '{"a": 1}', "extension<arrow.json>"), ("'b'::enum('a', 'b')", "b", "string"),
    ("[1, null, 3]", [1, None, 3], "list<item: int32>"), ("[[1], [], null]", [[1], [], None], None),
    ("[]::int[]", [], None), ("{'x': 1, 'y': null::text}", {"x": 1, "y": None}, "struct<x: int32, y: string>"),
    ("map {'k': 1, 'l': null}", [("k", 1), ("l", None)], "map<string, int32>"),
    ("array_value(1, 2, 3)", [1, 2, 3], "fixed_size_list<item: int32>[3]"),
    ("union_value(num := 3)", 3, "sparse_union<num: int32=0>"), ("null", None, None),
    ("[{'p': [1]}, null]", [{"p": [1]}, None], None), ("null::struct(a int, b int[])", None, None),
    ("null::int[2]", None, None), ("null::map(int, int)", None, None), ("[map {1: ['x']}]", [[(1, ["x"])]], None),
    ("'123456789012345678901234567890123456789012345'::bignum", "123456789012345678901234567890123456789012345", "string"),
)
# With NULLs everywhere, lists that lie out of order, and more rows than a batch has.
SHAPES = (
    "select i::int as a, case when i % 3 = 0 then null else i::varchar end as b, i / 7 as c from range(5000) t(i)",
    "select case when i % 4 > 0 then [i, null, i + 1] end as a, case when i % 5 > 0 then {'x': i, 'y': [i], "
    "'z': case when i % 2 = 0 then {'w': i::varchar} end} end as b from range(3000) t(i)",
    "select if(i % 7 > 0, [i, null, 2], null)::bigint[3] as a, case when i % 3 > 0 then "
    "map_from_entries([(i, repeat('x', (i % 20)::int)), (i + 1, null)]) end as b from range(2500) t(i)",
    "select list(i order by i desc) as a, i % 100 as b, min(i::varchar) as c, bool_or(i > 2000) as d "
    "from range(4500) t(i) group by b order by b",
    "select [[x], [], null, [x, null]] as a, [{'p': x, 'q': [x]}, null] as b "
    "from (select (case when i % 6 > 0 then i end) as x from range(2100) t(i))",
    "select * from (select i::int as a, i % 2 = 0 as b from range(4100) t(i)) order by a desc limit 3000",
    "select 1 as a, 'x' as b where false", "select repeat('long', 100000) as a, i from range(60) t(i)",
)


class Arrow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ours = psycopg.connect(host="127.0.0.1", port=os.environ["PGPORT"], dbname="main", user="tester",
                                   autocommit=True)
        cls.engine = duckdb.connect()

    @classmethod
    def tearDownClass(cls):
        cls.ours.close()
        cls.engine.close()

    def copy(self, sql):
        cursor = self.ours.cursor()
        with cursor.copy(f"copy ({sql}) to stdout (format arrow)") as copy:
            data = b"".join(bytes(piece) for piece in copy)
        table = pyarrow.ipc.open_stream(io.BytesIO(data)).read_all()
        table.validate(full=True)
        self.assertEqual(cursor.rowcount, table.num_rows)
        return table

    def test_values(self):
        for expression, value, kind in VALUES:
            with self.subTest(expression):
                table = self.copy(f"select {expression} as v union all select null")
                self.assertEqual(table.column("v").to_pylist(), [value, None])
                if kind:
                    self.assertEqual(str(table.schema.field("v").type), kind)

    def test_all_at_once(self):
        columns = ", ".join(f"{expression} as c{i}" for i, (expression, _, _) in enumerate(VALUES))
        row = self.copy(f"select {columns}").to_pylist()[0]
        self.assertEqual(list(row.values()), [value for _, value, _ in VALUES])

    def test_shapes(self):
        for sql in SHAPES:
            with self.subTest(sql):
                self.assertEqual(self.copy(sql).to_pylist(), self.engine.execute(sql).to_arrow_table().to_pylist())

    def test_unions(self):
        got = self.copy("select case when i % 3 = 0 then null when i % 3 = 1 then union_value(n := i::int)::"
                        "union(n int, t text) else 'x'::union(n int, t text) end as u from range(6) t(i)")
        self.assertEqual(got.column("u").to_pylist(), [None, 1, "x", None, 4, "x"])

    def test_styles_do_not_count(self):
        self.ours.execute("set datestyle to german")
        got = self.copy("select '12:00:00+02'::timetz as a, date '2024-01-02' as b")
        self.ours.execute("reset datestyle")
        self.assertEqual(got.to_pylist(), [{"a": "12:00:00+02", "b": datetime.date(2024, 1, 2)}])

    def test_out_of_range(self):
        with self.assertRaises(psycopg.errors.NumericValueOutOfRange):
            self.copy("select 170141183460469231731687303715884105727::hugeint as a")
        with self.assertRaises(psycopg.errors.DatetimeFieldOverflow):
            self.copy("select to_microseconds(9223372036854775807) as a")
        self.assertEqual(self.copy("select 1 as a").to_pylist(), [{"a": 1}])

    def test_messages(self):
        """The schema, then a message for each batch, and the end, each whole in a CopyData."""
        with self.ours.cursor().copy("copy (select i from range(5000) t(i)) to stdout (format arrow)") as copy:
            pieces = [bytes(piece) for piece in copy]
        self.assertEqual(pieces[-1], b"\xff\xff\xff\xff\0\0\0\0")
        for piece in pieces:
            self.assertEqual(piece[:4], b"\xff\xff\xff\xff")
            self.assertEqual(len(piece) % 8, 0)
