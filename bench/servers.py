"""The servers that are measured beside each other: started on free ports, stopped by pid."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/release"
PG_BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}")


def threads_seconds(process):
    """What the living threads of a process have had, by the scheduler's clock."""
    total = 0
    for stat in process.glob("task/*/schedstat"):
        try:
            total += int(stat.read_text().split()[0])
        except OSError:
            continue
    return total / 1e9


def cpu_of(pid):
    """Seconds of a process and of its children; of ended ones in ticks of 10 ms."""
    total = 0
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(process.name) == pid:
            total += sum(map(int, fields[13:15])) / TICK
        if int(process.name) == pid or int(fields[1]) == pid:
            total += threads_seconds(process)
    return total


class Server:
    def __init__(self, name, port, pid, stop_signal=signal.SIGTERM):
        self.name, self.port, self.pid, self.stop_signal = name, port, pid, stop_signal

    def query(self, *statements):
        options = [word for statement in statements for word in ("-c", statement)]
        subprocess.run(["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d",
                        "main", "-q", *options], check=True)


def start_postgres(work):
    data = work / "postgres"
    data.mkdir()
    run = [] if os.getuid() else ["runuser", "-u", "postgres", "--"]
    if run:
        shutil.chown(data, "postgres")
    port = free_port()
    subprocess.run([*run, PG_BIN / "initdb", "-D", data / "d", "-U", "postgres", "-A", "trust"],
                   check=True, capture_output=True, cwd=data)
    subprocess.run(
        [*run, PG_BIN / "pg_ctl", "-D", data / "d", "-w", "-l", data / "log", "-o",
         f"-p {port} -k {data} -c shared_buffers=2GB -c max_parallel_workers_per_gather=0 "
         "-c fsync=off -c max_connections=200", "start"],
        check=True, cwd=data, stdout=subprocess.DEVNULL)
    subprocess.run(["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-q", "-c",
                    "create database main"], check=True)
    pid = int((data / "d/postmaster.pid").read_text().split()[0])
    return Server("PostgreSQL", port, pid, signal.SIGINT)


def start_wirehouse(work):
    port = free_port()
    process = subprocess.Popen(
        [BUILD / "wirehouse", "serve", "--pg", f"127.0.0.1:{port}", "--http",
         f"127.0.0.1:{free_port()}", "--log-level", "error", work / "bench.duckdb"],
        stdout=subprocess.DEVNULL)
    wait_for(port)
    return Server("wirehouse", port, process.pid)


def start_program(name, path):
    """A server whose one argument is where it listens."""
    port = free_port()
    process = subprocess.Popen([path, f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL)
    wait_for(port)
    return Server(name, port, process.pid)


class Field:
    """Both servers in a directory of their own, for the length of a with block."""

    def __enter__(self):
        self.work = pathlib.Path(tempfile.mkdtemp())
        os.chmod(self.work, 0o755)
        self.servers = [start_wirehouse(self.work)]
        self.servers.append(start_postgres(self.work))
        return self

    def reopen_wirehouse(self):
        """Its tables as they are read from the file, not as they were made: as the engine
        alone sees them."""
        wirehouse = self.servers[0]
        os.kill(wirehouse.pid, wirehouse.stop_signal)
        os.waitpid(wirehouse.pid, 0)
        self.servers[0] = start_wirehouse(self.work)

    def __exit__(self, *_):
        for server in self.servers:
            os.kill(server.pid, server.stop_signal)
        time.sleep(1)
        shutil.rmtree(self.work, ignore_errors=True)
