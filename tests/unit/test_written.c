/* test_written.c - which tables a statement writes. */
#include "unit.h"

#include <stdio.h>

#include "sql/written.h"

static const struct {
    const char *sql, *tables; /* "a,b.c"; + for others that nobody knows */
} rows[] = {
    {"insert into t values (1)", "t"},
    {"insert or replace into s.t select * from u", "s.t"},
    {"insert into d.s.t (a, b) values (1, 2) returning a", "d.s.t"},
    {"INSERT INTO \"My t\" default values", "\"My t\""},
    {"insert into /* which */ t -- this\n values (1)", "t"},
    {"update t set a = 1 from u where t.b = u.b", "t"},
    {"update only t set a = 1", "t"},
    {"delete from s.t using u", "s.t"},
    {"truncate t", "t"},
    {"truncate table a, s.b", "a,s.b"},
    {"merge into t using u on t.a = u.a when matched then delete", "t"},
    {"with x as (delete from never) insert into t select * from x", "t"},
    {"with x(a) as (select 1), y as (select 2) update t set a = 1", "t"},
    {"with x as (select 1) select * from x", ""},
    {"copy t from 'file.csv'", "t"},
    {"copy t (a, b) from 'file.csv' (format csv)", "t"},
    {"copy t to 'file.csv'", ""},
    {"copy t (a) to 'file.csv'", ""},
    {"copy (select * from t) to 'file.csv'", ""},
    {"copy from database a to b", "+"},
    {"create table t (a int)", "t"},
    {"create table if not exists s.t as select 1", "s.t"},
    {"create or replace view v as select * from t", "v"},
    {"create temp table t (a int)", ""},
    {"create or replace temporary view v as select 1", ""},
    {"create unique index i on t (a)", ""},
    {"create schema s", ""},
    {"create sequence q", ""},
    {"create type mood as enum ('sad')", ""},
    {"create macro m(a) as a", ""},
    {"drop table t", "t"},
    {"drop table if exists a, s.b cascade", "a,s.b"},
    {"drop view v", "v"},
    {"drop index i", ""},
    {"drop schema s cascade", "+"},
    {"alter table t add column a int", "t"},
    {"alter table if exists only s.t drop column a", "s.t"},
    {"alter table s.t rename to u", "s.t,s.u"},
    {"alter table t rename a to b", "t"},
    {"alter view v rename to w", "v,w"},
    {"alter table t set schema s", "t+"},
    {"alter database d set alias to e", "+"},
    {"explain analyze insert into t values (1)", "t"},
    {"explain (analyze, format json) delete from t", "t"},
    {"explain analyze select * from t", ""},
    {"comment on table t is 'x'", ""},
    {"set threads = 4", ""},
    {"pragma threads = 4", ""},
    {"attach 'x.db'", ""},
    {"detach x", "+"},
    {"import database 'directory'", "+"},
    {"call something()", "+"},
    {"do something", "+"},
    {"insert into", "+"},
    {"insert into 'file'", "+"},
    {"insert into a.b.c.d values (1)", "+"},
    {"update", "+"},
    {"", "+"},
    {"truncate a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q",
     "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p+"},
};

static void describe(const struct sql_written *written, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < written->count; i++) {
        const struct sql_relation *table = &written->tables[i];
        for (size_t part = 0; part < table->count; part++) {
            const char *before = part ? "." : i ? "," : "";
            len +=
                (size_t)snprintf(out + len, size - len, "%s%.*s", before,
                                 (int)table->parts[part].len, table->parts[part].data);
            assert_true(len < size);
        }
    }
    if (written->more)
        (void)snprintf(out + len, size - len, "+");
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct sql_written written;
        char got[256];
        sql_written_tables(slice_of(rows[i].sql), &written);
        describe(&written, got, sizeof got);
        if (strcmp(got, rows[i].tables) != 0)
            fail_msg("%s: \"%s\" and not \"%s\"", rows[i].sql, got, rows[i].tables);
    }
}

/* Whatever is cut off: it ends, and stays within its bounds. */
static void test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t len = 0; len <= strlen(rows[i].sql); len++) {
            struct sql_written written;
            sql_written_tables((struct slice){rows[i].sql, len}, &written);
            assert_in_range(written.count, 0, SQL_WRITTEN_MAX);
        }
    }
}

UNIT_MAIN(cmocka_unit_test(test_rows), cmocka_unit_test(test_cut))
