"""Clients by the thousand that say nothing: the server's threads stay as many, a client costs
little, others are served, and when all have left at once nothing of them remains."""

import os
import resource
import subprocess
import time
import unittest

from peer import Peer
from process import PROCESS, status

PROGRAM = f"{os.environ['LOAD_PROGRAMS']}/idle_clients"
FILES_KEPT = 512  # of the server's own, and for other clients
COUNT = min(20000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - FILES_KEPT)
CLIENT_KIB = 16  # a generous bound


def files():
    return len(list((PROCESS / "fd").iterdir()))


class Crowd:
    """Idle clients in a process of their own, all logged in; they leave at the end of the block."""

    def __enter__(self):
        self.process = subprocess.Popen([PROGRAM, os.environ["PGPORT"], str(COUNT)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            raise AssertionError(f"the idle clients ended with {self.process.wait()}")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.code = self.process.wait()


def wait_for_files(count):
    """Until the server has closed all but so many."""
    end = time.monotonic() + 60
    while files() > count and time.monotonic() < end:
        time.sleep(0.01)
    return files()


class Idle(unittest.TestCase):
    def test_crowd(self):
        with Peer("wirehouse") as active:
            active.query("select count(*) as n from range(1000000) as t(i)")
            self.assertIn(f"Max open files            {resource.getrlimit(resource.RLIMIT_NOFILE)[1]} ",
                          (PROCESS / "limits").read_text())
            before = status("VmRSS"), files(), status("Threads")
            with Crowd() as crowd:
                full = status("VmRSS")
                cost = (full - before[0]) / COUNT
                self.assertEqual(status("Threads"), before[2])
                for number in range(100):
                    self.assertIn(f'DataRow "{number}"', active.query(f"select {number} as a"))
                    with Peer("wirehouse") as other:
                        self.assertIn('DataRow "2"', other.query("select 2 as a"))
            self.assertEqual(crowd.code, 0)
            self.assertEqual(wait_for_files(before[1]), before[1])
            left = status("VmRSS")
            with Crowd():
                again = status("VmRSS")
            self.assertEqual(wait_for_files(before[1]), before[1])
            print(f"{COUNT} idle clients: {cost:.1f} KiB each; {before[0]} KiB without them, {full} with them, "
                  f"{left} when they had left, {again} with others, {status('VmRSS')} in the end")
            self.assertLess(cost, CLIENT_KIB)
            self.assertLess(left - before[0], (full - before[0]) / 4)
            self.assertLess(again, full * 1.1)
            self.assertIn('DataRow "3"', active.query("select 3 as a"))
