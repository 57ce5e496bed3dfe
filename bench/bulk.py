"""Bulk results, side by side in one run: wirehouse, PostgreSQL 15, the replayed bytes and
the raw engine. Server CPU comes from the operating system; the contestants alternate; the
median counts. `--quick` takes a tenth of the rows."""

import os
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import time

from servers import BUILD, Field, Server, cpu_of, free_port, wait_for

ROWS = 200_000 if "--quick" in sys.argv else 2_000_000
ROUNDS = 5

COLUMNS = """i::bigint l_orderkey, (i*7919%200000)::bigint l_partkey, (i%10000)::int l_suppkey,
(i%7)::int l_linenumber, (1+i%50)::decimal(15,2) l_quantity,
((i*37)%10000000/100.0)::decimal(15,2) l_extendedprice, (i%11/100.0)::decimal(15,2) l_discount,
(i%9/100.0)::decimal(15,2) l_tax, chr(65+(i%3)::int) l_returnflag, chr(70+(i%2)::int) l_linestatus,
date '1992-01-01'+(i%2500)::int l_shipdate, date '1992-02-01'+(i%2500)::int l_commitdate,
{modes}[1+(i%5)] l_shipmode, 'comment about item '||i||' carefully' l_comment"""
MODES = "['AIR','RAIL','SHIP','TRUCK','MAIL']"
DUCKDB = f"create table item as select {COLUMNS.format(modes=MODES)} from range({ROWS}) t(i)"
POSTGRES = (f"create table item as select {COLUMNS.format(modes='(array' + MODES + ')')} "
            f"from generate_series(0::bigint, {ROWS - 1}) t(i)")
NUMERIC = "select l_orderkey, l_extendedprice, l_shipdate from item"
WORKLOADS = [("14 columns", "text", "select * from item"),
             ("14 columns", "binary", "select * from item"),
             ("3 numeric", "text", NUMERIC), ("3 numeric", "binary", NUMERIC),
             ("2 ints", "text", "select l_orderkey, l_partkey from item")]


def cpu_since(server, before):
    deadline = time.monotonic() + 1
    cpu = cpu_of(server.pid) - before
    while time.monotonic() < deadline and server.name == "PostgreSQL":
        time.sleep(0.05)  # its process has to end before it is counted
        cpu = cpu_of(server.pid) - before
    return cpu


def drain(server, sql, form):
    """Rows, CPU seconds, seconds to the first row and in all, bytes."""
    before = cpu_of(server.pid)
    out = subprocess.run([BUILD / "bench/drain", str(server.port), form, sql], capture_output=True, text=True, check=True).stdout.split()
    cpu = cpu_since(server, before)
    return int(out[0]), cpu, float(out[2]), float(out[3]), int(out[1])


def medians(samples):
    """Rows, CPU nanoseconds per row, milliseconds to the first row, rows per second."""
    rows = samples[0][0]
    cpu, first, wall = (statistics.median(s[i] for s in samples) for i in (1, 2, 3))
    return rows, cpu / rows * 1e9, first * 1e3, rows / wall


def record(server, sql, form, path):
    """What the server answers, as bytes: for the replay."""
    def message(kind, body=b""):
        return kind + struct.pack("!i", len(body) + 4) + body

    with socket.create_connection(("127.0.0.1", server.port)) as connection, open(path, "wb") as out:
        pairs = b"user\0postgres\0database\0main\0\0"
        connection.sendall(struct.pack("!ii", len(pairs) + 8, 196608) + pairs)
        greeting = b""
        while not greeting.endswith(b"Z\0\0\0\5I"):
            greeting += connection.recv(65536)
        if form == "text":
            connection.sendall(message(b"Q", sql.encode() + b"\0"))
        else:
            connection.sendall(message(b"P", b"\0" + sql.encode() + b"\0\0\0")
                               + message(b"B", b"\0\0\0\0\0\0\0\1\0\1") + message(b"E", b"\0\0\0\0\0")
                               + message(b"S"))
        tail = b""
        while not tail.endswith(b"Z\0\0\0\5I"):
            piece = connection.recv(1 << 20)
            out.write(piece)
            tail = (tail + piece)[-6:]


def measure_engine(work, sql):
    out = subprocess.run([BUILD / "bench/engine", work / "engine.duckdb", sql, str(ROUNDS)],
                         capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
    samples = [list(map(float, line.split())) for line in out]
    return medians([(int(rows), cpu, first, wall) for rows, cpu, wall, first in samples])


def compare(field, name, form, sql):
    wirehouse, postgres = field.servers
    path = field.work / "replay.bin"
    record(wirehouse, sql, form, path)
    port = free_port()
    process = subprocess.Popen([BUILD / "bench/replay", str(port), path])
    wait_for(port)
    contestants = [wirehouse, postgres, Server("replay", port, process.pid)]
    samples = [[] for _ in contestants]
    for _ in range(ROUNDS):
        for server, kept in zip(contestants, samples):
            kept.append(drain(server, sql, form))
    process.kill()
    process.wait()
    results = [(server.name, *medians(kept)) for server, kept in zip(contestants, samples)]
    results.append(("engine", *measure_engine(field.work, sql)))
    reference = results[1][2]
    for contestant, _, cpu, first, speed in results:
        print(f"| {name}, {form} | {contestant} | {speed:,.0f} | {cpu:,.0f} | {first:.1f} "
              f"| {cpu / reference:.2f} |", flush=True)


def main():
    with Field() as field:
        wirehouse, postgres = field.servers
        wirehouse.query(DUCKDB, "checkpoint")
        shutil.copy(field.work / "bench.duckdb", field.work / "engine.duckdb")
        postgres.query(POSTGRES, "vacuum analyze item")
        print(f"{ROWS} rows, medians of {ROUNDS}, load average {os.getloadavg()[0]:.2f}\n")
        print("| workload | contestant | rows/s | server CPU ns/row | first row ms | CPU : PostgreSQL |")
        print("|---|---|---|---|---|---|")
        for name, form, sql in WORKLOADS:
            compare(field, name, form, sql)


if __name__ == "__main__":
    main()
