"""LISTEN and NOTIFY through psycopg 3."""

import asyncio
import unittest

from connecting import connect, connect_async


class Notifications(unittest.TestCase):
    def setUp(self):
        self.listener, self.sender = connect(), connect()
        self.addCleanup(self.listener.close)
        self.addCleanup(self.sender.close)
        self.listener.execute("listen news")

    def heard(self, count):
        return [(notify.channel, notify.payload, notify.pid)
                for notify in self.listener.notifies(timeout=60, stop_after=count)]

    def test_generator(self):
        self.sender.execute("notify news, 'one'")
        self.sender.execute("select pg_notify('news', %s)", ("two",))
        pid = self.sender.info.backend_pid
        self.assertEqual(self.heard(2), [("news", "one", pid), ("news", "two", pid)])

    def test_transaction(self):
        with self.sender.transaction():
            for payload in "abab":
                self.sender.execute("select pg_notify('news', %s)", (payload,))
            self.sender.execute("notify other")
        with self.assertRaises(ZeroDivisionError), self.sender.transaction():
            self.sender.execute("notify news, 'never'")
            raise ZeroDivisionError
        self.sender.execute("notify news, 'last'")
        self.assertEqual([payload for _, payload, _ in self.heard(3)], ["a", "b", "last"])

    def test_handler(self):
        """Told beside the answer to something else."""
        heard = []
        self.listener.add_notify_handler(lambda notify: heard.append(notify.payload))
        with self.listener.transaction():
            self.listener.execute("select 1")
            self.sender.execute("notify news, 'x'")
            self.listener.execute("select 1")
            self.assertEqual(heard, [])
        self.assertEqual(heard, ["x"])

    def test_unlisten(self):
        self.listener.execute("unlisten news")
        self.sender.execute("notify news")
        self.assertEqual(self.listener.execute("select count(*) from pg_listening_channels()").fetchone(), (0,))
        self.listener.execute("listen news")
        self.sender.execute("notify news, 'again'")
        self.assertEqual([payload for _, payload, _ in self.heard(1)], ["again"])

    def test_asyncio(self):
        async def listen():
            async with await connect_async() as listener, await connect_async() as sender:
                await listener.execute("listen news")
                await sender.execute("notify news, 'hello'")
                async for notify in listener.notifies(timeout=60, stop_after=1):
                    return notify.payload
        self.assertEqual(asyncio.run(listen()), "hello")
