"""tests/drivers/values.json for the suites of Python drivers, as the server under test needs it."""

import contextlib
import datetime
import decimal
import json
import math
import os
import pathlib
import struct
import threading
import typing

ON_WIREHOUSE = os.environ["SERVER_NAME"] == "wirehouse"
ADDRESS = {"host": os.environ["PGHOST"], "port": int(os.environ["PGPORT"]),
           "user": os.environ["PGUSER"]}
SLOW = "select count(*) from generate_series(1, 100000000000) t(i) where i % 7 = 3"


class Value(typing.NamedTuple):
    sql: str
    text: str


def dimensions(value):
    """Of an array, as a type has to say it for the engine: its lists of lists have another type
    than its lists. PostgreSQL does not mind."""
    return "[][]" if value.text.startswith("{{") else "[]"


class Type(typing.NamedTuple):
    """oid and array_oid are None where the server chooses them."""
    name: str
    sql: str
    oid: typing.Optional[int]
    array_oid: typing.Optional[int]
    values: list
    arrays: list

    def cases(self):
        """(value, type's SQL, oid) of all values, then of all arrays."""
        yield from ((value, self.sql, self.oid) for value in self.values)
        yield from ((value, self.sql + dimensions(value), self.array_oid)
                    for value in self.arrays)


def _own(entry, key):
    """What an entry says for this server."""
    if ON_WIREHOUSE:
        short = "wirehouse" if key == "sql" else "wirehouse_" + key
        return entry.get(short, entry.get(key))
    return entry.get(key)


def _values(entries):
    return [Value(_own(entry, "sql"), entry["text"]) for entry in entries]


_PATH = pathlib.Path(__file__).parent.parent / "drivers/values.json"
_DATA = json.loads(_PATH.read_text("utf-8"))
TYPES = [Type(entry["name"], _own(entry, "sql"), _own(entry, "oid"), _own(entry, "array_oid"),
              _values(entry["values"]), _values(entry["arrays"])) for entry in _DATA["types"]]
EXTREMES = _values(_DATA["extremes"])
ENGINE = [(Value(entry["sql"], entry["text"]), entry["oid"]) for entry in _DATA["engine"]]
ENUM = _DATA["enum"]
LABELS = ["sad", "ok", "very happy"]


def each_type(maker):
    """A class decorator: one test for each type, made by maker(name, type)."""
    def decorate(cls):
        for entry in TYPES:
            def test(self, entry=entry):
                maker(self, entry)
            setattr(cls, f"{maker.__name__}_{entry.name}", test)
        return cls
    return decorate


def bits(text):
    """A bit string's binary form."""
    padded = text.ljust(-(-len(text) // 8) * 8, "0")
    octets = bytes(int(padded[i:i + 8], 2) for i in range(0, len(padded), 8))
    return struct.pack(">i", len(text)) + octets


def nested(function, value):
    """A function of every element of a list of lists; NULL stays."""
    if isinstance(value, list):
        return [nested(function, item) for item in value]
    return None if value is None else function(value)


def comparable(value, name=""):
    """Equal for what is the same to a client of that type: NaN is NaN, -0 is not 0, 1.5 is not
    1.50, an instant has no zone."""
    if isinstance(value, (list, tuple)):
        return [comparable(item, name) for item in value]
    if isinstance(value, float):
        form = "f" if name == "float4" else "d"
        return "nan" if math.isnan(value) else struct.pack(form, value)
    if isinstance(value, decimal.Decimal):
        return (decimal.Decimal, str(value))
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return ("instant", value.astimezone(datetime.timezone.utc))
    if isinstance(value, datetime.time):
        return ("time", value.isoformat())
    return (type(value), value)


@contextlib.contextmanager
def cancelling(cancel, every=0.1):
    """Asks for a cancel until the statement inside has ended: one that comes before the
    statement is for nothing."""
    over = threading.Event()

    def ask():
        while not over.wait(every):
            cancel()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def rss(pid):
    """What a process holds of memory, in bytes."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
