"""Connections of asyncpg to the server under test, and what its cases share."""

import logging
import unittest

import asyncpg
from driver_values import ADDRESS, ENUM

OPTIONS = {**ADDRESS, "database": "main"}
logging.getLogger("asyncio").setLevel(logging.ERROR)  # it wonders at slow steps


async def connect(**options):
    return await asyncpg.connect(**{**OPTIONS, **options})


class Case(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.connection = await connect()
        self.addAsyncCleanup(self.connection.close)

    async def make_mood(self):
        """The enum; asyncpg keeps what it has learnt of types, so it is learnt afresh."""
        await self.connection.execute("drop type if exists mood")
        await self.connection.execute(ENUM["create"])
        await self.connection.reload_schema_state()
        self.addAsyncCleanup(self.connection.execute, ENUM["drop"])

    async def table(self, name, columns):
        await self.connection.execute(f"drop table if exists {name}")
        await self.connection.execute(f"create table {name} ({columns})")
        self.addAsyncCleanup(self.drop, name)

    async def drop(self, name):
        connection = await connect()
        await connection.execute(f"drop table if exists {name}")
        await connection.close()
