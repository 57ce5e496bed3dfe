"""Answers that are ready arrive while what was pipelined behind them runs; who is ended does not
wait for a client that does not read."""

from peer import ENDLESS, SLOW, Peer, execute
from test_postgres import CANCELLED, ENDED, Both


class Prompt(Both):
    def behind(self, first, last="Z"):
        """What comes while a slow statement behind it runs; it really does, for it can be cancelled."""
        def conversation(server):
            with Peer(server) as peer:
                peer.send(*first, f'Query "{SLOW[server]}"')
                out = peer.answers(last)
                peer.cancel_until_answered()
                return out + peer.until_ready() + peer.query("select 2 as a")
        out = self.same(conversation)
        self.assertIn(CANCELLED, out)
        return out

    def test_simple(self):
        self.behind(['Query "select 1 as a"'])

    def test_extended(self):
        self.behind([*execute("select 1 as a"), "Sync"])

    def test_error(self):
        self.behind(['Query "select nosuch"'])

    def test_several(self):
        def conversation(server):
            with Peer(server) as peer:
                peer.send(*['Query "select 1 as a"'] * 50, f'Query "{SLOW[server]}"')
                out = []
                for _ in range(50):
                    out += peer.until_ready()
                peer.cancel_until_answered()
                return out + peer.until_ready()
        self.same(conversation)

    def test_block(self):
        self.behind(['Query "begin"'])

    def test_flush(self):
        """What was asked for in front of Execute."""
        def conversation(server):
            with Peer(server) as peer:
                parse, bind, run = execute(SLOW[server])
                peer.send(parse, bind, "Flush", run, "Sync")
                out = peer.answers("2")
                peer.cancel_until_answered()
                return out + peer.until_ready()
        self.same(conversation)

    def test_large(self):
        """More than the socket takes at once: the rest follows as the client reads."""
        def conversation(server):
            with Peer(server, receive_buffer=4096) as peer:
                peer.send("Query \"select repeat('x', 120000) as a\"", f'Query "{SLOW[server]}"')
                out = peer.until_ready()
                peer.cancel_until_answered()
                return out + peer.until_ready()
        self.same(conversation)

    def test_again(self):
        """More than once on a connection."""
        def conversation(server):
            out = []
            with Peer(server) as peer:
                for i in range(5):
                    peer.send(f'Query "select {i} as a"', f'Query "{SLOW[server]}"')
                    out += peer.until_ready()
                    peer.cancel_until_answered()
                    out += peer.until_ready()
            return out
        self.same(conversation)


class Unread(Both):
    """pg_terminate_backend of a session whose client does not read waits for nothing."""

    def ended(self, *lines):
        def conversation(server):
            with Peer(server, receive_buffer=4096) as victim, Peer(server) as other:
                victim.send(*[line.replace("ENDLESS", ENDLESS[server]) for line in lines])
                victim.answers("D")
                other.send(f'Query "select pg_terminate_backend({victim.pid}, 60000) as done"')
                out = other.until_ready()
                # What had left is there; whether the last words are depends on when it stopped.
                return out + [line for line in victim.answers("none") if line not in (ENDED, "DataRow …")
                              and not line.startswith(("DataRow", "cut off"))]
        self.same(conversation)

    def test_rows(self):
        self.ended('Query "ENDLESS"')

    def test_rows_of_a_portal(self):
        self.ended(*execute("ENDLESS"), "Sync")

    def test_pipelined(self):
        self.ended(*['Query "select 1 as a"'] * 3, 'Query "ENDLESS"', 'Query "select 2 as a"')
