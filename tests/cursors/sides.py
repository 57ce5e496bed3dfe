"""PostgreSQL and wirehouse, asked the same by simple queries."""

import os

import psycopg
from psycopg import pq


OURS = {"host": "127.0.0.1", "port": os.environ["PGPORT"], "dbname": "main", "user": "tester"}
THEIRS = {"host": "127.0.0.1", "port": os.environ["POSTGRES_PORT"], "dbname": "main", "user": "postgres"}


class Side:
    def __init__(self, address):
        self.connection = psycopg.connect(**address, autocommit=True)
        self.wire = self.connection.pgconn

    def ask(self, sql):
        """Rows, tag and columns of the last statement, or its SQLSTATE; and the status."""
        result = self.wire.exec_(sql.encode())
        status = self.wire.transaction_status
        if result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            return result.error_field(pq.DiagnosticField.SQLSTATE).decode(), status
        columns = [(result.fname(i), result.ftype(i), result.fformat(i)) for i in range(result.nfields)]
        rows = [tuple(result.get_value(row, i) for i in range(result.nfields))
                for row in range(result.ntuples)]
        return result.command_status.decode(), status, columns, rows

    def close(self):
        self.connection.close()


def postgres():
    return Side(THEIRS)


def wirehouse():
    return Side(OURS)
