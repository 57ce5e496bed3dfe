"""Cancels over PostgreSQL's protocol: messages and SQLSTATEs are those of PostgreSQL."""

import unittest

from peer import ENDLESS, SLOW, Peer, cancel, execute

CANCELLED = "ErrorResponse ERROR 57014"
ENDED = "ErrorResponse FATAL 57P01"


class Both(unittest.TestCase):
    """Each test is one conversation, held with both servers, that must read the same."""

    maxDiff = None

    def same(self, conversation):
        ours = conversation("wirehouse")
        self.assertEqual(ours, conversation("postgres"))
        return ours


class Requests(Both):
    """CancelRequest."""

    def test_running(self):
        def conversation(server):
            with Peer(server) as peer:
                peer.send(f'Query "{SLOW[server]}"')
                peer.cancel_until_answered()
                return peer.until_ready() + peer.query("select 1 as a")
        self.assertIn(CANCELLED, self.same(conversation))

    def test_in_a_block(self):
        def conversation(server):
            with Peer(server) as peer:
                out = peer.query("begin")
                peer.send(f'Query "{SLOW[server]}"')
                peer.cancel_until_answered()
                return (out + peer.until_ready() + peer.query("select 1 as a") + peer.query("rollback")
                        + peer.query("select 2 as a"))
        self.assertIn("ReadyForQuery E", self.same(conversation))

    def test_query_string(self):
        """What was sent stays sent, what follows is not executed, and all is one transaction."""
        def conversation(server):
            with Peer(server) as peer:
                peer.query("drop table if exists cancelled; create table cancelled (a int)")
                out = []
                while not out[:1] == ['DataRow "1"']:  # else the cancel came too early
                    peer.send(f'Query "select 1 as a; insert into cancelled values (1); {SLOW[server]}; '
                              'select 2 as a"')
                    peer.cancel_until_answered()
                    out = peer.until_ready()
                return out + peer.query("select count(*) as n from cancelled")
        self.assertIn('DataRow "0"', self.same(conversation))

    def test_pipeline(self):
        """Up to Sync nothing more is done; behind it everything is."""
        def conversation(server):
            with Peer(server) as peer:
                out = []
                while 'DataRow "1"' not in out:  # else the cancel came too early
                    peer.send(*execute("select 1 as a"), *execute(SLOW[server]),
                              *execute("select 2 as a"), "Sync", *execute("select 3 as a"), "Sync")
                    peer.cancel_until_answered()
                    out = peer.until_ready() + peer.until_ready()
                return out
        self.assertEqual(self.same(conversation)[-2:], ['CommandComplete "SELECT 1"', "ReadyForQuery I"])

    def test_idle(self):
        """A cancel that finds nothing has no effect on what comes next, however soon."""
        def conversation(server):
            out = []
            with Peer(server) as peer:
                for _ in range(30):
                    peer.cancel()
                    out += peer.query("select 1 as a")
            return out
        self.assertNotIn(CANCELLED, self.same(conversation))

    def test_idle_in_a_block(self):
        def conversation(server):
            with Peer(server) as peer:
                out = peer.query("begin")
                peer.cancel()
                return out + peer.query("select 1 as a") + peer.query("commit")
        self.assertNotIn(CANCELLED, self.same(conversation))

    def test_suspended(self):
        """A portal that waits for its next Execute is left alone; the Execute is cancelled."""
        def conversation(server):
            with Peer(server) as peer:
                out = peer.query("begin")
                peer.send(f'Parse "" "{ENDLESS[server]}"', 'Bind "p" "" [] [] []', 'Execute "p" 2', "Flush")
                out += peer.answers("s")
                peer.cancel()
                peer.send('Execute "p" 3', "Flush")
                out += peer.answers("s")
                peer.send('Execute "p" 0', "Flush")
                out += peer.answers("D")
                peer.cancel()
                peer.send("Sync")
                return out + peer.until_ready() + peer.query("rollback")
        self.assertEqual(self.same(conversation)[-4:],
                         [CANCELLED, "ReadyForQuery E", 'CommandComplete "ROLLBACK"', "ReadyForQuery I"])

    def test_reader_that_stops(self):
        """It gets what was sent before, then the error, and the next statement is answered."""
        def conversation(server):
            with Peer(server, receive_buffer=4096) as peer:
                peer.send(f'Query "{ENDLESS[server]}"')
                out = peer.answers("D")
                peer.cancel()
                return out + peer.until_ready() + peer.query("select 1 as a")
        self.assertIn(CANCELLED, self.same(conversation))

    def test_closed(self):
        """The key of a session that has just closed, and its successors."""
        def conversation(server):
            out = []
            for _ in range(10):
                with Peer(server) as gone:
                    gone.query("select 1 as a")
                    gone.send("Terminate")
                with Peer(server) as peer:
                    peer.send('Query "select 2 as a"')
                    gone.cancel()
                    out += peer.until_ready()
            return out
        self.assertNotIn(CANCELLED, self.same(conversation))

    def test_wrong_keys(self):
        def conversation(server):
            with Peer(server) as victim, Peer(server) as other:
                wrong = bytes(byte ^ 1 for byte in victim.key)
                victim.send(f'Query "{SLOW[server]}"')
                for pid, key in ((victim.pid, wrong), (victim.pid, other.key), (other.pid, victim.key),
                                 (victim.pid + 1, victim.key), (0, victim.key), (2**32 - 1, victim.key),
                                 (victim.pid, b""), (victim.pid, victim.key[:3]),
                                 (victim.pid, victim.key + b"\0"), (victim.pid, victim.key * 64)):
                    cancel(server, pid, key)
                out = [victim.has_answered()]
                victim.cancel_until_answered()
                return out + victim.until_ready() + other.query("select 1 as a")
        self.assertEqual(self.same(conversation)[:2], [False, CANCELLED])


