"""Between sessions: when a notification is told, to whom, in which order."""

import struct

from conversation import Both, listening, told
from peer import Peer, execute


class Telling(Both):
    def test_idle(self):
        """Who waits is told at once; who does not listen, never."""
        def conversation(server):
            with listening(server) as a, listening(server) as b, Peer(server) as other, Peer(server) as sender:
                out = sender.query("notify a, '1'")
                return out + told(a) + told(b) + other.query("select 1 as x") + a.query("select 1 as x")
        self.assertIn('NotificationResponse "a" "1"', self.same(conversation))

    def test_sender(self):
        """The process id is the sender's."""
        for server in "wirehouse", "postgres":
            with listening(server) as a, Peer(server) as sender:
                sender.query("notify a")
                kind, body = a.next_raw()
                self.assertEqual((kind, struct.unpack_from("!I", body)[0]), ("A", sender.pid))

    def test_in_a_block(self):
        """Who is in a transaction is told when it ends, in front of ReadyForQuery."""
        def conversation(server):
            with listening(server) as a, Peer(server) as sender:
                out = a.query("begin")
                sender.query("notify a, '1'")
                out += a.query("select 1 as x")
                sender.query("notify a, '2'")
                return out + a.query("commit") + a.query("begin") + a.query("rollback")
        self.same(conversation)

    def test_in_a_failed_block(self):
        def conversation(server):
            with listening(server) as a, Peer(server) as sender:
                out = a.query("begin") + a.query("select nosuch")
                sender.query("notify a, '1'")
                return out + a.query("select 1") + a.query("commit")
        self.same(conversation)

    def test_in_an_extended_query(self):
        """Its transaction ends with Sync."""
        def conversation(server):
            with listening(server) as a, Peer(server) as sender:
                a.send('Parse "" "select 1 as x"', "Flush")
                out = a.answers("1")
                sender.query("notify a, '1'")
                a.send('Bind "" "" [] [] []', 'Execute "" 0', "Flush")
                out += a.answers("C")
                a.send("Sync")
                out += a.until_ready()
                a.send("Sync")
                return out + a.until_ready()
        self.same(conversation)

    def test_suspended(self):
        def conversation(server):
            with listening(server) as a, Peer(server) as sender:
                a.send(*execute("values (1), (2)", 1), "Flush")
                out = a.answers("s")
                sender.query("notify a, '1'")
                a.send('Execute "" 0', "Sync")
                return out + a.until_ready()
        self.same(conversation)

    def test_order_of_commits(self):
        """Not of NOTIFY; and each transaction's stay together."""
        def conversation(server):
            with listening(server) as a, Peer(server) as one, Peer(server) as two:
                for peer, number in (one, 1), (two, 2):
                    peer.query("begin")
                    peer.query(f"notify a, '{number} first'; notify a, '{number} second'")
                two.query("commit")
                out = told(a, 2)
                one.query("commit")
                return out + told(a, 2)
        self.same(conversation)

    def test_not_before_the_commit(self):
        def conversation(server):
            with listening(server) as a, Peer(server) as sender:
                sender.query("begin")
                sender.query("notify a, '1'")
                out = a.query("select 1 as x")
                sender.query("rollback")
                out += a.query("select 2 as x")
                sender.query("notify a, '2'")
                return out + told(a)
        self.same(conversation)

    def test_unlisten(self):
        def conversation(server):
            with listening(server) as a, Peer(server) as sender:
                out = a.query("listen b; listen c; unlisten a")
                sender.query("notify a")
                sender.query("notify b")
                out += told(a) + a.query("begin") + a.query("unlisten *")
                sender.query("notify c")
                out += a.query("rollback")
                sender.query("notify b")
                return out + told(a) + a.query("unlisten *") + sender.query("notify b") + a.query("select 1 as x")
        self.same(conversation)

    def test_ended_sender(self):
        """What a session that ends has not committed is not told."""
        def conversation(server):
            with listening(server) as a, Peer(server) as sender:
                sender.query("begin")
                sender.query("notify a, '1'")
                sender.send("Terminate")
                out = sender.answers("Z")
                with Peer(server) as other:
                    other.query("notify a, '2'")
                return out + told(a)
        self.same(conversation)

    def test_function(self):
        """pg_notify in a statement with many rows, and in one that fails."""
        def conversation(server):
            rows = {"postgres": "generate_series(1, 3)", "wirehouse": "range(1, 4)"}[server]
            with listening(server) as a, Peer(server) as sender:
                out = sender.query(f"select pg_notify('a', (i % 2)::text) from {rows} t(i)")
                out += sorted(told(a, 2))
                sender.query(f"select pg_notify('a', i::text), ('x' || i)::int from {rows} t(i)")
                sender.query("notify a, 'last'")
                return out + told(a)
        self.same(conversation)

    def test_database_of_many_channels(self):
        def conversation(server):
            with Peer(server) as a, Peer(server) as sender:
                a.query("; ".join(f"listen c{i}" for i in range(200)))
                sender.query("begin")
                for i in range(0, 200, 7):
                    sender.query(f"notify c{i}, '{i}'")
                sender.query("notify nobody")
                sender.query("commit")
                return told(a, len(range(0, 200, 7))) + a.query("unlisten *")
        self.same(conversation)
