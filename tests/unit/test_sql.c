#include "unit.h"

#include "sql/classify.h"
#include "sql/params.h"
#include "sql/split.h"
#include "sql/value.h"

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

static const struct {
    const char *sql;
    enum sql_kind kind;
    const char *tag;
} classes[] = {
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
    {"set transaction read only", SQL_SET_TRANSACTION, "SET"},
    {"set transaction", SQL_MALFORMED, "SET"},
    {"set transaction snapshot 'x'", SQL_UNSUPPORTED, "SET TRANSACTION SNAPSHOT"},
    {"set session characteristics as transaction read only", SQL_SET_TRANSACTION,
     "SET"},
    {"set session authorization default", SQL_SET, "SET"},
    {"set constraints all deferred", SQL_SET_CONSTRAINTS, "SET CONSTRAINTS"},
    {"set constraints a, b.c immediate", SQL_SET_CONSTRAINTS, "SET CONSTRAINTS"},
    {"set constraints all", SQL_MALFORMED, "SET CONSTRAINTS"},
    {"set names", SQL_SET, "SET"},
    {"set names utf8", SQL_MALFORMED, "SET"},
    {"set schema 'a'", SQL_SET, "SET"},
    {"set schema = 'a'", SQL_SET, "SET"},
    {"set a from current", SQL_SET, "SET"},
    {"set variable a = 1", SQL_ENGINE, "SET"},
    {"show transaction isolation level", SQL_SHOW, "SHOW"},
    {"reset session authorization", SQL_RESET, "RESET"},
    {"close all", SQL_CLOSE, "CLOSE CURSOR ALL"},
    {"close a", SQL_CLOSE, "CLOSE CURSOR"},
    {"close", SQL_MALFORMED, "CLOSE CURSOR"},
    {"unlisten *", SQL_UNLISTEN, "UNLISTEN"},
    {"unlisten a", SQL_UNLISTEN, "UNLISTEN"},
    {"unlisten", SQL_MALFORMED, "UNLISTEN"},
    {"lock table only a, b.c in access share mode nowait", SQL_LOCK, "LOCK TABLE"},
    {"lock a", SQL_UNSUPPORTED, "LOCK TABLE in a mode but ACCESS SHARE"},
    {"lock in access share mode", SQL_UNSUPPORTED,
     "LOCK TABLE in a mode but ACCESS SHARE"},
    {"reset all", SQL_RESET, "RESET"},
    {"show x", SQL_SHOW, "SHOW"},
    {"show all tables", SQL_ENGINE, "SHOW"},
    {"begin", SQL_BEGIN, "BEGIN"},
    {"begin transaction isolation level read committed, read only", SQL_BEGIN, "BEGIN"},
    {"begin isolation level serializable", SQL_BEGIN, "BEGIN"},
    {"begin read only,", SQL_MALFORMED, "BEGIN"},
    {"begin , read only", SQL_MALFORMED, "BEGIN"},
    {"begin not", SQL_MALFORMED, "BEGIN"},
    {"start", SQL_MALFORMED, "START TRANSACTION"},
    {"start transaction read write not deferrable", SQL_BEGIN, "START TRANSACTION"},
    {"begin nonsense", SQL_MALFORMED, "BEGIN"},
    {"start transaction", SQL_BEGIN, "START TRANSACTION"},
    {"commit work", SQL_COMMIT, "COMMIT"},
    {"end", SQL_COMMIT, "COMMIT"},
    {"commit and chain", SQL_COMMIT, "COMMIT"},
    {"commit and", SQL_MALFORMED, "COMMIT"},
    {"abort transaction and no chain", SQL_ROLLBACK, "ROLLBACK"},
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
    {"listen x", SQL_LISTEN, "LISTEN"},
    {"listen \"a b\"", SQL_LISTEN, "LISTEN"},
    {"listen x.y", SQL_MALFORMED, "LISTEN"},
    {"listen *", SQL_MALFORMED, "LISTEN"},
    {"notify x", SQL_NOTIFY, "NOTIFY"},
    {"notify x, 'y'", SQL_NOTIFY, "NOTIFY"},
    {"notify x, $a$y$a$", SQL_NOTIFY, "NOTIFY"},
    {"notify x 'y'", SQL_MALFORMED, "NOTIFY"},
    {"notify x, y", SQL_MALFORMED, "NOTIFY"},
    {"notify 'x'", SQL_MALFORMED, "NOTIFY"},
    {"prepare a as select 1", SQL_PREPARE, "PREPARE"},
    {"prepare a (int, numeric(1, 2)) as select $1", SQL_PREPARE, "PREPARE"},
    {"prepare a (int as select $1", SQL_MALFORMED, "PREPARE"},
    {"prepare a.b as select 1", SQL_MALFORMED, "PREPARE"},
    {"execute a (1, ')', (2))", SQL_EXECUTE, "EXECUTE"},
    {"execute a (1) b", SQL_MALFORMED, "EXECUTE"},
    {"explain analyze execute a", SQL_EXECUTE, "EXPLAIN"},
    {"explain (analyze) execute a (1)", SQL_EXECUTE, "EXPLAIN"},
    {"explain prepare a as select 1", SQL_MALFORMED, "EXPLAIN"},
    {"create table t as execute a", SQL_UNSUPPORTED, "CREATE TABLE AS EXECUTE"},
    {"declare a cursor for select 1", SQL_DECLARE, "DECLARE CURSOR"},
    {"declare \"a b\" no scroll binary cursor with hold for values (1)", SQL_DECLARE,
     "DECLARE CURSOR"},
    {"declare a scroll no cursor for select 1", SQL_MALFORMED, "DECLARE CURSOR"},
    {"declare a cursor for ", SQL_MALFORMED, "DECLARE CURSOR"},
    {"fetch a", SQL_FETCH, "FETCH"},
    {"fetch next", SQL_FETCH, "FETCH"},
    {"fetch -2 in a", SQL_FETCH, "FETCH"},
    {"fetch + 2 from a", SQL_FETCH, "FETCH"},
    {"fetch 2147483648 a", SQL_MALFORMED, "FETCH"},
    {"fetch 99999999999999999999999 a", SQL_MALFORMED, "FETCH"},
    {"fetch absolute a", SQL_MALFORMED, "FETCH"},
    {"move backward all in a", SQL_FETCH, "MOVE"},
    {"close a.b", SQL_MALFORMED, "CLOSE CURSOR"},
    {"update t set a = 1 where current of c", SQL_UNSUPPORTED, "WHERE CURRENT OF"},
    {"delete from t where current", SQL_ENGINE, "DELETE"},
    {"nonsense", SQL_ENGINE, "SELECT"},
    {"((", SQL_ENGINE, "SELECT"},
};

