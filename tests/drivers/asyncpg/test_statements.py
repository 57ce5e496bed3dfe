"""Statements, cursors, batches, transactions, errors and settings through asyncpg."""

import asyncio
import datetime
import os
import unittest

import asyncpg
from asyncpg import exceptions as errors
from connecting import OPTIONS, Case, connect
from driver_values import ON_WIREHOUSE, SLOW, rss

MANY = 2_000_000


class Prepared(Case):
    async def test_by_hand(self):
        statement = await self.connection.prepare("select $1::int8 * 2")
        for number in range(10):
            self.assertEqual(await statement.fetchval(number), number * 2)
        await statement.fetch(1)
        self.assertEqual(statement.get_statusmsg(), "SELECT 1")

    async def test_named(self):
        statement = await self.connection.prepare("select $1::text", name="by_name")
        self.assertEqual(await statement.fetchval("x"), "x")

    async def test_cached(self):
        """More statements than the cache holds: old ones are closed."""
        connection = await connect(statement_cache_size=5)
        for number in range(30):
            self.assertEqual(await connection.fetchval(f"select $1::int4 + {number}", 1),
                             number + 1)
        await connection.close()

    async def test_after_ddl(self):
        """The type of a result changes: asyncpg prepares again by itself, outside of a block."""
        await self.table("changing", "a int4")
        await self.connection.execute("insert into changing values (1)")
        query = "select a from changing"
        self.assertEqual(await self.connection.fetchval(query), 1)
        other = await connect()
        await other.execute("drop table changing")
        await other.execute("create table changing (a text)")
        await other.execute("insert into changing values ('x')")
        await other.close()
        self.assertEqual(await self.connection.fetchval(query), "x")

    async def test_after_ddl_in_a_block(self):
        await self.table("blocked", "a int4")
        await self.connection.execute("insert into blocked values (1)")
        query = "select a from blocked"
        self.assertEqual(await self.connection.fetchval(query), 1)
        other = await connect()
        await other.execute("alter table blocked alter column a type text")
        await other.close()
        with self.assertRaises(errors.InvalidCachedStatementError):
            async with self.connection.transaction():
                await self.connection.fetchval(query)
        self.assertEqual(await self.connection.fetchval(query), "1")

    async def test_several_statements(self):
        """Without parameters a string may hold many."""
        await self.table("several", "a int4")
        status = await self.connection.execute(
            "insert into several values (1); insert into several values (2); "
            "update several set a = a + 1")
        self.assertEqual(status, "UPDATE 2")
        self.assertEqual(await self.connection.fetchval("select sum(a) from several"), 5)


class Batches(Case):
    async def test_executemany(self):
        await self.table("many", "a int4, b text")
        await self.connection.executemany("insert into many values ($1, $2)",
                                          [(i, str(i)) for i in range(5000)])
        row = await self.connection.fetchrow("select count(*), sum(a), max(b) from many")
        self.assertEqual(tuple(row), (5000, 12497500, "999"))

    async def test_executemany_is_atomic(self):
        await self.table("atomic", "a int4 primary key")
        with self.assertRaises(errors.UniqueViolationError):
            await self.connection.executemany("insert into atomic values ($1)",
                                              [(1,), (2,), (1,), (3,)])
        self.assertEqual(await self.connection.fetchval("select count(*) from atomic"), 0)

    async def test_fetchmany(self):
        await self.table("giving", "a int4")
        rows = await self.connection.fetchmany(
            "insert into giving values ($1) returning a * 2 as b", [(1,), (2,), (3,)])
        self.assertEqual([row["b"] for row in rows], [2, 4, 6])

    async def test_fetchmany_is_atomic(self):
        with self.assertRaises(errors.NumericValueOutOfRangeError):
            await self.connection.fetchmany("select $1::int4::int2", [(1,), (100000,), (2,)])
        self.assertEqual(await self.connection.fetchval("select 1"), 1)

    async def test_pool(self):
        async def ask(pool, number):
            for i in range(10):
                self.assertEqual(await pool.fetchval("select $1::int8 * $2", number, i), number * i)
        async with asyncpg.create_pool(min_size=2, max_size=8, **OPTIONS) as pool:
            await asyncio.gather(*(ask(pool, number) for number in range(32)))


