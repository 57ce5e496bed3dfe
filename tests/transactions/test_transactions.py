"""Scenarios of one or two sessions, a line a step. Both servers answer the same: tags, rows,
SQLSTATEs, notices and the transaction's status.

    a: sql; sql                  a simple query of session a, one or several statements
    a| sql | sql | sql           the same statements pipelined, one Sync behind them
    a& sql                       prepared under the name "s", to be executed by `a!`
    a!                           bind and execute it
"""

import os
import unittest

import psycopg
from psycopg import pq

SETUP = """drop table if exists t; drop table if exists child; drop table if exists made;
create table t (k int primary key, v int check (v < 1000)); insert into t values (1, 10), (2, 20)"""

SCENARIOS = {
    "commit": ["a: begin", "a: insert into t values (3, 30)", "a: commit",
               "b: select count(*) from t"],
    "rollback": ["a: begin", "a: delete from t", "a: rollback", "b: select count(*) from t"],
    "not seen before the commit": ["a: begin", "a: update t set v = 11 where k = 1",
                                   "b: select v from t where k = 1", "a: commit",
                                   "b: select v from t where k = 1"],
    "own writes are seen": ["a: begin", "a: update t set v = 11 where k = 1",
                            "a: select v from t where k = 1", "a: rollback",
                            "a: select v from t where k = 1"],
    "one snapshot": ["a: begin", "a: select count(*) from t", "b: insert into t values (3, 30)",
                     "a: select count(*) from t", "a: commit", "a: select count(*) from t"],
    "an error fails the block": ["a: begin", "a: select 'x'::int", "a: select 1", "a: select 2",
                                 "a: rollback", "a: select 3"],
    "a failed block commits as rollback": ["a: begin", "a: insert into t values (3, 30)",
                                           "a: select nosuch", "a: commit",
                                           "a: select count(*) from t"],
    "a syntax error fails the block": ["a: begin", "a: selec 1", "a: select 1", "a: end"],
    "a duplicate key fails the block": ["a: begin", "a: insert into t values (3, 30)",
                                        "a: insert into t values (1, 1)", "a: select 1",
                                        "a: rollback", "a: select count(*) from t"],
    "a check fails the block": ["a: begin", "a: insert into t values (3, 3000)", "a: rollback"],
    "set in a failed block": ["a: begin", "a: select nosuch", "a: set extra_float_digits = 0",
                              "a: show extra_float_digits", "a: rollback",
                              "a: show extra_float_digits"],
    "set is undone": ["a: begin", "a: set extra_float_digits = 2", "a: show extra_float_digits",
                      "a: rollback", "a: show extra_float_digits"],
    "set is kept": ["a: begin", "a: set extra_float_digits = 2", "a: commit",
                    "a: show extra_float_digits"],
    "set local ends": ["a: begin", "a: set local extra_float_digits = 2",
                       "a: show extra_float_digits", "a: commit", "a: show extra_float_digits"],
    "begin twice": ["a: begin", "a: begin", "a: commit", "a: commit"],
    "rollback outside": ["a: rollback", "a: select 1"],
    "commit outside": ["a: commit", "a: select 1"],
    "start transaction": ["a: start transaction", "a: insert into t values (3, 30)", "a: end",
                          "b: select count(*) from t"],
    "read only": ["a: begin read only", "a: select count(*) from t",
                  "a: insert into t values (3, 30)", "a: select 1", "a: rollback"],
    "read only, ddl": ["a: begin transaction read only", "a: create table made (a int)", "a: rollback"],
    "empty queries in a failed block": ["a: begin", "a: select nosuch", "a: ", "a: ;", "a: rollback"],
    "a string is one transaction": ["a: insert into t values (3, 30); select 'x'::int",
                                    "a: select count(*) from t"],
    "a string is one transaction, kept": ["a: insert into t values (3, 30); select count(*) from t",
                                          "b: select count(*) from t"],
    "begin within a string": ["a: insert into t values (3, 30); begin; insert into t values (4, 40)",
                              "b: select count(*) from t", "a: rollback",
                              "b: select count(*) from t"],
    "commit within a string": ["a: insert into t values (3, 30); commit; select 'x'::int",
                               "b: select count(*) from t"],
    "rollback within a string": ["a: insert into t values (3, 30); rollback; insert into t values (4, 40)",
                                 "b: select k from t order by k"],
    "an error ends the string": ["a: select 1; select 'x'::int; select 2", "a: select 3"],
    "a slip at the end of a string": ["a: insert into t values (3, 30); selec 1",
                                      "a: select count(*) from t"],
    "a slip behind begin": ["a: begin; selec 1", "a: select 1"],
    "a slip in a command": ["a: select 1; set", "a: select 2"],
    "a slip in a failed block": ["a: begin", "a: select nosuch", "a: rollback; selec 1", "a: rollback"],
    "an unknown table is no slip": ["a: insert into t values (3, 30); select * from nosuch",
                                    "a: select count(*) from t"],
    "a string about what it makes": ["a: create table made (x int); insert into made values (1); "
                                     "select * from made"],
    "a failed block's string": ["a: begin; select 'x'::int; commit; select 2", "a: commit"],
    "a pipeline is one transaction": [
        "a| insert into t values (3, 30) | insert into t values (4, 40) | select 'x'::int",
        "b: select count(*) from t"],
    "a pipeline is kept": ["a| insert into t values (3, 30) | insert into t values (4, 40)",
                           "b: select count(*) from t"],
    "the first fails": ["a| insert into t values (1, 1) | insert into t values (4, 40)",
                        "b: select count(*) from t"],
    "begin within a pipeline": ["a| insert into t values (3, 30) | begin | insert into t values (4, 40)",
                                "b: select count(*) from t", "a: rollback",
                                "b: select count(*) from t"],
    "commit within a pipeline": ["a| begin | insert into t values (3, 30) | commit | select 'x'::int",
                                 "b: select count(*) from t"],
    "set within a pipeline": ["a| set extra_float_digits = 2 | select 'x'::int",
                              "a: show extra_float_digits"],
    "a pipeline in a failed block": ["a: begin", "a: select nosuch", "a| select 1 | select 2",
                                     "a| rollback | select 3"],
    "ddl is transactional": ["a: begin", "a: create table made (x int)", "a: insert into made values (1)",
                             "a: select * from made", "a: rollback", "a: select * from made"],
    "ddl is kept": ["a: begin", "a: create table made (x int)", "a: commit", "b: select * from made"],
    "a prepared statement after ddl": ["a& select * from t order by k", "a!",
                                       "b: alter table t add column w int", "a!", "a!",
                                       "a: select 1"],
    "the same columns after ddl": ["a& select k from t order by k", "a!",
                                   "b: alter table t add column w int", "a!"],
    "a prepared statement's table is dropped": ["a: create table made (x int)", "a& select * from made",
                                                "a!", "b: drop table made", "a!",
                                                "b: create table made (x int)", "a!"],
    "prepared in a block that is undone": ["a: begin", "a: create table made (x int)",
                                           "a& select * from made", "a!", "a: rollback", "a!"],
    "ddl in the block itself": ["a: begin", "a& select * from t order by k", "a!",
                                "a: alter table t add column w int", "a!", "a: rollback"],
    "truncate is transactional": ["a: begin", "a: truncate t", "a: select count(*) from t",
                                  "a: rollback", "a: select count(*) from t"],
    "create table as": ["a: create table made as select k from t", "b: select count(*) from made"],
    "an update that answers": ["a: update t set v = v + 1 returning k, v", "a: delete from t where k = 9",
                               "a: insert into t values (5, 50) returning k"],
    "isolation": ["a: begin isolation level repeatable read", "a: show transaction_isolation",
                  "a: commit"],
}

