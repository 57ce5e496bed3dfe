"""Listeners that do not read, and many at once: wirehouse alone."""

import concurrent.futures
import json
import os
import unittest
import urllib.request

from conversation import listening, told
from peer import Peer

FULL = "ErrorResponse ERROR 54000"
LARGE = "x" * 7999


def fill(sender, most=10000):
    """Until there is no more room; how many fitted."""
    for count in range(most):
        if sender.query(f"notify a, '{count} {LARGE[:7900]}'")[0] == FULL:
            return count
    return most


class SlowListeners(unittest.TestCase):
    def test_queue_is_full(self):
        with Peer("wirehouse") as a, Peer("wirehouse") as sender:
            a.query("begin")
            a.query("listen a; commit; begin")
            count = fill(sender)
            self.assertGreater(count, 500)
            self.assertEqual(sender.query("notify b")[0], 'CommandComplete "NOTIFY"')
            usage = float(sender.query("select pg_notification_queue_usage() as u")[0].split('"')[1])
            self.assertGreater(usage, 0.9)
            lines = a.query("commit")
            self.assertEqual(len(lines), count + 2)
            self.assertEqual(sender.query("notify a")[0], 'CommandComplete "NOTIFY"')
            self.assertEqual(told(a), ['NotificationResponse "a" ""'])
            self.assertEqual(sender.query("select pg_notification_queue_usage() as u")[0], 'DataRow "0"')

    def test_commit_that_finds_no_room(self):
        """It has rolled back."""
        with Peer("wirehouse") as a, Peer("wirehouse") as sender, Peer("wirehouse") as other:
            a.query("listen a")
            a.query("begin")
            sender.query("drop table if exists told; create table told (i int)")
            sender.query("begin; insert into told values (1)")
            for i in range(20):
                sender.query(f"notify a, '{i} {LARGE[:7900]}'")
            fill(other)
            self.assertEqual(sender.query("commit"), [FULL, "ReadyForQuery I"])
            self.assertEqual(sender.query("select count(*) as n from told")[0], 'DataRow "0"')
            self.assertFalse([line for line in a.query("rollback") if '"0 x' in line and '"19 x' in line])

    def test_transaction_too_large(self):
        with Peer("wirehouse") as sender:
            sender.query("begin")
            got = sender.query("select pg_notify('a', i::varchar || repeat('x', 7000)) from range(2000) t(i)")
            self.assertEqual(got, [FULL, "ReadyForQuery E"])
            self.assertEqual(sender.query("rollback")[0], 'CommandComplete "ROLLBACK"')

    def test_client_that_does_not_read(self):
        """Outside of a transaction: what it is told stops at the socket."""
        with Peer("wirehouse", receive_buffer=4096) as a, Peer("wirehouse") as sender:
            a.query("listen a")
            count = fill(sender)
            self.assertEqual(len(told(a, count)), count)

    def test_terminated_while_it_does_not_read(self):
        with Peer("wirehouse", receive_buffer=4096) as a, Peer("wirehouse") as sender:
            a.query("listen a")
            fill(sender)
            self.assertEqual(sender.query(f"select pg_terminate_backend({a.pid}, 60000) as done")[0], 'DataRow "t"')
            self.assertEqual(sender.query("notify a")[0], 'CommandComplete "NOTIFY"')


def http(sql):
    request = urllib.request.Request(f"http://127.0.0.1:{os.environ['HTTP_PORT']}/v1/query",
                                     json.dumps({"sql": sql}).encode())
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


class Http(unittest.TestCase):
    def test_notify(self):
        with listening("wirehouse") as a:
            http("notify a, 'from HTTP'")
            http("select pg_notify('a', 'by function')")
            self.assertEqual(told(a, 2), ['NotificationResponse "a" "from HTTP"',
                                          'NotificationResponse "a" "by function"'])

    def test_listen(self):
        with self.assertRaises(urllib.error.HTTPError) as caught:
            http("listen a")
        self.assertIn("0A000", caught.exception.read().decode())


CLIENTS, ROUNDS = 12, 25


def chatter(number):
    """Listens, tells, and comes and goes; it hears of itself once."""
    for i in range(ROUNDS):
        with Peer("wirehouse") as peer:
            peer.query("listen storm")
            peer.query("begin" if i % 2 else "select 1 as x")
            peer.query(f"notify storm, '{number} {i}'")
            peer.query(f"select pg_notify('storm', '{number} {i}')" if i % 3 else "select 2 as x")
            lines = peer.query("commit" if i % 2 else "select 3 as x")
            own = [line for line in lines if f'"{number} {i}"' in line]
            if i % 2 and len(own) != 1:
                return f"{number} {i}: {lines}"
    return None


class Storm(unittest.TestCase):
    def test_many(self):
        """A listener that stays hears all, each sender's in its order."""
        with listening("wirehouse", "storm") as a, concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            chatters = [pool.submit(chatter, number) for number in range(CLIENTS)]
            last = [-1] * CLIENTS
            while min(last) < ROUNDS - 1:
                number, i = map(int, told(a)[0].split('"')[3].split())
                self.assertIn(i, (last[number], last[number] + 1))
                last[number] = i
            self.assertEqual({one.result() for one in chatters}, {None})
