"""Columns of every type that pyarrow can make, and the shapes that a column can come in."""

import datetime
import decimal
import uuid

import pyarrow as pa

D = decimal.Decimal
UTC = datetime.timezone.utc


def day(*args):
    return datetime.date(*args)


def at(*args, **kwargs):
    return datetime.datetime(*args, **kwargs)


def ints(bits, signed):
    """Both ends of the range, and NULL."""
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return [low, 0, None, 1, high]


def decimals(precision, scale):
    """All nines, both signs, and small ones."""
    nines = D((0, (9,) * precision, -scale))
    return [nines, nines.copy_negate(), None, D((0, (1,), -scale)), D((0, (), -scale))]


TEXTS = ["", None, "short", "twelve bytes", "thirteen byte", "a \"quoted\", {braced} \\ text",
         "NULL", "Zürich 日本語 🦆", "x" * 5000]
BYTES = [b"", None, b"\x00\xff", bytes(range(256)), b"twelve bytes", b"thirteen byte"]
TIMES = [datetime.time(0, 0), None, datetime.time(23, 59, 59), datetime.time(12, 34, 56)]
STAMPS = [at(1970, 1, 1), None, at(2000, 1, 1, 0, 0, 1), at(1969, 12, 31, 23, 59, 59),
          at(2024, 2, 29, 12, 34, 56), at(1700, 1, 1), at(2200, 12, 31)]
SPANS = [datetime.timedelta(0), None, datetime.timedelta(days=400, seconds=5),
         datetime.timedelta(seconds=-1)]

# name: (type, values, PostgreSQL's type)
SCALARS = {
    "null": (pa.null(), [None, None, None, None], "text"),
    "bool": (pa.bool_(), [True, False, None, True, True, False, None, True, False], "boolean"),
    "int8": (pa.int8(), ints(8, True), "smallint"),
    "int16": (pa.int16(), ints(16, True), "smallint"),
    "int32": (pa.int32(), ints(32, True), "integer"),
    "int64": (pa.int64(), ints(64, True), "bigint"),
    "uint8": (pa.uint8(), ints(8, False), "smallint"),
    "uint16": (pa.uint16(), ints(16, False), "integer"),
    "uint32": (pa.uint32(), ints(32, False), "bigint"),
    "uint64": (pa.uint64(), ints(64, False), "numeric"),
    "float16": (pa.float16(), [0.0, -0.0, None, 1.5, -2.25, 65504.0, 2.0 ** -24, 2.0 ** -14,
                               float("inf"), float("-inf")], "real"),
    "float32": (pa.float32(), [0.0, -0.0, None, 1.5, 2.0 ** 100, float("inf")],
                "real"),
    "float64": (pa.float64(), [0.0, None, 0.1, -1e300, 5e-324, float("-inf")],
                "double precision"),
    "decimal32": (pa.decimal32(9, 3), decimals(9, 3), "numeric"),
    "decimal64": (pa.decimal64(18, 0), decimals(18, 0), "numeric"),
    "decimal64 whole": (pa.decimal64(18, 18), decimals(18, 18), "numeric"),
    "decimal128": (pa.decimal128(38, 10), decimals(38, 10), "numeric"),
    "decimal128 negative": (pa.decimal128(10, -5), decimals(10, -5), "numeric"),
    "decimal128 small": (pa.decimal128(5, 30), decimals(5, 30), "numeric"),
    "decimal256": (pa.decimal256(76, 0), decimals(76, 0), "numeric"),
    "decimal256 38": (pa.decimal256(76, 38), decimals(76, 38), "numeric"),
    "decimal256 76": (pa.decimal256(76, 76), decimals(76, 76), "numeric"),
    "decimal256 short": (pa.decimal256(10, 2), decimals(10, 2), "numeric"),
    "utf8": (pa.string(), TEXTS, "text"),
    "large_utf8": (pa.large_string(), TEXTS, "text"),
    "utf8_view": (pa.string_view(), TEXTS, "text"),
    "binary": (pa.binary(), BYTES, "bytea"),
    "large_binary": (pa.large_binary(), BYTES, "bytea"),
    "binary_view": (pa.binary_view(), BYTES, "bytea"),
    "fixed binary": (pa.binary(3), [b"abc", None, b"\0\0\0"], "bytea"),
    "date32": (pa.date32(), [day(1970, 1, 1), None, day(1, 1, 1), day(9999, 12, 31)], "date"),
    "date64": (pa.date64(), [day(1970, 1, 1), None, day(1969, 12, 31), day(9999, 12, 31)], "date"),
    "time32[s]": (pa.time32("s"), TIMES, "time without time zone"),
    "time32[ms]": (pa.time32("ms"), [*TIMES, datetime.time(1, 2, 3, 4000)],
                   "time without time zone"),
    "time64[us]": (pa.time64("us"), [*TIMES, datetime.time(1, 2, 3, 4)], "time without time zone"),
    "time64[ns]": (pa.time64("ns"), [*TIMES, datetime.time(1, 2, 3, 4)], "time without time zone"),
    "duration[s]": (pa.duration("s"), SPANS, "interval"),
    "duration[ms]": (pa.duration("ms"), SPANS, "interval"),
    "duration[us]": (pa.duration("us"), [*SPANS, datetime.timedelta(microseconds=-3)], "interval"),
    "duration[ns]": (pa.duration("ns"), SPANS, "interval"),
    "uuid": (pa.uuid(), [uuid.UUID(int=0).bytes, None, uuid.UUID(int=2 ** 127 + 5).bytes], "uuid"),
    "json": (pa.json_(), ['{"a": [1, 2]}', None, "null", '"x"'], "json"),
    "bool8": (pa.bool8(), [1, 0, None, 2], "boolean"),
}
for unit in ("s", "ms", "us", "ns"):
    finer = [] if unit == "s" else [at(2024, 2, 29, 12, 34, 56, 789000)]
    stamps = [*STAMPS, *finer]
    SCALARS[f"timestamp[{unit}]"] = (pa.timestamp(unit), stamps, "timestamp without time zone")
    zoned = [value and value.replace(tzinfo=UTC) for value in stamps]
    SCALARS[f"timestamp[{unit}, zone]"] = (pa.timestamp(unit, "Europe/Berlin"), zoned,
                                           "timestamp with time zone")


