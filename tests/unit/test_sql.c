#include "unit.h"

#include "sql/classify.h"
#include "sql/params.h"
#include "sql/split.h"

static void test_split(void **state)
{
    static const struct {
        const char *sql, *statements[4];
    } rows[] = {
        {"", {NULL}},
        {" ;; ; ", {NULL}},
        {"/* a; /* nested */ */ -- b;", {NULL}},
        {"select 1", {"select 1"}},
        {"select 1;", {"select 1"}},
        {"a;b ; c", {"a", "b", "c"}},
        {"select ';' ; b", {"select ';'", "b"}},
        {"select \";\"\";\" ; b", {"select \";\"\";\"", "b"}},
        {"select E'\\';' ; b", {"select E'\\';'", "b"}},
        {"select '\\' ; b", {"select '\\'", "b"}},
        {"select $$;$$ ; b", {"select $$;$$", "b"}},
        {"select $a$;$$;$a$ ; b", {"select $a$;$$;$a$", "b"}},
        {"select $1;b", {"select $1", "b"}},
        {"a -- ;\n b; c", {"a -- ;\n b", "c"}},
        {"a /* ; */ b; c", {"a /* ; */ b", "c"}},
        {"a 'open; b", {"a 'open; b"}},
        {"a /* open; b", {"a"}},
        {"x$y$;z", {"x$y$", "z"}},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct slice rest = slice_of(rows[i].sql), statement;
        for (size_t j = 0; rows[i].statements[j]; j++) {
            assert_true(sql_split(&rest, &statement));
            assert_slice(statement, rows[i].statements[j]);
        }
        assert_false(sql_split(&rest, &statement));
        assert_int_equal(rest.len, 0);
    }
}

