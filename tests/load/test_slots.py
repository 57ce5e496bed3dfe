"""Every slot is taken by a statement without end, and more wait in line: what needs no engine
is answered all the same, before any of them."""

import http.client
import os
import time
import unittest

from commands_table import commands
from peer import SLOW, Peer, cancel, replay
from process import run_times

SLOTS = int(os.environ["SLOTS"])
WAITING = 4
BUSY_NS = 30_000_000
# They look at the tables, or hold a statement that the engine reads.
ASKS_ENGINE = {"lock table t in access share mode", "declare c binary insensitive scroll cursor for select 1",
               "declare h cursor with hold for select 1", "prepare p (int, text) as select $1 + 1, $2"}

STRINGS = [
    (["begin; set local work_mem = '8MB'; show work_mem; commit"], 'CommandComplete "COMMIT"'),
    (["begin; set local work_mem = '8MB'; show work_mem; rollback"], 'CommandComplete "ROLLBACK"'),
    (["begin", "set local timezone to 'nonsense'", "select 1", "commit"], 'CommandComplete "ROLLBACK"'),
    (["begin", "savepoint a", "select 1"], "ErrorResponse ERROR 25P02"),
    (["begin", "begin", "commit and chain", "commit"], 'CommandComplete "COMMIT"'),
    (["set nosuch.setting = 1; show nosuch.setting"], 'DataRow "1"'),
    (["set work_mem = 'nonsense'"], "ErrorResponse ERROR 22023"),
    (["; set"], "ErrorResponse ERROR 42601"),
    ([""], "EmptyQueryResponse"),
    ([" ; "], "EmptyQueryResponse"),
]

# "known" is a statement of the engine's that was prepared before.
MESSAGES = [
    (['Describe S "known"'], 'RowDescription "a" int4/4/0'),
    (['Bind "" "known" [] ["7"] []', 'Describe P ""'], 'RowDescription "a" int4/4/0'),
    (['Bind "" "known" [] ["x"] []'], "ErrorResponse ERROR 22P02"),
    (['Bind "" "known" [] [] []'], "ErrorResponse ERROR 08P01"),
    (['Bind "" "nosuch" [] [] []'], "ErrorResponse ERROR 26000"),
    (['Describe S "nosuch"'], "ErrorResponse ERROR 26000"),
    (['Execute "nosuch"'], "ErrorResponse ERROR 34000"),
    (['Parse "" "select 1; select 2"'], "ErrorResponse ERROR 42601"),
    (['Close S "nosuch"'], "CloseComplete"),
    (['Parse "own" "show work_mem"', 'Describe S "own"', 'Close S "own"'], "CloseComplete"),
]

LOGINS = [
    ("3.0", [], "ReadyForQuery I"),
    ("3.2", [], "ReadyForQuery I"),
    ("3.0", ["TimeZone=Europe/Berlin", "search_path=main", "application_name=a"], "ReadyForQuery I"),
    ("3.0", ["nosuch=1"], "ErrorResponse FATAL 42704"),
    ("3.0", ["TimeZone=nonsense"], "ErrorResponse FATAL 22023"),
]

REQUESTS = [
    ("GET", "/health", None, 200),
    ("GET", "/ready", None, 200),
    ("GET", "/nosuch", None, 404),
    ("GET", "/v1/query", None, 405),
    ("POST", "/v1/query", "no JSON", 400),
]


def wait_until_busy(before, count):
    """As many threads work: nothing else of the server's takes so long."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        now = run_times()
        if sum(now[name] - before.get(name, 0) > BUSY_NS for name in now) >= count:
            return
        time.sleep(0.01)
    raise AssertionError("the slots are not taken")


class Slots(unittest.TestCase):
    def setUp(self):
        self.probe = Peer("wirehouse")
        self.probe.send('Parse "known" "select $1::int4 as a"', "Sync")
        self.probe.until_ready()
        self.long = [Peer("wirehouse") for _ in range(SLOTS + WAITING)]
        before = run_times()
        self.ask_long(self.long[:SLOTS])
        wait_until_busy(before, SLOTS)
        self.ask_long(self.long[SLOTS:])

    @staticmethod
    def ask_long(peers):
        for peer in peers:
            peer.send(f'Query "{SLOW["wirehouse"]}"')

    def tearDown(self):
        """None of them has ended; each is cancelled, and then serves again."""
        self.assertFalse(any(peer.has_answered() for peer in self.long))
        for peer in self.long:
            peer.cancel_until_answered()
            self.assertEqual(peer.until_ready(), ["ErrorResponse ERROR 57014", "ReadyForQuery I"])
            peer.socket.close()
        self.assertIn('DataRow "1"', self.probe.query("select 1 as a"))
        self.probe.socket.close()

    def test_commands(self):
        """Every row that is the server's, and every refusal, by both protocols."""
        rows = [row for row in commands() if row[3] in ("server", "refused") and row[0] not in ASKS_ENGINE]
        self.assertGreater(len(rows), 40)
        for example, in_block, tag, _ in rows:
            wanted = f'CommandComplete "{tag}"'
            if tag[-1].isdigit() and " " not in tag:
                wanted = f"ErrorResponse ERROR {tag}"
            extended = [f'Parse "" "{example}"', 'Bind "" "" [] [] []', 'Describe P ""', 'Execute "" 0', "Sync"]
            for lines in ([f'Query "{example}"'], extended):
                with self.subTest(lines[0]):
                    if in_block:
                        self.probe.query("begin")
                    self.probe.send(*lines)
                    self.assertIn(wanted, self.probe.until_ready())
                    if in_block:
                        self.probe.query("rollback")

    def test_strings(self):
        for strings, wanted in STRINGS:
            with self.subTest(strings):
                answers = [self.probe.query(sql) for sql in strings]
                self.assertIn(wanted, answers[-1])
                self.probe.query("rollback")

    def test_messages(self):
        for lines, wanted in MESSAGES:
            with self.subTest(lines):
                self.probe.send(*lines, "Sync")
                # A description of rows is left out by answers().
                lines = []
                while not lines or not lines[-1].startswith("ReadyForQuery"):
                    lines.append(replay.render(*self.probe.next_raw()))
                self.assertIn(wanted, lines)

    def test_logins(self):
        for version, settings, wanted in LOGINS:
            with self.subTest(settings), Peer("wirehouse", version, settings=settings) as peer:
                self.assertIn(wanted, peer.greeting)

    def test_http(self):
        for method, path, body, status in REQUESTS:
            with self.subTest(path):
                connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["HTTP_PORT"]), timeout=60)
                connection.request(method, path, body)
                self.assertEqual(connection.getresponse().status, status)
                connection.close()

    def test_cancel_in_line(self):
        """Who waits for a slot can be cancelled, hang up, and ask again, while nobody gets one."""
        first, second, third = self.long[SLOTS:SLOTS + 3]
        first.cancel_until_answered()
        self.assertEqual(first.until_ready(), ["ErrorResponse ERROR 57014", "ReadyForQuery I"])
        self.assertIn('DataRow "8MB"', first.query("set work_mem = '8MB'; show work_mem"))
        second.socket.close()
        cancel("wirehouse", third.pid, bytes(4))  # not its key
        self.assertFalse(third.has_answered())
        self.assertIn('CommandComplete "SHOW"', self.probe.query("show work_mem"))
        self.long[SLOTS + 1] = Peer("wirehouse")
        self.ask_long([first, self.long[SLOTS + 1]])
