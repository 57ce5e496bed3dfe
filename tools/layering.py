#!/usr/bin/env python3
"""Which room may include which: reads the #include lines, fails on a breach.

Rooms are the directories under src/. Dependencies point one way; libpgwire (core, batch,
pgwire, net) never includes the server, engines never include the protocol.
"""

import pathlib
import re
import sys

PUBLIC = "<pgwire>"
# The encoder of values is libpgwire's; others that write values may look at it.
VALUES = {"pgwire/array.h", "pgwire/plan.h", "pgwire/render.h"}
# The structs of Arrow's C interface, which know nothing of the protocol.
ARROW = "pgwire/arrow_c.h"
# What a server keeps of a password, and how it is compared.
SECRETS = {"pgwire/crypto.h", "pgwire/scram_secret.h"}
MAY = {
    "core": set(),
    "batch": {"core", ARROW},
    "pgwire": {"core", "batch", PUBLIC},
    "net": {"core", "batch", "pgwire", PUBLIC},
    "catalog": {"core"},
    "config": {"core"},
    "limit": {"core"},
    "access": {"core", PUBLIC, *SECRETS},
    "engine": {"core", "batch", "catalog"},
    "sql": {"core"},
    "spool": {"core", "batch"},
    "encode": {"core", "batch", PUBLIC, *VALUES},
    "server": {"core", "batch", "access", "catalog", "engine", "sql", "spool", "encode", PUBLIC, *VALUES},
    "http": {"core", "batch", "access", "engine", "sql", "encode", "server", "net/session_ops.h", PUBLIC, *SECRETS},
}
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<(pgwire/[^>]+)>)', re.M)
GENERATED = {"pow10_table.h", "catalog_sql.h"}


def breaches(path, room, allowed):
    for match in INCLUDE.finditer(path.read_text()):
        header = match[1] or match[2]
        target = PUBLIC if match[2] else header.split("/")[0]
        if header in GENERATED or target == room or {target, header} & allowed:
            continue
        yield f"{path}: {room} must not include {header}"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    found = []
    for path in sorted(root.glob("src/*/**/*.[ch]")):
        room = path.relative_to(root / "src").parts[0]
        if room != "main":
            found += breaches(path, room, MAY[room])
    for path in sorted(root.glob("examples/*.c")):
        found += breaches(path, "examples", {PUBLIC})
    print("\n".join(found) or "layering: no breach")
    return 1 if found else 0


sys.exit(main())
