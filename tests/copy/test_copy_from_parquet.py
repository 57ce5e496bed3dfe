"""COPY … FROM STDIN (FORMAT parquet): what COPY TO wrote is read back, by name."""

import os
import unittest

from loading import connect, copy_in
from psycopg import pq

PARQUET = "(format parquet)"


class Parquet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.side = connect(os.environ["PGPORT"], "tester")
        cls.side.execute("create or replace type shade as enum ('dark', 'light')")
        cls.side.execute("create or replace table source as select i::int as a, 'text ' || i as b, "
                         "(i / 3)::decimal(12, 3) as c, date '2024-01-01' + i::int as d, [i, null] as e, "
                         "case when i % 5 = 0 then null else timestamp '2024-01-01 00:00:00' end as f, "
                         "uuid() as g, {'x': i, 'y': 'q'} as h, map {'k': i} as m, "
                         "(case when i % 2 = 0 then 'dark' else 'light' end)::shade as s "
                         "from range(5000) t(i)")
        cls.data = cls.fetch("copy source to stdout " + PARQUET)

    @classmethod
    def tearDownClass(cls):
        cls.side.close()

    @classmethod
    def fetch(cls, sql):
        pgconn, data = cls.side.pgconn, []
        pgconn.send_query(sql.encode())
        assert pgconn.get_result().status == pq.ExecStatus.COPY_OUT
        while True:
            size, piece = pgconn.get_copy_data(0)
            if size <= 0:
                break
            data.append(bytes(piece))
        while pgconn.get_result():
            pass
        return b"".join(data)

    def differences(self):
        return self.side.execute("select count(*) from ((from source except all from target) union all "
                                 "(from target except all from source))").fetchone()[0]

    def test_round_trip(self):
        for size in (0, 1000):
            self.side.execute("create or replace table target as from source limit 0")
            self.assertEqual(copy_in(self.side, "copy target from stdin " + PARQUET, self.data, size)[1], "COPY 5000")
            self.assertEqual(self.differences(), 0)

    def test_columns_by_name(self):
        self.side.execute("create or replace table chosen (d date, z int default 9, a bigint)")
        answer = copy_in(self.side, "copy chosen (d, a) from stdin (format parquet) where a < 3", self.data)
        self.assertEqual(answer[1], "COPY 3")
        self.assertEqual(self.side.execute("select a, z, d::text from chosen order by a").fetchall(),
                         [(0, 9, "2024-01-01"), (1, 9, "2024-01-02"), (2, 9, "2024-01-03")])
        self.assertEqual(copy_in(self.side, "copy chosen from stdin " + PARQUET, self.data)[0], "42703")

    def test_text_behind_it(self):
        """The same statement in another format has a plan of its own."""
        self.side.execute("create or replace table twice (a int, b text)")
        for options, data in ((PARQUET, self.data), ("csv", b"1,x\n"), (PARQUET, self.data)):
            self.assertIsNotNone(copy_in(self.side, f"copy twice from stdin {options}", data)[0])
        self.assertEqual(self.side.execute("select count(*) from twice").fetchone()[0], 10_001)

    def test_what_is_no_parquet(self):
        self.side.execute("create or replace table twice (a int, b text)")
        for data in (b"", b"PAR1", b"nonsense" * 100, self.data[:-1], self.data[100:]):
            answer = copy_in(self.side, "copy twice from stdin " + PARQUET, data)
            self.assertEqual((len(answer), answer[0][:2] in ("22", "58", "XX")), (3, True), answer)
        self.assertEqual(self.side.execute("select count(*) from twice").fetchone()[0], 0)

    def test_constraints_and_blocks(self):
        self.side.execute("create or replace table keyed (a int primary key)")
        self.side.execute("insert into keyed values (4999)")
        self.assertEqual(copy_in(self.side, "copy keyed from stdin " + PARQUET, self.data)[0], "23505")
        self.side.execute("truncate keyed")
        self.side.execute("begin")
        self.assertEqual(copy_in(self.side, "copy keyed from stdin " + PARQUET, self.data)[1], "COPY 5000")
        self.side.execute("rollback")
        self.assertEqual(self.side.execute("select count(*) from keyed").fetchone()[0], 0)

    def test_arrow_is_refused(self):
        self.assertEqual(copy_in(self.side, "copy source from stdin (format arrow)", b"")[0], "0A000")


if __name__ == "__main__":
    unittest.main()
