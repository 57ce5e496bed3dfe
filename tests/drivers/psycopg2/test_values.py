"""Every type through psycopg2: text in, literals out."""

import datetime
import decimal
import json
import unittest
import uuid

import psycopg
import psycopg2.extensions
import psycopg2.extras
from connecting import Case, connect
from driver_values import ENGINE, EXTREMES, ON_WIREHOUSE, comparable, dimensions, each_type, nested
from psycopg.adapt import Transformer

psycopg2.extras.register_uuid()
TEXT_ARRAY = 1009
# The engine makes floats of literals that have no common decimal within 38 digits.
NO_LISTS = ("numeric_38_10",) if ON_WIREHOUSE else ()
# What psycopg2 leaves as text, alone and in arrays.
AS_TEXT = ("mood", "varbit")


def load(text, oid):
    return Transformer().get_loader(oid, psycopg.pq.Format.TEXT).load(text.encode())


def native(entry, text, is_array):
    """What psycopg2 makes of PostgreSQL's text; psycopg 3 has parsers for the same values."""
    if entry.name in AS_TEXT:
        return text
    if entry.name in ("json", "jsonb") and is_array:
        return nested(json.loads, load(text, TEXT_ARRAY))
    return load(text, entry.array_oid if is_array else entry.oid)


def same(value, name):
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, list):
        return [same(item, name) for item in value]
    return comparable(value, name)


def parameter(entry, text, is_array):
    if entry.name in AS_TEXT and is_array:
        return load(text, TEXT_ARRAY)
    value = native(entry, text, is_array)
    if entry.name in ("json", "jsonb"):
        if is_array:
            value = load(text, TEXT_ARRAY)
            return nested(lambda item: psycopg2.extras.Json(json.loads(item)), value)
        return psycopg2.extras.Json(value)
    return value


def texts(entry):
    for value in entry.values:
        yield value, entry.sql, False
    for value in entry.arrays:
        yield value, entry.sql + dimensions(value), True


def test_read(self, entry):
    for value, _, is_array in texts(entry):
        with self.subTest(sql=value.sql):
            got = self.one(f"select {value.sql}")[0]
            self.assertEqual(same(got, entry.name), same(native(entry, value.text, is_array),
                                                         entry.name))


def test_parameter(self, entry):
    for value, sql, is_array in texts(entry):
        if "-0" in value.text.strip("{}").split(","):  # a literal of numeric has no such value
            continue
        if is_array and entry.name in NO_LISTS:
            continue
        with self.subTest(value=value.text, type=sql):
            sent = parameter(entry, value.text, is_array)
            got = self.one(f"select cast(%s as {sql})", (sent,))[0]
            expected = native(entry, value.text, is_array)
            self.assertEqual(same(got, entry.name), same(expected, entry.name))
    with self.subTest(type=entry.sql):
        self.assertEqual(self.one(f"select cast(%s as {entry.sql}), cast(%s as {entry.sql}[])",
                                  (None, None)), (None, None))


def test_table(self, entry):
    """Literals without a cast go into columns, and columns are compared with them."""
    self.table("stored", f"id int4, v {entry.sql}, a {entry.sql}[]")
    for i, value in enumerate(entry.values):
        self.cursor.execute("insert into stored (id, v) values (%s, %s)",
                            (i, parameter(entry, value.text, False)))
    self.cursor.execute("insert into stored (id) values (-1)")
    self.cursor.execute("select id, v from stored where id >= 0 order by id")
    got = [same(row[1], entry.name) for row in self.cursor.fetchall()]
    expected = [same(native(entry, "0" if value.text == "-0" else value.text, False), entry.name)
                for value in entry.values]
    self.assertEqual(got, expected)
    self.assertEqual(self.one("select v, a from stored where id = -1"), (None, None))
    if entry.name == "json" or entry.name in NO_LISTS:  # PostgreSQL has no equality for json
        return
    values = [parameter(entry, value.text, False) for value in entry.values]
    self.cursor.execute(f"select id from stored where v = any(cast(%s as {entry.sql}[]))"
                        " and id > 0 order by id", (values[1:],))
    self.assertEqual([row[0] for row in self.cursor.fetchall()], list(range(1, len(values))))
    self.assertEqual(self.one("select id from stored where v = %s", (values[1],)), (1,))


@each_type(test_read)
@each_type(test_parameter)
@each_type(test_table)
class Types(Case):
    def setUp(self):
        super().setUp()
        self.connection.autocommit = True
        self.make_mood()


