"""The shared values for suites that read no JSON: values_table.py postgres|wirehouse|enum.

One value a record, ended by 0x1e, its fields by 0x1f: the type's name, its SQL, its OID, its
array's OID (0: an OID of its own), "value" or "array", the literal, PostgreSQL's text.
"""
import json
import pathlib
import sys

shared = json.loads((pathlib.Path(__file__).parents[1] / "drivers" / "values.json").read_text("utf-8"))


def word(entry, server):
    return server == "wirehouse" and entry.get("wirehouse") or entry["sql"]


def oid(kind, name, server):
    return server == "wirehouse" and kind.get(f"wirehouse_{name}") or kind.get(name, 0)


def records(server):
    for kind in shared["types"]:
        for form, entries in (("value", kind["values"]), ("array", kind["arrays"])):
            for entry in entries:
                yield "\x1f".join((kind["name"], word(kind, server), str(oid(kind, "oid", server)),
                                   str(oid(kind, "array_oid", server)), form, word(entry, server),
                                   entry["text"]))


if sys.argv[1] == "enum":
    sys.stdout.write(shared["enum"]["create"])
else:
    sys.stdout.buffer.write("\x1e".join(records(sys.argv[1])).encode())
