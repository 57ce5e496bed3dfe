#include "unit.h"

#include "sql/column_names.h"

enum { COLUMNS_MAX = 4 };

/* The engine's names, and what becomes of them. */
static const struct {
    const char *sql;
    const char *engine[COLUMNS_MAX], *told[COLUMNS_MAX];
} rows[] = {
    {"select count(*)", {"count_star()"}, {"count"}},
    {"select COUNT(*) n", {"n"}, {"n"}},
    {"select sum(a + 1)::int8", {"CAST(sum((a + 1)) AS BIGINT)"}, {"sum"}},
    {"select 1, 'x', null", {"1", "'x'", "NULL"}, {"?column?", "?column?", "?column?"}},
    {"select \"A b\", a", {"A b", "a"}, {"A b", "a"}},
    {"select 1 + 1 as \"1 + 1\"", {"1 + 1"}, {"1 + 1"}},
    {"select \"F\"\"x\"(1)", {"\"F\"\"x\"(1)"}, {"F\"x"}},
    {"select *, f(1) from t", {"a b", "c", "f(1)"}, {"a b", "c", "f"}},
    {"select f(1), * from t", {"f(1)", "a b", "c"}, {"f", "a b", "c"}},
    {"select f(1), g(2)", {"f(1)"}, {"f(1)"}}, /* not as many as items */
    {"values (1, 2)", {"col0", "col1"}, {"column1", "column2"}},
    {"insert into t values (1) returning f(a)", {"f(a)"}, {"f"}},
    {"describe t", {"a b"}, {"a b"}},
    {"select case when a then f(b) else g(c) end", {"CASE …"}, {"g"}},
    {"select (select max(a) from t)", {"(SELECT …)"}, {"max"}},
    {"select a at time zone 'x' at time zone 'y'", {"timezone(…)"}, {"timezone"}},
    {"select f(", {"f("}, {"?column?"}},
    {"select (", {"("}, {"?column?"}},
    {"select case", {"case"}, {"case"}},
    {"select", {"1"}, {"1"}},
    {"", {"1"}, {"1"}},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        const char *names[COLUMNS_MAX] = {0};
        size_t count = 0;
        for (; count < COLUMNS_MAX && rows[i].engine[count]; count++)
            names[count] = rows[i].engine[count];
        assert_true(sql_column_names(slice_of(rows[i].sql), &arena, names, count));
        for (size_t c = 0; c < count; c++)
            assert_string_equal(names[c], rows[i].told[c]);
        arena_free(&arena);
    }
}

/* An expression that is nested as deep as it can be written has no name. */
static void test_depth(void **state)
{
    (void)state;
    enum { DEPTH = 5000 };
    char sql[2 * DEPTH + 16];
    struct arena arena = {0};
    const char *name = "1 ";
    memset(sql, ' ', sizeof sql);
    memcpy(sql, "select ", 7);
    memset(sql + 7, '(', DEPTH);
    sql[7 + DEPTH] = 'a';
    memset(sql + 8 + DEPTH, ')', DEPTH);
    struct slice statement = {sql, sizeof sql};
    assert_true(sql_column_names(statement, &arena, &name, 1));
    assert_string_equal(name, "?column?");
    arena_free(&arena);
}

UNIT_MAIN(cmocka_unit_test(test_rows), cmocka_unit_test(test_depth))
