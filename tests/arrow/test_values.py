"""Values of every type in every shape: beside pyarrow's to_pylist, and PostgreSQL's own bytes."""

import decimal
import json
import struct
import unittest

import pyarrow as pa

import columns
import server

FLOAT4 = (700, 1021)  # and the array of it


def expected_value(kind, value):
    """What psycopg makes of the value that to_pylist has."""
    if value is None:
        return None
    if isinstance(kind, pa.DictionaryType):
        return expected_value(kind.value_type, value)
    if isinstance(kind, pa.RunEndEncodedType):
        return expected_value(kind.value_type, value)
    if isinstance(value, list) and not isinstance(kind, pa.MapType):
        return [expected_value(kind.value_type, item) for item in value]
    if kind == pa.json_():
        return json.loads(value)
    return value


def single(value):
    """A float4 reads back from its text as that float4."""
    if isinstance(value, list):
        return [single(item) for item in value]
    return struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, float) else value


class Served:
    """A server, a client of it, and PostgreSQL beside it."""

    @classmethod
    def setUpClass(cls):
        cls.server = server.Server()
        cls.client = cls.server.connect()
        cls.postgres = server.postgres()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.postgres.close()
        cls.server.stop()

    def serve(self, array):
        """Under the name "t"; chunks are batches."""
        table = pa.table({"c": array})
        self.server.tables["t"] = lambda: pa.RecordBatchReader.from_batches(
            table.schema, table.to_batches())

    def fetch(self, binary):
        cursor = self.client.cursor(binary=binary)
        with self.server.all_released():
            cursor.execute("t")
            values = [row[0] for row in cursor.fetchall()]
        return values, [row[0] for row in server.raw(cursor)], cursor.description[0]


class Values(Served, unittest.TestCase):
    def check(self, array, expected):
        self.serve(array)
        wanted = [expected_value(array.type, value) for value in expected]
        for binary in (False, True):
            values, _, column = self.fetch(binary)
            if column.type_code in FLOAT4:
                values = single(values)
            self.assertEqual(values, wanted)

    def test_all_shapes(self):
        for name in columns.SCALARS:
            array = columns.make(name)
            for shape, make in columns.SHAPES.items():
                with self.subTest(f"{name}, {shape}"):
                    if isinstance(array.type, pa.BaseExtensionType) and "moved" in shape:
                        continue  # concat_arrays does not know them
                    self.check(*make(array))

    def test_long_arrays(self):
        """Arrays are read in windows of 2048 rows: nothing is lost between two."""
        for name in ("bool", "int64", "utf8", "utf8_view", "fixed binary", "time32[s]"):
            array = columns.make(name)
            array = pa.concat_arrays([array.slice(0, 4)] * 1500)
            for shape in ("slice", "by uint16", "runs64, sliced", "pairs"):
                with self.subTest(f"{name}, {shape}"):
                    self.check(*columns.SHAPES[shape](array))
            lists = pa.ListArray.from_arrays(pa.array(range(0, len(array) + 1, 2), pa.int32()), array)
            with self.subTest(f"{name}, lists"):
                self.check(lists, lists.to_pylist())

    def test_postgres_has_the_same_bytes(self):
        for name, (_, _, declared) in columns.SCALARS.items():
            for shape in ("whole", "list"):
                with self.subTest(f"{name}, {shape}"):
                    self.serve(columns.SHAPES[shape](columns.make(name))[0])
                    _, texts, column = self.fetch(False)
                    _, binaries, _ = self.fetch(True)
                    kind = self.postgres.execute(
                        "select format_type(%s::oid, null)", (column.type_code,)).fetchone()[0]
                    self.assertEqual(kind, declared + ("[]" if shape == "list" else ""))
                    self.check_cells(kind, texts, binaries)

    def check_cells(self, kind, texts, binaries):
        for text, binary in zip(texts, binaries):
            for format, ours in ((False, text), (True, binary)):
                cursor = self.postgres.cursor(binary=format)
                value = None if text is None else text.decode()
                cursor.execute(f"select %s::text::{kind}", (value,))
                self.assertEqual(server.raw(cursor)[0][0], ours)

    def test_decimals_have_typmods(self):
        self.serve(columns.make("decimal128"))
        self.assertEqual(self.fetch(False)[2].precision, 38)
        self.assertEqual(self.fetch(False)[2].scale, 10)

    def test_chunks(self):
        array = columns.make("utf8")
        chunks = pa.chunked_array([array, array.slice(2, 0), array.slice(1, 3), array.slice(4)])
        self.check(chunks, chunks.to_pylist())
        encoded = pa.chunked_array([columns.encoded(array, pa.int8())[0],
                                    columns.encoded(array.slice(0, 4), pa.int8())[0]])
        self.check(encoded, encoded.to_pylist())

    def test_nanoseconds_are_cut(self):
        ns = [1, -1, 1999, -1000, 10 ** 18 + 999]
        expected = ["1970-01-01 00:00:00", "1969-12-31 23:59:59.999999",
                    "1970-01-01 00:00:00.000001", "1969-12-31 23:59:59.999999",
                    "2001-09-09 01:46:40"]
        self.serve(pa.array(ns, pa.timestamp("ns")))
        self.assertEqual([text.decode() for text in self.fetch(False)[1]], expected)

    def test_intervals(self):
        values = [pa.MonthDayNano([14, -3, 5_000_001_999]), None, pa.MonthDayNano([-1, 0, -1])]
        expected = [b"1 year 2 mons -3 days +00:00:05.000001", None, b"-1 mons -00:00:00.000001"]
        self.serve(pa.array(values, pa.month_day_nano_interval()))
        texts = self.fetch(False)[1]
        self.assertEqual(texts, expected)
        self.check_cells("interval", texts, self.fetch(True)[1])

    def test_lists_of_lists(self):
        kind = pa.list_(pa.large_list(pa.int16()))
        values = [[[1, 2], [3, None]], None, [], [[5], [6], [7]]]
        self.check(pa.array(values, kind), values)
        self.check(pa.array(values, kind).slice(2), values[2:])

    def test_ragged_lists(self):
        self.serve(pa.array([[[1]], [[1, 2], [3]]], pa.list_(pa.list_(pa.int8()))))
        with self.assertRaises(Exception) as caught, self.server.all_released():
            self.client.execute("t")
        self.assertEqual(caught.exception.sqlstate, "2202E")


