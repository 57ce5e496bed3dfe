"""pg_cursors and pg_prepared_statements beside PostgreSQL's."""

import unittest

import psycopg
import sides

CURSORS = ("select name, rtrim(statement, ';'), is_holdable, is_binary, is_scrollable, "
           "now() - creation_time < interval '1 minute' from pg_cursors order by name")
STATEMENTS = ("select name, rtrim(statement, ';'), parameter_types::regtype[], from_sql, "
              "now() - prepare_time < interval '1 minute' from pg_prepared_statements order by name")
STEPS = (
    STATEMENTS, CURSORS, "prepare p (int, text) as select $1 + 1 as a, $2 as b", "prepare q as select 1",
    STATEMENTS, "deallocate q", STATEMENTS, "begin", "declare c no scroll cursor for select 1",
    'declare "B b" binary insensitive scroll cursor with hold for select 2', CURSORS, "rollback", CURSORS,
    "begin", "declare h scroll cursor with hold for select 3", "commit", CURSORS, "close h", CURSORS,
    "create view their_cursors as select name from pg_cursors", "select * from their_cursors",
    "declare h cursor with hold for select 3", "select * from their_cursors", "close all",
    "select * from their_cursors", "drop view their_cursors", "discard all", STATEMENTS)


class Views(unittest.TestCase):
    def test_steps(self):
        ours, theirs = sides.wirehouse(), sides.postgres()
        for sql in STEPS:
            # What the columns are called differs where they have no name of their own.
            self.assertEqual([part for part in ours.ask(sql) if not isinstance(part, list)],
                             [part for part in theirs.ask(sql) if not isinstance(part, list)], sql)
            if sql.startswith("select"):
                self.assertEqual(ours.ask(sql)[-1], theirs.ask(sql)[-1], sql)
        ours.close()
        theirs.close()

    def test_protocol(self):
        """What Parse and Bind have made is there too."""
        for side in (sides.wirehouse(), sides.postgres()):
            side.wire.prepare(b"parsed", b"select $1::int4 as a")
            rows = side.ask("select name, statement, parameter_types, from_sql from pg_prepared_statements")[-1]
            self.assertEqual(rows, [(b"parsed", b"select $1::int4 as a", b"{integer}", b"f")])
            result = side.wire.exec_params(b"select count(*) from pg_cursors where name = ''", [])
            self.assertEqual(result.get_value(0, 0), b"1")
            side.close()

    def test_while_they_change(self):
        """Read by the engine's threads while the session's own closes portals."""
        with psycopg.connect(**sides.OURS) as connection:
            for number in range(20):
                connection.execute(f"declare c{number} cursor for select {number}")
            with connection.cursor("reads") as cursor:
                cursor.execute("select a.name, b.name from pg_cursors a, pg_cursors b, range(500) "
                               "where a.name <> '' and b.name <> ''")
                self.assertEqual(len(cursor.fetchmany(10)), 10)
                connection.execute("close c3")
                self.assertEqual(len(cursor.fetchall()), 20 * 20 * 500 - 10)
