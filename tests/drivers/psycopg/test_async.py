"""psycopg 3 with asyncio: the same server, waited for in another way."""

import asyncio
import logging
import os
import unittest

from connecting import connect, connect_async, register
from driver_values import ENUM, ON_WIREHOUSE, SLOW, TYPES, comparable, rss
from psycopg import errors
from psycopg.types import TypeInfo
from psycopg.types.enum import EnumInfo

MANY = 500_000
logging.getLogger("asyncio").setLevel(logging.ERROR)  # it wonders at slow steps


class Case(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.connection = await connect_async()
        self.addAsyncCleanup(self.connection.close)
        await self.connection.execute("drop type if exists mood")
        await self.connection.execute(ENUM["create"])

    async def asyncTearDown(self):
        await self.connection.execute(ENUM["drop"])

    async def one(self, sql, params=None, binary=False):
        cursor = await self.connection.execute(sql, params, binary=binary)
        return await cursor.fetchone()

    async def test_round_trip(self):
        """Text and binary agree, and what was read can be sent."""
        described = (await self.connection.execute("select null::mood, null::mood[]")).description
        register(self.connection, *(column.type_code for column in described))
        for entry in TYPES:
            if entry.name in ("json", "jsonb", "varbit"):
                continue
            for value, sql, _ in entry.cases():
                with self.subTest(sql=value.sql):
                    text = (await self.one(f"select {value.sql}"))[0]
                    binary = (await self.one(f"select {value.sql}", binary=True))[0]
                    again = (await self.one(f"select %s::{sql}", (binary,), True))[0]
                    self.assertEqual(comparable(text, entry.name), comparable(binary, entry.name))
                    self.assertEqual(comparable(again, entry.name), comparable(binary, entry.name))

    async def test_type_info(self):
        """The catalogue is asked about a type."""
        info = await EnumInfo.fetch(self.connection, "mood")
        self.assertEqual(list(info.labels), ["sad", "ok", "very happy"])
        info = await TypeInfo.fetch(self.connection, "int4")
        self.assertEqual((info.oid, info.array_oid), (23, 1007))
        self.assertIsNone(await TypeInfo.fetch(self.connection, "nosuch"))

    async def test_pipeline(self):
        async with self.connection.pipeline():
            cursors = [await self.connection.execute("select %s::int4", (i,)) for i in range(200)]
            self.assertEqual([(await c.fetchone())[0] for c in cursors], list(range(200)))

    async def test_pipeline_error(self):
        with self.assertRaises(errors.UndefinedColumn):
            async with self.connection.pipeline():
                await self.connection.execute("select 1")
                await self.connection.execute("select nosuch")
        self.assertEqual(await self.one("select 1"), (1,))

    async def test_stream(self):
        server = os.environ.get("server_pid") if ON_WIREHOUSE else None
        before = rss(server) if server else 0
        total = 0
        async with self.connection.cursor() as cursor:
            sql = f"select i::int8, 'row ' || i from generate_series(1, {MANY}) t(i)"
            async for number, _ in cursor.stream(sql):
                total += number
        self.assertEqual(total, MANY * (MANY + 1) // 2)
        if server:
            self.assertLess(rss(server) - before, 64 << 20)

    async def test_transaction(self):
        await self.connection.execute("drop table if exists waited")
        await self.connection.execute("create table waited (a int4)")
        async with self.connection.transaction():
            await self.connection.execute("insert into waited values (1)")
        with self.assertRaises(errors.NumericValueOutOfRange):
            async with self.connection.transaction():
                await self.connection.execute("insert into waited values (2)")
                await self.connection.execute("select 100000::int4::int2")
        self.assertEqual(await self.one("select sum(a) from waited"), (1,))
        await self.connection.execute("drop table waited")

    async def test_side_by_side(self):
        async def ask(number):
            async with await connect_async() as connection:
                for i in range(20):
                    cursor = await connection.execute("select %s::int8 * %s", (number, i))
                    self.assertEqual(await cursor.fetchone(), (number * i,))
        await asyncio.gather(*(ask(number) for number in range(16)))

    async def test_cancelled_task(self):
        """A task that is cancelled cancels its statement."""
        task = asyncio.create_task(self.connection.execute(SLOW))
        await asyncio.wait([task], timeout=0.2)
        task.cancel()
        with self.assertRaises((asyncio.CancelledError, errors.QueryCanceled)):
            await task
        self.assertEqual(await self.one("select 1"), (1,))

    async def test_cancel(self):
        task = asyncio.create_task(self.connection.execute(SLOW))
        while not (await asyncio.wait([task], timeout=0.1))[0]:
            await self.connection.cancel_safe()
        with self.assertRaises(errors.QueryCanceled):
            await task
        self.assertEqual(await self.one("select 1"), (1,))

    async def test_timeout(self):
        await self.connection.execute("set statement_timeout = 150")
        with self.assertRaises(errors.QueryCanceled):
            await self.connection.execute(SLOW)


class TypeInfos(unittest.TestCase):
    def test_fetch(self):
        with connect() as connection:
            connection.execute("drop type if exists mood")
            connection.execute(ENUM["create"])
            info = EnumInfo.fetch(connection, "mood")
            self.assertEqual(list(info.labels), ["sad", "ok", "very happy"])
            described = connection.execute("select null::mood, null::mood[]").description
            self.assertEqual([info.oid, info.array_oid], [c.type_code for c in described])
            connection.execute(ENUM["drop"])
            self.assertIsNone(EnumInfo.fetch(connection, "mood"))
