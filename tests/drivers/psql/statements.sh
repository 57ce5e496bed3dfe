# Statements, results and their looks.
# shellcheck shell=bash
check "several statements" "1
2" -c 'select 1; select 2'
check "several commands" "BEGIN
1
COMMIT" -c begin -c 'select 1' -c commit
script "statements joined by \\;" "1
x|y" <<'SQL'
select 1 \; select 'x', 'y';
SQL
check "NULL" "<null>" -P 'null=<null>' -c 'select null::int4'
check "show" "UTF8" -c 'show server_encoding'
check "tables are made and filled" "CREATE TABLE
INSERT 0 3
3
UPDATE 3
DELETE 1
DROP TABLE" -c 'create table t (a int)' -c 'insert into t values (1), (2), (3)' \
    -c 'select count(*) from t' -c 'update t set a = a + 1' -c 'delete from t where a = 2' \
    -c 'drop table t'
check "create table as" "SELECT 5
DROP TABLE" -c 'create table u as select * from generate_series(1, 5) t(i)' -c 'drop table u'
check "a temporary table is the session's" "CREATE TABLE
INSERT 0 1
1" -c 'create temp table mine (a int)' -c 'insert into mine values (1)' \
    -c 'select count(*) from mine'
check "and gone afterwards" "ERROR:  42P01" -v VERBOSITY=sqlstate -c 'select * from mine'
check "csv" "$(printf 'i,d\n1,1992-01-02\n2,1992-01-03\n3,"a ""b"", c"')" --csv \
    -P tuples_only=off -c "select i, case when i = 3 then 'a \"b\", c' else (date '1992-01-01' + i::int)::text end as d from generate_series(1, 3) r(i) order by i"
check "expanded" "a|1
b|x" -x -c "select 1 as a, 'x' as b"
check "aligned" " a  |  b  
----+-----
  1 | one
 22 | 
(2 rows)" -P format=aligned -P tuples_only=off \
    -c "select 1 as a, 'one' as b union all select 22, null order by 1"
check "html is escaped" '<table border="1">
  <tr valign="top">
    <td align="left">&lt;a&gt; &amp;</td>
  </tr>
</table>' -H -c "select '<a> &'::text"
check "a file" "1
2" -f <(printf 'select 1;\nselect 2;\n')
check "a table for one transaction" "" -q -c 'create table whole (a int4)'
check "one transaction around everything" "ERROR:  22P02" -1 -q -v VERBOSITY=sqlstate \
    -c 'insert into whole values (1)' -c "insert into whole values ('x')"
check "is undone as a whole" "0" -q -c 'select count(*) from whole' -c 'drop table whole'
script "gdesc" "a|integer
b|text
c|numeric(10,2)
d|timestamp with time zone
e|bigint[]" <<'SQL'
select 1::int4 as a, 'x'::text as b, 1.5::numeric(10,2) as c, null::timestamptz as d,
    array[1]::int8[] as e \gdesc
SQL
script "gdesc without columns" "The command has no result, or the result has no columns." <<'SQL'
create table never_made (a int4) \gdesc
SQL
script "gexec" "1
2" <<'SQL'
select 'select ' || i from generate_series(1, 2) t(i) order by i \gexec
SQL
script "gx" "a|1" <<'SQL'
select 1 as a \gx
SQL
script "crosstabview" "a|x|y
1|10|20
2|30|" -P tuples_only=off -P footer=off <<'SQL'
select * from (values (1, 'x', 10), (1, 'y', 20), (2, 'x', 30)) v(a, b, c) order by a, b \crosstabview
SQL
verdict "timing" "yes" "$(printf '\\timing on\nselect 1;\n' | psql -X -q -A -t |
    grep -qE '^Time: [0-9.]+ ms' && echo yes)"
verdict "many rows" "300000 45000150000" "$(psql -X -q -A -t \
    -c 'select i from generate_series(1, 300000) t(i)' | awk '{n++; s += $1} END {printf "%d %.0f", n, s}')"
