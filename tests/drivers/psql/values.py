"""Every value of values.json through psql: a literal in, PostgreSQL's text out."""

import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent.parent / "lib"))
from driver_values import ENGINE, ENUM, EXTREMES, ON_WIREHOUSE, TYPES  # noqa: E402

END = "\x1e"  # between results; no value has it


def ask(statements):
    """psql's output of each statement."""
    lines = ["\\set VERBOSITY terse", "set client_min_messages = error;",
             f"drop type if exists mood; {ENUM['create']};"]
    for statement in statements:
        lines += [f"{statement};", f"\\echo '{END}'"]
    lines.append(ENUM["drop"] + ";")
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t"], input="\n".join(lines), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout.split(f"{END}\n")


values = [value for entry in TYPES for value in entry.values + entry.arrays] + EXTREMES
if ON_WIREHOUSE:
    values += [value for value, _ in ENGINE]
passed = failed = 0
answers = ask(f"select {value.sql}" for value in values)
answers += ["nothing"] * (len(values) - len(answers))
for value, got in zip(values, answers, strict=False):  # behind the last there is a rest
    if got == value.text + "\n":
        passed += 1
    else:
        failed += 1
        print(f"FAILED {value.sql}\n  expected {value.text}\n  got      {got.strip()}")
print(f"{passed} passed, {failed} failed, 0 skipped")
