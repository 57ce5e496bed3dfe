"""LISTEN and NOTIFY through asyncpg."""

import asyncio

from connecting import Case, connect


class Notifications(Case):
    async def test_listener(self):
        heard = asyncio.Queue()
        sender = await connect()
        self.addAsyncCleanup(sender.close)
        await self.connection.add_listener("news", lambda _, pid, channel, payload:
                                           heard.put_nowait((pid, channel, payload)))
        await sender.execute("notify news, 'one'")
        async with sender.transaction():
            await sender.execute("select pg_notify('news', $1)", "two")
            await sender.execute("select pg_notify('news', $1)", "two")
        pid = sender.get_server_pid()
        for payload in "one", "two":
            self.assertEqual(await asyncio.wait_for(heard.get(), 60), (pid, "news", payload))

    async def test_reset(self):
        """A connection that goes back to its pool listens no more."""
        await self.connection.add_listener("news", lambda *_: None)
        await self.connection.reset()
        self.assertEqual(await self.connection.fetchval("select count(*) from pg_listening_channels()"), 0)
