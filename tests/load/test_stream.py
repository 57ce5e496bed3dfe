"""Results of any length leave the server's memory as it is, whether the reader is fast, slow or
has stopped, by both protocols."""

import http.client
import json
import os
import struct
import subprocess
import unittest

from peer import Peer, execute
from process import forget_peak, status

ROWS = 100_000_000 if os.environ.get("WIREHOUSE_FULL") else 10_000_000
DRAIN = f"{os.environ['BENCH_PROGRAMS']}/drain"
SQL = "select i from range({}) as t(i)"
DATA_ROW = 1 + 4 + 2 + 4 + 8  # of one int8 in binary
GROWTH_KIB = 64 << 10
WINDOW = 1 << 17  # of a slow reader


def drained(form):
    """What a reader that never pauses has counted."""
    out = subprocess.run([DRAIN, os.environ["PGPORT"], form, SQL.format(ROWS)], capture_output=True, check=True)
    return int(out.stdout.split()[0])


def ask(peer):
    """All rows in binary, up to the first."""
    lines = execute(SQL.format(ROWS))
    lines[1] = 'Bind "" "" [] [] [1]'
    peer.send(*lines, "Sync")
    while peer.next_raw()[0] != "D":
        pass


class Stream(unittest.TestCase):
    def setUp(self):
        with Peer("wirehouse") as peer:  # what the engine needs once
            peer.query("select count(*) as n from range(1000000) as t(i)")
        forget_peak()
        self.before = status("VmRSS")

    def tearDown(self):
        growth = status("VmHWM") - self.before
        print(f"{self.id().rsplit('.', 1)[1]}: {ROWS} rows, grown by {growth} KiB at most")
        self.assertLess(growth, GROWTH_KIB)

    def test_fast_text(self):
        self.assertEqual(drained("text"), ROWS)

    def test_fast_binary(self):
        self.assertEqual(drained("binary"), ROWS)

    def test_slow(self):
        """After each piece another statement has its turn."""
        with Peer("wirehouse", receive_buffer=WINDOW) as slow, Peer("wirehouse") as other:
            ask(slow)
            tail = b"C" + struct.pack("!i", 5 + len(f"SELECT {ROWS}")) + f"SELECT {ROWS}".encode() + b"\0Z\0\0\0\5I"
            left = DATA_ROW * (ROWS - 1) + len(tail) - len(slow.data)
            while left > len(tail):
                left -= len(slow.socket.recv(min(left - len(tail), WINDOW)))
                self.assertIn('DataRow "1"', other.query("select 1 as a"))
            self.assertEqual(slow.socket.recv(len(tail)), tail)

    def test_stopped(self):
        """It has the first rows and reads no more; others have all of theirs meanwhile."""
        with Peer("wirehouse", receive_buffer=WINDOW) as stopped:
            ask(stopped)
            self.assertEqual(drained("binary"), ROWS)
            self.assertTrue(stopped.has_answered())

    def test_http(self):
        connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["HTTP_PORT"]), timeout=60)
        connection.request("POST", "/v1/query", json.dumps({"sql": SQL.format(ROWS)}))
        response = connection.getresponse()
        tail = b""
        while piece := response.read(1 << 20):
            tail = (tail + piece)[-1000:]
        connection.close()
        self.assertIn(f"[{ROWS - 1}]]", tail.decode())
