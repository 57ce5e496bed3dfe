"""COPY … TO STDOUT, side by side in one run: wirehouse, PostgreSQL 15, and what SELECT costs of the
same rows. Server CPU comes from the operating system; the contestants alternate; the median counts.
`--quick` takes a tenth of the rows."""

import os

import bulk
from servers import Field

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


def main():
    with Field() as field:
        wirehouse, postgres = field.servers
        wirehouse.query(bulk.DUCKDB, "checkpoint")
        postgres.query(bulk.POSTGRES, "vacuum analyze item")
        print(f"{bulk.ROWS} rows, medians of {bulk.ROUNDS}, load average {os.getloadavg()[0]:.2f}; arrow beside "
              "SELECT in binary\n")
        out(field)


if __name__ == "__main__":
    main()
