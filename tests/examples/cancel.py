"""cancel.c: cancels meet whom they are meant for, more sleepers than may block, the end of a client."""

import concurrent.futures
import sys

import psycopg

WHERE = f"host=127.0.0.1 port={sys.argv[1]} user=tester dbname=main"


def connect():
    return psycopg.connect(WHERE, autocommit=True, cursor_factory=psycopg.ClientCursor)


def cancel(connection, future):
    """A cancel that comes before the statement runs does nothing."""
    while not future.done():
        connection.cancel_safe()
        concurrent.futures.wait([future], 0.02)
    return future.exception().sqlstate


with concurrent.futures.ThreadPoolExecutor(8) as pool:
    sleepers = [connect() for _ in range(4)]  # twice as many as may block at once
    sleeping = [pool.submit(sleeper.execute, "sleep 600") for sleeper in sleepers]
    with connect() as other:  # whom they do not stop
        try:
            other.execute("nonsense")
        except psycopg.errors.SyntaxError:
            pass
    for sleeper, future in zip(sleepers, sleeping):
        assert cancel(sleeper, future) == "57014"
    for sleeper in sleepers:
        assert sleeper.execute("sleep 0").fetchone() == ("awake",)
    gone = [connect() for _ in range(2)]
    for connection in gone:
        connection.pgconn.send_query(b"sleep 600")
        connection.pgconn.finish()
    assert sleepers[0].execute("sleep 0.01").fetchone() == ("awake",)
print("ok")
