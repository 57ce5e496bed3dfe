"""Statements whose parameters have no type, and a table to ask of them."""

TABLE = """
create table t(i int, i2 smallint, b bigint, f double precision, r real, n numeric(10,2), s text,
    v varchar(20), bo boolean, d date, ts timestamp, tz timestamptz, tm time, iv interval,
    u uuid, j json, a int[], st text[], ba bytea)"""

STATEMENTS = """
select $1
select $1, $2
select $1::int4
select $1::int8, $2::text
select cast($1 as integer)
select $1::bigint + 1
select $1::int8 * $2
select $1 - $2::numeric
select $1::int8 * $2 + $3
select $1::float8 / $2, $3
select $1::timestamptz - $2::timestamptz
select coalesce($1::date, $2)
select $1::int4[]
select $1::text[]
select $1::varchar(10)
select $1::timestamptz
select $1::numeric(10,2)
select $1::numeric
select $1::double precision
select $1::date + 1
select $1 + 1
select 1 + $1
select $1 - 1
select $1 * 2
select $1 / 2
select $1 % 3
select $1 + 1.5
select $1 * 1.5
select $1 + 10000000000
select -$1
select $1 + $2
select $1 || 'x'
select 'x' || $1
select $1 || $2
select $1 + interval '1 day'
select interval '1 day' * $1
select $1 * interval '1 day'
select date '2024-01-01' + $1
select date '2024-01-01' - $1
select now() - $1
select now() + $1
select timestamp '2024-01-01' + $1
select timestamp '2024-01-01' - $1
select $1 = 1
select $1 = 'x'
select $1 = $2
select $1 > 1.5
select $1 is null
select $1 is not null
select not $1
select $1 and true
select case when $1 then 1 else 2 end
select case when true then $1 else 2 end
select case when true then $1 else 'x' end
select case $1 when 1 then 2 end
select coalesce($1, 1)
select coalesce($1, 'x')
select coalesce($1, $2)
select nullif($1, 1)
select greatest($1, 1)
select $1 in (1, 2)
select 2 in ($1, $2)
select $1 between 1 and 10
select 5 between $1 and $2
select $1 like 'a%'
select 'abc' like $1
select 'abc' ilike $1
select 'abc' ~ $1
select 2 = any($1)
select 2 <> all($1)
select $1 = any('{1,2}'::int[])
select lower($1)
select length($1)
select abs($1)
select round($1)
select round($1, 2)
select substring($1 from 2)
select substr($1, $2)
select replace($1, 'a', $2)
select concat($1, $2)
select extract(year from $1::date)
select date_trunc('day', $1)
select date_trunc($1, now())
select count($1)
select sum($1::int)
select max($1)
select generate_series(1, $1)
select * from generate_series(1, $1)
select array[$1, 2]
select array[$1, 'x']
select row($1, 2)
values ($1, 1)
values (1, $1), (2, $2)
values (1), ($1)
select 1 union select $1
select $1 union select 1
select 'x' union select $1
select i from t where i = $1
select i from t where $1 = i
select i from t where i2 = $1
select i from t where b > $1
select i from t where f < $1
select i from t where r = $1
select i from t where n = $1
select i from t where s = $1
select i from t where v = $1
select i from t where bo = $1
select i from t where d >= $1
select i from t where ts < $1
select i from t where tz between $1 and $2
select i from t where tm = $1
select i from t where iv > $1
select i from t where u = $1
select i from t where a = $1
select i from t where ba = $1
select i from t where i in ($1, $2, $3)
select i from t where s in ($1)
select i from t where i = any($1)
select i from t where b = any($1)
select i from t where s = any($1)
select i from t where i <> all($1)
select i from t where u = any($1)
select i from t where d = any($1)
select i from t where $1 = any(a)
select i from t where s like $1
select i from t where s ilike $1 || '%'
select i from t where lower(s) = lower($1)
select i from t where i + $1 > 10
select i from t where b * $1 > 10
select i from t where n * $1 > 10
select i from t where f / $1 > 10
select i from t where d + $1 > current_date
select i from t where d - $1 > 3
select i from t where ts + $1 > now()
select i from t where ts - $1 > interval '1 day'
select i from t where tz > now() - $1
select i from t where $1 is null or s = $1
select i from t where ($1 is null or i = $1)
select i from t where (s = $1 or $1 is null)
select i from t where bo and $1
select i from t where (i, s) = ($1, $2)
select i from t where i = $1 and s = $2 and d = $3
select i from t where (i = $1)
select i from t where i = ($1)
select i from t where i = -$1
select i from t where i > $1 + 1
select i from t where coalesce(i, $1) = 1
select i from t where coalesce(s, $1) = 'x'
select coalesce($1, s) from t
select s || $1 from t
select i from t where extract(year from d) = $1
select i from t limit $1
select i from t limit $1 offset $2
select i from t order by i offset $1
select i from t fetch first $1 rows only
select i from t order by case when i = $1 then 0 else 1 end
insert into t(i, s) values ($1, $2)
insert into t(i, s) values ($1, $2), ($3, $4)
insert into t(b, n, d, ts) values ($1, $2, $3, $4)
insert into t(f, bo, u, a) values ($1, $2, $3, $4)
insert into t(i) select $1
insert into t(i, s) select i, $1 from t
insert into t(i) values ($1) returning i
insert into t(i) values ($1 + 1)
insert into t(s) values (lower($1))
update t set i = $1
update t set i = i + $1 where s = $2
update t set s = $1, d = $2 where i = $3
update t set n = n * $1
delete from t where i = $1
delete from t where d < $1 and s <> $2
with c as (select $1 as x) select x from c
with c as (select $1::int as x) select x + $2 from c
select * from (select $1 as x) q where x = 'a'
select count(*) from t where i = $1 group by s having count(*) > $2
select exists(select 1 from t where i = $1)
select (select i from t where b = $1 limit 1)
select i from t where i = (select $1)
select i from t where i = $1::int
select i from t where j ->> $1 = 'x'
select sum(i) filter (where i > $1) from t
select string_agg(s, $1) from t
select $1::text is null or $1 = 'x'
select i from t a1 join t b1 using (i) where a1.i = $1 and b1.s = $2
select i from t where s = $1 collate "C"
select i from t where a[$1] = 2
select position($1 in 'abc')
select trim($1)
select left($1, 2)
select to_timestamp($1)
select i from t where i != $1
select i from t where i >= $1 and i < $2
select i from t where i is distinct from $1
select $1 is distinct from 1
select interval '1 day' + $1
select power($1, 2)
select sqrt($1)
select floor($1)
select mod($1, 3)
select split_part($1, $2, $3)
select i from t where not s like $1
select i from t where s not like $1
select i from t where s similar to $1
select i from t where not (i = $1)
select cast($1 as text) || 'x'
select i from t where upper(v) = $1
select i from t where date_trunc('month', ts) = $1
select min(d) from t having min(d) > $1
select i from t where i = $2 and s = $1
select i::text from t where i::text = $1
select i from t where (i + 1) = $1
select i from t where (i + 1) * $1 > 2
select i from t where f + $1 < r
select i from t where b + i > $1
select i from t where i2 + $1 = 3
select i from t where ts::date = $1
select i from t where i between $1 and $1 + 10
select case i when $1 then $2 else $3 end from t
select case when i > $1 then s else $2 end from t
select case when i > 0 then $1 when i < 0 then 2 end from t
select nullif(s, $1) from t
select i from t where exists (select 1 from t t2 where t2.i = t.i and t2.d > $1)
select row_number() over (order by i) + $1 from t
select lag(i, $1) over (order by i) from t
select 1 where $1
select i from t where i in (select $1)
select i from t where i in (select i2 from t where b = $1)
select array_agg(i) = $1 from t
select i from t where a @> $1
select i from t where a && $1
select $1::varbit
select $1::_int8
select $1::timestamp(3)
select $1::time with time zone
select $1::bytea
select $1::jsonb
select $1::name
select 1 where $1 = any(array[1, 2])
select i from t where i = some($1)
select i from t where i + 1 = any($1)
select i from t where (i = any($1)) and s = any($2)
select i from t where not i = any($1)
select f + $1, r + $2, n + $3, b + $4, i2 + $5 from t
select tm + $1, iv + $2, ts - $3, d - $4 from t
select i from t where b = $1 + $2 and $2 = 1
select i from t where $1 + i = $2 - b
select case when i = 1 then s else $1 end, case when i = 2 then d when i = 3 then $2 end from t
insert into t select $1, $2
insert into t(s, d) select $1, $2 from t where i = $3
insert into t(i, s) values (1, 'a'), ($1, $2)
update t set n = n + $1, ts = ts + $2, s = s || $3 where i = any($4)
select sum(n) + $1 from t
select max(ts) - $1 from t
""".strip().splitlines()

