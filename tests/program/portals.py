"""Several portals of one session, each far beyond what it may keep in memory, read in turn with
other statements in between: in a transaction, and in one pipeline. The server's memory stays small.

    portals.py HOST:PORT PID
"""

import importlib.util
import pathlib
import struct
import sys

spec = importlib.util.spec_from_file_location(
    "replay", pathlib.Path(__file__).resolve().parent.parent / "wire" / "replay.py")
replay = importlib.util.module_from_spec(spec)
spec.loader.exec_module(replay)

NAMES = {"$user": "tester", "$database": "main"}
PORTALS = 4
ROWS = 120_000
WIDTH = 150
STEP = 25_000
SQL = (f"select i * 10 + {{0}} as n, repeat(chr(97 + {{0}}), {WIDTH}) as t, [i, i + 1] as l "
       f"from range({ROWS}) as r(i)")
GROWTH_MIB = 50  # all portals together keep twice as much


def memory_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) >> 10


class Client:
    def __init__(self, address):
        self.connection = replay.Connection(address, NAMES)
        self.data = b""
        self.at = 0
        self.ask(replay.OPENING)

    def send(self, *lines):
        self.connection.send(lines)

    def message(self):
        while True:
            left = len(self.data) - self.at
            if left >= 5:
                size = struct.unpack_from("!i", self.data, self.at + 1)[0] + 1
                if left >= size:
                    start, self.at = self.at, self.at + size
                    return chr(self.data[start]), self.data[start + 5:self.at]
            more = self.connection.socket.recv(1 << 18)
            assert more, "the server has closed"
            self.data = self.data[self.at:] + more
            self.at = 0

    def until(self, *kinds):
        """The messages up to one of these, with it."""
        out = [self.message()]
        while out[-1][0] not in kinds:
            assert out[-1][0] != "E", out[-1]
            out.append(self.message())
        return out

    def ask(self, *lines):
        self.send(*lines)
        return self.until("Z")


class Rows:
    """What a portal has given so far is what it must have given."""

    def __init__(self, number):
        self.number = number
        self.next = 0

    def take(self, messages):
        for body in (body for kind, body in messages if kind == "D"):
            at, cells = 2, []
            for _ in range(3):
                size = struct.unpack_from("!i", body, at)[0]
                cells.append(body[at + 4:at + 4 + size])
                at += 4 + size
            assert cells == [b"%d" % (self.next * 10 + self.number),
                             bytes([97 + self.number]) * WIDTH,
                             b"{%d,%d}" % (self.next, self.next + 1)], (self.next, cells)
            self.next += 1


def bind(number):
    return [f'Parse "" "{SQL.format(number)}"', f'Bind "p{number}" "" [] [] []',
            f'Execute "p{number}" 1']


def in_transaction(client):
    rows = [Rows(i) for i in range(PORTALS)]
    client.ask('Query "begin"')
    client.ask('Query "create temporary table seen (n int)"')
    for number, one in enumerate(rows):
        one.take(client.ask(*bind(number), "Sync"))
        client.ask(f'Query "insert into seen values ({number})"')
    while any(one.next < ROWS for one in rows):
        for number, one in enumerate(rows):
            one.take(client.ask(f'Execute "p{number}" {STEP}', "Sync"))
        seen = client.ask('Query "select count(*) as n from seen"')
        assert [body[6:] for kind, body in seen if kind == "D"] == [b"%d" % PORTALS], seen
    client.ask('Query "rollback"')
    assert [one.next for one in rows] == [ROWS] * PORTALS


def in_pipeline(client):
    rows = [Rows(i) for i in range(PORTALS)]
    lines = [line for number in range(PORTALS) for line in bind(number)]
    for number in reversed(range(PORTALS)):
        lines += [f'Execute "p{number}" {STEP}', 'Parse "" "select 1"', 'Bind "" "" [] [] []',
                  'Execute "" 0', f'Execute "p{number}" 0']
    client.send(*lines, "Sync")
    for number in range(PORTALS):
        rows[number].take(client.until("s"))
    for number in reversed(range(PORTALS)):
        rows[number].take(client.until("s"))
        client.until("C")
        rows[number].take(client.until("C"))
    client.until("Z")
    assert [one.next for one in rows] == [ROWS] * PORTALS


def abandoned(client):
    """Portals that nobody reads to their end leave nothing behind."""
    client.ask('Query "begin"')
    for number in range(PORTALS):
        client.ask(*bind(number), "Sync")
    client.ask('Close P "p1"', "Sync")
    client.ask('Query "rollback"')


def main():
    address, pid = sys.argv[1:]
    client = Client(address)
    client.ask(*bind(0), 'Close P "p0"', "Sync")  # warm
    before = memory_mib(pid)
    for part in (in_transaction, in_pipeline, abandoned):
        part(client)
    growth = memory_mib(pid) - before
    files = [link for link in pathlib.Path(f"/proc/{pid}/fd").iterdir()
             if "deleted" in str(link.readlink())]
    print(f"grown by {growth} MiB; {len(files)} files left open")
    assert growth < GROWTH_MIB, growth
    assert not files, files


main()
