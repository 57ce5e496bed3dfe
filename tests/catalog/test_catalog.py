"""The catalogue: built-in rows against PostgreSQL's, the recorded statements of drivers,
names and OIDs both ways."""

import json
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import sides  # noqa: E402

# A parameter that is cast to these is declared as the text that it is read from.
READ_AS = {sides.REGTYPE: sides.TEXT, sides.REGCLASS: sides.TEXT}
STATEMENTS = sorted((pathlib.Path(__file__).parent / "statements").glob("*.sql"))
ORACLE, OURS = sides.connect()


def setUpModule():
    ORACLE.set_up()
    OURS.set_up()


def read(path):
    """A statement, its parameters {type, expression}, and how rows are compared: "subset",
    "any order" (of those that ORDER BY leaves open), or None."""
    lines = path.read_text().splitlines(keepends=True)
    parameters, how, start = [], None, 0
    for start, line in enumerate(lines):
        parameter = re.match(r"-- \$\d+(?: (\d+))?: (.*)", line)
        if parameter:
            parameters.append((int(parameter[1] or 0), parameter[2]))
        elif line.startswith("-- rows: "):
            how = line[len("-- rows: "):].strip()
        elif start > 0:
            break
    return "".join(lines[start:]), parameters, how


class Statements(unittest.TestCase):
    """Each has rows on PostgreSQL, or has none on purpose, and ours are the same."""

    def compare(self, path, binary):
        sql, parameters, how = read(path)
        types = [oid for oid, _ in parameters]
        tables = []
        for side in (ORACLE, OURS):
            values = [side.value(expression) for _, expression in parameters]
            tables.append(side.table(sql, values, types, binary))
        (theirs, their_rows), (mine, my_rows) = tables
        self.assertEqual(mine, theirs, "types of the columns")
        if how == "subset":
            self.assertTrue(my_rows)
            missing = [row for row in my_rows if row not in their_rows]
            self.assertEqual(missing, [], "rows that PostgreSQL does not have")
        elif how != "any order" and re.search(r"\border by\b", sql, re.I):
            self.assertEqual(my_rows, their_rows)
        else:
            self.assertEqual(sorted(my_rows, key=str), sorted(their_rows, key=str))

    def parameters(self, path):
        sql, parameters, _ = read(path)
        types = [oid for oid, _ in parameters]
        expected = [READ_AS.get(oid, oid) for oid in ORACLE.parameters(sql, types)]
        self.assertEqual(OURS.parameters(sql, types), expected)


def add(path):
    name = re.sub(r"\W", "_", path.stem)
    setattr(Statements, f"test_{name}_text", lambda self: self.compare(path, False))
    setattr(Statements, f"test_{name}_binary", lambda self: self.compare(path, True))
    if read(path)[1]:
        setattr(Statements, f"test_{name}_parameters", lambda self: self.parameters(path))


for statement in STATEMENTS:
    add(statement)


class Builtin(unittest.TestCase):
    def rows_of(self, side, sql):
        columns, rows = side.table(sql)
        return columns, {row[0]: row for row in rows}

    def check(self, sql, least):
        theirs, their_rows = self.rows_of(ORACLE, sql)
        mine, my_rows = self.rows_of(OURS, sql)
        self.assertEqual(mine, theirs)
        self.assertGreaterEqual(len(my_rows), least)
        for oid, row in my_rows.items():
            self.assertEqual(row, their_rows.get(oid), f"oid {oid}")

    def test_types(self):
        self.check("select * from pg_catalog.pg_type where oid < 16384", 100)

    def test_functions(self):
        self.check("select * from pg_catalog.pg_proc where oid < 16384", 200)

    def test_every_function_of_a_type_has_a_row(self):
        for column in ("input", "output", "receive", "send", "modin", "modout"):
            rows = OURS.rows(f"select typname from pg_type where typ{column} <> 0 and "
                             f"typ{column} not in (select oid from pg_proc)")
            self.assertEqual(rows, [])

    def test_schemas(self):
        sql = "select oid, nspname from pg_namespace where oid in (11, 2200)"
        self.check(sql, 2)


# All but attoptions, in which minor releases of PostgreSQL keep a mark of their own.
ATTRIBUTE = ("attrelid, attname, atttypid, attstattarget, attlen, attnum, attndims, attcacheoff, "
             "atttypmod, attbyval, attalign, attstorage, attcompression, attnotnull, atthasdef, "
             "atthasmissing, attidentity, attgenerated, attisdropped, attislocal, attinhcount, "
             "attcollation, attacl, attfdwoptions, attmissingval")