class Cursors(Case):
    """Portals with row limits: only inside of a transaction."""

    async def test_for(self):
        async with self.connection.transaction():
            rows = [row["i"] async for row in self.connection.cursor(
                "select i from generate_series(1, 1000) t(i) order by i", prefetch=7)]
        self.assertEqual(rows, list(range(1, 1001)))

    async def test_by_hand(self):
        async with self.connection.transaction():
            cursor = await self.connection.cursor(
                "select i from generate_series($1::int8, 20) t(i) order by i", 1)
            self.assertEqual((await cursor.fetchrow())["i"], 1)
            self.assertEqual([row["i"] for row in await cursor.fetch(3)], [2, 3, 4])
            self.assertEqual([row["i"] for row in await cursor.fetch(100)], list(range(5, 21)))
            self.assertEqual(await cursor.fetch(10), [])

    async def test_side_by_side(self):
        """Several portals, and statements in between, on one connection."""
        async with self.connection.transaction():
            sql = "select i * $1::int8 as i from generate_series(1, 100) t(i) order by 1"
            cursors = [await self.connection.cursor(sql, factor) for factor in (1, 2, 3)]
            for start in range(0, 100, 10):
                for factor, cursor in enumerate(cursors, 1):
                    rows = await cursor.fetch(10)
                    self.assertEqual([row["i"] for row in rows],
                                     [factor * (start + i) for i in range(1, 11)])
                self.assertEqual(await self.connection.fetchval("select $1::int4", start), start)

    async def test_outside(self):
        with self.assertRaises(errors.NoActiveSQLTransactionError):
            await self.connection.cursor("select 1")

    async def test_error_half_way(self):
        with self.assertRaises(errors.NumericValueOutOfRangeError):
            async with self.connection.transaction():
                sql = "select i::int2 from generate_series(1, 50000) t(i)"
                async for _ in self.connection.cursor(sql, prefetch=100):
                    pass
        self.assertEqual(await self.connection.fetchval("select 1"), 1)

    async def test_many_rows(self):
        """Millions of rows by a portal: the server does not keep them."""
        server = os.environ.get("server_pid") if ON_WIREHOUSE else None
        before = rss(server) if server else 0
        count = total = 0
        async with self.connection.transaction():
            sql = f"select i::int8, 'row ' || i from generate_series(1, {MANY}) t(i)"
            cursor = await self.connection.cursor(sql)
            while rows := await cursor.fetch(5000):
                count += len(rows)
                total += sum(row[0] for row in rows)
        self.assertEqual((count, total), (MANY, MANY * (MANY + 1) // 2))
        if server:
            self.assertLess(rss(server) - before, 64 << 20)

    async def test_fetch_all(self):
        rows = await self.connection.fetch("select i::int8, i::float8 / 2 from "
                                           "generate_series(1, 200000) t(i)")
        self.assertEqual([tuple(row) for row in rows], [(i, i / 2) for i in range(1, 200001)])


class Transactions(Case):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        await self.table("block", "a int4")

    async def count(self):
        return await self.connection.fetchval("select count(*) from block")

    async def test_block(self):
        with self.assertRaises(ZeroDivisionError):
            async with self.connection.transaction():
                await self.connection.execute("insert into block values (1)")
                raise ZeroDivisionError
        self.assertEqual(await self.count(), 0)
        async with self.connection.transaction():
            await self.connection.execute("insert into block values ($1)", 1)
        self.assertEqual(await self.count(), 1)

    async def test_error_inside(self):
        with self.assertRaises(errors.InFailedSQLTransactionError):
            async with self.connection.transaction():
                with self.assertRaises(errors.NumericValueOutOfRangeError):
                    await self.connection.fetchval("select $1::int4::int2", 100000)
                await self.connection.fetchval("select 1")
        self.assertEqual(await self.count(), 0)

    async def test_isolation(self):
        levels = ["read_uncommitted", "read_committed", "repeatable_read"]
        for level in levels + ([] if ON_WIREHOUSE else ["serializable"]):
            with self.subTest(level=level):
                async with self.connection.transaction(isolation=level):
                    await self.connection.execute("insert into block values (1)")
                async with self.connection.transaction(isolation=level):
                    self.assertGreater(await self.count(), 0)

    async def test_read_only(self):
        with self.assertRaises(errors.ReadOnlySQLTransactionError):
            async with self.connection.transaction(readonly=True):
                self.assertEqual(await self.count(), 0)
                await self.connection.execute("insert into block values (1)")
        async with self.connection.transaction(isolation="repeatable_read", readonly=True):
            self.assertEqual(await self.count(), 0)

    @unittest.skipUnless(ON_WIREHOUSE, "PostgreSQL has savepoints")
    async def test_savepoint(self):
        """A block inside of a block is a savepoint, which the engine has not."""
        with self.assertRaises(errors.FeatureNotSupportedError):
            async with self.connection.transaction():
                async with self.connection.transaction():
                    pass
        self.assertEqual(await self.count(), 0)


class Errors(Case):
    ROWS = [
        ("selec 1", errors.PostgresSyntaxError), ("select nosuch", errors.UndefinedColumnError),
        ("select * from nosuch", errors.UndefinedTableError),
        ("select nofunction(1)", errors.UndefinedFunctionError),
        ("select 'x'::text::int4", errors.InvalidTextRepresentationError),
        ("select 100000::int4::int2", errors.NumericValueOutOfRangeError),
        ("insert into keys values (1, 2)", errors.UniqueViolationError),
        ("insert into keys values (2, null)", errors.NotNullViolationError),
        ("insert into keys values (3, 10)", errors.CheckViolationError),
        ("create table keys (a int4)", errors.DuplicateTableError),
    ]

    async def test_codes(self):
        await self.table("keys", "a int4 primary key, b int4 not null, check (b < 9)")
        await self.connection.execute("insert into keys values (1, 1)")
        for sql, error_class in self.ROWS:
            for call in (self.connection.execute, self.connection.fetch):
                with self.subTest(sql=sql, call=call.__name__):
                    with self.assertRaises(asyncpg.PostgresError) as caught:
                        await call(sql)
                    self.assertIs(type(caught.exception), error_class, caught.exception)
        self.assertEqual(await self.connection.fetchval("select 1"), 1)

    async def test_position(self):
        with self.assertRaises(errors.PostgresSyntaxError) as caught:
            await self.connection.fetch("selec 1")
        self.assertEqual(caught.exception.position, "1")

    async def test_constraint_of_a_parameter(self):
        await self.table("keyed", "a int4 primary key")
        await self.connection.execute("insert into keyed values ($1)", 1)
        with self.assertRaises(errors.UniqueViolationError):
            await self.connection.execute("insert into keyed values ($1)", 1)

    async def test_timeout(self):
        """asyncpg's own: it cancels the statement on another connection."""
        with self.assertRaises(asyncio.TimeoutError):
            await self.connection.fetch(SLOW, timeout=0.3)
        self.assertEqual(await self.connection.fetchval("select 1"), 1)

    async def test_cancelled_task(self):
        task = asyncio.create_task(self.connection.fetch(SLOW))
        await asyncio.wait([task], timeout=0.2)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertEqual(await self.connection.fetchval("select 1"), 1)

    async def test_statement_timeout(self):
        await self.connection.execute("set statement_timeout = '150ms'")
        for call in (self.connection.execute, self.connection.fetch):
            with self.assertRaises(errors.QueryCanceledError):
                await call(SLOW)


class Settings(Case):
    async def test_server_settings(self):
        connection = await connect(server_settings={"application_name": "mine",
                                                    "timezone": "Europe/Berlin"})
        self.assertEqual(await connection.fetchval("show application_name"), "mine")
        self.assertEqual(connection.get_settings().TimeZone, "Europe/Berlin")
        text = await connection.fetchval("select (timestamptz '2024-07-01 12:00:00+00')::text")
        self.assertEqual(text, "2024-07-01 14:00:00+02")
        await connection.close()

    async def test_time_zone(self):
        await self.connection.execute("set timezone = 'Asia/Kolkata'")
        self.assertEqual(self.connection.get_settings().TimeZone, "Asia/Kolkata")
        moment = datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc)
        got = await self.connection.fetchval("select '2024-07-01 17:30:00'::timestamptz")
        self.assertEqual(got, moment)
        got = await self.connection.fetchval("select $1::timestamptz::timestamp", moment)
        self.assertEqual(got, datetime.datetime(2024, 7, 1, 17, 30))

    async def test_version(self):
        self.assertEqual(self.connection.get_server_version().major, 15)

    async def test_reset(self):
        """What a pool does with a connection that comes back."""
        await self.connection.execute("set application_name = 'changed'")
        await self.connection.reset()
        self.assertNotEqual(await self.connection.fetchval("show application_name"), "changed")

    async def test_log_listener(self):
        heard = []
        self.connection.add_log_listener(lambda _, message: heard.append(message.sqlstate))
        await self.connection.execute("rollback")
        await asyncio.sleep(0)
        self.assertEqual(heard, ["25P01"])
