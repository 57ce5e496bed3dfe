"""Conversations with PostgreSQL 15 and with wirehouse: every line has the same tag or
SQLSTATE, rows, notices, parameters and transaction status, over both protocols."""

import os
import pathlib
import re
import select
import unittest

import psycopg
from commands_table import commands
from psycopg import pq

FOLDER = pathlib.Path(__file__).parent
REPORTED = ("application_name", "client_encoding", "DateStyle", "default_transaction_read_only",
            "in_hot_standby", "integer_datetimes", "IntervalStyle", "is_superuser",
            "server_encoding", "session_authorization", "standard_conforming_strings", "TimeZone")

# What wirehouse answers where PostgreSQL answers something else, and why. Compared is
# the tag or SQLSTATE alone; None: not at all, what is said follows from another line.
ALLOWED = {
    "set client_encoding = latin1": ("0A000", "text is UTF-8, and is not converted"),
    "set time zone 'a', 'b'": ("22023", "the values are read before their number is known"),
    "savepoint a": ("0A000", "the engine has no savepoints"),
    "set default_transaction_isolation = serializable":
        ("0A000", "the engine's snapshots are not serializable"),
    "begin isolation level serializable":
        ("0A000", "the engine's snapshots are not serializable"),
    "begin isolation level read committed":
        ("BEGIN", "a notice says that the transaction sees one snapshot all the same"),
    "set session characteristics as transaction isolation level read uncommitted":
        ("SET", "a notice says that the transaction sees one snapshot all the same"),
    "set standard_conforming_strings = off": ("0A000", "strings take backslashes literally"),
    "set lc_monetary = 'de_DE.UTF-8'": ("0A000", "amounts are not written by locale"),
    "set session_replication_role = replica": ("0A000", "there are no triggers to be kept off"),
    "set array_nulls = off": ("0A000", "NULL in an array is a null"),
    "set transform_null_equals = on": ("0A000", "= NULL is null"),
    "set exit_on_error = on": ("0A000", "an error does not end a session"),
    "lock pg_class": ("0A000", "only a reader's lock is what a snapshot gives"),
    "select pg_advisory_unlock_all()": ("SELECT 1", "the engine has no type void"),
}


def quoted(line):
    return line.replace("\\n", "\n")


def conversations():
    """(how to connect, lines), one for each part of the file."""
    for part in re.split(r"\n\s*\n", (FOLDER / "conversations.txt").read_text("utf-8")):
        lines = [line for line in part.split("\n") if line and line[0] != "#"]
        start = lines.pop(0)[2:] if lines and lines[0][0] == "@" else ""
        if lines:
            yield start, [quoted(line) for line in lines]


class Client:
    def __init__(self, port, start):
        self.notices = []
        text = f"host=127.0.0.1 port={port} dbname=main user=postgres {start}"
        self.connection = psycopg.connect(text, autocommit=True)
        self.connection.add_notice_handler(self.notice)
        self.pgconn = self.connection.pgconn

    def notice(self, notice):
        if notice.severity != "DEBUG":  # PostgreSQL's own, of its inside
            self.notices.append((notice.severity, notice.sqlstate))

    def ask(self, line, extended):
        self.notices.clear()
        sql = line.encode()
        result = self.pgconn.exec_params(sql, []) if extended else self.pgconn.exec_(sql)
        parameters = [self.pgconn.parameter_status(name.encode()) for name in REPORTED]
        return (self.outcome(result), self.rows(result), list(self.notices), parameters,
                self.pgconn.transaction_status)

    @staticmethod
    def outcome(result):
        if result.status == pq.ExecStatus.FATAL_ERROR:
            sqlstate = result.error_field(pq.DiagnosticField.SQLSTATE)
            return sqlstate.decode() if sqlstate else result.error_message.decode()
        return (result.command_status or b"").decode()

    @staticmethod
    def rows(result):
        return [[result.get_value(row, column) for column in range(result.nfields)]
                for row in range(result.ntuples)]


def connect(port, start):
    """The client, or the SQLSTATE of the refusal."""
    try:
        return Client(port, start)
    except psycopg.OperationalError as error:
        return re.sub(r"^.*(FATAL|ERROR):.*$", "refused", str(error).split("\n")[0])


