"""COPY … FROM STDIN as a statement, beside PostgreSQL 15: columns, conditions, transactions, what
it may not do, and how it ends early."""

import os
import unittest

from loading import connect, copy_in, failure
from psycopg import pq

SETUP = ("drop table if exists c", "drop table if exists g", "drop table if exists d",
         "create table c (a int primary key, b text not null, c int check (c > 0))",
         "create table d (a int, b int default 7, c text default 'x')")
ROWS = b"1\tx\t1\n2\ty\t2\n"

# Statement, data.
STATEMENTS = (
    ("copy c from stdin", ROWS),
    ("copy C from stdin", ROWS),
    ("copy public.c from stdin", ROWS),
    ("copy \"c\" (\"a\", b, c) from stdin", ROWS),
    ("copy c (c, b, a) from stdin", b"1\tx\t5\n"),
    ("copy d (a) from stdin", b"1\n2\n"),
    ("copy d (c, a) from stdin csv", b"q,1\n,2\n"),
    ("copy d from stdin where a > 1", b"1\t1\tx\n2\t2\ty\n3\t3\tz\n"),
    ("copy d (a, c) from stdin (format csv) where c <> 'x' and d.a < 3", b"1,x\n2,y\n3,z\n"),
    ("copy d from stdin where nosuch > 1", b""),
    ("copy nosuch from stdin", b""),
    ("copy nosuch from stdin (format nope)", b""),
    ("copy c (nosuch) from stdin", b""),
    ("copy c (a, a) from stdin", b""),
    ("copy c from stdin (format csv, force_null (nosuch))", b""),
    ("copy c (a, b) from stdin (format csv, force_not_null (c))", b""),
    ("copy c from stdin (format csv, force_null (b, b))", b""),
    ("copy c from stdin (format nope)", b""),
    ("copy c from stdin (nonsense)", b""),
    ("copy c from stdin nonsense", b""),
    ("copy d from stdin; select 1", b"1\t1\tx\n"),
)

# Only SQLSTATE is the same: the engine knows less of which row it was.
REFUSED = (
    ("copy d from stdin where a >", b""),
    ("copy d from stdin where a > 1 order by 1", b""),
    ("copy c from stdin", b"1\tx\t1\n1\ty\t2\n"),
    ("copy c from stdin", b"1\t\\N\t1\n"),
    ("copy c from stdin", b"1\tx\t0\n"),
    ("copy c (a) from stdin", b"1\n"),
)


