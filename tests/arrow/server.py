"""A server of Arrow streams in this process: libarrow_server.so, by ctypes."""

import contextlib
import ctypes
import os
import time

import psycopg

OPEN_STREAM = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)


class Counts(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in
                ("streams", "streams_released", "arrays", "arrays_released")]


class Server:
    """`tables` has for a statement's text what makes a RecordBatchReader."""

    def __init__(self):
        self.library = ctypes.CDLL(os.environ["ARROW_SERVER"])
        self.counts = Counts.in_dll(self.library, "counts")
        self.tables = {}
        self.callback = OPEN_STREAM(self.open)  # lives as long as the server
        self.port = self.library.arrow_server_start(self.callback)
        assert self.port, "the server did not start"

    def open(self, sql, address):
        make = self.tables.get(sql.decode())
        if not make:
            return 2
        make()._export_to_c(address)
        return 0

    def stop(self):
        self.library.arrow_server_stop()

    def connect(self):
        return psycopg.connect(host="127.0.0.1", port=self.port, user="tester", dbname="main",
                               autocommit=True, prepare_threshold=None)

    @contextlib.contextmanager
    def all_released(self):
        """What is opened meanwhile is released, once each."""
        yield
        for _ in range(3000):  # the server may still be at it
            counts = self.counts
            if (counts.streams, counts.arrays) == (counts.streams_released, counts.arrays_released):
                break
            time.sleep(0.01)
        assert counts.streams == counts.streams_released, "streams"
        assert counts.arrays == counts.arrays_released, "arrays"


def postgres():
    return psycopg.connect(host="127.0.0.1", port=os.environ["POSTGRES_PORT"], user="postgres",
                           dbname="main", autocommit=True)


def raw(cursor):
    """The bytes of all cells, by row."""
    result = cursor.pgresult
    return [[result.get_value(row, column) for column in range(result.nfields)]
            for row in range(result.ntuples)]
