"""COPY … FROM STDIN to a server: what it answers, to the byte, however the data is cut."""

import psycopg
from psycopg import pq

FIELD = pq.DiagnosticField
FIELDS = (FIELD.SQLSTATE, FIELD.MESSAGE_PRIMARY, FIELD.CONTEXT)


def connect(port, user):
    return psycopg.connect(host="127.0.0.1", port=port, dbname="main", user=user, autocommit=True)


def failure(result):
    return tuple((result.error_field(field) or b"").decode() for field in FIELDS)


def pieces(data, size):
    return [data[at:at + size] for at in range(0, len(data), size)] if size else [data]


def copy_in(connection, sql, data, size=0, fail=None):
    """(formats, tag) of a copy that went well, (SQLSTATE, message, context) of one that did not."""
    pgconn = connection.pgconn
    pgconn.send_query(sql.encode())
    result = pgconn.get_result()
    formats = None
    if result.status == pq.ExecStatus.COPY_IN:
        formats = [result.binary_tuples if hasattr(result, "binary_tuples") else 0, result.nfields]
        for piece in pieces(data, size):
            pgconn.put_copy_data(piece)
        pgconn.put_copy_end(fail.encode() if fail is not None else None)
        result = pgconn.get_result()
    answer = failure(result) if result.status == pq.ExecStatus.FATAL_ERROR else (
        formats, result.command_status.decode())
    while pgconn.get_result():
        pass
    return answer