# Writes that meet: PostgreSQL waits for the first writer where the engine fails the second at
# once. What both promise is that one of them fails with 40001 and nothing is lost.
CONFLICTS = {
    "two updates": ["a: begin", "b: begin", "a: select v from t where k = 1",
                    "b: select v from t where k = 1", "a: update t set v = 11 where k = 1",
                    "a: commit", "b: update t set v = 12 where k = 1", "b: rollback",
                    "a: select v from t where k = 1"],
}


class Session:
    def __init__(self, port, user):
        self.notices = []
        self.pgconn = pq.PGconn.connect(
            f"host=127.0.0.1 port={port} dbname=main user={user}".encode())
        assert self.pgconn.status == pq.ConnStatus.OK, self.pgconn.error_message
        self.pgconn.notice_handler = self.notice

    def notice(self, result):
        self.notices.append(result.error_field(pq.DiagnosticField.SQLSTATE).decode())

    def describe(self, result):
        status = pq.ExecStatus(result.status)
        if status == pq.ExecStatus.FATAL_ERROR:
            return result.error_field(pq.DiagnosticField.SQLSTATE).decode()
        if status == pq.ExecStatus.TUPLES_OK:
            return [[result.get_value(row, column) for column in range(result.nfields)]
                    for row in range(result.ntuples)], result.command_status
        return status.name, result.command_status

    def results(self):
        """Everything that comes, up to and with the Sync of a pipeline."""
        out = []
        while True:
            result = self.pgconn.get_result()
            if result is None:
                if self.pgconn.pipeline_status == pq.PipelineStatus.OFF:
                    return out
                continue
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                return out
            out.append(self.describe(result))

    def simple(self, sql):
        self.pgconn.send_query(sql.encode())
        return self.results()

    def pipeline(self, statements):
        self.pgconn.enter_pipeline_mode()
        for sql in statements:
            self.pgconn.send_query_params(sql.strip().encode(), None)
        self.pgconn.pipeline_sync()
        out = self.results()
        self.pgconn.exit_pipeline_mode()
        return out

    def step(self, kind, text):
        self.notices = []
        if kind == ":":
            out = self.simple(text)
        elif kind == "|":
            out = self.pipeline(text.split("|"))
        elif kind == "&":
            out = [self.describe(self.pgconn.prepare(b"s", text.encode()))]
        else:
            out = [self.describe(self.pgconn.exec_prepared(b"s", None))]
        return out, self.notices, pq.TransactionStatus(self.pgconn.transaction_status).name