class Values(Case):
    PARAMETERS = [1, -5, 2.5, "it's", "back\\slash", None, True, datetime.date(2000, 1, 1),
                  datetime.datetime(2000, 1, 1, 2, 3, 4, 5), datetime.time(1, 2, 3),
                  datetime.timedelta(days=3, seconds=4, microseconds=5), decimal.Decimal("1.50"),
                  [1, 2, 3], ["a", "b,c", 'd"e'], [1.5, None], uuid.UUID(int=77), 2**40,
                  datetime.datetime(2000, 1, 1, 2, tzinfo=datetime.timezone.utc), float("inf")]

    def test_parameters(self):
        for value in self.PARAMETERS:
            with self.subTest(value=value):
                self.assertEqual(self.one("select %s", (value,))[0], value)

    def test_bytes(self):
        for octets in (b"", b"\x00\xff'\\", bytes(range(256)) * 100):
            with self.subTest(length=len(octets)):
                got = self.one("select %s", (psycopg2.Binary(octets),))[0]
                self.assertEqual(bytes(got), octets)

    def test_lists(self):
        self.table("found", "a int4, b text")
        self.cursor.execute("insert into found values (1, 'x'), (2, 'y'), (3, null)")
        for sql, value, expected in (
                ("select count(*) from found where a = any(%s)", [1, 3, 9], 2),
                ("select count(*) from found where b = any(%s)", ["x", "z"], 1),
                ("select count(*) from found where a = any(%s)", [], 0),
                ("select count(*) from found where a in %s", (1, 2), 2)):
            with self.subTest(sql=sql, value=value):
                self.assertEqual(self.one(sql, (value,)), (expected,))

    def test_description(self):
        self.cursor.execute("select 1::int4 as a, 'x'::text as b, 1.5::numeric(10, 2) as c")
        self.assertEqual([(c.name, c.type_code) for c in self.cursor.description],
                         [("a", 23), ("b", 25), ("c", 1700)])
        self.assertEqual((self.cursor.description[2].precision, self.cursor.description[2].scale),
                         (10, 2))

    def test_extremes(self):
        connection = connect()
        self.addCleanup(connection.close)
        for oid in (1082, 1114, 1184, 1083, 1266, 1186):  # as text
            as_text = psycopg2.extensions.new_type((oid,), f"text{oid}", lambda text, _: text)
            psycopg2.extensions.register_type(as_text, connection)
        cursor = connection.cursor()
        for value in EXTREMES:
            with self.subTest(sql=value.sql):
                cursor.execute(f"select {value.sql}")
                self.assertEqual(cursor.fetchone(), (value.text,))

    @unittest.skipUnless(ON_WIREHOUSE, "PostgreSQL has no such types")
    def test_engine(self):
        for value, oid in ENGINE:
            with self.subTest(sql=value.sql):
                got = self.one(f"select {value.sql}")[0]
                expected = load(value.text, oid)
                self.assertEqual(got, expected)
                self.assertEqual(self.cursor.description[0].type_code, oid)

    def test_execute_values(self):
        self.table("filled", "a int4, b text, c date")
        rows = [(i, f"row {i}", datetime.date(2024, 1, 1 + i % 28)) for i in range(1000)]
        psycopg2.extras.execute_values(self.cursor, "insert into filled values %s", rows)
        psycopg2.extras.execute_batch(self.cursor, "insert into filled values (%s, %s, %s)",
                                      [(-1, None, None), (-2, "x", rows[0][2])])
        self.assertEqual(self.one("select count(*), min(a) from filled"), (1002, -2))
        self.cursor.execute("select * from filled where a >= 0 order by a")
        self.assertEqual(self.cursor.fetchall(), rows)

    def test_dict_rows(self):
        with self.connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute("select 1 as a, 'x' as b")
            self.assertEqual(dict(cursor.fetchone()), {"a": 1, "b": "x"})

    def test_many_rows(self):
        self.cursor.execute("select i, 'row ' || i from generate_series(1, 300000) t(i)")
        self.assertEqual(self.cursor.rowcount, 300000)
        for number, row in enumerate(self.cursor, 1):
            self.assertEqual(row, (number, f"row {number}"))

    def test_several_statements(self):
        """One string; psycopg2 keeps the last result."""
        self.assertEqual(self.one("select 1; select 2; select 3"), (3,))
        self.cursor.execute("create temp table passing (a int4); insert into passing values (1)")
        self.assertEqual(self.cursor.statusmessage, "INSERT 0 1")
