"""The table of docs/COMMANDS.md, for suites that walk it."""

import pathlib

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "COMMANDS.md"


def commands():
    """(example, in a block, tag or SQLSTATE, answered by), a row each."""
    for line in DOCUMENT.read_text("utf-8").split("\n"):
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 5 and cells[1].startswith("`"):
            yield cells[1].strip("`"), cells[2] == "B", cells[3], cells[4]
