"""SIGHUP: what may change does, what may not is said, and what is wrong changes nothing."""

import unittest

from client import Client, show
from server import Server


class Reload(unittest.TestCase):
    def test_new_sessions_follow(self):
        with Server(ini="[wirehouse]\nstatement-timeout = 5s\n") as server:
            with Client(server.address()) as before:
                self.assertEqual(show(before, "statement_timeout"), "5s")
                server.reload("[wirehouse]\nstatement-timeout = 7s\n")
                self.assertEqual(show(before, "statement_timeout"), "5s")
                with Client(server.address()) as after:
                    self.assertEqual(show(after, "statement_timeout"), "7s")

    def test_an_option_that_has_gone_has_its_default(self):
        with Server(ini="[wirehouse]\nstatement-timeout = 5s\n") as server:
            server.reload("[wirehouse]\n")
            with Client(server.address()) as client:
                self.assertEqual(show(client, "statement_timeout"), "0")

    def test_the_command_line_wins(self):
        with Server("--statement-timeout", "3s", ini="") as server:
            server.reload("[wirehouse]\nstatement-timeout = 7s\n")
            with Client(server.address()) as client:
                self.assertEqual(show(client, "statement_timeout"), "3s")

    def test_a_broken_file_changes_nothing(self):
        with Server(ini="[wirehouse]\nstatement-timeout = 5s\n") as server:
            for broken in ("[wirehouse]\nstatement-timeout = 7s\nnosuch = 1\n",
                           "[wirehouse]\nstatement-timeout = soon\n", "nonsense\n"):
                server.reload(broken)
                with Client(server.address()) as client:
                    self.assertEqual(show(client, "statement_timeout"), "5s")
            failures = [e for e in server.events() if e["event"] == "reload failed"]
            self.assertEqual([e["sqlstate"] for e in failures], ["22023"] * 3)
            self.assertEqual({e["level"] for e in failures}, {"error"})

    def test_what_needs_a_restart_is_said(self):
        with Server(ini="[wirehouse]\nslots = 2\n") as server:
            server.reload("[wirehouse]\nslots = 3\n")
            server.logged("restart needed", option="slots", level="warning")
            server.reload("[wirehouse]\nslots = 2\n")
            said = [e for e in server.events() if e["event"] == "restart needed"]
            self.assertEqual(len(said), 1)

    def test_log_level(self):
        with Server(ini="[wirehouse]\nlog-level = error\n") as server:
            server.reload("[wirehouse]\nlog-level = debug\n")
            server.logged("reloaded", result="all")


if __name__ == "__main__":
    unittest.main()
