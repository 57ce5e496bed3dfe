"""Ctrl-C: psql cancels the statement that runs; what it says of that."""

import signal
import subprocess

SLOW = "select count(*) from generate_series(1, 100000000000) t(i) where i % 7 = 3;"

with subprocess.Popen(["psql", "-X", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                      stderr=subprocess.STDOUT, text=True) as psql:
    psql.stdin.write(f"\\echo ready\n{SLOW}\n\\echo done\n")
    psql.stdin.close()
    assert psql.stdout.readline() == "ready\n"
    while True:
        try:
            psql.wait(0.1)
            break
        except subprocess.TimeoutExpired:  # one that comes too early is for nothing
            psql.send_signal(signal.SIGINT)
    print("\n".join(sorted({line.strip() for line in psql.stdout})))
