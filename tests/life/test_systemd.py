"""systemd: sockets that are handed over, and what the manager hears."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest

from client import Client, post
from server import BUILD, Server

UNITS = pathlib.Path(__file__).resolve().parents[2] / "packaging/systemd"


class Activated(Server):
    """Gets listening sockets as descriptors 3 and up: their names say what for."""

    def __init__(self, sockets, names, *arguments, **more):
        self.sockets = sockets
        script = 'export LISTEN_PID=$$; exec "$@"'
        moved = []
        for index, listening in enumerate(sockets):  # out of the way of each other
            moved.append(os.dup(listening.fileno()))
            script = f"exec {3 + index}<&{moved[-1]}; {script}"
        super().__init__(*arguments, ports=False, pass_fds=moved,
                         prefix=("sh", "-c", script, "sh"),
                         environment={"LISTEN_FDS": str(len(sockets)), "LISTEN_FDNAMES": names},
                         **more)
        for fd in moved:
            os.close(fd)


def listening(family=socket.AF_INET, address=("127.0.0.1", 0)):
    made = socket.socket(family)
    made.bind(address)
    made.listen()
    return made


class Activation(unittest.TestCase):
    def test_both_protocols(self):
        with listening() as pg, listening() as http:
            with Activated([http, pg], "wirehouse-http.socket:pg") as server:
                self.assertEqual(server.address(), pg.getsockname())
                with Client(pg.getsockname()) as client:
                    self.assertTrue(client.is_open())
                self.assertEqual(post(http.getsockname(), "select 1")[0], 200)

    def test_a_unix_socket_is_not_ours_to_remove(self):
        with Server() as place:  # for its directory
            path = str(place.path / ".s.PGSQL.5432")
            with listening(socket.AF_UNIX, path) as pg:
                with Activated([pg], "pg", "--http", "127.0.0.1:0") as server:
                    with Client(path) as client:
                        self.assertTrue(client.is_open())
                    server.process.terminate()
                    self.assertEqual(server.ended(), 0)
                self.assertTrue(os.path.exists(path))

    def test_a_name_that_says_nothing(self):
        with listening() as pg:
            with self.assertRaisesRegex(AssertionError, "neither pg, http nor https"):
                Activated([pg], "something")

    def test_everybody(self):
        """Without users nothing is served that others can reach."""
        with listening(address=("0.0.0.0", 0)) as pg:
            with self.assertRaisesRegex(AssertionError, "refusing to listen on 0.0.0.0:"):
                Activated([pg], "pg")


class Manager(unittest.TestCase):
    def test_ready(self):
        with Server() as server:
            self.assertIn("STATUS=PostgreSQL on 127.0.0.1:", server.told("READY=1"))

    def test_alive(self):
        with Server(environment={"WATCHDOG_USEC": "20000"}) as server:
            for _ in range(3):
                server.told("WATCHDOG=1")

    def test_a_watchdog_of_another(self):
        with Server(environment={"WATCHDOG_USEC": "20000", "WATCHDOG_PID": "1"}) as server:
            server.told("READY=1")
            server.process.terminate()
            self.assertEqual(server.ended(), 0)
            self.assertIsNone(server.told("WATCHDOG=1", forget=True))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_units(self):
        """They are well-formed, as systemd sees it, for the program that was built."""
        with tempfile.TemporaryDirectory() as directory:
            units = [pathlib.Path(directory) / unit.name for unit in sorted(UNITS.iterdir())]
            for unit in units:
                text = (UNITS / unit.name).read_text()
                unit.write_text(text.replace("/usr/bin/wirehouse", str(BUILD / "wirehouse")))
            verify = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], text=True,
                                    capture_output=True, check=False)
        ours = [line for line in verify.stderr.splitlines() if "wirehouse" in line]
        self.assertEqual(ours, [])
        self.assertEqual(len(units), 3)


if __name__ == "__main__":
    unittest.main()