# What a table says of things that were made; `where` is the same on both sides.
MADE = [
    "select * from pg_type where typname in ('mood', '_mood', 'pair', '_pair', 'item', "
    "'_item', 'shown') order by typname",
    "select * from pg_enum order by enumsortorder",
    f"select {ATTRIBUTE} from pg_attribute where attrelid = 'item'::regclass and attnum > 0 "
    "order by attnum",
    f"select {ATTRIBUTE} from pg_attribute where attrelid = 'shown'::regclass order by attnum",
    "select attname, atttypid, attlen, attnum from pg_attribute where attrelid = "
    "(select typrelid from pg_type where typname = 'pair') order by attnum",
    "select oid, relname, relnamespace, reltype, relkind, relnatts, relchecks, "
    "relpersistence, relhasindex, relispopulated, relreplident, relhasrules "
    "from pg_class where relname in ('item', 'shown', 'pair', 'thing') order by relname",
    "select objoid, classoid, objsubid, description from pg_description "
    "where objoid = 'item'::regclass order by objsubid",
    "select obj_description('item'::regclass), obj_description('item'::regclass, "
    "'pg_class'), col_description('item'::regclass, 2), col_description('item'::regclass, 1)",
    "select * from pg_range where rngtypid = 0",
    "select * from pg_collation where oid in (100, 950, 951) order by oid",
    "select datname, encoding, datistemplate, datallowconn from pg_database "
    "where datname = current_database()",
    "select nspname, pg_table_is_visible(c.oid), relname from pg_class c join "
    "pg_namespace n on n.oid = relnamespace where relname in ('item', 'thing', 'pg_class') "
    "order by relname",
    "select typname, pg_type_is_visible(oid) from pg_type where typname in ('mood', 'int4')"
    " order by 1",
    "select relname from pg_class where relname ~ '^(item|sho)' and relkind in ('r', 'v') "
    "and relname !~ 'pkey' and relname ~* 'T|S' order by 1",
    "select c.relname from pg_catalog.pg_class c where c.relname OPERATOR(pg_catalog.~) "
    "'^(item)$' COLLATE pg_catalog.default and c.relkind = any('{r,v}')",
    "select typname from pg_type where oid = any('{23,25}'::oid[]) order by typname "
    "collate \"C\"",
]

EXPRESSIONS = [
    "to_regtype('int4')", "to_regtype('mood')", "to_regtype('public.mood')",
    "to_regtype('other.mood')", "to_regtype('mood[]')", "to_regtype('_mood')",
    "to_regtype('nosuch')", "to_regtype('character varying(10)')",
    "to_regtype('timestamp with time zone')", "to_regclass('item')",
    "to_regclass('public.item')", "to_regclass('thing')", "to_regclass('other.thing')",
    "to_regclass('ITEM')", "to_regclass('pg_class')", "to_regclass('nosuch')",
    "'int4'::regtype", "'mood'::regtype", "'mood[]'::regtype", "'\"char\"'::regtype",
    "'int4'::regtype::oid", "23::regtype::text", "1007::oid::regtype", "0::regtype::text",
    "'mood'::regtype::text", "cast('mood' as regtype)", "'item'::regclass",
    "'other.thing'::regclass::text", "'pg_class'::regclass::oid", "1259::regclass",
    "'pg_catalog.array_in'::regproc", "'array_in'::regproc::oid", "'public'::regnamespace",
    "2200::regnamespace::text", "'other'::regnamespace",
    "format_type(23, -1)", "format_type(1700, 655366)", "format_type(1043, 14)",
    "format_type(1009, null)", "format_type(1184, 3)", "format_type(0, -1)",
    "format_type(99999, -1)", "format_type(null, -1)",
    "pg_catalog.format_type('mood'::regtype, -1)",
    "current_schema()", "current_schemas(true)", "current_schemas(false)",
    "quote_ident('a b')", "quote_ident('select')", "quote_ident('plain')",
    "quote_ident('Aa')", "quote_ident('a\"b')", "quote_ident('')",
    "array_upper(array[1, 2, 3], 1)", "array_lower(array[1], 1)", "array_upper(array[1], 2)",
    "1::oid", "'r'::\"char\"", "'x'::name", "'{1,2}'::int[]", "'{a,\"b c\",NULL}'::text[]",
    "'{}'::oid[]", "2 = any('{1,2}')", "array[1, 2]::oid[]", "null::oid",
    "1 operator(pg_catalog.+) 1",
]

ERRORS = [
    ("select 'nosuch'::regtype", "42704"), ("select 'nosuch'::regclass", "42P01"),
    ("select 'nosuch'::regproc", "42883"), ("select 'nosuch'::regnamespace", "3F000"),
    ("select 'other.mood'::regtype", "42704"), ("select 'thing'::regclass", "42P01"),
    ("select cast('nosuch' as regclass)", "42P01"),
]


