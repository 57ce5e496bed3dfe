"""The ADBC driver for PostgreSQL: every read is a COPY … TO STDOUT in binary, every ingest a COPY
… FROM STDIN."""

import datetime
import decimal
import unittest

import adbc_driver_postgresql.dbapi
import pyarrow
import rows

URI = "postgresql://{user}@{host}:{port}/{dbname}".format(**rows.ADDRESS)


class Adbc(unittest.TestCase):
    def setUp(self):
        self.connection = adbc_driver_postgresql.dbapi.connect(URI, autocommit=True)
        self.addCleanup(self.connection.close)

    def read(self, sql, parameters=None):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetch_arrow_table()

    def test_types(self):
        with rows.table("bridged"):
            schema = self.read("select * from bridged").schema
        self.assertEqual({field.name: str(field.type) for field in schema if field.name != "price"}, {
            "id": "int32", "flag": "bool", "small": "int16", "large": "int64", "single": "float",
            "double": "double", "label": "string", "day": "date32[day]", "moment": "timestamp[us]",
            "instant": "timestamp[us, tz=UTC]", "length": "month_day_nano_interval", "key": "extension<arrow.uuid>"})

    def test_values(self):
        with rows.table("bridged"):
            table = self.read("select id, flag, small, large, single, double, price, label, day, moment, instant "
                              "from bridged order by id").to_pylist()
        for got, row in zip(table, rows.ROWS):
            expected = dict(zip(rows.COLUMNS, row))
            got["price"] = got["price"] and decimal.Decimal(str(got["price"]))
            self.assertEqual(got, {name: expected[name] for name in got})

    def test_nested_and_binary(self):
        got = self.read("select array[1, null, 3]::int4[] as a, array['x', 'y']::text[] as t, '\\x00ff'::bytea as b").to_pylist()
        self.assertEqual(got, [{"a": [1, None, 3], "t": ["x", "y"], "b": b"\x00\xff"}])

    def test_many_rows(self):
        with rows.numbers("many", 300_000):
            table = self.read("select * from many")
        self.assertEqual(table.num_rows, 300_000)
        self.assertEqual(pyarrow.compute.sum(table["i"]).as_py(), 45_000_150_000)
        self.assertEqual(table["half"].null_count, 100_000)

    def test_parameters(self):
        got = self.read("select $1::int8 + 1 as n, $2::text as t", (41, "x")).to_pylist()
        self.assertEqual(got, [{"n": 42, "t": "x"}])

    def test_ingest(self):
        day = datetime.date(2020, 2, 29)
        data = pyarrow.table({"i": pyarrow.array([1, 2, None], pyarrow.int64()), "t": ["a", None, "naïve\n"],
                              "d": pyarrow.array([day, None, day], pyarrow.date32()), "f": [0.5, None, 1e300],
                              "b": [True, False, None]})
        self.addCleanup(rows.drop, "ingested")
        with self.connection.cursor() as cursor:
            self.assertEqual(cursor.adbc_ingest("ingested", data, mode="create"), 3)
            cursor.adbc_ingest("ingested", data, mode="append")
        self.assertEqual(rows.query("select * from ingested order by i nulls last limit 3 offset 3"),
                         [(2, None, None, None, False), (None, "naïve\n", day, 1e300, None),
                          (None, "naïve\n", day, 1e300, None)])

    def test_errors(self):
        with self.assertRaises(adbc_driver_postgresql.dbapi.ProgrammingError) as caught:
            self.read("select nosuch")
        self.assertEqual(caught.exception.sqlstate, "42703")

    def test_transactions(self):
        with rows.table("written", filled=False):
            connection = adbc_driver_postgresql.dbapi.connect(URI)
            self.addCleanup(connection.close)
            with connection.cursor() as cursor:
                cursor.execute("insert into written (id) values (1)")
                connection.rollback()
                cursor.execute("insert into written (id) values (2)")
                connection.commit()
            self.assertEqual(rows.query("select id from written"), [(2,)])

    def test_objects(self):
        with rows.table("bridged"):
            tables = self.connection.adbc_get_objects(depth="columns", table_name_filter="bridged").read_all().to_pylist()
            schema = self.connection.adbc_get_table_schema("bridged")
        found = [table for catalogue in tables for schema_ in catalogue["catalog_db_schemas"] or []
                 for table in schema_["db_schema_tables"] or [] if table["table_name"] == "bridged"]
        columns = sorted(found[0]["table_columns"], key=lambda column: column["ordinal_position"])
        self.assertEqual([column["column_name"] for column in columns], list(rows.COLUMNS))
        self.assertEqual(schema.names, list(rows.COLUMNS))
