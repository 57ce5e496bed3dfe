"""Writes the client's bytes of every transcript as a corpus file."""

import importlib.util
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("replay", root / "wire" / "replay.py")
replay = importlib.util.module_from_spec(spec)
spec.loader.exec_module(replay)
names = {"$user": "u", "$database": "main"}
for path in sorted((root / "wire" / "transcripts").glob("*.txt")):
    transcript = replay.Transcript(path)
    lines = [line for client, _ in transcript.steps for line in client]
    data = b"".join(replay.encode(line, names) for line in lines)
    first = b"\x01" if transcript.startup else b"\x00"
    (pathlib.Path(sys.argv[1]) / path.stem).write_bytes(first + data)

# fuzz_value_parse: the OID in two bytes, the format, the value.
OIDS = {"bool": 16, "bytea": 17, "int8": 20, "int2": 21, "int4": 23, "text": 25, "oid": 26, "json": 114,
        "float4": 700, "float8": 701, "date": 1082, "time": 1083, "timestamp": 1114, "timestamptz": 1184,
        "interval": 1186, "timetz": 1266, "bit": 1560, "varbit": 1562, "numeric": 1700, "uuid": 2950,
        "jsonb": 3802, "name": 19, "varchar": 1043, "_int4": 1007, "_text": 1009, "_date": 1182}
GOOD = [("date", "2024-02-29 BC"), ("date", "Feb 29, 2024"), ("timestamptz", "20240229T040506.7 PST"),
        ("timestamp", "infinity"), ("time", "04:05:06.789 PM"), ("timetz", "allballs"), ("numeric", "-1.50e-3"),
        ("interval", "1 year -2 mons 3.5 days 04:05:06.7 ago"), ("interval", "P1Y2M3DT4H5M6.7S"),
        ("_int4", "[0:1][1:2]={{1,NULL},{3,4}}"), ("_text", '{a,"b\\"c",NULL}'), ("json", '{"a":[1,"\\u00e9"]}'),
        ("float8", "1.5e300"), ("uuid", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"), ("varbit", "x1f"),
        ("bytea", "\\x00ff"), ("int8", " -9223372036854775808 "), ("bool", "yes")]
spec = importlib.util.spec_from_file_location("malformed", root / "params" / "malformed.py")
malformed = importlib.util.module_from_spec(spec)
spec.loader.exec_module(malformed)
values = [(name, 0, text.encode()) for name, text in GOOD + malformed.TEXT]
values += [(name, 1, data) for name, data in malformed.BINARY]
for number, (name, form, data) in enumerate(values):
    path = pathlib.Path(sys.argv[1]) / f"value-{number}"
    path.write_bytes(OIDS[name].to_bytes(2, "little") + bytes([form]) + data)
