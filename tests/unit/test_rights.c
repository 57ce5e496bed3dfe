/* test_rights.c - which right a statement asks for, by its tokens alone; and a row for
 * every verb that the engine executes. What the roles get of it is in tests/users. */
#include "unit.h"

#include "sql/rights.h"

static void test_verbs(void **state)
{
    enum sql_kind kind;
    enum sql_right right;
    const char *verb, *tag, *row;
    (void)state;
    for (size_t i = 0; (verb = sql_verb(i, &kind, &tag)); i++) {
        if (kind != SQL_ENGINE)
            continue;
        size_t at = 0;
        while ((row = sql_right_verb(at, &right)) && strcmp(row, verb) != 0)
            at++;
        if (!row)
            fail_msg("rights.c has no row for %s", verb);
    }
}

static void test_statements(void **state)
{
    static const struct {
        const char *sql;
        enum sql_right right;
        const char *function; /* "" = the statement asks for it */
    } rows[] = {
        {"select 1", SQL_READS, ""},
        {"((select 1))", SQL_READS, ""},
        {"nonsense", SQL_ADMINISTERS, ""},
        {"", SQL_ADMINISTERS, ""},
        {"insert into t values (1)", SQL_WRITES, ""},
        {"with x as (insert into t values (1)) select 1", SQL_READS, ""},
        {"with x as (select 1) delete from t", SQL_WRITES, ""},
        {"with insert as (select 1) select 1 from insert", SQL_WRITES, ""},
        {"explain select 1", SQL_READS, ""},
        {"explain (analyze) update t set a = 1", SQL_WRITES, ""},
        {"explain analyze verbose delete from t", SQL_WRITES, ""},
        {"explain explain delete from t", SQL_ADMINISTERS, ""},
        {"explain (select 1)", SQL_ADMINISTERS, ""},
        {"explain", SQL_ADMINISTERS, ""},
        {"create table t (a int)", SQL_WRITES, ""},
        {"create or replace temp view t as select 1", SQL_WRITES, ""},
        {"create persistent secret (type s3)", SQL_ADMINISTERS, ""},
        {"drop secret s", SQL_ADMINISTERS, ""},
        {"alter database d set x = 1", SQL_ADMINISTERS, ""},
        {"explain create secret s (type s3)", SQL_ADMINISTERS, ""},
        {"comment on column t.a is 'x'", SQL_WRITES, ""},
        {"copy t to stdout", SQL_READS, ""},
        {"copy t from stdin", SQL_WRITES, ""},
        {"copy t to 'stdout'", SQL_ADMINISTERS, ""},
        {"copy (select 1) to stdout", SQL_READS, ""},
        {"copy (insert into t values (1) returning a) to stdout", SQL_WRITES, ""},
        {"copy (with x as (select 1) insert into t from x) to stdout", SQL_WRITES, ""},
        {"select nextval('s')", SQL_WRITES, "nextval"},
        {"select nextval", SQL_READS, ""},
        {"select 'nextval(' || a from t", SQL_READS, ""},
        {"select /* nextval( */ 1", SQL_READS, ""},
        {"select a.\"NextVal\" -- x\n ('s')", SQL_WRITES, "\"NextVal\""},
        {"insert into t select * from query('x')", SQL_ADMINISTERS, "query"},
        {"select \xc2\xa0nextval ('s')", SQL_WRITES, "\xc2\xa0nextval"},
        {"select nextval\xe3\x80\x80 ('s')", SQL_WRITES, "nextval\xe3\x80\x80"},
        {"select nextval \xc2\xa0 ('s')", SQL_WRITES, "nextval"},
        {"select a as größe from t", SQL_READS, ""}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct slice sql = slice_of(rows[i].sql);
        struct sql_class class = sql_classify(sql);
        struct sql_need need = sql_needs(sql, &class);
        if (need.right != rows[i].right)
            fail_msg("%s asks for %d", rows[i].sql, need.right);
        assert_slice(need.function, rows[i].function);
    }
}

static void test_own_settings(void **state)
{
    static const struct {
        const char *sql;
        bool is_own;
    } rows[] = {{"set variable a = 1", true},
                {"reset variable a", true},
                {"use x", true},
                {"set threads = 1", false},
                {"reset threads", false},
                {"pragma threads = 1", false}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct slice sql = slice_of(rows[i].sql);
        struct sql_class class = sql_classify(sql);
        assert_int_equal(sql_needs(sql, &class).is_own, rows[i].is_own);
    }
}

static void test_targets(void **state)
{
    static const struct {
        const char *sql, *kind, *name;
    } rows[] = {{"insert into t values (1)", "table", "t"},
                {"insert or replace into s.\"T\" select 1", "table", "s.\"T\""},
                {"update only t set a = 1", "table", "t"},
                {"delete from t", "table", "t"},
                {"truncate table t", "table", "t"},
                {"copy t from stdin", "table", "t"},
                {"explain analyze insert into t values (1)", "table", "t"},
                {"create table t (a int)", "schema", "public"},
                {"create or replace view s.v as select 1", "schema", "s"},
                {"create table if not exists a.b.c (a int)", "schema", "a.b"},
                {"drop view if exists v", "view", "v"},
                {"alter table t add column b int", "table", "t"},
                {"comment on table t is 'x'", "table", "t"},
                {"create schema s", NULL, ""},
                {"vacuum", NULL, ""},
                {"insert", NULL, ""}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct sql_target target = sql_target_of(slice_of(rows[i].sql));
        if (!rows[i].kind) {
            assert_null(target.kind);
            continue;
        }
        assert_non_null(target.kind);
        assert_string_equal(target.kind, rows[i].kind);
        assert_slice(target.name, rows[i].name);
    }
}

UNIT_MAIN(cmocka_unit_test(test_verbs), cmocka_unit_test(test_statements),
          cmocka_unit_test(test_own_settings), cmocka_unit_test(test_targets))