class Functions(Both):
    """pg_cancel_backend and pg_terminate_backend."""

    def test_cancel(self):
        def conversation(server):
            with Peer(server) as victim, Peer(server) as other:
                victim.send(f'Query "{SLOW[server]}"')
                out = []
                while not victim.has_answered():
                    out = other.query(f"select pg_cancel_backend({victim.pid}) as c")
                return out + victim.until_ready() + victim.query("select 1 as a")
        self.assertIn(CANCELLED, self.same(conversation))

    def test_what_is_no_process(self):
        """A warning behind the description of the rows, and false."""
        def conversation(server):
            with Peer(server) as peer:
                return (peer.query("select pg_cancel_backend(1234567) as c, pg_terminate_backend(0) as t")
                        + peer.query("select pg_cancel_backend(-5) as c")
                        + peer.query("select pg_cancel_backend(null) as c, pg_terminate_backend(null) as t, "
                                     "pg_terminate_backend(1, null) as u")
                        + peer.query("set client_min_messages = error; select pg_cancel_backend(0) as c")
                        + peer.query("select pg_terminate_backend(1, -1) as t")
                        + peer.query("select 1 as a where pg_cancel_backend(0)"))
        self.assertIn("NoticeResponse WARNING 01000", self.same(conversation))

    def test_parameters(self):
        def conversation(server):
            with Peer(server) as peer, Peer(server) as idle:
                peer.send('Parse "" "select pg_cancel_backend($1) as c"', 'Describe S ""',
                          f'Bind "" "" [] ["{idle.pid}"] []', 'Execute "" 0', "Sync")
                return peer.until_ready() + idle.query("select 1 as a")
        self.assertIn('DataRow "t"', self.same(conversation))

    def test_oneself(self):
        def conversation(server):
            with Peer(server) as peer:
                out = peer.query("select pg_cancel_backend(pg_backend_pid()) as c")
                out += peer.query("select 1 as a")
                out += peer.query("select pg_terminate_backend(pg_backend_pid()) as t")
                return [line for line in out if line != 'DataRow "t"']  # PostgreSQL may send it first
        self.assertEqual(self.same(conversation)[-2:], [ENDED, "closed"])

    def test_terminate(self):
        """Sending to who does not read yet, idle, in a block, running; waiting for the end of it.
        Who does not read has to, before wirehouse ends his session: that is not waited for."""
        def conversation(server):
            out = []
            with Peer(server) as other:
                for lines in ([f'Query "{ENDLESS[server]}"'], [], ['Query "begin"'], [f'Query "{SLOW[server]}"'],
                              [f'Query "begin; {SLOW[server]}"']):
                    for arguments in ("",) if ENDLESS[server] in "".join(lines) else ("", ", 60000"):
                        with Peer(server) as victim:
                            victim.send(*lines)
                            out += other.query(f"select pg_terminate_backend({victim.pid}{arguments}) as t")
                            if arguments:
                                out += other.query(f"select pg_cancel_backend({victim.pid}) as t")
                            out.append(victim.answers(None)[-1])
            return out
        self.assertEqual(self.same(conversation)[-5:],
                         ["NoticeResponse WARNING 01000", 'DataRow "f"', 'CommandComplete "SELECT 1"',
                          "ReadyForQuery I", "closed"])

    def test_terminate_running(self):
        def conversation(server):
            with Peer(server) as victim, Peer(server) as other:
                out = victim.query("select 1 as a")
                victim.send(f'Query "{SLOW[server]}"')
                out += other.query(f"select pg_terminate_backend({victim.pid}, 60000) as t")
                return out + victim.until_ready()
        self.assertEqual(self.same(conversation)[-2:], [ENDED, "closed"])


