"""COPY … TO STDOUT (FORMAT parquet): a whole file, as pyarrow and the engine read it."""

import io
import os
import unittest

import psycopg
import pyarrow.parquet

SHAPES = (
    "select i::int as a, case when i % 3 = 0 then null else i::varchar end as b, i * 0.5 as c from range(300000) t(i)",
    "select [i, null] as a, {'x': i, 'y': i::varchar} as b, map {'k': i} as c from range(5000) t(i)",
    "select 1 as a, 'x' as b where false", "select date '2024-01-02' as a, 1.25::decimal(9,2) as b, true as c",
)


class Parquet(unittest.TestCase):
    def setUp(self):
        self.ours = psycopg.connect(host="127.0.0.1", port=os.environ["PGPORT"], dbname="main", user="tester",
                                    autocommit=True)
        self.addCleanup(self.ours.close)

    def copy(self, sql, options=""):
        cursor = self.ours.cursor()
        with cursor.copy(f"copy {sql} to stdout (format parquet{options})") as copy:
            data = b"".join(bytes(piece) for piece in copy)
        file = pyarrow.parquet.ParquetFile(io.BytesIO(data))
        self.assertEqual(cursor.rowcount, file.metadata.num_rows)
        return file

    def fails(self, sqlstate, sql, options=""):
        with self.assertRaises(psycopg.Error) as caught:
            self.copy(sql, options)
        self.assertEqual(caught.exception.sqlstate, sqlstate)
        self.assertEqual(self.ours.execute("select 1").fetchall(), [(1,)])

    def test_shapes(self):
        for sql in SHAPES:
            with self.subTest(sql):
                table = self.copy(f"({sql})").read()
                count = self.ours.execute(f"select count(*) from ({sql})").fetchone()[0]
                self.assertEqual(table.num_rows, count)
                got = self.copy_arrow(sql)
                self.assertEqual(table.to_pylist(), got.to_pylist())

    def copy_arrow(self, sql):
        with self.ours.cursor().copy(f"copy ({sql}) to stdout (format arrow)") as copy:
            data = b"".join(bytes(piece) for piece in copy)
        return pyarrow.ipc.open_stream(io.BytesIO(data)).read_all()

    def test_options(self):
        sql = "(select i as a, i::varchar as b from range(20000) t(i))"
        for codec in ("zstd", "gzip", "snappy", "uncompressed"):
            column = self.copy(sql, f", compression {codec}").metadata.row_group(0).column(0)
            self.assertEqual(column.compression, codec.upper())
        self.assertEqual(self.copy(sql, ", row_group_size 4096").metadata.num_row_groups, 5)
        self.fails("42601", sql, ", partition_by (a)")
        self.fails("42601", sql, ", nosuch 'x'")
        self.fails("42601", sql, ", row_group_size")

    def test_errors(self):
        """They come before the first byte."""
        self.fails("22P02", "(select (case when i < 200000 then '1' else 'x' end)::int as a from range(300000) t(i))")
        self.fails("42P01", "nosuch")
        with self.ours.transaction(force_rollback=True):
            self.ours.execute("create table parquet_t (a int)")
            self.ours.execute("insert into parquet_t values (1), (2)")
            self.assertEqual(self.copy("parquet_t").read().to_pylist(), [{"a": 1}, {"a": 2}])
            self.assertEqual(self.copy("(delete from parquet_t returning a)").read().num_rows, 2)
        self.ours.execute("set statement_timeout to '200ms'")
        self.fails("57014", "(select i from range(10000000000) t(i))")

    def test_files_stay_out_of_reach(self):
        for path in ("/proc/self/fd/3", "/tmp/x.parquet"):
            with self.assertRaises(psycopg.errors.InsufficientPrivilege):
                self.ours.execute(f"copy (select 1) to '{path}' (format parquet)")
