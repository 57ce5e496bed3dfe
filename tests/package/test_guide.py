"""The guide never lies: its code is that of the examples, its shell says what it shows.

A block of C stands behind <!-- whole: FILE --> or <!-- from: FILE -->, another language's
behind <!-- file: NAME -->, which is then there. Blocks of console are typed, in order, in
one directory: "$ " begins a command, what follows is what it says, blanks at the ends of
lines aside. "COMMAND &" starts a server, "kill %1" ends it, "^C" interrupts a command.
"""

import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import unittest

import installed
from installed import BUILD, ROOT, WORK

GUIDE = ROOT / "docs/guides/server-in-ten-minutes.md"
BLOCK = re.compile(r"(?:<!-- (\w+): (\S+) -->\n)?```(\w+)\n(.*?)```\n", re.S)
PORT = "5433"


def commands(text):
    """(command, what it shall say) of a block of console."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, said = part.partition("\n")
        yield command, said


def lines(text):
    return [line.rstrip() for line in text.rstrip().split("\n")]


class Shell:
    """What the guide's reader sits at."""

    def __init__(self, directory, home):
        self.directory, self.server = directory, None
        self.environment = {**os.environ, "HOME": str(home), "PSQLRC": "/dev/null", "PAGER": "cat",
                            "LC_ALL": "C.UTF-8"}

    def translate(self, text):
        """The guide's port and build directory are the test's."""
        text = text.replace("build/release", str(BUILD))
        text = re.sub(r"^python3 ", f"{shlex.quote(sys.executable)} ", text)
        return text.replace(PORT, str(self.server.port)) if self.server else text

    def start(self, command):
        self.server = installed.Program(*shlex.split(command), "127.0.0.1:0", cwd=self.directory,
                                        env=self.environment)
        self.environment["PGPORT"] = str(self.server.port)
        return f"listening on port {self.server.port}"

    def stop(self):
        if self.server:
            self.server.__exit__()
            self.server = None
        return ""

    def export(self, command):
        said = subprocess.run(["bash", "-c", f"{command}; env -0"], env=self.environment,
                              capture_output=True, check=True, text=True).stdout
        self.environment = dict(line.split("=", 1) for line in said.split("\0") if line)
        return ""

    def run(self, command, interrupted):
        process = subprocess.Popen(["bash", "-c", f"exec {command}" if interrupted else command],
                                   cwd=self.directory if "--install" not in command else ROOT,
                                   env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if interrupted:
            self.server.wait_for("^waiting$")
            process.send_signal(signal.SIGINT)
        return process.communicate()[0]

    def type(self, command, interrupted):
        if command.endswith(" &"):
            return self.start(command[:-2])
        if command == "kill %1":
            return self.stop()
        if command.startswith("export "):
            return self.export(self.translate(command))
        return self.run(self.translate(command), interrupted)


class Guide(unittest.TestCase):
    maxDiff = None

    def blocks(self):
        return BLOCK.findall(GUIDE.read_text())

    def test_code_is_the_examples(self):
        seen = 0
        for mark, name, language, text in self.blocks():
            if language == "c":
                source = (ROOT / name).read_text()
                self.assertIn(mark, ("whole", "from"), text)
                self.assertTrue(text == source if mark == "whole" else text in source,
                                f"this is not in {name}:\n{text}")
                seen += 1
        self.assertGreater(seen, 5)

    def test_links(self):
        reference = (ROOT / "docs/API.md").read_text()
        names = re.findall(r"^#+ `?(.*?)`?$", reference, re.M)
        anchors = {re.sub(r"[^\w-]", "", name.lower().replace(" ", "-")) for name in names}
        for path, anchor in re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", GUIDE.read_text()):
            with self.subTest(path):
                self.assertTrue((GUIDE.parent / path).exists())
                self.assertTrue(not anchor or anchor in anchors, anchor)

    def test_shell(self):
        directory, home = WORK / "reader", WORK / "reader-home"
        directory.mkdir()
        home.mkdir()
        shell = Shell(directory, home)
        self.addCleanup(shell.stop)
        for mark, name, language, text in self.blocks():
            if mark in ("whole", "file"):
                (directory / pathlib.Path(name).name).write_text(text)
            for command, said in commands(text) if language == "console" else ():
                self.check(shell, command, said)

    def check(self, shell, command, said):
        with self.subTest(command):
            if command.startswith("python3 ") and not installed.have_psycopg():
                return
            said, interrupted = re.subn(r"^\^C\n", "", said, flags=re.M)
            got = shell.type(command, interrupted > 0)
            self.assertEqual(lines(got), lines(shell.translate(said)))


if __name__ == "__main__":
    unittest.main()