class Wirehouse(unittest.TestCase):
    """What PostgreSQL 15 cannot say."""

    def test_long_keys(self):
        with Peer("wirehouse", version="3.2") as victim:
            self.assertEqual(len(victim.key), 32)
            victim.send(f'Query "{SLOW["wirehouse"]}"')
            for key in (victim.key[:4], victim.key[:31], victim.key + b"\0", bytes(32), bytes(256)):
                cancel("wirehouse", victim.pid, key)
            self.assertFalse(victim.has_answered())
            victim.cancel_until_answered()
            self.assertEqual(victim.until_ready(), [CANCELLED, "ReadyForQuery I"])

    def test_queued(self):
        """Slots are two. Who waits for one is cancelled while others hold them."""
        with Peer("wirehouse") as first, Peer("wirehouse") as second, Peer("wirehouse") as third, \
                Peer("wirehouse") as fourth:
            peers = (first, second, third, fourth)
            for peer in peers:
                peer.send(f'Query "{SLOW["wirehouse"]}"')
            for peer in reversed(peers):
                peer.cancel_until_answered()
                self.assertEqual(peer.until_ready(), [CANCELLED, "ReadyForQuery I"])
            for peer in peers:
                self.assertEqual(peer.query("select 1 as a")[0], 'DataRow "1"')

    def test_late_for_a_suspended_portal(self):
        """A cancel that meets the end of an Execute cancels this one, or nothing: never the next."""
        cancelled = 0
        for turn in range(60):
            chunk = 2048 << turn % 8  # every Execute asks the engine, the longest while a cancel takes
            with Peer("wirehouse") as peer:
                peer.send(f'Parse "" "{ENDLESS["wirehouse"]}"', 'Bind "p" "" [] [] []')
                for _ in range(10):
                    peer.send(f'Execute "p" {chunk}', "Flush")
                    peer.cancel()
                    answer = self.outcome(peer)
                    if answer == "E":
                        cancelled += 1
                        break
                    peer.send(f'Execute "p" {chunk}', "Flush")
                    self.assertEqual(self.outcome(peer), "s", "cancelled without a cancel")
        self.assertGreater(cancelled, 0)

    @staticmethod
    def outcome(peer):
        while True:
            kind, _ = peer.next_raw()
            if kind in "sE":
                return kind