class Statements(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sides = [connect(os.environ["POSTGRES_PORT"], "postgres"), connect(os.environ["PGPORT"], "tester")]
        cls.wirehouse = cls.sides[1]

    @classmethod
    def tearDownClass(cls):
        for side in cls.sides:
            side.close()

    def setUp(self):
        for side in self.sides:
            for statement in SETUP:
                side.execute(statement)

    def rows(self, side, table):
        return sorted(side.execute(f"select * from {table}").fetchall(), key=repr)

    def test_statements(self):
        for sql, data in STATEMENTS:
            with self.subTest(sql=sql):
                self.setUp()
                answers = [(copy_in(side, sql, data), self.rows(side, "c"), self.rows(side, "d"))
                           for side in self.sides]
                self.assertEqual(answers[1], answers[0])

    def test_constraints(self):
        for sql, data in REFUSED:
            with self.subTest(sql=sql, data=data):
                answers = [copy_in(side, sql, data)[0] for side in self.sides]
                self.assertEqual(answers[1], answers[0])
                self.assertEqual(self.rows(self.wirehouse, "c"), [])

    def test_nothing_is_left_behind(self):
        """An error in the last of many rows, behind several batches."""
        data = b"".join(b"%d\tx\t1\n" % i for i in range(300_000)) + b"x\tx\t1\n"
        state, _, context = copy_in(self.wirehouse, "copy c from stdin", data)
        self.assertEqual((state, context), ("22P02", 'COPY c, line 300001, column a: "x"'))
        self.assertEqual(self.rows(self.wirehouse, "c"), [])
        self.assertEqual(self.wirehouse.info.transaction_status, pq.TransactionStatus.IDLE)

    def test_in_a_block(self):
        for side in self.sides:
            side.execute("begin")
            copy_in(side, "copy c from stdin", ROWS)
            self.assertEqual(len(self.rows(side, "c")), 2)
            side.execute("rollback")
            self.assertEqual(self.rows(side, "c"), [])
            side.execute("begin")
            self.assertEqual(copy_in(side, "copy c from stdin", b"x\n")[0], "22P02")
            self.assertEqual(side.info.transaction_status, pq.TransactionStatus.INERROR)
            self.assertEqual(copy_in(side, "copy c from stdin", ROWS)[0], "25P02")
            side.execute("rollback")

    def test_read_only(self):
        for side in self.sides:
            side.execute("begin read only")
            self.assertEqual(copy_in(side, "copy c from stdin", ROWS)[:2],
                             ("25006", "cannot execute COPY FROM in a read-only transaction"))
            side.execute("rollback")

    def test_client_gives_up(self):
        for side in self.sides:
            self.assertEqual(copy_in(side, "copy c from stdin", ROWS, fail="I changed my mind")[:2],
                             ("57014", "COPY from stdin failed: I changed my mind"))
            self.assertEqual(self.rows(side, "c"), [])

    def test_several_in_a_string(self):
        for side in self.sides:
            pgconn = side.pgconn
            pgconn.send_query(b"copy c from stdin; copy d (a) from stdin; select count(*) from c")
            tags = []
            for data in (ROWS, b"1\n2\n3\n"):
                self.assertEqual(pgconn.get_result().status, pq.ExecStatus.COPY_IN)
                pgconn.put_copy_data(data)
                pgconn.put_copy_end()
                tags.append(pgconn.get_result().command_status)
            result = pgconn.get_result()
            self.assertEqual((tags, result.get_value(0, 0)), ([b"COPY 2", b"COPY 3"], b"2"))
            self.assertIsNone(pgconn.get_result())

    def test_error_ends_the_string(self):
        for side in self.sides:
            pgconn = side.pgconn
            pgconn.send_query(b"insert into d (a) values (1); copy c from stdin; insert into d (a) values (2)")
            pgconn.get_result()
            self.assertEqual(pgconn.get_result().status, pq.ExecStatus.COPY_IN)
            pgconn.put_copy_data(b"x\n")
            pgconn.put_copy_end()
            self.assertEqual(failure(pgconn.get_result())[0], "22P02")
            self.assertIsNone(pgconn.get_result())
            self.assertEqual(self.rows(side, "d"), [])

    def test_extended(self):
        """psycopg's own copy, in text and binary, and a prepared one."""
        for side in self.sides:
            with side.cursor() as cursor:
                with cursor.copy("copy c from stdin") as copy:
                    copy.write_row((1, "x\ty\\", 3))
                    copy.write_row((2, "ä", None))
                with cursor.copy("copy c from stdin (format binary)") as copy:
                    copy.set_types(["int4", "text", "int4"])
                    copy.write_row((3, "z", 9))
                self.assertEqual(cursor.rowcount, 1)
            self.assertEqual(self.rows(side, "c"), [(1, "x\ty\\", 3), (2, "ä", None), (3, "z", 9)])
            pgconn = side.pgconn
            pgconn.send_query_params(b"copy d (a) from stdin", None)
            self.assertEqual(pgconn.get_result().status, pq.ExecStatus.COPY_IN)
            pgconn.put_copy_data(b"5\n")
            pgconn.put_copy_end()
            self.assertEqual(pgconn.get_result().command_status, b"COPY 1")
            self.assertIsNone(pgconn.get_result())

    def test_generated(self):
        self.sides[0].execute("create table g (a int, b int generated always as (a + 1) stored, c int)")
        self.wirehouse.execute("create table g (a int, b int generated always as (a + 1), c int)")
        for sql, data in (("copy g from stdin", b"1\t5\n"), ("copy g (b) from stdin", b"")):
            answers = [(copy_in(side, sql, data), self.rows(side, "g")) for side in self.sides]
            self.assertEqual(answers[1], answers[0])

    def test_sequences_are_drawn_from(self):
        self.wirehouse.execute("create or replace sequence numbers")
        self.wirehouse.execute("create or replace table numbered (i int default nextval('numbers'), a text)")
        self.assertEqual(copy_in(self.wirehouse, "copy numbered (a) from stdin", b"x\ny\n")[1], "COPY 2")
        self.assertEqual(self.rows(self.wirehouse, "numbered"), [(1, "x"), (2, "y")])

    def test_errors_are_skipped(self):
        notices = []
        self.wirehouse.add_notice_handler(lambda notice: notices.append(notice.message_primary))
        data = b"1\t1\tx\nx\t2\ty\n3\ty\tz\n4\t4\tw\n"
        answer = copy_in(self.wirehouse, "copy d from stdin (on_error ignore, log_verbosity verbose)", data)
        self.assertEqual(answer[1], "COPY 2")
        self.assertEqual(self.rows(self.wirehouse, "d"), [(1, 1, "x"), (4, 4, "w")])
        self.assertEqual(notices, [
            'skipping row due to data type incompatibility at line 2 for column "a": "x"',
            'skipping row due to data type incompatibility at line 3 for column "b": "y"',
            "2 rows were skipped due to data type incompatibility"])
        answer = copy_in(self.wirehouse, "copy d from stdin (on_error ignore, reject_limit 1)", data)
        self.assertEqual(answer[:2], ("22P02", "skipped more than REJECT_LIMIT (1) rows due to data type "
                                               "incompatibility"))

    def test_what_the_engine_has_no_numbers_for(self):
        self.wirehouse.execute("create or replace table n (a decimal(5,2), b int[], c tinyint)")
        for data, state in ((b"NaN\t\\N\t1\n", "22003"), (b"1\t{{1},{2}}\t1\n", "2202E"), (b"1\t{1}\t200\n", "22003")):
            self.assertEqual(copy_in(self.wirehouse, "copy n from stdin", data)[0], state)

    def test_engines_types(self):
        self.wirehouse.execute("create or replace type mood as enum ('sad', 'ok')")
        self.wirehouse.execute("create or replace table e (a mood, b struct(x int, y text), c map(text, int), "
                               "d hugeint, e utinyint, f int[][], g timestamp_ns, h mood[], i int[2])")
        data = (b'sad\t{"x": 1, "y": "q"}\t{"k": 2}\t170141183460469231731687303715884105727\t255\t{{1,2},{3,4}}\t'
                b'2024-01-02 03:04:05.123456\t{ok,sad}\t{7,8}\n') * 3000 + b"\\N" + b"\t\\N" * 8 + b"\n"
        self.assertEqual(copy_in(self.wirehouse, "copy e from stdin", data, 5001)[1], "COPY 3001")
        row = self.wirehouse.execute("select a::text, b.x, c['k'], d::text, e, f::text, g::text, h::text, i::text "
                                     "from e where a is not null group by all having count(*) = 3000").fetchall()
        self.assertEqual(row, [("sad", 1, 2, "170141183460469231731687303715884105727", 255, "[[1, 2], [3, 4]]",
                                "2024-01-02 03:04:05.123456", "[ok, sad]", "[7, 8]")])
        self.assertEqual(copy_in(self.wirehouse, "copy e (a) from stdin", b"glad\n")[:2],
                         ("22P02", 'invalid input value for enum mood: "glad"'))

    def test_dates_follow_the_setting(self):
        for side in self.sides:
            side.execute("create table if not exists days (a date)")
            side.execute("set datestyle to 'ISO, DMY'")
            copy_in(side, "copy days from stdin", b"03/04/2024\n")
            self.assertEqual(str(side.execute("select max(a) from days").fetchone()[0]), "2024-04-03")
            side.execute("reset datestyle")

    def test_views_and_http(self):
        self.wirehouse.execute("create or replace view v as select 1 as a")
        self.assertEqual(copy_in(self.wirehouse, "copy v from stdin", b"")[:2],
                         ("42809", 'cannot copy to view "v"'))

    def test_client_goes_away(self):
        other = connect(os.environ["PGPORT"], "tester")
        other.pgconn.send_query(b"copy c from stdin")
        self.assertEqual(other.pgconn.get_result().status, pq.ExecStatus.COPY_IN)
        other.pgconn.put_copy_data(ROWS)
        other.pgconn.flush()
        other.close()
        self.assertEqual(self.rows(self.wirehouse, "c"), [])
        self.assertEqual(copy_in(self.wirehouse, "copy c from stdin", ROWS)[1], "COPY 2")


if __name__ == "__main__":
    unittest.main()
