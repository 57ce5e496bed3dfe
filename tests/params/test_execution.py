"""Statements with parameters answer what PostgreSQL answers."""

import os
import unittest

import psycopg
from psycopg import pq

SETUP = """
create table e(i int, b bigint, n numeric(12,3), s text, d date, ts timestamp, a int[]);
insert into e values (1, 10, 1.500, 'one', '2024-01-01', '2024-01-01 10:00:00', array[1,2]),
    (2, 20, 2.555, 'two', '2024-02-29', '2024-02-29 12:00:00', array[3]),
    (3, 30, -3.125, 'three', '1999-12-31', '1999-12-31 23:59:59', null), (null, null, null, null, null, null, null)"""

# Text parameters without a type, unless one is given.
ROWS = [
    ("select i from e where i = any($1) order by i", ["{1,3,NULL}"]),
    ("select i from e where i <> all($1) order by i", ["{1,3}"]),
    ("select i from e where i <> all($1) order by i", ["{}"]),
    ("select i from e where s = any($1) order by i", ['{one,"th\\"ree",three}']),
    ("select i from e where d = any($1) order by i", ["{2024-02-29,1999-12-31}"]),
    ("select i from e where n = any($1) order by i", ["{1.5,2.555,2.5551}"]),
    ("select i from e where n = $1", ["2.555"]),
    ("select i from e where n = $1", ["2.5551"]),
    ("select i from e where n > $1 order by i", ["1.4999999999"]),
    ("select i from e where i = $1 + 1", ["1"]),
    ("select i + $1 from e where i is not null order by 1", ["10"]),
    ("select n * $1 from e where i = 1", ["2"]),
    ("select n + $1 from e where i = 2", ["0.0001"]),
    ("select $1 + 1.5", ["1.25"]),
    ("select $1", ["1.50"], ["numeric"]),
    ("select $1", ["-0.00"], ["numeric"]),
    ("select $1", ["12345678901234567890123456789012345678"], ["numeric"]),
    ("select $1", ["0.12345678901234567890123456789012345678"], ["numeric"]),
    ("select $1", ["99999999999999999999999999999999999999999999999999"], ["numeric"]),
    ("select $1", ["-340282366920938463463374607431768211456"], ["numeric"]),
    ("select $1::numeric", ["5"]),
    ("select $1::numeric", ["1.50"], ["numeric"]),
    ("select $1::numeric, $1::decimal", ["1234567890123456789012.12345678"]),
    ("select cast($1 as numeric)", ["-0.000001"]),
    ("select $1::numeric(10,2)", ["1.005"]),
    ("select $1::numeric as numeric", ["7.250"]),
    ("select $1::numeric[]", ["{1.50,2.25}"]),
    ("select $1::numeric[]", ["{{1.50},{2.25}}"]),
    ("select $1::int4[]", ["{{1,2},{3,NULL}}"]),
    ("select $1::int4[]", ["{{1,2},{3,NULL}}"], ["_int4"]),
    ("select cast($1 as text[])", ['{{a,"b c"},{NULL,""}}']),
    ("select $1::double precision[]", ["{{{1.5},{-2}}}"]),
    ("select $1::int4[]", ["{}"]),
    ("select $1::int4[]", [None]),
    ("select $1::numeric", ["99999999999999999999999999999999999999999999999999"]),
    ("select $1 * $1", ["2.55"], ["numeric"]),
    ("select $1 + $2", ["2.5", "1.25"], ["numeric", "numeric"]),
    ("select ts + $1 from e where i = 1", ["1 day 02:00"]),
    ("select ts - $1 from e where i = 2", ["2024-02-28 12:00"]),
    ("select (d - $1)::int from e where i = 2", ["2024-02-01"]),
    ("select interval '1 day' * $1", ["1.5"]),
    ("select s || $1 from e where i = 1", ["!"]),
    ("select i from e where s like $1 order by i", ["t%"]),
    ("select i from e where (i, s) = ($1, $2)", ["2", "two"]),
    ("select case when i = 1 then s else $1 end from e order by i nulls last", ["?"]),
    ("select coalesce(i, $1) from e order by 1", ["7"]),
    ("select i from e order by i nulls last limit $1 offset $2", ["2", "1"]),
    ("select i from e where i between $1 and $2 order by i", ["2", "3"]),
    ("select i from e where i in ($1, $2) order by i", ["1", "2"]),
    ("select 2 = any($1)", ["{1,2}"]),
    ("select $1 is null or i = $1 from e where i = 1", [None], ["int4"]),
    ("select $1", [None], ["_int4"]),
    ("select $1", ["{{1,2},{3,NULL}}"], ["_int4"]),
    ("select $1", ['{a,"b c",NULL,"NULL",""}'], ["_text"]),
    ("select $1", ["{}"], ["_numeric"]),
    ("select $1", ["{1.50,2.25}"], ["_numeric"]),
    ("select $1", ["{1 day,02:00:00}"], ["_interval"]),
    ("select $1", ["{t,f,NULL}"], ["_bool"]),
    ("select $1 union all select i from e where i = 1 order by 1", ["0"]),
    ("values ($1, 'a'), (2, $2)", ["1", "b"]),
    ("select a[$1] from e where i = 1", ["2"]),
    ("select mod($1, 3)", ["7"]),
    ("select round($1, 2)", ["1.005"]),
    ("select abs($1)", ["-1.5"]),
    ("select 'row ' || $1::int4 || ' of ' || i from generate_series(1, $2::int4) as t(i)", ["7", "3"]),
    ("select x + $2 from (select $1::int as x) q", ["1", "2"]),
]

