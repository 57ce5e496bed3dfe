"""Conversations of several sessions, held with PostgreSQL too, that must read the same."""

import unittest

from peer import Peer


class Both(unittest.TestCase):
    maxDiff = None

    def same(self, conversation):
        ours = conversation("wirehouse")
        self.assertEqual(ours, conversation("postgres"))
        return ours


def listening(server, channel="a"):
    peer = Peer(server)
    peer.query(f"listen {channel}")
    return peer


def told(peer, count=1):
    """So many messages, as they come."""
    lines = []
    for _ in range(count):
        lines += peer.answers("A")
    return lines
