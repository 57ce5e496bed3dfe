"""What examples/loop.c promises: many clients on one thread, none of whom waits for another.

Arguments: the port; "timeout" for a server whose statements may take 300 ms. Says "ok", or fails.
"""

import socket
import struct
import sys
import threading

import psycopg

PORT = int(sys.argv[1])


def connect():
    return psycopg.connect(f"host=127.0.0.1 port={PORT} user=tester dbname=main", autocommit=True)


def sqlstate(connection, sql):
    try:
        connection.execute(sql)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def check_side_by_side():
    """While one sleeps for good, all others get their rows."""
    sleeper, others = connect(), [connect() for _ in range(20)]
    codes = []
    thread = threading.Thread(target=lambda: codes.append(sqlstate(sleeper, "sleep 600000")))
    thread.start()
    for number, other in enumerate(others):
        rows = other.execute(f"rows {number}").fetchall()
        assert rows == [(n + 1,) for n in range(number)], rows
    while thread.is_alive():  # a cancel that comes before the statement does nothing
        sleeper.cancel()
        thread.join(0.05)
    assert codes == ["57014"], codes
    assert sleeper.execute("sleep 1").fetchall() == [(1,)]
    for connection in (sleeper, *others):
        connection.close()


def start_raw(sql):
    """A connection that asks and does not read."""
    raw = socket.create_connection(("127.0.0.1", PORT))
    parameters = b"user\0tester\0\0"
    raw.sendall(struct.pack(">II", len(parameters) + 8, 3 << 16) + parameters)
    query = sql.encode() + b"\0"
    raw.sendall(b"Q" + struct.pack(">I", len(query) + 4) + query)
    return raw


def check_slow_reader():
    """Its rows wait for it, and nobody else does; when it reads, all of them are there."""
    slow = start_raw("rows 3000000")
    other = connect()
    assert len(other.execute("rows 1000").fetchall()) == 1000
    received, last = 0, b""
    while b"SELECT 3000000\0" not in last:
        piece = slow.recv(1 << 20)
        assert piece, "the connection was closed"
        received += len(piece)
        last = last[-64:] + piece
    assert received > 3000000 * 12, received
    slow.close()
    other.close()


def check_hang_ups():
    """More clients than there is room for at once leave in the midst of things."""
    for _ in range(40):
        for sql in ("rows 100000000", "sleep 600000"):
            start_raw(sql).close()
    connection = connect()
    assert connection.execute("rows 1").fetchall() == [(1,)]
    connection.close()


def check_timeout():
    connection = connect()
    assert sqlstate(connection, "sleep 600000") == "57014"
    assert sqlstate(connection, "rows 3") is None
    idle = connect()
    assert sqlstate(connection, "sleep 600000") == "57014"
    assert idle.execute("rows 1").fetchall() == [(1,)]
    slow = start_raw("rows 100000000")  # it is time that ends it, not its reader
    last = b""
    while piece := slow.recv(1 << 20):
        last = last[-64:] + piece
        if b"57014" in last:
            break
    assert b"57014" in last
    for each in (connection, idle, slow):
        each.close()


if sys.argv[2:] == ["timeout"]:
    check_timeout()
else:
    check_side_by_side()
    check_slow_reader()
    check_hang_ups()
print("ok")
