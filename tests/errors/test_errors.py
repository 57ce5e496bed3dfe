"""Statements that fail on PostgreSQL fail on wirehouse with the same SQLSTATE, and where both
say where, at the same character: alone, behind other statements in one string, over several
lines, in the extended protocol, and with parameters whose types are given."""

import os
import unittest

from psycopg import pq

from statements import COMMANDS, PARAMETERS, SETUP, STATEMENTS, VIOLATIONS

# What stands in front: characters of two, three and four bytes, a wide one, a combining one.
BEFORE = "select 'é€😀漢e\u0301' as \"ü\";\n\n/* ☃ */\t"
FIELD = pq.DiagnosticField
FATAL = pq.ExecStatus.FATAL_ERROR


def field(result, name):
    return (result.error_field(name) or b"").decode()


class Server:
    def __init__(self, port, user):
        self.connection = pq.PGconn.connect(
            f"host=127.0.0.1 port={port} dbname=main user={user}".encode())
        for statement in SETUP:
            result = self.connection.exec_(statement.encode())
            assert result.status != FATAL, (statement, result.error_message)

    def simple(self, sql):
        return self.connection.exec_(sql.encode())

    def prepared(self, sql, oids=(), values=()):
        """Parse alone if it fails, else executed."""
        result = self.connection.prepare(b"", sql.encode(), list(oids))
        if result.status == FATAL:
            return result
        return self.connection.exec_prepared(b"", list(values))

    def failure(self, sql, run=None, block=True):
        """(SQLSTATE, position or 0); in a transaction that is undone."""
        if block:
            self.simple("begin")
        result = (run or self.simple)(sql)
        failure = field(result, FIELD.SQLSTATE), int(field(result, FIELD.STATEMENT_POSITION) or 0)
        if self.connection.transaction_status != pq.TransactionStatus.IDLE:
            self.simple("rollback")
        return failure

    def fields(self, sql):
        self.simple("begin")
        result = self.simple(sql)
        self.simple("rollback")
        return tuple(field(result, name) for name in
                     (FIELD.SQLSTATE, FIELD.TABLE_NAME, FIELD.COLUMN_NAME))


def several_lines(sql):
    """Every blank outside of quotes breaks the line."""
    quoted, out = False, []
    for char in sql:
        quoted ^= char in "'\""
        out.append("\r\n" if char == " " and not quoted else char)
    return "".join(out)


class Errors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.oracle = Server(os.environ["POSTGRES_PORT"], "postgres")
        cls.ours = Server(os.environ["PGPORT"], "t")

    @classmethod
    def tearDownClass(cls):
        for server in (cls.oracle, cls.ours):
            server.connection.finish()

    def compare(self, row, prefix="", run="simple", block=True):
        sql, code, reason = row if isinstance(row, tuple) else (row, None, None)
        text = prefix + sql
        theirs, mine = (server.failure(text, getattr(server, run), block)
                        for server in (self.oracle, self.ours))
        if reason is None:
            self.assertNotEqual(theirs[0], "", "PostgreSQL does not mind")
            self.assertEqual(mine[0], theirs[0], f"instead of {theirs}")
        elif code != "same":
            self.assertNotEqual(theirs[0], code, "there is no difference any more")
            self.assertEqual(mine[0], code, f"PostgreSQL: {theirs}")
        if reason is None and theirs[1] and mine[1]:
            self.assertEqual(mine[1], theirs[1], "position")

    def violations(self, sql):
        """Whose constraint it was; the engine does not always know."""
        theirs, mine = (server.fields(sql) for server in (self.oracle, self.ours))
        self.assertEqual(mine[0], theirs[0])
        for his, my in zip(theirs[1:], mine[1:]):
            self.assertIn(my, (his, ""))
        if mine[0] in ("23502", "23514"):
            self.assertNotEqual(mine[1], "")

    def parameters(self, row):
        sql, oids, values = row
        for prefix in ("", "/* é😀 */\n "):
            theirs, mine = (
                server.failure(prefix + sql, lambda text, s=server: s.prepared(text, oids, values))
                for server in (self.oracle, self.ours))
            self.assertNotEqual(theirs[0], "", "PostgreSQL does not mind")
            self.assertEqual(mine[0], theirs[0])
            self.assertIn(mine[1], (theirs[1], 0))

    def test_positions_are_given(self):
        """Comparing where both say where is worth nothing if nobody does."""
        both = [self.ours.failure(sql)[1] > 0 and self.oracle.failure(sql)[1] > 0
                for sql in STATEMENTS if isinstance(sql, str)]
        self.assertGreater(sum(both), 80)


def add(kind, number, row, check):
    sql = row[0] if isinstance(row, tuple) else row

    def test(self):
        check(self, row)

    test.__doc__ = f"{kind}: {sql}"
    setattr(Errors, f"test_{kind}_{number:03}", test)


for i, one in enumerate(STATEMENTS):
    add("alone", i, one, lambda self, row: self.compare(row))
    add("behind", i, one, lambda self, row: self.compare(row, BEFORE))
    add("prepared", i, one, lambda self, row: self.compare(row, "  ", "prepared"))
    if isinstance(one, str):
        add("lines", i, several_lines(one), lambda self, row: self.compare(row))
for i, one in enumerate(COMMANDS):
    add("command", i, one, lambda self, row: self.compare(row, block=False))
for i, one in enumerate(VIOLATIONS):
    add("violation", i, one, Errors.violations)
for i, one in enumerate(PARAMETERS):
    add("parameter", i, one, Errors.parameters)
