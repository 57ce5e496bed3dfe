"""The library alone, side by side in one run with the crate pgwire: examples/bench.c and its
equal in bench/crate, rows made by the programs themselves. Beside them wirehouse and
PostgreSQL 15, which have the same rows in a table. That both programs send the same bytes is
checked first. Server CPU comes from the operating system; the contestants alternate; the
median counts. `--quick` takes a tenth of the rows and fewer rounds."""

import os
import pathlib
import statistics

import bulk
import statements
from servers import BUILD, Field, start_program

SHAPES = [("14 columns", f"select items {bulk.ROWS}", "select * from item"),
          ("3 numeric", f"select numbers {bulk.ROWS}", bulk.NUMERIC),
          ("2 ints", f"select pairs {bulk.ROWS}", "select l_orderkey, l_partkey from item")]


def same_bytes(work, library, crate):
    """The crate's zero loses the scale that the value has: 0.00 goes out as 0, in binary."""
    zero = b"\0\0\0\x08\0\0\0\0\0\0\0"
    for sql in ("select 1", "select pairs 10000", "select numbers 10000", "select items 10000"):
        for form in ("text", "binary"):
            answers = []
            for server in (library, crate):
                bulk.record(server, sql, form, work / "answer")
                answers.append((work / "answer").read_bytes().replace(zero + b"\2", zero + b"\0"))
            assert answers[0] == answers[1], f"{sql}, {form}: the answers differ"


def compare_rows(contestants, name, form):
    samples = [[] for _ in contestants]
    for _ in range(bulk.ROUNDS):
        for (server, sql), kept in zip(contestants, samples):
            kept.append(bulk.drain(server, sql, form))
    results = [bulk.medians(kept) for kept in samples]
    reference = results[1][1]
    for (server, _), (_, cpu, first, speed) in zip(contestants, results):
        print(f"| {name}, {form} | {server.name} | {speed:,.0f} | {cpu:,.0f} | {first:.1f} "
              f"| {cpu / reference:.2f} |", flush=True)


def compare_statements(servers, mode, clients, depth):
    samples = [[] for _ in servers]
    for _ in range(statements.ROUNDS):
        for server, kept in zip(servers, samples):
            kept.append(statements.load(mode, server, clients, depth, "select 1"))
    results = [[statistics.median(column) for column in zip(*kept)] for kept in samples]
    cells = " | ".join(f"{speed:,.0f} | {cpu:.1f}" for speed, cpu in results)
    print(f"| select 1, {mode} | {clients} × {depth} | {cells} "
          f"| {results[0][1] / results[1][1]:.2f} |", flush=True)


def main():
    with Field() as field:
        wirehouse, postgres = field.servers
        library = start_program("libpgwire", BUILD / "examples/bench")
        crate = start_program("crate pgwire", pathlib.Path(os.environ["CRATE_BENCH"]))
        field.servers += [library, crate]
        same_bytes(field.work, library, crate)
        wirehouse.query(bulk.DUCKDB, "checkpoint")
        postgres.query(bulk.POSTGRES, "vacuum analyze item")
        print(f"{bulk.ROWS} rows, medians of {bulk.ROUNDS}, load average "
              f"{os.getloadavg()[0]:.2f}\n")
        print("| workload | contestant | rows/s | server CPU ns/row | first row ms | CPU : crate |")
        print("|---|---|---|---|---|---|")
        for name, synthetic, table in SHAPES:
            for form in ("text", "binary"):
                compare_rows([(library, synthetic), (crate, synthetic), (wirehouse, table),
                              (postgres, table)], name, form)
        print("\n| statement | clients × depth | libpgwire/s | CPU µs | crate/s | CPU µs "
              "| PostgreSQL/s | CPU µs | libpgwire : crate |")
        print("|---|---|---|---|---|---|---|---|---|")
        for mode in statements.MODES:
            for clients, depth in statements.LOADS:
                compare_statements([library, crate, postgres], mode, clients, depth)


if __name__ == "__main__":
    main()