# Where the answers differ: ours, and why. What PostgreSQL refuses has no type there.
BY_NATURE = {
    'select i from t where b = $1 + $2 and $2 = 1': (['int4', 'int4'], "PostgreSQL wants a cast; the first type that makes sense"),
    'insert into t select $1, $2': ('42601', "the engine wants a value for every column"),
    'select -$1': (['int4'], "PostgreSQL wants a cast; the first type that makes sense"),
    'select $1 + $2': (['int4', 'int4'], "PostgreSQL wants a cast; the first type that makes sense"),
    "select date '2024-01-01' + $1": (['int4'], "PostgreSQL wants a cast; the first type that makes sense"),
    "select date_trunc('day', $1)": (['timestamptz'], "PostgreSQL wants a cast; the first type that makes sense"),
    'select i from t where d + $1 > current_date': (['int4'], "PostgreSQL wants a cast; the first type that makes sense"),
    'select i from t where i = -$1': (['int4'], "PostgreSQL wants a cast; the first type that makes sense"),
    'select $1 is null': (['text'], "PostgreSQL cannot tell; text, as everywhere else"),
    'select $1 is not null': (['text'], "PostgreSQL cannot tell; text, as everywhere else"),
    'select concat($1, $2)': (['text', 'text'], "PostgreSQL cannot tell; text, as everywhere else"),
    'select count($1)': (['text'], "PostgreSQL cannot tell; text, as everywhere else"),
    'select row($1, 2)': (['text'], "PostgreSQL cannot tell; text, as everywhere else"),
    'select i from t where $1 is null or s = $1': (['text'], "PostgreSQL cannot tell; text, as everywhere else"),
    'select i from t where ($1 is null or i = $1)': (['text'], "PostgreSQL cannot tell; text, as everywhere else"),
    'select case $1 when 1 then 2 end': (['int4'], 'PostgreSQL takes it for text and fails'),
    'select i from t where i = (select $1)': (['text'], 'PostgreSQL takes it for text and fails'),
    'select i from t where i in (select $1)': (['int4'], 'PostgreSQL takes it for text and fails'),
    'select i from t where extract(year from d) = $1': (['int8'], "the engine's extract is a bigint"),
}
