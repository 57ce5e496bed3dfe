"""Both servers side by side: the same statement, the same parameters, the cells of each."""

import os
import struct
import unittest

import psycopg
from psycopg import pq

EPOCH_DAYS = 10957  # from 1970-01-01 to 2000-01-01


def connect(port, user):
    return psycopg.connect(host="127.0.0.1", port=port, dbname="main", user=user, autocommit=True)


def run(connection, sql, values=(), oids=(), result_format=0, param_format=1):
    """The result of a statement with parameters, as libpq has it."""
    result = connection.pgconn.exec_params(
        sql.encode(), list(values), list(oids), [param_format] * len(values), result_format)
    assert result.status == pq.ExecStatus.TUPLES_OK, f"{sql[:200]}: {result.error_message}"
    return result


def row(result):
    return [result.get_value(0, i) for i in range(result.nfields)]


def sent(name, value):
    """A value in PostgreSQL's binary form, whatever the settings are."""
    if name == "date":
        return struct.pack("!i", value)
    if name in ("timestamp", "timestamptz", "time"):
        return struct.pack("!q", value)
    if name == "timetz":
        return struct.pack("!qi", *value)
    if name == "interval":
        months, days, us = value
        return struct.pack("!qii", us, days, months)
    if name in ("float4", "float8"):
        return struct.pack("!f" if name == "float4" else "!d", value)
    if name == "bytea":
        return value
    raise ValueError(name)


def sent_array(element_oid, elements, lengths):
    """An array of values that are in binary form already; None is NULL."""
    out = struct.pack("!iii", len(lengths), int(None in elements), element_oid)
    for length in lengths:
        out += struct.pack("!ii", length, 1)
    for element in elements:
        out += struct.pack("!i", -1) if element is None else struct.pack("!i", len(element)) + element
    return out


class Both(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.oracle = connect(os.environ["POSTGRES_PORT"], "postgres")
        cls.ours = connect(os.environ["PGPORT"], "t")
        cls.oids = {}
        cls.array_oids = {}
        for name, oid, array in cls.oracle.execute("select typname, oid::int, typarray::int from pg_type"):
            cls.oids[name] = oid
            cls.array_oids[name] = array

    @classmethod
    def tearDownClass(cls):
        cls.oracle.close()
        cls.ours.close()

    def both(self, sql):
        self.oracle.execute(sql)
        self.ours.execute(sql)

    def same_cells(self, name, oid, values, what="", size=200):
        """`select $1::name, …` in both formats, a few parameters at a time."""
        for start in range(0, len(values), size):
            part = values[start:start + size]
            sql = "select " + ", ".join(f"${i + 1}::{name}" for i in range(len(part)))
            for result_format in (0, 1):
                expected, got = (run(side, sql, part, [oid] * len(part), result_format)
                                 for side in (self.oracle, self.ours))
                for i, theirs in enumerate(row(expected)):
                    self.assertEqual(got.get_value(0, i), theirs,
                                     f"{name} {part[i]} in format {result_format} {what}")
                    self.assertEqual((got.ftype(i), got.fsize(i)), (expected.ftype(i), expected.fsize(i)))