class Json(Served, unittest.TestCase):
    """What is made of values: JSON."""

    def check_json(self, array, expected):
        self.serve(array)
        self.assertEqual(self.fetch(False)[0], expected)
        self.assertEqual(self.fetch(True)[0], expected)

    def test_structs_of_all_types(self):
        """A field reads as the column does: a number, a truth, or text."""
        for name in columns.SCALARS:
            array = columns.make(name)
            with self.subTest(name):
                self.serve(array)
                _, texts, _ = self.fetch(False)
                self.serve(pa.StructArray.from_arrays([array, array], names=["a", "b"]).slice(1))
                for text, (json_text, *_) in zip(texts[1:], zip(self.fetch(False)[1])):
                    self.assertTrue(self.same(name, text, json_text), (text, json_text))

    def same(self, name, text, json_text):
        fields = json.loads(json_text, parse_float=decimal.Decimal, parse_int=decimal.Decimal)
        field = fields["a"]
        self.assertEqual(fields["b"], field)
        if text is None:
            return field is None
        if name == "json":
            return field == json.loads(text, parse_int=decimal.Decimal)
        if isinstance(field, bool):
            return field == (text == b"t")
        if isinstance(field, decimal.Decimal):
            return field == decimal.Decimal(text.decode())
        return field == text.decode()

    def test_structs(self):
        kind = pa.struct([("n", pa.int32()), ("s", pa.struct([("t", pa.list_(pa.string()))]))])
        values = [{"n": 1, "s": {"t": ["a", None]}}, None, {"n": None, "s": None},
                  {"n": 4, "s": {"t": None}}, {"n": 5, "s": {"t": []}}]
        array = pa.array(values, kind)
        self.check_json(array, values)
        self.check_json(array.slice(2), values[2:])
        self.check_json(columns.encoded(array, pa.int16())[0], columns.encoded(array, pa.int16())[1])
        self.check_json(*columns.runs(array, pa.int32()))
        self.check_json(*columns.lists(array, pa.ListArray))

    def test_structs_without_fields(self):
        self.check_json(pa.array([{}, None, {}], pa.struct([])), [{}, None, {}])

    def test_maps(self):
        values = [[("a", 1), ("b", None)], None, [], [("ü\"", 2)]]
        expected = [{"a": 1, "b": None}, None, {}, {"ü\"": 2}]
        array = pa.array(values, pa.map_(pa.string(), pa.int64()))
        self.check_json(array, expected)
        self.check_json(array.slice(3), expected[3:])
        numbers = pa.array([[(1, [True])]], pa.map_(pa.int8(), pa.list_(pa.bool_())))
        self.check_json(numbers, [{"1": [True]}])

    def union(self, dense):
        """An integer, a text, a NULL of each; type ids 5 and 9."""
        tags = pa.array([5, 9, 5, 9, 9], pa.int8())
        if dense:
            numbers, words = pa.array([1, None]), pa.array(["b", None, "e"])
            offsets = pa.array([0, 0, 1, 1, 2], pa.int32())
            return pa.UnionArray.from_dense(tags, offsets, [numbers, words], ["n", "w"], [5, 9])
        numbers = pa.array([1, 2, None, 4, 5])
        words = pa.array(["a", "b", "c", None, "e"])
        return pa.UnionArray.from_sparse(tags, [numbers, words], ["n", "w"], [5, 9])

    def test_unions(self):
        expected = [1, "b", None, None, "e"]
        for dense in (False, True):
            with self.subTest(dense=dense):
                array = self.union(dense)
                self.check_json(array, expected)
                self.check_json(array.slice(1, 3), expected[1:4])
                self.check_json(pa.StructArray.from_arrays([array], names=["u"]),
                                [{"u": value} for value in expected])
                self.check_json(*columns.lists(array, pa.ListArray)[:1], [
                    [], [1], None, expected[1:]])


if __name__ == "__main__":
    unittest.main()
