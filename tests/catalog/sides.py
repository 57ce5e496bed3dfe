"""Two servers with the same things in them, and statements asked of both."""

import os
import re
import struct

import psycopg
from psycopg import pq

BOOL, CHAR, NAME, INT8, INT2, INT4, TEXT, OID, FLOAT4 = 16, 18, 19, 20, 21, 23, 25, 26, 700
REGPROC, REGCLASS, REGTYPE, REGNAMESPACE = 24, 2205, 2206, 4089
OIDS = {OID, REGPROC, REGCLASS, REGTYPE, REGNAMESPACE}
ARRAYS = {1002: CHAR, 1003: NAME, 1005: INT2, 1007: INT4, 1009: TEXT, 1028: OID}
USERS = 16384  # the first OID that is not PostgreSQL's own

SETUP = {
    "postgres": ["create type pair as (a int, b text, m mood)"],
    "wirehouse": ["create type pair as struct(a int, b varchar, m mood)"],
}
COMMON = [
    "create type mood as enum ('sad', 'ok', 'happy')",
    None,  # what each writes in its own way
    "create table item (id int primary key, price numeric(10, 2) not null, m mood, "
    "name text default 'x', amount float8, made timestamptz, ok bool)",
    "create view shown as select id, price from item",
    "create schema other",
    "create table other.thing (a int)",
    "comment on table item is 'things'",
    "comment on column item.price is 'what it costs'",
]


class Side:
    def __init__(self, name, port, user):
        self.name = name
        self.connection = psycopg.connect(
            host="127.0.0.1", port=port, dbname="main", user=user, autocommit=True)
        self.labels = None

    def set_up(self):
        for statement in COMMON:
            for sql in [statement] if statement else SETUP[self.name]:
                self.connection.execute(sql)
        self.labels = self.read_labels()

    def ask(self, sql, values=(), types=None, binary=False):
        """The result as it came; values are text."""
        encoded = [None if value is None else value.encode() for value in values]
        return self.connection.pgconn.exec_params(
            sql.encode(), encoded, types, None, int(binary))

    def rows(self, sql, *arguments):
        result = self.ask(sql, *arguments)
        assert result.status == pq.ExecStatus.TUPLES_OK, (sql, result.error_message)
        return [[text(result.get_value(row, i)) for i in range(result.nfields)]
                for row in range(result.ntuples)]

    def value(self, expression):
        return self.rows(f"select ({expression})")[0][0]

    def read_labels(self):
        """The OIDs of what was made above, as what they stand for."""
        labels = {}
        for kind, sql in (
                ("type", "select oid, typname from pg_type"),
                ("class", "select oid, relname from pg_class"),
                ("schema", "select oid, nspname from pg_namespace"),
                ("enum", "select oid, enumlabel from pg_enum"),
                ("database", "select oid, datname from pg_database")):
            for oid, name in self.rows(sql):
                if int(oid) >= USERS:
                    labels[oid] = f"{kind} {name}"
        return labels

    def label(self, value, type_oid):
        if value is not None and type_oid in OIDS:
            return self.labels.get(value, value)
        if value is not None and ARRAYS.get(type_oid) in OIDS:
            return re.sub(r"\d+", lambda match: self.labels.get(match[0], match[0]), value)
        return value

    def table(self, sql, values=(), types=None, binary=False):
        """Names and types of the columns, then the rows, OIDs of the user's things as
        what they stand for."""
        result = self.ask(sql, values, types, binary)
        assert result.status == pq.ExecStatus.TUPLES_OK, (
            self.name, sql, result.error_message.decode())
        columns = [result.ftype(i) for i in range(result.nfields)]
        read = decode if binary else lambda value, _: text(value)
        return columns, [
            [self.label(read(result.get_value(row, i), column), column)
             for i, column in enumerate(columns)] for row in range(result.ntuples)]

    def parameters(self, sql, types=None):
        """The types of a statement's parameters."""
        connection = self.connection.pgconn
        result = connection.prepare(b"asked", sql.encode(), types)
        assert result.status == pq.ExecStatus.COMMAND_OK, (sql, result.error_message)
        described = connection.describe_prepared(b"asked")
        self.connection.execute("deallocate asked")
        return [described.param_type(i) for i in range(described.nparams)]


def text(value):
    return None if value is None else value.decode()


def decode_array(value, element):
    dimensions, _, _ = struct.unpack_from("!iiI", value)
    if not dimensions:
        return "{}"
    count, _ = struct.unpack_from("!ii", value, 12)
    at, cells = 20, []
    for _ in range(count):
        (length,) = struct.unpack_from("!i", value, at)
        at += 4
        cells.append("NULL" if length < 0 else decode(value[at:at + length], element))
        at += max(length, 0)
    return "{" + ",".join(cells) + "}"


NUMBERS = {INT8: "!q", INT2: "!h", INT4: "!i", OID: "!I", REGPROC: "!I", REGCLASS: "!I",
           REGTYPE: "!I", REGNAMESPACE: "!I", FLOAT4: "!f"}


def decode(value, type_oid):
    """PostgreSQL's binary as its text, but that names of OIDs stay numbers."""
    if value is None:
        return None
    if type_oid in ARRAYS:
        return decode_array(value, ARRAYS[type_oid])
    if type_oid == BOOL:
        return "t" if value == b"\1" else "f"
    if type_oid in NUMBERS:
        (number,) = struct.unpack(NUMBERS[type_oid], value)
        return f"{number:g}" if type_oid == FLOAT4 else str(number)
    return value.decode()


def connect():
    return (Side("postgres", os.environ["POSTGRES_PORT"], "postgres"),
            Side("wirehouse", os.environ["PGPORT"], "postgres"))