static void test_classify(void **state)
{
    static const struct {
        const char *sql;
        enum sql_kind kind;
        const char *tag;
    } rows[] = {
        {"", SQL_EMPTY, ""},
        {"-- nothing", SQL_EMPTY, ""},
        {"select 1", SQL_ENGINE, "SELECT"},
        {"(select 1)", SQL_ENGINE, "SELECT"},
        {"/* x */ SeLeCt 1", SQL_ENGINE, "SELECT"},
        {"from t", SQL_ENGINE, "SELECT"},
        {"values (1)", SQL_ENGINE, "SELECT"},
        {"with a as (insert into b values (1)) select 1", SQL_ENGINE, "SELECT"},
        {"with a as (select 1) insert into t select * from a", SQL_ENGINE, "INSERT 0"},
        {"insert into t values (1) returning a", SQL_ENGINE, "INSERT 0"},
        {"update t set a = 1", SQL_ENGINE, "UPDATE"},
        {"create table t (a int)", SQL_ENGINE, "CREATE TABLE"},
        {"create or replace temp table t (a int)", SQL_ENGINE, "CREATE TABLE"},
        {"create table t as select 1", SQL_ENGINE, "SELECT"},
        {"create table t (a int check (cast(a as text) = 'x'))", SQL_ENGINE,
         "CREATE TABLE"},
        {"create unique index i on t (a)", SQL_ENGINE, "CREATE INDEX"},
        {"drop view v", SQL_ENGINE, "DROP VIEW"},
        {"set x = 1", SQL_SET, "SET"},
        {"SET LOCAL x TO 1", SQL_SET, "SET"},
        {"set time zone 'UTC'", SQL_SET, "SET"},
        {"set x", SQL_MALFORMED, "SET"},
        {"set global threads = 1", SQL_ENGINE, "SET"},
        {"set transaction read only", SQL_UNSUPPORTED, "SET TRANSACTION"},
        {"reset all", SQL_RESET, "RESET"},
        {"show x", SQL_SHOW, "SHOW"},
        {"show all tables", SQL_ENGINE, "SHOW"},
        {"begin", SQL_BEGIN, "BEGIN"},
        {"begin transaction isolation level read committed, read only", SQL_BEGIN,
         "BEGIN"},
        {"begin isolation level serializable", SQL_UNSUPPORTED,
         "ISOLATION LEVEL SERIALIZABLE"},
        {"begin nonsense", SQL_MALFORMED, "BEGIN"},
        {"start transaction", SQL_BEGIN, "START TRANSACTION"},
        {"commit work", SQL_COMMIT, "COMMIT"},
        {"end", SQL_COMMIT, "COMMIT"},
        {"commit and chain", SQL_UNSUPPORTED, "AND CHAIN"},
        {"rollback and no chain", SQL_ROLLBACK, "ROLLBACK"},
        {"rollback to savepoint a", SQL_SAVEPOINT, "ROLLBACK TO SAVEPOINT"},
        {"savepoint a", SQL_SAVEPOINT, "SAVEPOINT"},
        {"deallocate prepare x", SQL_DEALLOCATE, "DEALLOCATE"},
        {"deallocate all", SQL_DEALLOCATE, "DEALLOCATE ALL"},
        {"discard all", SQL_DISCARD, "DISCARD ALL"},
        {"discard nonsense", SQL_MALFORMED, "DISCARD"},
        {"copy t to stdout", SQL_COPY_CLIENT, "COPY"},
        {"COPY t (a) /* x */ FROM -- y\n STDIN", SQL_COPY_CLIENT, "COPY"},
        {"copy (select * from stdin) to stdout", SQL_COPY_CLIENT, "COPY"},
        {"explain analyze copy t to stdout", SQL_COPY_CLIENT, "EXPLAIN"},
        {"explain (analyze) copy t to stdout", SQL_COPY_CLIENT, "EXPLAIN"},
        {"copy t to 'file.parquet'", SQL_ENGINE, "COPY"},
        {"copy t to program 'cat'", SQL_UNSUPPORTED, "COPY with a program"},
        {"select a from stdin", SQL_ENGINE, "SELECT"},
        {"listen x", SQL_UNSUPPORTED, "LISTEN"},
        {"prepare a as select 1", SQL_UNSUPPORTED, "PREPARE"},
        {"nonsense", SQL_ENGINE, "SELECT"},
        {"((", SQL_ENGINE, "SELECT"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct sql_class class = sql_classify(slice_of(rows[i].sql));
        if (class.kind != rows[i].kind || strcmp(class.tag, rows[i].tag) != 0)
            fail_msg("%s: kind %d, tag %s", rows[i].sql, class.kind, class.tag);
    }
    assert_true(sql_classify(SLICE("begin read only")).read_only);
    assert_true(sql_classify(SLICE("create temp table t (a int)")).pins);
    assert_true(sql_classify(SLICE("rollback")).allowed_when_failed);
    assert_false(sql_classify(SLICE("rollback to a")).allowed_when_failed);
}

static void test_settings(void **state)
{
    static const struct {
        const char *sql, *name, *value;
    } rows[] = {
        {"set a = b", "a", "b"},
        {"set \"A b\" to 'it''s'", "A b", "it's"},
        {"set A.B = 1", "a.b", "1"},
        {"set search_path to a, \"B\", 'c'", "search_path", "a, \"B\", c"},
        {"set x = -1.5", "x", "-1.5"},
        {"set names 'UTF8'", "client_encoding", "UTF8"},
        {"set time zone 'UTC'", "timezone", "UTC"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char name[64], value[64];
        struct sql_class class = sql_classify(slice_of(rows[i].sql));
        assert_true(sql_identifier(class.name, name, sizeof name));
        assert_true(sql_setting_value(class.value, value, sizeof value));
        assert_string_equal(name, rows[i].name);
        assert_string_equal(value, rows[i].value);
    }
    assert_true(sql_classify(SLICE("set a to default")).is_default);
}

static void test_params(void **state)
{
    static const char *const casts[] = {"int8", NULL, "text"};
    struct arena arena = {0};
    struct slice out;
    (void)state;
    assert_int_equal(sql_param_max(SLICE("select $2, '$9', $1 -- $7")), 2);
    assert_int_equal(sql_param_max(SLICE("select $99999999999")), 65536);
    assert_int_equal(sql_param_max(SLICE("select $$ $5 $$")), 0);
    assert_true(
        sql_params_cast(SLICE("select $1, $2,'$1'||$3"), casts, 3, &arena, &out));
    assert_slice(out, "select $1::int8, $2,'$1'||$3::text");
    arena_free(&arena);
}

/* Every character of a text with casts, looked up in the one without. */
static void test_origin(void **state)
{
    static const char *const casts[] = {"int8", NULL, "é"};
    static const char text[] = "a é $1 $2\n$1$3 b";
    static const int32_t origins[] = {0,  1,  2,  3,  4,  5,  6,  5,  5,  5,  5,
                                      5,  5,  7,  8,  9,  10, 11, 12, 11, 11, 11,
                                      11, 11, 11, 13, 14, 13, 13, 13, 15, 16, 17};
    (void)state;
    for (size_t i = 1; i < ARRAY_LEN(origins); i++)
        assert_int_equal(sql_params_origin(SLICE(text), casts, 3, (int32_t)i),
                         origins[i]);
    assert_int_equal(sql_params_origin(SLICE("select $1"), NULL, 0, 8), 8);
}

UNIT_MAIN(cmocka_unit_test(test_split), cmocka_unit_test(test_classify),
          cmocka_unit_test(test_settings), cmocka_unit_test(test_params),
          cmocka_unit_test(test_origin))