def play(port, user, steps):
    sessions = {name: Session(port, user) for name in "ab"}
    try:
        assert sessions["a"].simple("set client_min_messages = warning; " + SETUP)[-1][0] == "COMMAND_OK"
        sessions["a"].simple("set client_min_messages = notice")
        return [sessions[step[0]].step(step[1], step[2:].strip()) for step in steps]
    finally:
        for session in sessions.values():
            session.pgconn.finish()


OURS = (os.environ["PGPORT"], "tester")
ORACLE = (os.environ["POSTGRES_PORT"], "postgres")


class Transactions(unittest.TestCase):
    maxDiff = None

    def test_two_zones_share_no_plan(self):
        """A plan keeps the zone that it was made under; the same text in two sessions."""
        sql = "select timestamptz '2024-07-01 00:00:00+00'::varchar"
        expected = {"Europe/Berlin": "2024-07-01 02:00:00+02", "America/Lima": "2024-06-30 19:00:00-05"}
        sessions = {zone: psycopg.connect(host="127.0.0.1", port=OURS[0], dbname="main", user="t",
                                          autocommit=True, prepare_threshold=0) for zone in expected}
        for zone, session in sessions.items():
            session.execute(f"set timezone = '{zone}'")
        for _ in range(4):
            for zone, session in sessions.items():
                for prepare in (True, False):
                    self.assertEqual(session.execute(sql, prepare=prepare).fetchone()[0], expected[zone])
        berlin = sessions["Europe/Berlin"]
        with berlin.transaction():
            berlin.execute("set local timezone = 'America/Lima'")
            self.assertEqual(berlin.execute(sql).fetchone()[0], expected["America/Lima"])
        self.assertEqual(berlin.execute(sql).fetchone()[0], expected["Europe/Berlin"])
        for session in sessions.values():
            session.close()

    def test_the_search_path_is_the_session_s(self):
        sessions = [psycopg.connect(host="127.0.0.1", port=OURS[0], dbname="main", user="t",
                                    autocommit=True, prepare_threshold=0) for _ in range(2)]
        one, other = sessions
        one.execute("create schema if not exists side")
        one.execute("create or replace table here as select 'public' as x")
        one.execute("create or replace table side.here as select 'side' as x")
        one.execute("set search_path = side, public")
        for _ in range(3):
            self.assertEqual(one.execute("select x from here").fetchone()[0], "side")
            self.assertEqual(other.execute("select x from here").fetchone()[0], "public")
        for session in sessions:
            session.close()

    def test_conflicts(self):
        for name, steps in CONFLICTS.items():
            with self.subTest(name):
                for port, user in (ORACLE, OURS):
                    answers = play(port, user, steps)
                    self.assertIn(["40001"], [answer[0] for answer in answers], (port, answers))


def add(number, name, steps):
    def test(self):
        expected, got = play(*ORACLE, steps), play(*OURS, steps)
        for step, theirs, ours in zip(steps, expected, got):
            self.assertEqual(ours, theirs, f"{name}: {step}\n of {steps}")

    setattr(Transactions, f"test_{number:02}_{name.replace(' ', '_')}", test)


for number, (scenario, lines) in enumerate(SCENARIOS.items()):
    add(number, scenario, lines)