def make(name):
    """The array of a row of SCALARS."""
    kind, values, _ = SCALARS[name]
    if isinstance(kind, pa.BaseExtensionType):
        return kind.wrap_array(pa.array(values, kind.storage_type))
    return pa.array(values, kind)


# ---- shapes: from an array to others, each with what its rows are ----

def encoded(array, index):
    """By a dictionary in which rows appear backwards, and NULL is an index, or a value."""
    length = len(array)
    indexes = pa.array([None if i == 1 else length - 1 - i for i in range(length)], index)
    values = array.to_pylist()
    expected = [None if i == 1 else values[length - 1 - i] for i in range(length)]
    return pa.DictionaryArray.from_arrays(indexes, array), expected


def runs(array, kind):
    """Each value twice, the first three times."""
    ends = pa.array([2 * i + 3 for i in range(len(array))], kind)
    values = array.to_pylist()
    expected = values[:1] + [value for value in values for _ in range(2)]
    return pa.RunEndEncodedArray.from_arrays(ends, array), expected


def list_offsets(length):
    """Lists of lengths 0, 1, NULL, the rest."""
    return [0, 0, None, 1, length], [(0, 0), (0, 1), None, (1, length)]


def lists(array, kind):
    offsets, ranges = list_offsets(len(array))
    index = pa.int64() if kind in (pa.LargeListArray, pa.LargeListViewArray) else pa.int32()
    values = array.to_pylist()
    expected = [part and values[part[0]:part[1]] for part in ranges]
    if kind in (pa.ListArray, pa.LargeListArray):
        return kind.from_arrays(pa.array(offsets, index), array), expected
    starts = pa.array([part[0] if part else 0 for part in ranges], index)
    sizes = pa.array([part[1] - part[0] if part else 0 for part in ranges], index)
    mask = pa.array([part is None for part in ranges])
    return kind.from_arrays(starts, sizes, array, mask=mask), expected


def pairs(array):
    """Lists of two; one more row than the array has pairs is left out."""
    length = len(array) // 2 * 2
    values = array.to_pylist()
    mask = pa.array([i == 1 for i in range(length // 2)], pa.bool_())
    expected = [None if i == 1 else values[2 * i:2 * i + 2] for i in range(length // 2)]
    return pa.FixedSizeListArray.from_arrays(array.slice(0, length), 2, mask=mask), expected


def sliced(array, start):
    return array.slice(start), array.to_pylist()[start:]


def moved(array):
    """In the middle of longer buffers: offsets that are no multiple of eight."""
    padded = pa.concat_arrays([array] * 5)
    start = len(array) * 3 - 1
    return padded.slice(start, len(array)), padded.to_pylist()[start:start + len(array)]


SHAPES = {
    "whole": lambda array: (array, array.to_pylist()),
    "slice": lambda array: sliced(array, 1),
    "moved": moved,
    "empty": lambda array: (array.slice(1, 0), []),
    "by int8": lambda array: encoded(array, pa.int8()),
    "by uint16": lambda array: encoded(array, pa.uint16()),
    "by int64, sliced": lambda array: tuple(x[2:] for x in encoded(array, pa.int64())),
    "runs16": lambda array: runs(array, pa.int16()),
    "runs64, sliced": lambda array: tuple(x[2:] for x in runs(array, pa.int64())),
    "list": lambda array: lists(array, pa.ListArray),
    "large_list": lambda array: lists(array, pa.LargeListArray),
    "list_view": lambda array: lists(array, pa.ListViewArray),
    "large_list_view": lambda array: lists(array, pa.LargeListViewArray),
    "list, sliced": lambda array: tuple(x[1:] for x in lists(array, pa.ListArray)),
    "list of a slice": lambda array: lists(array.slice(1), pa.ListArray),
    "pairs": pairs,
    "pairs, sliced": lambda array: tuple(x[1:] for x in pairs(array)),
    "dictionary in lists": lambda array: lists(encoded(array, pa.int32())[0], pa.ListArray),
}