static void test_classify(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
        struct sql_class class = sql_classify(slice_of(classes[i].sql));
        if (class.kind != classes[i].kind || strcmp(class.tag, classes[i].tag) != 0)
            fail_msg("%s: kind %d, tag %s", classes[i].sql, class.kind, class.tag);
    }
    struct sql_class fetch = sql_classify(SLICE("fetch backward -3 from \"A\""));
    assert_int_equal(fetch.cursor.direction, SQL_BACKWARD);
    assert_int_equal(fetch.cursor.count, -3);
    assert_false(fetch.cursor.moves);
    assert_true(slice_equal(fetch.name, SLICE("\"A\"")));
    assert_true(sql_classify(SLICE("move all c")).cursor.count == SQL_FETCH_ALL);
    struct sql_class begin =
        sql_classify(SLICE("begin read only, isolation level read committed"));
    assert_string_equal(begin.modes.read_only, "on");
    assert_string_equal(begin.modes.isolation, "read committed");
    assert_null(begin.modes.deferrable);
    assert_true(sql_classify(SLICE("commit and chain")).chain);
    assert_false(sql_classify(SLICE("commit and no chain")).chain);
    assert_true(sql_classify(SLICE("create temp table t (a int)")).pins);
    assert_true(sql_classify(SLICE("insert into t (a) values ($1), (2)")).ignores_rows);
    assert_false(sql_classify(SLICE("insert into t values (f(1))")).ignores_rows);
    assert_false(sql_classify(SLICE("insert into t from u")).ignores_rows);
    assert_false(sql_classify(SLICE("insert into t values ((table u))")).ignores_rows);
    assert_true(sql_classify(SLICE("rollback")).allowed_when_failed);
    assert_false(sql_classify(SLICE("rollback to a")).allowed_when_failed);
}

