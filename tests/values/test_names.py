"""The names of result columns: PostgreSQL's, for what has no name of its own."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both import Both  # noqa: E402

# Items of a select list over named(a int, b text, d date, ts timestamp), with one row.
ITEMS = """
1
'x'
null
true
-1
1.5
$$x$$
a
named.a
public.named.a
n.a as "Mixed Case"
a as total
a total
a "sum"
a + 1
a + 1 total
a + 1 as "?"
-a
not true
a is null
a is not null
a is distinct from 2
a between 1 and 2
a in (1, 2)
b like 'x%'
b || 'x'
(a)
((a))
(a + 1)
(1)
count(*)
Count(*)
"count"(*)
count(a) n
count(*) + 1
sum(a)
sum(a)::int8
max(b)
upper(b)
pg_catalog.upper(b)
upper(lower(b))
coalesce(a, 1)
nullif(a, 1)
greatest(a, 1)
least(1, a)
length(b)
substring(b from 1 for 1)
substring(b, 1, 1)
position('x' in b)
trim(b)
trim(both 'x' from b)
trim(leading 'x' from b)
trim(trailing from b)
extract(year from d)
extract(epoch from ts)
date_part('year', d)
date_trunc('month', ts)
now()
current_date
current_timestamp
current_user
session_user
localtimestamp
current_schema
current_database()
version()
a::text
a::int8 + 1
(a + 1)::text
(a + 1)::numeric(10,2)
(a + 1)::double precision
(a + 1)::character varying(10)
(1)::varchar
1::text
'1'::int
'1'::integer
'1'::smallint
'1'::bigint
'1'::real
'1'::float
'1'::decimal(10,2)
'x'::char(3)
'2020-01-01'::timestamp
'2020-01-01'::timestamp with time zone
'2020-01-01'::timestamptz
'01:00'::time
'1 day'::interval
'{1}'::int[]
'{1}'::_int4
'x'::text::varchar
count(*)::text
true::int
cast(a as text)
cast(1 as text)
cast(a + 1 as int8)
cast(count(*) as text)
date '2020-01-01'
timestamp '2020-01-01 00:00'
interval '1 day'
interval '1' day
date '2020-01-01' + 1
case when a = 1 then 2 end
case when a = 1 then 2 else 3 end
case when a = 1 then b else b end
case a when 1 then 'x' else upper(b) end
case when true then case when true then 1 end else 2 end
(case when a = 1 then 2 end)::text
array[1, 2]
array[a, 2]
array(select 1)
(array[1, 2])[1]
exists (select 1)
not exists (select 1)
(select 1)
(select a)
(select max(a) from named)
(select a as other from named)
(select 1 as x)
(select 1) + 1
(select 1)::text
((select count(*) from named))
ts at time zone 'UTC'
(ts at time zone 'UTC')::date
count(*) filter (where a > 0)
count(*) over ()
sum(a) over (partition by b order by a)
row_number() over (order by a)
rank() over w
percentile_cont(0.5) within group (order by a)
string_agg(b, ',' order by b)
array_agg(a)
b collate "C"
upper(b) collate "C"
a, count(*)
count(*), a, 1, sum(a)
1, 1
1, 'x', null, count(*) as n, a + 1, upper(b)
*, 1
1, *
1, *, 2
upper(b), n.*, count(*) over (), a + 1
all 1
distinct 1
distinct on (a) a + 1, upper(b)
distinct upper(b)
/* c, d */ count(*) -- e, f
""".strip().splitlines()

STATEMENTS = [
    "values (1, 'x')",
    "values (1, 2), (3, 4) order by 1",
    "select * from (values (1, 2)) v(x, y)",
    "(select 1)",
    "(select count(*) from named) union all (select 1)",
    "select count(*) from named union select 2 order by 1",
    "with c as (select a, 1 as one from named) select count(*), max(one) from c",
    "with c as (select 1 as x), e as (select upper('x') as y) select x + 1, lower(y) from c, e",
    "with c(x) as (values (1)) select x from c",
    "select count(*) from (select 1 as x) s",
    "select x from (select a as x, count(*) as n from named group by a) s",
    "select upper(b) from named group by upper(b) order by upper(b) limit 1 offset 0",
    "select sum(a), b from named group by b having sum(a) > 0",
    "insert into named values (1, 'y', null, null) returning a, a + 1, upper(b), 1 as one",
    "insert into named select 1, 'z', null, null returning upper(b)",
    "update named set b = 'x' where false returning a is null, upper(b)",
    "delete from named where false returning *, a + 1, lower(b)",
    "select unnest(array[1, 2])",
    "select 1 where false",
    "table named",
]

# What PostgreSQL does not understand, and columns between two stars, which keep the engine's names.
OURS_ALONE = {
    "select a, a::text || 'x' b1, {'x': 1}, [1, 2] from named": ["a", "b1", "?column?", "?column?"],
    "from named select count(*)": ["count"],
    "select t: 1 + 1, a from named": ["t", "a"],
    "select columns('a|b'), upper(b) from named": ["a", "b", "upper"],
    "select b.upper() from named": ["upper"],
    "select *, 1, *, upper(b) from named": ["a", "b", "d", "ts", "1", "a", "b", "d", "ts", "upper"],
    "select 1 + 1, unnest({'x': 1, 'y': 2}), 2 + 2": ["?column?", "x", "y", "?column?"],
    "select *, unnest({'x': 1, 'y': 2}) from named": ["a", "b", "d", "ts", "x", "y"],
    "describe named": ["column_name", "column_type", "null", "key", "default", "extra"],
}


class Names(Both):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for connection in (cls.oracle, cls.ours):
            connection.execute("create table named (a int, b text, d date, ts timestamp)")
            connection.execute("insert into named values (1, 'x', '2020-01-01', '2020-01-01 00:00')")

    @classmethod
    def tearDownClass(cls):
        for connection in (cls.oracle, cls.ours):
            connection.execute("drop table named")
        super().tearDownClass()

    @staticmethod
    def names(connection, sql):
        return [column.name for column in connection.execute(sql).description]

    def same(self, sql):
        with self.subTest(sql):
            self.assertEqual(self.names(self.ours, sql), self.names(self.oracle, sql))

    def test_items(self):
        for item in ITEMS:
            grouped = " group by a, b, d, ts" if not ("*, " in item or "n.*" in item or "over" in item) else ""
            table = "named" if "named.a" in item else "named n"
            window = " window w as (order by a)" if " over w" in item else ""
            if window or "over" in item or item.startswith("1, *") or item.startswith("*"):
                grouped = ""
            self.same(f"select {item}\nfrom {table}{grouped}{window}")

    def test_statements(self):
        for sql in STATEMENTS:
            self.same(sql)

    def test_engine(self):
        for sql, names in OURS_ALONE.items():
            with self.subTest(sql):
                self.assertEqual(self.names(self.ours, sql), names)

    def test_parameters(self):
        for sql in ("select %s::int, %s::text || 'x', upper(%s::text)", "select count(*), %s::int8 from named where a = %s"):
            values = (1, "a", "b") if "upper" in sql else (1, 2)
            with self.subTest(sql):
                named = [[column.name for column in connection.execute(sql, values, prepare=True).description]
                         for connection in (self.ours, self.oracle)]
                self.assertEqual(named[0], named[1])


if __name__ == "__main__":
    unittest.main()
