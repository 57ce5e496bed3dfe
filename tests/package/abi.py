#!/usr/bin/env python3
"""The binary interface of libpgwire, written down and compared.

abi.txt is what the headers and the library of a build directory give: `--update BUILD`
writes it, so that a change is a decision. Within one SONAME a release may change what
docs/ABI.md allows: `broken` compares with the last one.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(ROOT / "tools"))
import public_headers  # noqa: E402

FILE = HERE / "abi.txt"
LIBRARY = "libpgwire.so"
# What docs/ABI.md lets grow, and how.
RESERVING = re.compile(r"pgw_(handlers|host|\w+_ops|\w+_options)$")
GROWING = {"pgw_reply", "pgw_auth", "pgw_description", "pgw_parse", "pgw_bind"}


def items(*kinds):
    everything = (item for header in public_headers.headers() for item in header.items)
    return [item for item in everything if item.kind in kinds]


def said(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exports(library):
    """{name: version} of what a shared library defines for others."""
    listing = said("nm", "-D", "--defined-only", library)
    found = re.findall(r"^\w+ [TDBRVW] (\w+)@@(\w+)$", listing, re.M)
    everything = re.findall(r"^\w+ [^A] (\S+)$", listing, re.M)
    assert len(found) == len(everything), everything
    return dict(found)


def soname(library):
    return re.search(r"Library soname: \[(.*?)\]", said("readelf", "-d", library))[1]


def layout_program():
    """C that prints the lines of structs and enums."""
    yield "#include <pgwire/server.h>\n#include <pgwire/session.h>\n#include <stdio.h>"
    for path in sorted(public_headers.HEADERS.glob("*.h")):
        yield f"#include <pgwire/{path.name}>"
    yield "int main(void)\n{"
    for struct in items("struct"):
        yield f'printf("struct {struct.name} size %zu\\n", sizeof(struct {struct.name}));'
        for name, kind in public_headers.members(struct):
            line = f'"member {struct.name} %zu {name} size %zu {kind}\\n"'
            offset = f"offsetof(struct {struct.name}, {name})"
            yield f"printf({line}, {offset}, sizeof ((struct {struct.name} *)0)->{name});"
    for enum in items("enum"):
        for name in public_headers.enumerators(enum):
            yield f'printf("enum {name} %d\\n", (int){name});'
    yield "return 0;\n}"


def layout():
    with tempfile.TemporaryDirectory() as work:
        source, program = pathlib.Path(work, "layout.c"), pathlib.Path(work, "layout")
        source.write_text("\n".join(layout_program()))
        include = f"-I{public_headers.HEADERS.parent}"
        subprocess.run(["cc", "-std=c17", "-w", include, source, "-o", program], check=True)
        return said(program).splitlines()


def dump(build):
    library = pathlib.Path(build, LIBRARY)
    versions = exports(library)
    lines = [f"soname {soname(library)}"]
    for function in sorted(items("function"), key=lambda item: item.name):
        version = versions.get(function.name, "missing")
        lines.append(f"function {function.name} {version} {public_headers.signature(function)}")
    return "\n".join([*lines, *layout()]) + "\n"


class Interface:
    """A dump, taken apart."""

    def __init__(self, text):
        self.soname, self.functions, self.enums = "", set(), set()
        self.sizes, self.members = {}, {}
        for line in text.splitlines():
            kind, rest = line.split(" ", 1)
            if kind == "soname":
                self.soname = rest
            elif kind == "struct":
                name, _, size = rest.split(" ")
                self.sizes[name] = int(size)
            elif kind == "member":
                name, offset, member, _, size, of = rest.split(" ", 5)
                self.members.setdefault(name, {})[member] = (int(offset), int(size), of)
            else:
                {"function": self.functions, "enum": self.enums}[kind].add(rest)


def broken_struct(name, old, new):
    """How one struct breaks what its kind promises."""
    if name not in new.sizes:
        yield f"{name} is gone"
        return
    before, after = old.members[name], new.members[name]
    reserves = bool(RESERVING.match(name))
    for member, place in before.items():
        if after.get(member) != place and not (reserves and member == "reserved"):
            yield f"{name}.{member} has changed"
    added = [after[member] for member in after.keys() - before.keys()]
    room = before.get("reserved", (old.sizes[name],))[0] if reserves else old.sizes[name]
    if any(offset < room for offset, _, _ in added):
        yield f"{name} has a member where there was none to give away"
    grown = new.sizes[name] - old.sizes[name]
    if grown < 0 or (grown > 0 and name not in GROWING):
        yield f"the size of {name} has changed"


def broken(old_text, new_text):
    """What a program that was linked with the old one would trip over, in the new one."""
    old, new = Interface(old_text), Interface(new_text)
    if old.soname != new.soname:
        return []
    missing = (old.functions - new.functions) | (old.enums - new.enums)
    faults = [f"{line.split(' ')[0]} is gone or has changed" for line in missing]
    for name in old.sizes:
        faults += broken_struct(name, old, new)
    return sorted(faults)


def last_release():
    """The abi.txt of the newest tag v…, None before the first release."""
    git = ["git", "-C", ROOT]
    describe = [*git, "describe", "--tags", "--abbrev=0", "--match", "v*"]
    tag = subprocess.run(describe, capture_output=True, text=True)
    if tag.returncode:
        return None
    return said(*git, "show", f"{tag.stdout.strip()}:{FILE.relative_to(ROOT)}")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "--update":
        sys.exit("usage: abi.py --update BUILD")
    FILE.write_text(dump(sys.argv[2]))
