"""COPY with the client, side by side in one run. TO STDOUT: wirehouse, PostgreSQL 15, and what SELECT
costs of the same rows; FROM STDIN: both, and the engine reading the same file by itself. Server CPU comes from the operating system; the contestants alternate; the median counts.
`--quick` takes a tenth of the rows."""

import os
import shutil
import statistics
import subprocess
import sys

import bulk
from servers import BUILD, Field, cpu_of

SOURCES = {"item": "14 columns", f"({bulk.NUMERIC})": "3 numeric",
           "(select l_comment, l_shipmode, l_returnflag from item)": "3 texts"}
# The same rows as COPY and as SELECT, in which format SELECT sends them.
FORMATS = (("text", "", "text"), ("csv", "(format csv)", "text"), ("binary", "(format binary)", "binary"),
           ("arrow", "(format arrow)", "binary"))


def select(source):
    return source.strip("()") if source.startswith("(") else f"select * from {source}"


def measure(field, source, name, options, select_format):
    wirehouse, postgres = field.servers
    contestants = [("wirehouse", wirehouse, f"copy {source} to stdout {options}", "text"),
                   ("PostgreSQL", postgres, f"copy {source} to stdout {options}", "text"),
                   ("SELECT", wirehouse, select(source), select_format)]
    if name == "arrow":
        del contestants[1]
    samples = {contestant: [] for contestant, *_ in contestants}
    for _ in range(bulk.ROUNDS):
        for contestant, server, sql, form in contestants:
            samples[contestant].append(bulk.drain(server, sql, form))
    results = {}
    for contestant, kept in samples.items():
        _, cpu, first, _ = bulk.medians(kept)
        wall = sorted(sample[3] for sample in kept)[len(kept) // 2]
        size = kept[0][4] / 1e6
        results[contestant] = (cpu * kept[0][0] / bulk.ROWS, size / wall, size, first)
    reference = results.get("PostgreSQL", results["SELECT"])[0]
    for contestant, (cpu, speed, size, _) in results.items():
        print(f"| {SOURCES[source]}, {name} | {contestant} | {cpu:,.0f} | {speed:,.0f} | {size:,.0f} "
              f"| {cpu / reference:.2f} |", flush=True)


def out(field):
    print("| COPY TO STDOUT | contestant | server CPU ns/row | MB/s | MB | CPU : PostgreSQL |")
    print("|---|---|---|---|---|---|")
    for source in SOURCES:
        for name, options, select_format in FORMATS:
            measure(field, source, name, options, select_format)


# ---- in ----

# As COPY takes them, and what the engine's own COPY of the same file is called with.
INPUTS = (("text", "(format text)", "header false, delimiter '\t', quote '', escape '', nullstr '\\N', auto_detect false"),
          ("csv", "(format csv)", "header false, auto_detect false"), ("binary", "(format binary)", None))


def psql(server, command):
    subprocess.run(["psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(server.port), "-U", "postgres", "-d", "main",
                    "-c", command], check=True)


def load(server, path, options):
    """CPU seconds of the server for one copy into an empty table."""
    psql(server, "truncate target")
    before = cpu_of(server.pid)
    psql(server, f"\\copy target from '{path}' {options}")
    return bulk.cpu_since(server, before)


def load_engine(field, path, options):
    out = subprocess.run([BUILD / "bench/engine", field.work / "engine.duckdb",
                          f"copy target from '{path}' ({options})", str(bulk.ROUNDS)],
                         capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
    return [float(line.split()[1]) for line in out]


def copy_in(field):
    wirehouse, postgres = field.servers
    print("| COPY FROM STDIN, 14 columns | contestant | CPU ns/row | MB/s of CPU | CPU : engine | CPU : PostgreSQL |")
    print("|---|---|---|---|---|---|")
    for server in field.servers:
        psql(server, "create table target as select * from item limit 0")
    wirehouse.query("checkpoint")
    shutil.copy(field.work / "bench.duckdb", field.work / "engine.duckdb")
    for name, options, engine_options in INPUTS:
        path = field.work / f"item.{name}"
        psql(postgres, f"\\copy item to '{path}' {options}")
        samples = {"wirehouse": [], "PostgreSQL": []}
        for _ in range(bulk.ROUNDS):
            for server in field.servers:
                samples[server.name].append(load(server, path, options))
        if engine_options:
            samples["engine"] = load_engine(field, path, engine_options)
        seconds = {contestant: statistics.median(kept) for contestant, kept in samples.items()}
        for contestant, cpu in seconds.items():
            beside = f"{cpu / seconds['engine']:.2f}" if "engine" in seconds else ""
            print(f"| {name} | {contestant} | {cpu / bulk.ROWS * 1e9:,.0f} | {path.stat().st_size / 1e6 / cpu:,.0f} "
                  f"| {beside} | {cpu / seconds['PostgreSQL']:.2f} |", flush=True)
        path.unlink()


def main():
    with Field() as field:
        wirehouse, postgres = field.servers
        wirehouse.query(bulk.DUCKDB, "checkpoint")
        postgres.query(bulk.POSTGRES, "vacuum analyze item")
        only = [word for word in sys.argv[1:] if not word.startswith("-")]
        print(f"{bulk.ROWS} rows, medians of {bulk.ROUNDS}, load average {os.getloadavg()[0]:.2f}; arrow beside "
              "SELECT in binary\n")
        if only != ["in"]:
            out(field)
        if only != ["out"]:
            print()
            copy_in(field)


if __name__ == "__main__":
    main()