/* What a read-only transaction refuses. */
static void test_writes(void **state)
{
    static const struct {
        const char *sql, *writes;
    } rows[] = {
        {"select 1", NULL},
        {"insert into t values (1)", "INSERT"},
        {"with a as (select 1) delete from t", "DELETE"},
        {"create table t as select 1", "CREATE TABLE AS"},
        {"create view v as select 1", "CREATE VIEW"},
        {"drop table t", "DROP TABLE"},
        {"alter table t add a int", "ALTER TABLE"},
        {"truncate t", "TRUNCATE TABLE"},
        {"copy t from 'a.csv'", "COPY FROM"},
        {"copy (select 1 from t) to 'a.csv'", NULL},
        {"explain delete from t", NULL},
        {"explain analyze delete from t", "DELETE"},
        {"explain (analyze) create table t as select 1", "CREATE TABLE AS"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *writes = sql_classify(slice_of(rows[i].sql)).writes;
        if (!writes || !rows[i].writes ? writes != rows[i].writes
                                       : strcmp(writes, rows[i].writes) != 0)
            fail_msg("%s: %s", rows[i].sql, writes ? writes : "nothing");
    }
}

static const struct {
    const char *sql;
    enum sql_list list;
    const char *name, *value; /* NULL: malformed; "": several */
} assignments[] = {
    {"set a = b", SQL_SINGLE, "a", "b"},
    {"set a = B", SQL_SINGLE, "a", "b"},
    {"set a = \"B\"", SQL_SINGLE, "a", "B"},
    {"set \"A b\" to 'it''s'", SQL_SINGLE, "A b", "it's"},
    {"set A.B = 1", SQL_SINGLE, "a.b", "1"},
    {"set search_path to a, \"B\", 'c'", SQL_LIST, "search_path", "a, B, c"},
    {"set search_path to A, \"B\", 'c d', 'e', user_1", SQL_NAMES, "search_path",
     "a, \"B\", \"c d\", e, user_1"},
    {"set search_path to 'user', 'a\"b', ''", SQL_NAMES, "search_path",
     "\"user\", \"a\"\"b\", \"\""},
    {"set x = -1.5", SQL_SINGLE, "x", "-1.5"},
    {"set x = - 1e3", SQL_SINGLE, "x", "-1e3"},
    {"set x = +7", SQL_SINGLE, "x", "7"},
    {"set x = 64MB", SQL_SINGLE, "x", NULL},
    {"set x = - 'a'", SQL_SINGLE, "x", NULL},
    {"set x = E'a\\'\\n\\\\'", SQL_SINGLE, "x", "a'\n\\"},
    {"set x = $tag$a'b$tag$", SQL_SINGLE, "x", "a'b"},
    {"set x = $$$$", SQL_SINGLE, "x", ""},
    {"set x = 'a'\n'b'", SQL_SINGLE, "x", "ab"},
    {"set x = 'a' 'b'", SQL_SINGLE, "x", NULL},
    {"set x = 'a", SQL_SINGLE, "x", NULL},
    {"set x = (1)", SQL_SINGLE, "x", NULL},
    {"set x = a b", SQL_SINGLE, "x", NULL},
    {"set x = null", SQL_SINGLE, "x", NULL},
    {"set x = a,", SQL_LIST, "x", NULL},
    {"set names 'UTF8'", SQL_SINGLE, "client_encoding", "UTF8"},
    {"set time zone 'UTC'", SQL_SINGLE, "timezone", "UTC"},
    {"set time zone interval '-08:00' hour to minute", SQL_SINGLE, "timezone",
     "interval '-08:00'"},
    {"set session session authorization 'a'", SQL_SINGLE, "session_authorization", "a"},
    {"set role none", SQL_SINGLE, "role", "none"},
    {"set xml option document", SQL_SINGLE, "xmloption", "document"},
    {"set local schema 'a'", SQL_NAMES, "search_path", "a"},
};

static void test_settings(void **state)
{
    struct arena arena = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(assignments); i++) {
        char name[SQL_NAME_BYTES], *value;
        struct sql_class class = sql_classify(slice_of(assignments[i].sql));
        assert_true(sql_identifier(class.name, name, sizeof name));
        assert_string_equal(name, assignments[i].name);
        enum sql_value got =
            sql_setting_value(class.value, assignments[i].list, &arena, &value);
        if ((got == SQL_VALUE_OK) != (assignments[i].value != NULL) ||
            (assignments[i].value && strcmp(value, assignments[i].value) != 0))
            fail_msg("%s: %d %s", assignments[i].sql, got,
                     got == SQL_VALUE_OK ? value : "");
    }
    char *ignored;
    assert_int_equal(sql_setting_value(SLICE("1, 2"), SQL_SINGLE, &arena, &ignored),
                     SQL_VALUE_SEVERAL);
    assert_true(sql_classify(SLICE("set a to default")).is_default);
    assert_true(sql_classify(SLICE("set time zone local")).is_default);
    assert_true(sql_classify(SLICE("set names default")).is_default);
    assert_true(sql_classify(SLICE("set a from current")).from_current);
    assert_true(sql_classify(SLICE("set local a = 1")).local);
    assert_false(sql_classify(SLICE("set local = 1")).local);
    arena_free(&arena);
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

/* A numeric of any scale has that of its value, not the engine's. */
static void test_numeric_params(void **state)
{
    static const struct {
        const char *cast, *text, *made;
    } rows[] = {
        {"decimal(38,2)", "select $1", "select $1::decimal(38,2)"},
        {"decimal(38,2)", "select $1::numeric, 2", "select $1::decimal(38,2), 2"},
        {"decimal(38,2)", "select $1 :: Decimal", "select $1 :: decimal(38,2)"},
        {"decimal(38,2)", "select $1::numeric(5,1)",
         "select $1::decimal(38,2)::numeric(5,1)"},
        {"decimal(38,2)", "select cast ( $1 as numeric )",
         "select cast ( $1 as decimal(38,2) )"},
        {"decimal(38,2)", "select cast($1 as dec(5)), $1::dec",
         "select cast($1::decimal(38,2) as dec(5)), $1::decimal(38,2)"},
        {"decimal(38,2)", "select $1 as numeric",
         "select $1::decimal(38,2) as numeric"},
        {"decimal(38,2)", "select ($1 as numeric)",
         "select ($1::decimal(38,2) as numeric)"},
        {"decimal(38,2)[]", "select $1::numeric[]", "select $1::decimal(38,2)[]"},
        {"int8", "select $1::numeric", "select $1::int8::numeric"},
        {"decimal(38,2)[][]", "select $1::numeric[]", "select $1::decimal(38,2)[][]"},
        {"decimal(38,2)[][]", "select $1::numeric(9,1)[]",
         "select $1::numeric(9,1)[][]"},
        {"int4[]", "select $1::int[]", "select $1::int4[]::int[]"},
        {"int4[][]", "select $1::int[], 1", "select $1::int[][], 1"},
        {"int4[][]", "select cast($1 as int [3])", "select cast($1 as int [][])"},
        {"float8[][]", "select $1::double precision[]",
         "select $1::double precision[][]"},
        {"\"we[]ird\"[][]", "select $1::\"we[]ird\"[]", "select $1::\"we[]ird\"[][]"},
        {"int4[][]", "select $1::int[", "select $1::int4[][]::int["},
    };
    struct arena arena = {0};
    struct slice out;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct slice text = slice_of(rows[i].text);
        assert_true(sql_params_cast(text, &rows[i].cast, 1, &arena, &out));
        assert_slice(out, rows[i].made);
    }
    arena_free(&arena);
    static const char *const casts[] = {"decimal(38,2)"};
    static const char text[] = "é $1::numeric, x";
    assert_int_equal(sql_params_origin(SLICE(text), casts, 1, 3), 3);
    assert_int_equal(sql_params_origin(SLICE(text), casts, 1, 6), 6);
    assert_int_equal(sql_params_origin(SLICE(text), casts, 1, 7), 7);
    assert_int_equal(sql_params_origin(SLICE(text), casts, 1, 19), 7);
    assert_int_equal(sql_params_origin(SLICE(text), casts, 1, 20), 14);
    assert_int_equal(sql_params_origin(SLICE(text), casts, 1, 22), 16);
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
          cmocka_unit_test(test_writes), cmocka_unit_test(test_settings),
          cmocka_unit_test(test_params), cmocka_unit_test(test_numeric_params),
          cmocka_unit_test(test_origin))
