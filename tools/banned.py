#!/usr/bin/env python3
"""Functions that are not used here, and attributes outside of attr.h."""

import pathlib
import re
import sys

BANNED = re.compile(
    r"(?<![\w.>])(sprintf|vsprintf|strcpy|strcat|strncpy|strncat|atoi|atol|atof|strtok|"
    r"rand|srand|system|gets|alloca|setjmp|longjmp|popen)\s*\("
)
ATTRIBUTE = re.compile(r"__attribute__")
COMMENT = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\])*"', re.S)
ATTRIBUTES_IN = {"src/core/attr.h", "include/pgwire/version.h"}


def blank(match):
    return "\n" * match[0].count("\n")


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    found = []
    for folder in ("src", "include", "examples", "bench", "fuzz", "tests", "tools"):
        for path in sorted((root / folder).rglob("*.[ch]")):
            name = str(path.relative_to(root))
            for number, line in enumerate(COMMENT.sub(blank, path.read_text()).split("\n"), 1):
                if BANNED.search(line):
                    found.append(f"{name}:{number}: banned: {line.strip()}")
                if ATTRIBUTE.search(line) and name not in ATTRIBUTES_IN:
                    found.append(f"{name}:{number}: attributes belong into core/attr.h")
    print("\n".join(found) or "banned: none used")
    return 1 if found else 0


sys.exit(main())