class Made(unittest.TestCase):
    def test_rows(self):
        for sql in MADE:
            for binary in (False, True):
                with self.subTest(sql=sql, binary=binary):
                    self.assertEqual(OURS.table(sql, binary=binary),
                                     ORACLE.table(sql, binary=binary))

    def test_expressions(self):
        for expression in EXPRESSIONS:
            with self.subTest(expression=expression):
                sql = f"select {expression} as x"
                self.assertEqual(OURS.table(sql), ORACLE.table(sql))

    def test_errors(self):
        for sql, sqlstate in ERRORS:
            for side in (ORACLE, OURS):
                with self.subTest(sql=sql, side=side.name):
                    result = side.ask(sql)
                    field = result.error_field(sides.pq.DiagnosticField.SQLSTATE)
                    self.assertEqual(field and field.decode(), sqlstate)


class Guarded(unittest.TestCase):
    """The catalogue is the server's; names of its insides are free."""

    def test_refused(self):
        for sql in ("drop view pg_type", "insert into pg_enum values (1, 1, 1, 'x')",
                    "drop macro format_type", "create table __wirehouse.__pg.x (a int)",
                    "detach __wirehouse", "delete from pg_catalog.pg_class"):
            with self.subTest(sql=sql):
                result = OURS.ask(sql)
                field = result.error_field(sides.pq.DiagnosticField.SQLSTATE)
                self.assertEqual(field and field.decode(), "42501")

    def test_names_are_free(self):
        for name in ("relation", "attribute", "builtin_type", "served"):
            result = OURS.ask(f"select * from {name}")
            field = result.error_field(sides.pq.DiagnosticField.SQLSTATE)
            self.assertEqual(field and field.decode(), "42P01")

    def test_it_is_not_listed(self):
        for sql in ("show all tables", "select * from duckdb_views() where not internal",
                    "select * from information_schema.schemata", "show databases"):
            self.assertNotIn("__wirehouse", str(OURS.rows(sql)))


class Declared(unittest.TestCase):
    """pg_attribute says of a column what RowDescription says."""

    def test_columns(self):
        types = ["boolean", "tinyint", "smallint", "int", "bigint", "hugeint", "utinyint",
                 "usmallint", "uinteger", "ubigint", "float", "double", "decimal(12, 3)",
                 "varchar", "json", "blob", "uuid", "date", "time", "timestamp",
                 "timestamptz", "interval", "mood", "int[]", "int[3]", "varchar[][]",
                 "mood[]", "bit", "enum('p', 'q')", "map(int, varchar)",
                 "decimal(5, 1)[]", "union(a int, b varchar)"]
        columns = ", ".join(f"c{i} {name}" for i, name in enumerate(types))
        OURS.connection.execute(f"create table every ({columns})")
        result = OURS.ask("select * from every")
        rows = OURS.rows("select atttypid, atttypmod, attname from pg_attribute where "
                         "attrelid = 'every'::regclass order by attnum")
        OURS.connection.execute("drop table every")
        self.assertEqual(len(rows), len(types))
        for i, (oid, typmod, name) in enumerate(rows):
            with self.subTest(type=types[i]):
                self.assertEqual(int(oid), result.ftype(i))
                self.assertEqual(int(typmod), result.fmod(i))
                self.assertTrue(OURS.rows(f"select 1 from pg_type where oid = {oid}"))


class Transactions(unittest.TestCase):
    def test_a_type_is_there_as_soon_as_it_is_made(self):
        for side in (ORACLE, OURS):
            connection = side.connection
            connection.execute("begin")
            connection.execute("create type fresh as enum ('x', 'y')")
            self.assertEqual(side.value("to_regtype('fresh')"), "fresh")
            self.assertEqual(
                side.rows("select enumlabel from pg_enum where enumtypid = "
                          "'fresh'::regtype order by enumsortorder"), [["x"], ["y"]])
            connection.execute("rollback")
            self.assertIsNone(side.value("to_regtype('fresh')"))

    def test_a_table_is_gone_when_it_is_dropped(self):
        for side in (ORACLE, OURS):
            side.connection.execute("create table brief (a int)")
            self.assertEqual(side.value("to_regclass('brief')"), "brief")
            side.connection.execute("drop table brief")
            self.assertIsNone(side.value("to_regclass('brief')"))

    def test_a_type_that_is_made_anew(self):
        for side, new in ((ORACLE, "(c text)"), (OURS, "struct(c varchar)")):
            old = "(a int)" if side is ORACLE else "struct(a int)"
            fields = ("select attname from pg_attribute join pg_type on typrelid = attrelid "
                      "where typname = 'again' order by attnum")
            side.connection.execute(f"create type again as {old}")
            self.assertEqual(side.rows(fields), [["a"]])
            side.connection.execute("drop type again")
            side.connection.execute(f"create type again as {new}")
            self.assertEqual(side.rows(fields), [["c"]])
            side.connection.execute("drop type again")


def tearDownModule():
    with open(os.environ["CATALOG_OIDS"], "w", encoding="utf-8") as file:
        json.dump(OURS.read_labels(), file)
