"""Every type through asyncpg: read from literals and from a table, written as parameters, alone,
NULL, and in arrays. asyncpg speaks binary only, but for codecs that are set to text."""

import datetime
import decimal
import json
import unittest
import uuid

import asyncpg
import psycopg
from connecting import Case
from driver_values import ENGINE, ON_WIREHOUSE, TYPES, comparable, nested
from psycopg.adapt import Transformer

STRINGS = ("text", "varchar", "json", "jsonb", "mood")
TEXT_ARRAY = 1009


def native(entry, text, is_array):
    """What asyncpg makes of PostgreSQL's text; psycopg's parsers know how to read it."""
    if entry.name in STRINGS or entry.name == "varbit":
        value = load(text, TEXT_ARRAY) if is_array else text
        return nested(asyncpg.BitString, value) if entry.name == "varbit" else value
    return load(text, entry.array_oid if is_array else entry.oid)


def load(text, oid):
    return Transformer().get_loader(oid, psycopg.pq.Format.TEXT).load(text.encode())


def same(value, name):
    if isinstance(value, (list, tuple)):
        return [same(item, name) for item in value]
    if isinstance(value, asyncpg.BitString):
        return value.as_string()
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime.datetime) and value.replace(tzinfo=None) == value.max:
        return "infinity"  # asyncpg's, whichever zone it has
    return comparable(value, name)


async def test_type(self, entry):
    if entry.name == "mood":
        await self.make_mood()
    for value, sql, _ in entry.cases():
        expected = native(entry, value.text, sql != entry.sql)
        with self.subTest(sql=value.sql):
            got = await self.connection.fetchval(f"select {value.sql}")
            self.assertEqual(same(got, entry.name), same(expected, entry.name))
            got = await self.connection.fetchval(f"select $1::{sql}", expected)
            self.assertEqual(same(got, entry.name), same(expected, entry.name))
    for sql in (entry.sql, entry.sql + "[]"):
        with self.subTest(sql=sql):
            row = await self.connection.fetchrow(f"select $1::{sql} as a, null::{sql} as b", None)
            self.assertEqual(tuple(row.items()), (("a", None), ("b", None)))


async def test_table(self, entry):
    """Parameters have the types of the columns that they meet."""
    if entry.name == "mood":
        await self.make_mood()
    columns = ["", "[]", "[][]"]
    await self.table("stored", f"id int4, v {entry.sql}, a {entry.sql}[], b {entry.sql}[][]")
    rows = []
    for i, (value, sql, _) in enumerate(entry.cases()):
        cells = [None, None, None]
        cells[columns.index(sql[len(entry.sql):])] = native(entry, value.text, sql != entry.sql)
        rows.append((i, *cells))
    await self.connection.executemany("insert into stored values ($1, $2, $3, $4)", rows)
    got = await self.connection.fetch("select * from stored order by id")
    for row, expected in zip(got, rows, strict=True):
        with self.subTest(row=expected):
            self.assertEqual(same(tuple(row), entry.name), same(expected, entry.name))
    if entry.name != "json":  # PostgreSQL has no equality for it
        values = [row[1] for row in rows if row[1] is not None]
        found = await self.connection.fetch(
            "select id from stored where v = any($1) and id > 0 order by id", values[1:])
        self.assertEqual([row["id"] for row in found], list(range(1, len(values))))
        found = await self.connection.fetch("select id from stored where v = $1", values[1])
        self.assertEqual([tuple(row) for row in found], [(1,)])
    if entry.name == "mood":  # before its type goes
        await self.drop("stored")


async def test_text_codec(self, entry):
    """The same type as text both ways."""
    if entry.name == "mood":
        await self.make_mood()
        await self.connection.set_type_codec("mood", encoder=str, decoder=str, format="text")
    else:
        name = entry.sql.split("(")[0]
        if name not in ("text", "varchar", "json", "bytea", "uuid", "date", "interval", "numeric"):
            return
        await self.connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=str,
                                             format="text")
    for value in entry.values:
        with self.subTest(sql=value.sql):
            self.assertEqual(await self.connection.fetchval(f"select {value.sql}"), value.text)
            got = await self.connection.fetchval(f"select $1::{entry.sql}", value.text)
            self.assertEqual(got, value.text)


