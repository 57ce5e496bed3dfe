"""The server's process, as the system sees it."""

import os
import pathlib

PROCESS = pathlib.Path(f"/proc/{os.environ['SERVER_PID']}")


def status(field):
    """A number of /proc/PID/status; sizes are in KiB."""
    return int((PROCESS / "status").read_text().split(f"{field}:")[1].split()[0])


def forget_peak():
    """VmHWM begins anew."""
    (PROCESS / "clear_refs").write_text("5")


def run_times():
    """Nanoseconds that each of its threads has run."""
    return {task.name: int((task / "schedstat").read_text().split()[0])
            for task in (PROCESS / "task").iterdir()}