CHANGES = [
    ("insert into e(i, n, s, a) values ($1, $2, $3, $4)", ["9", "1.0005", "nine", "{9,9}"]),
    ("insert into e(i, s) select $1, $2", ["10", "ten"]),
    ("update e set n = n * $1, b = b + $2 where i = any($3)", ["1.1", "5", "{1,2}"]),
    ("update e set d = d + $1::int, ts = ts + $2 where i = $3", ["1", "1 hour", "3"]),
    ("delete from e where s = $1", ["ten"]),
]


def connect(port, user):
    return psycopg.connect(host="127.0.0.1", port=port, dbname="main", user=user, autocommit=True)


class Execution(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.oracle = connect(os.environ["POSTGRES_PORT"], "postgres")
        cls.ours = connect(os.environ["PGPORT"], "t")
        cls.oids = dict(cls.oracle.execute("select typname, oid::int from pg_type").fetchall())
        for connection in (cls.oracle, cls.ours):
            connection.execute("drop table if exists e")
            for sql in SETUP.split(";"):
                connection.execute(sql)

    @classmethod
    def tearDownClass(cls):
        cls.oracle.close()
        cls.ours.close()

    def ask(self, connection, sql, values, types=()):
        oids = [self.oids[name] for name in types] or None
        data = [None if value is None else value.encode() for value in values]
        result = connection.pgconn.exec_params(sql.encode(), data, oids)
        if result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            self.fail(f"{sql}: {result.error_message.decode()}")
        cells = [[result.get_value(row, column) for column in range(result.nfields)]
                 for row in range(result.ntuples)]
        return result.command_status, [result.ftype(i) for i in range(result.nfields)], cells

    def test_answers(self):
        for sql, values, *types in ROWS:
            with self.subTest(sql=sql, values=values):
                theirs = self.ask(self.oracle, sql, values, *types)
                self.assertEqual(self.ask(self.ours, sql, values, *types), theirs)

    def test_changes(self):
        for sql, values in CHANGES:
            with self.subTest(sql):
                for connection in (self.oracle, self.ours):
                    connection.execute("begin")
                    self.ask(connection, sql, values)
                query = "select i, b, n, s, d, ts, a from e order by i nulls last, s"
                theirs = self.ask(self.oracle, query, [])
                mine = self.ask(self.ours, query, [])
                for connection in (self.oracle, self.ours):
                    connection.execute("rollback")
                self.assertEqual(mine[2], theirs[2])

    def test_one_statement_many_values(self):
        """The scale of a numeric and the depth of an array are each value's own."""
        for connection in (self.oracle, self.ours):
            connection.pgconn.prepare(b"n", b"select $1, $2", [1700, 1007])
        for number, array in (("1", "{1}"), ("1.5", "{{1},{2}}"), ("1.50", "{}"),
                              (None, None), ("-7.125", "{{{1,2}}}")):
            values = [value and value.encode() for value in (number, array)]
            cells = []
            for connection in (self.oracle, self.ours):
                result = connection.pgconn.exec_prepared(b"n", values)
                self.assertEqual(result.status, pq.ExecStatus.TUPLES_OK, result.error_message)
                cells.append([result.get_value(0, 0), result.get_value(0, 1)])
            self.assertEqual(cells[1], cells[0])
