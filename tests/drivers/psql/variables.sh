# psql's variables and conditions, and what the server's answers set of them.
# shellcheck shell=bash
script "variables" "7
it's
1" -v x=7 <<'SQL'
select :x;
\set y 'it''s'
select :'y';
\set z col
select 1 as :"z";
SQL
script "gset" "3|x" <<'SQL'
select 3 as a, 'x' as b \gset v_
select :v_a, :'v_b';
SQL
script "gset of nothing" "no rows returned for \\gset
unset" <<'SQL'
select 1 as nothing where false \gset
\if :{?nothing}
\echo set
\else
\echo unset
\endif
SQL
script "if, elif, else" "second
yes" <<'SQL'
select false as one, true as two \gset
\if :one
\echo first
\elif :two
\echo second
\else
\echo third
\endif
select count(*) = 3 as good from generate_series(1, 3) t(i) \gset
\if :good
\echo yes
\endif
SQL
script "what the last statement was" "2 false 00000
ERROR:  42703
true 42703 0" -v VERBOSITY=sqlstate <<'SQL'
\o /dev/null
select i from generate_series(1, 2) t(i);
\o
\echo :ROW_COUNT :ERROR :SQLSTATE
select nosuch;
\echo :ERROR :SQLSTATE :ROW_COUNT
SQL
script "the server's version" "t" <<'SQL'
select :SERVER_VERSION_NUM between 150000 and 159999;
SQL
script "conninfo and encoding" "UTF8
main" <<'SQL'
\encoding
\echo :DBNAME
SQL
script "AUTOCOMMIT off" "0
2" <<'SQL'
create table manual (a int4);
\set AUTOCOMMIT off
insert into manual values (1);
rollback;
select count(*) from manual;
commit;
insert into manual values (1), (2);
commit;
\set AUTOCOMMIT on
select count(*) from manual;
drop table manual;
SQL
status "ON_ERROR_STOP" 3 -v ON_ERROR_STOP=1 -f <(printf 'select 1;\nselect nosuch;\nselect 2;\n')
status "without ON_ERROR_STOP" 0 -f <(printf 'select 1;\nselect nosuch;\nselect 2;\n')
status "exit code without an error" 0 -c 'select 1'
status "exit code of an error" 1 -c 'select nosuch'
status "exit code without a server" 2 -p 1 -c 'select 1'