def each_type(maker):
    def decorate(cls):
        for entry in TYPES:
            async def test(self, entry=entry):
                await maker(self, entry)
            setattr(cls, f"{maker.__name__}_{entry.name}", test)
        return cls
    return decorate


@each_type(test_type)
@each_type(test_table)
@each_type(test_text_codec)
class Types(Case):
    pass


class Values(Case):
    NATIVE = [
        ("42::int2", 42), ("7000000000::int8", 7_000_000_000), ("1.5::float8", 1.5),
        ("true", True), ("1.50::numeric(10, 2)", decimal.Decimal("1.50")), ("'λ'::text", "λ"),
        ("date '2024-02-29'", datetime.date(2024, 2, 29)),
        ("time '12:34:56.5'", datetime.time(12, 34, 56, 500000)),
        ("timestamptz '2024-02-29 12:00:00+02'", datetime.datetime(
            2024, 2, 29, 10, tzinfo=datetime.timezone.utc)),
        ("interval '1 day 2 seconds'", datetime.timedelta(days=1, seconds=2)),
        ("array[1, null, 3]::int8[]", [1, None, 3]), ("array['a', 'b,c']::text[]", ["a", "b,c"]),
    ]

    async def test_native(self):
        for sql, expected in self.NATIVE:
            with self.subTest(sql=sql):
                got = await self.connection.fetchval(f"select {sql}")
                self.assertEqual((type(got), got), (type(expected), expected))

    async def test_extremes(self):
        """asyncpg has dates for what is infinite."""
        for sql, expected in (("date 'infinity'", datetime.date.max),
                              ("timestamp '-infinity'", datetime.datetime.min)):
            with self.subTest(sql=sql):
                self.assertEqual(await self.connection.fetchval(f"select {sql}"), expected)

    @unittest.skipUnless(ON_WIREHOUSE, "PostgreSQL has no such types")
    async def test_engine(self):
        for value, oid in ENGINE:
            with self.subTest(sql=value.sql):
                got = await self.connection.fetchval(f"select {value.sql}")
                self.assertEqual(comparable(got), comparable(load(value.text, oid)))

    async def test_untyped(self):
        """The server says what a parameter is, and asyncpg believes it."""
        fetch = self.connection.fetchval
        self.assertEqual(await fetch("select $1", "x"), "x")
        self.assertEqual(await fetch("select $1 + 1", 41), 42)
        self.assertEqual(await fetch("select date '2024-01-01' < $1", datetime.date(2024, 1, 2)),
                         True)
        self.assertEqual(await fetch("select count(*) from generate_series(1, 20) t(i)"
                                     " where i > $1", 15), 5)
        self.assertEqual(await fetch("select i from generate_series(1, 9) t(i) order by i"
                                     " limit $1 offset $2", 1, 4), 5)

    async def test_wrong_type(self):
        """A parameter that does not fit never leaves the client."""
        with self.assertRaises(asyncpg.DataError):
            await self.connection.fetchval("select $1::int4", "x")
        with self.assertRaises(asyncpg.DataError):
            await self.connection.fetchval("select $1::int2", 70000)
        self.assertEqual(await self.connection.fetchval("select 1"), 1)

    async def test_custom_json(self):
        await self.connection.set_type_codec("json", schema="pg_catalog", encoder=json.dumps,
                                             decoder=json.loads)
        got = await self.connection.fetchval("select $1::json", {"a": [1, None]})
        self.assertEqual(got, {"a": [1, None]})

    async def test_long_values(self):
        text, octets = "λ" * 1_000_000, bytes(range(256)) * 10_000
        row = await self.connection.fetchrow("select $1::text, $2::bytea", text, octets)
        self.assertEqual(tuple(row), (text, octets))

    async def test_attributes(self):
        """What a prepared statement says of itself."""
        statement = await self.connection.prepare("select $1::int4 as a, $2::text as b")
        self.assertEqual([p.name for p in statement.get_parameters()], ["int4", "text"])
        self.assertEqual([(a.name, a.type.name) for a in statement.get_attributes()],
                         [("a", "int4"), ("b", "text")])
        self.assertEqual(tuple(await statement.fetchrow(1, "x")), (1, "x"))
