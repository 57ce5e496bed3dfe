"""Clients that have logged in through TLS and say nothing: what one of them costs."""

import os
import resource
import subprocess
import unittest

from process import status

FILES_KEPT = 512
COUNT = min(4000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - FILES_KEPT)
CLIENT_KIB = 40


def cost_of(*words):
    """KiB each, of two crowds one after the other: the second finds a heap that is in use."""
    costs = []
    for _ in range(2):
        before = status("VmRSS")
        with subprocess.Popen([f"{os.environ['LOAD_PROGRAMS']}/idle_clients", os.environ["PGPORT"], str(COUNT), *words],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
            assert crowd.stdout.readline() == b"ready\n"
            costs.append((status("VmRSS") - before) / COUNT)
            crowd.stdin.close()
    return costs


class Idle(unittest.TestCase):
    def test_crowd(self):
        plain, encrypted = cost_of(), cost_of("tls")
        print(f"{COUNT} idle clients: KiB each in clear {plain[0]:.1f}, {plain[1]:.1f}; "
              f"through TLS {encrypted[0]:.1f}, {encrypted[1]:.1f}")
        self.assertLess(max(encrypted), CLIENT_KIB)


if __name__ == "__main__":
    unittest.main()
