"""A server for one test: its options, its signals, what it logs, what it tells systemd."""

import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import tempfile
import time

BUILD = pathlib.Path(os.environ["LIFE_BUILD"])
BANNER = re.compile(r"PostgreSQL on (\S+) · HTTP on (\S+) ·")
PATIENCE = 60


class Server:
    """Runs from `with` to its end; a directory of its own has its ini file and its log."""

    def __init__(self, *arguments, ini=None, environment=None, ports=True, pass_fds=(),
                 prefix=()):
        self.directory = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.directory.name)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(self.path / "notify"))
        self.manager.settimeout(PATIENCE)
        self.prepare()
        if ini is not None:
            self.configure(ini)
        listening = ["--pg", "127.0.0.1:0", "--http", "127.0.0.1:0"] if ports else []
        self.log_path = self.path / "log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [*prefix, BUILD / "wirehouse", "serve", *listening, *arguments], cwd=self.path, stderr=log,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, pass_fds=pass_fds,
                env={**os.environ, **(environment or {}), "NOTIFY_SOCKET": str(self.path / "notify")})
        self.banner = self.process.stdout.readline()
        found = BANNER.search(self.banner)
        if not found:
            said = self.log_path.read_text()
            self.stop()
            raise AssertionError(f"it did not start: {said}")
        self.pg, self.http = found.groups()
        self.log_seen = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def prepare(self):
        """Make the files that it needs."""

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.manager.close()
        said = self.log_path.read_text()
        self.directory.cleanup()
        assert "WARNING: ThreadSanitizer" not in said, said

    def configure(self, text):
        (self.path / "wirehouse.ini").write_text(text)

    def signal(self, number):
        self.process.send_signal(number)

    def reload(self, ini=None):
        """Returns when the server says that it has."""
        if ini is not None:
            self.configure(ini)
        self.told("READY=1", forget=True)
        self.signal(signal.SIGHUP)
        assert self.told("RELOADING=1"), "it never reloaded"
        self.told("READY=1")

    def told(self, word, forget=False):
        """The next datagram with that word for systemd; forget: only what has come already."""
        while not forget or select.select([self.manager], [], [], 0)[0]:
            message = self.manager.recv(4096).decode()
            if word in message.split() or any(line.startswith(word) for line in message.split("\n")):
                if not forget:
                    return message
        return None

    def events(self):
        """What it has logged, as dictionaries."""
        lines = self.log_path.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def logged(self, event, **fields):
        """Waits until it has logged an event with these fields."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for line in self.events():
                if line["event"] == event and all(line.get(k) == v for k, v in fields.items()):
                    return line
            time.sleep(0.01)
        raise AssertionError(f"it never logged {event} {fields}: {self.log_path.read_text()}")

    def ended(self):
        """Its exit code, once it has ended."""
        return self.process.wait(PATIENCE)

    def address(self):
        host, port = self.pg.rsplit(":", 1)
        return host, int(port)

    def http_address(self):
        host, port = self.http.rsplit(":", 1)
        return host, int(port)
