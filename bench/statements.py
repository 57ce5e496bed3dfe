"""What one statement costs, side by side in one run: wirehouse and PostgreSQL 15 under 8 and
64 clients and pipelined, the loop's echo of 64 bytes, and the same statement executed in the
engine alone, by as many threads. Server CPU comes from the operating system; the contestants alternate; the
median counts. What wirehouse costs is also said without the engine, and without engine and
loop. `--quick` takes fewer rounds."""

import os
import re
import statistics
import subprocess
import sys

from servers import BUILD, Field, Server, free_port, wait_for

ROUNDS = 3 if "--quick" in sys.argv else 5
SECONDS = "0.5" if "--quick" in sys.argv else "1"
THREADS = 2 * os.cpu_count()  # as many as the server lets into the engine at once
LOADS = [(8, 1), (64, 1), (8, 16)]
TABLE = "create table kv as select i as k, 'value ' || i as v from {series}"
WORKLOADS = [("select 1", "select 1"), ("key lookup", "select k, v from kv where k = 4711")]
MODES = ["prepared", "simple", "unprepared"]


def load(mode, server, clients, depth, sql):
    """Requests per second, microseconds of CPU per request."""
    out = subprocess.run(
        [BUILD / "bench/load", mode, str(server.port), str(clients), str(depth), SECONDS,
         str(server.pid), sql], capture_output=True, text=True, check=True).stdout
    return tuple(map(float, re.match(r"(\d+) requests/s, ([\d.]+) us", out).groups()))


def engine(path, sql, *manner):
    out = subprocess.run([BUILD / "bench/engine_statements", path, SECONDS, str(THREADS), sql, *manner],
                         capture_output=True, text=True, check=True).stdout
    return [float(number) for number in re.findall(r"([\d.]+) us", out)]


def medians(samples):
    return [statistics.median(column) for column in zip(*samples)]


def measure_echo():
    """Microseconds of CPU of the loop alone, by load."""
    prices = {}
    port = free_port()
    process = subprocess.Popen([BUILD / "tests/echo_server", f"127.0.0.1:{port}"],
                               stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        echo = Server("echo", port, process.pid)
        for clients, depth in LOADS:
            speed, cpu = medians([load("echo", echo, clients, depth, "") for _ in range(ROUNDS)])
            print(f"echo of the loop, {clients} × {depth}: {speed:,.0f}/s, {cpu:.1f} µs CPU")
            prices[clients, depth] = cpu
    finally:
        process.kill()
        process.wait()
    return prices


def compare(field, workload, copy, echo):
    name, sql = workload
    wirehouse, postgres = field.servers
    for mode in MODES:
        for clients, depth in LOADS:
            samples, alone = [[], []], []
            for _ in range(ROUNDS):
                for server, kept in zip((wirehouse, postgres), samples):
                    kept.append(load(mode, server, clients, depth, sql))
                alone += engine(copy, sql, "prepared")
            (ours, cpu), (theirs, their_cpu) = map(medians, samples)
            raw = statistics.median(alone)
            above = cpu - raw
            print(f"| {name}, {mode} | {clients} × {depth} | {ours:,.0f} | {cpu:.1f} | {raw:.1f} | {above:+.1f} "
                  f"| {above - echo[clients, depth]:+.1f} | {theirs:,.0f} | {their_cpu:.1f} | {cpu / their_cpu:.2f} |", flush=True)


def main():
    with Field() as field:
        wirehouse, postgres = field.servers
        wirehouse.query(TABLE.format(series="range(100000) t(i)"), "checkpoint")
        postgres.query(TABLE.format(series="generate_series(0, 99999) t(i)"),
                       "create index on kv (k)", "vacuum analyze kv")
        field.reopen_wirehouse()
        copy = field.work / "engine.duckdb"
        copy.write_bytes((field.work / "bench.duckdb").read_bytes())
        print(f"medians of {ROUNDS}, load average {os.getloadavg()[0]:.2f}\n")
        echo = measure_echo()
        prices = {name: medians([engine(copy, sql) for _ in range(ROUNDS)]) for name, sql in WORKLOADS}
        for name, (prepared, anew, paused) in prices.items():
            print(f"engine alone, {name}: {prepared:.1f} µs CPU prepared, {anew:.1f} prepared anew, "
                  f"{paused:.1f} with pauses")
        print("\n| statement | clients × depth | requests/s | CPU µs | the engine's | above the engine "
              "| above engine and loop | PostgreSQL/s | its CPU µs | CPU : PostgreSQL |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        for workload in WORKLOADS:
            compare(field, workload, copy, echo)


if __name__ == "__main__":
    main()
