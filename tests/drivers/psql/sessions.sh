# Errors, notices, transactions and settings, as psql shows them.
# shellcheck shell=bash disable=SC2154
sqlstate() { check "$1" "ERROR:  $2" -v VERBOSITY=sqlstate -c "$3"; }

sqlstate "no such column" 42703 'select nosuch'
sqlstate "no such table" 42P01 'select * from nosuch'
sqlstate "no such function" 42883 'select nofunction(1)'
sqlstate "syntax" 42601 'selec 1'
sqlstate "bad text" 22P02 "select 'x'::int4"
sqlstate "out of range" 22003 'select 100000::int4::int2'
sqlstate "unknown setting" 42704 'set nosuch = 1'
sqlstate "bad setting" 22023 "set statement_timeout = 'soon'"
check "time-out" "ERROR:  57014" -q -v VERBOSITY=sqlstate -c "set statement_timeout = 100; select count(*) from generate_series(1, 100000000000) t(i) where i % 7 = 3"
script "constraints" "ERROR:  23505
ERROR:  23502
ERROR:  23514
1|1" -v VERBOSITY=sqlstate <<'SQL'
create table keys (a int4 primary key, b int4 not null, check (b < 9));
insert into keys values (1, 1);
insert into keys values (1, 2);
insert into keys values (2, null);
insert into keys values (3, 10);
select * from keys;
drop table keys;
SQL
# The text of an error is the server's own; its shape, code and place are PostgreSQL's.
verdict "verbose errors" "ERROR:  42601:
LINE 1: select 1 frm frm frm;
                     ^" "$(psql -X -v VERBOSITY=verbose <<<'select 1 frm frm frm;' 2>&1 |
    sed -E '/^LOCATION/d; s/^(ERROR: +[0-9A-Z]{5}:).*/\1/')"
verdict "the place of an error in a later line" "LINE 3:   from nosuch
               ^" "$(printf 'select 1,\n  2\n  from nosuch\n  where true;\n' | psql -X 2>&1 |
    grep -A1 '^LINE')"
verdict "errverbose" "ERROR:  42703:" "$(printf 'select nosuch;\n\\errverbose\n' |
    psql -X 2>&1 | grep -oE '^ERROR: +[0-9A-Z]{5}:')"
check "a notice" "WARNING:  there is no transaction in progress
ROLLBACK" -c rollback
check "messages are let through or not" "SET
ROLLBACK" -c 'set client_min_messages = error' -c rollback
check "a failed transaction" "BEGIN
ERROR:  22003
ERROR:  25P02
ROLLBACK
1" -v VERBOSITY=sqlstate -c begin -c 'select 100000::int4::int2' -c 'select 1' -c commit -c 'select 1'
check "a read-only transaction" "BEGIN
ERROR:  25006
ROLLBACK" -v VERBOSITY=sqlstate -c 'begin read only' -c 'create table no (a int4)' -c rollback
check "several statements are one transaction" "ERROR:  22003
0" -q -v VERBOSITY=sqlstate -c 'create table one_tx (a int4)' \
    -c 'insert into one_tx values (1); select 100000::int4::int2' -c 'select count(*) from one_tx' \
    -c 'drop table one_tx'
check "a time zone" "2024-07-01 14:00:00+02|2024-07-01 12:00:00" -q \
    -c "set timezone = 'Europe/Berlin'" \
    -c "select timestamptz '2024-07-01 12:00:00+00', (timestamptz '2024-07-01 12:00:00+02')::timestamp"
check "PGTZ" "2024-07-01 17:30:00+05:30" -c "\\! PGTZ=Asia/Kolkata psql -X -A -t -c \"select timestamptz '2024-07-01 12:00:00+00'\""
check "PGDATESTYLE" "01/07/2024" -c "\\! PGDATESTYLE=SQL,DMY psql -X -A -t -c \"select date '2024-07-01'\""
check "PGOPTIONS" "123ms" -c "\\! PGOPTIONS='-c statement_timeout=123' psql -X -A -t -c 'show statement_timeout'"
check "application_name" "psql" -c 'show application_name'
check "a date style" "29.02.2024|29.02.2024 12:34:56" -q -c "set datestyle = 'German'" \
    -c "select date '2024-02-29', timestamp '2024-02-29 12:34:56'"
check "an interval style" "P1Y2M3DT4H5M6S" -q -c "set intervalstyle = 'iso_8601'" \
    -c "select interval '1 year 2 months 3 days 4 hours 5 minutes 6 seconds'"
check "bytea as escapes" '\000a' -q -c "set bytea_output = 'escape'" -c "select '\\x0061'::bytea"

verdict "Ctrl-C" "Cancel request sent
ERROR:  canceling statement due to user request" "$("$python" tests/drivers/psql/interrupt.py)"
