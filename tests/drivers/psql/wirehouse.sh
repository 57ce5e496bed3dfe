# What only wirehouse has: files, the engine's types and statements, what it refuses.
# shellcheck shell=bash disable=SC2154
check "a view over a file" "1|one|1.5
2|two, three|" -c 'select * from some_data order by id'
check "a named view" "2" -c 'select count(*) from named'
PGCHANNELBINDING=prefer check "the unix socket" "1" -h "$work/socket" -p 7777 -c 'select 1'
check "copy out" $'1\t\\N' -c 'copy (select 1, null) to stdout'
check "copy into a view is refused" "ERROR:  42809" -v VERBOSITY=sqlstate -c 'copy some_data from stdin'
check "copy in disguise is refused" "ERROR:  42601" -v VERBOSITY=sqlstate \
    -c 'explain analyze copy /* x */ some_data to STDOUT'
check "other files are out of reach" "ERROR:  42501" -v VERBOSITY=sqlstate \
    -c "select * from read_csv('/etc/passwd')"
check "other files cannot be written" "ERROR:  42501" -v VERBOSITY=sqlstate \
    -c "copy (select 1) to '$work/out.csv'"
check "engine's show" "named
some_data" -c 'show tables'
check "a result is of the rows as they are" "CREATE TABLE
INSERT 0 1
1
INSERT 0 3
1,200,300,70000
300,70000
DROP TABLE" -c 'create table grown (a int)' -c 'insert into grown values (1)' \
    -c "select string_agg(a, ',') from (select a from grown order by a)" \
    -c 'insert into grown values (200), (300), (70000)' \
    -c "select string_agg(a, ',') from (select a from grown order by a)" \
    -c "select string_agg(a, ',') from (select a from grown where a > 200 order by a)" \
    -c 'drop table grown'
check "large integers" '170141183460469231731687303715884105727|-1.50' \
    -c "select 170141183460469231731687303715884105727::hugeint, (-1.5)::decimal(10,2)"
check "no such database" "psql: error: connection to server at \"127.0.0.1\", port $PGPORT failed: FATAL:  database \"nosuch\" does not exist
HINT:  The database served here is called \"main\"." -d nosuch -c 'select 1'
script "savepoints are refused" "ERROR:  0A000
ERROR:  25P02
0" -v VERBOSITY=sqlstate <<'SQL'
create table saved (a int4);
begin;
savepoint a;
insert into saved values (1);
rollback;
select count(*) from saved;
drop table saved;
SQL
script "ON_ERROR_ROLLBACK needs savepoints, and says so" "ERROR:  0A000
ERROR:  25P02" -v VERBOSITY=sqlstate -v ON_ERROR_ROLLBACK=on <<'SQL'
begin;
select 1;
select 2;
rollback;
SQL
kill -0 "$server_pid"
