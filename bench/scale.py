"""What does not depend on how many there are: CPU per statement and per row under 1 to 64 active
clients, then beside idle ones, up to 20,000 or what descriptors permit, who sit in a process of
their own. And what a connection costs, beside PostgreSQL's. Server CPU comes from the operating
system; the numbers of clients alternate; the median counts. `--quick` takes fewer rounds."""

import os
import resource
import statistics
import subprocess

import statements
from servers import BUILD, Field

ACTIVE = [1, 2, 4, 8, 16, 32, 64]
BESIDE = 8  # active clients beside the idle ones
FILES_KEPT = 512
MOST = min(20000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - FILES_KEPT)
IDLE = [10, 100, 1000, 5000, MOST]
ROWS = 10000
WORKLOADS = [("select 1", "select 1", "µs/statement", 1),
             (f"{ROWS} rows", f"select i, i * 7 as j from range({ROWS}) as t(i)", "ns/row", 1000 / ROWS)]


class Crowd:
    """Idle clients, logged in, for the length of a with block."""

    def __init__(self, server, count):
        self.command = [BUILD / "tests/idle_clients", str(server.port), str(count)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == b"ready\n"

    def __exit__(self, *_):
        self.process.communicate()


def costs(server, clients):
    return [statements.load("prepared", server, clients, 1, sql)[1] * scale
            for _, sql, _, scale in WORKLOADS]


def table(samples, reference, what):
    """A line for each number of clients, and how far it is from the reference."""
    names = " | ".join(f"{name}, CPU {unit} | : {reference}" for name, _, unit, _ in WORKLOADS)
    print(f"\n| {what} | {names} |\n|---" + "|---" * 2 * len(WORKLOADS) + "|")
    medians = {number: [statistics.median(column) for column in zip(*kept)] for number, kept in samples.items()}
    for number, cells in medians.items():
        text = " | ".join(f"{cell:,.1f} | {cell / base:.2f}" for cell, base in zip(cells, medians[reference]))
        print(f"| {number:,} | {text} |", flush=True)


def active_clients(server):
    samples = {number: [] for number in ACTIVE}
    for _ in range(statements.ROUNDS):
        for number, kept in samples.items():
            kept.append(costs(server, number))
    table(samples, 8, "active clients")


def idle_clients(server):
    samples = {number: [] for number in IDLE}
    for _ in range(statements.ROUNDS):
        for number, kept in samples.items():
            with Crowd(server, number):
                kept.append(costs(server, BESIDE))
    table(samples, IDLE[0], f"idle clients beside {BESIDE}")


def connections(servers):
    print("\n| connections, by 8 at a time | per second | CPU µs each |\n|---|---|---|")
    samples = [[] for _ in servers]
    for _ in range(statements.ROUNDS):
        for server, kept in zip(servers, samples):
            kept.append(statements.load("connect", server, 8, 1, ""))
    for server, kept in zip(servers, samples):
        speed, cpu = statements.medians(kept)
        print(f"| {server.name} | {speed:,.0f} | {cpu:.1f} |", flush=True)


def main():
    with Field() as field:
        print(f"medians of {statements.ROUNDS}, load average {os.getloadavg()[0]:.2f}")
        active_clients(field.servers[0])
        idle_clients(field.servers[0])
        connections(field.servers)


if __name__ == "__main__":
    main()