class Conversations(unittest.TestCase):
    maxDiff = None

    def compare(self, line, extended, theirs, ours):
        expected, got = theirs.ask(line, extended), ours.ask(line, extended)
        allowed = ALLOWED.get(line)
        if allowed:
            self.assertEqual(got[0], allowed[0], allowed[1])
        else:
            self.assertEqual(got, expected)


def add(number, start, lines, extended, row):
    """One test a line: a conversation is led once, by its first."""

    def test(self):
        outcome = lead(self, number, start, lines, extended)[row]
        if outcome:
            self.fail(outcome)

    setattr(Conversations, f"test_{number:02}_{'extended' if extended else 'simple'}_{row:03}", test)


LED = {}


def lead(case, number, start, lines, extended):
    """What is wrong with each line, None: nothing."""
    key = number, extended
    if key not in LED:
        theirs, ours = connect(os.environ["POSTGRES_PORT"], start), connect(os.environ["PGPORT"], start)
        if isinstance(theirs, str) or isinstance(ours, str):
            LED[key] = [None if theirs == ours else f"{start}: {theirs}, {ours}"] * len(lines)
        else:
            LED[key] = [wrong(case, line, extended, theirs, ours) for line in lines]
    return LED[key]


def wrong(case, line, extended, theirs, ours):
    try:
        case.compare(line, extended and ";" not in line, theirs, ours)
    except AssertionError as error:
        return f"{line}\n{error}"
    return None


for conversation, (how, what) in enumerate(conversations()):
    for protocol in (False, True):
        for index in range(len(what)):
            add(conversation, how, what, protocol, index)


class Allowed(unittest.TestCase):
    def test_each_is_said(self):
        said = {line for _, lines in conversations() for line in lines}
        self.assertEqual(set(ALLOWED) - said, set())


# ---- time-outs of having nothing to do ----


class Idle(unittest.TestCase):
    def told(self, port, *lines):
        """What a client that asks nothing more is told at the end."""
        client = Client(port, "")
        for line in lines:
            client.ask(line, False)
        client.notices.clear()
        while client.pgconn.status == pq.ConnStatus.OK:
            select.select([client.pgconn.socket], [], [])
            try:
                client.pgconn.consume_input()
            except psycopg.OperationalError:
                break
            client.pgconn.is_busy()  # takes the messages that are there
        return client.notices

    def compare(self, *lines):
        expected = self.told(os.environ["POSTGRES_PORT"], *lines)
        self.assertEqual(self.told(os.environ["PGPORT"], *lines), expected)
        return expected

    def test_session(self):
        self.assertEqual(self.compare("set idle_session_timeout = '50ms'"), [("FATAL", "57P05")])

    def test_transaction(self):
        self.assertEqual(self.compare("set idle_in_transaction_session_timeout = 50", "begin"),
                         [("FATAL", "25P03")])

    def test_failed_transaction(self):
        self.assertEqual(self.compare("set idle_in_transaction_session_timeout = 50", "begin",
                                      "nonsense"), [("FATAL", "25P03")])


# ---- docs/COMMANDS.md ----

CLEAN_UP = ("drop view if exists w", "drop table if exists u", "drop table if exists t",
            "drop schema if exists s", "drop sequence if exists q", "drop type if exists mood")
# What needs files, or the network, or sends data (tests/copy).
NOT_EXECUTED = {"copy t to stdout", "copy t to '/nowhere/t.csv'", "install json", "load json", "detach other",
                "attach ':memory:' as other", "use memory"}


class Commands(unittest.TestCase):
    def outcome(self, port, example, in_block):
        client = Client(port, "")
        for sql in (*CLEAN_UP, "create table t (a int)", *(["begin"] if in_block else [])):
            client.ask(sql, False)
        answer = client.ask(example, False)[0]
        client.ask("rollback", False)
        for sql in CLEAN_UP:
            client.ask(sql, False)
        client.connection.close()
        return answer


def add_command(number, example, in_block, tag, where):
    def test(self):
        ours = self.outcome(os.environ["PGPORT"], example, in_block)
        if where == "DuckDB":
            self.assertEqual(ours.split(" ")[0], tag.split(" ")[0], example)
            return
        self.assertEqual(ours, tag, example)
        if where != "refused":
            theirs = self.outcome(os.environ["POSTGRES_PORT"], example, in_block)
            self.assertEqual(theirs, tag, example)

    setattr(Commands, f"test_{number:03}", test)


for row_number, command in enumerate(commands()):
    if command[0] not in NOT_EXECUTED:
        add_command(row_number, *command)
