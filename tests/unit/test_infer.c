#include "unit.h"

#include "sql/infer.h"

/* What is found for $1: a type, or the operand whose type it shall have. */
static const struct {
    const char *sql;
    enum infer_kind kind;
    const char *found; /* type or operand; the table of a target */
} rows[] = {
    {"select $1", INFER_NOTHING, NULL},
    {"select $1 is null", INFER_NOTHING, NULL},
    {"select '$1 + 1', $1", INFER_NOTHING, NULL},
    /* casts */
    {"select $1::int4", INFER_TYPE, "int4"},
    {"select $1::_int4", INFER_TYPE, "_int4"},
    {"select $1::int[]", INFER_TYPE, "_int4"},
    {"select $1::int8 array", INFER_TYPE, "_int8"},
    {"select $1::varchar(10)", INFER_TYPE, "varchar"},
    {"select $1::character varying(10)[]", INFER_TYPE, "_varchar"},
    {"select $1::double precision", INFER_TYPE, "float8"},
    {"select $1::timestamp(3) with time zone", INFER_TYPE, "timestamptz"},
    {"select $1::timestamp without time zone[]", INFER_TYPE, "_timestamp"},
    {"select $1::time", INFER_TYPE, "time"},
    {"select ($1)::date", INFER_TYPE, "date"},
    {"select cast($1 as numeric(10,2))", INFER_TYPE, "numeric"},
    {"select cast($1 as bit varying)", INFER_TYPE, "varbit"},
    {"select $1::mood", INFER_NOTHING, NULL},
    /* operators */
    {"select $1 + 1", INFER_TYPE, "int4"},
    {"select 1 + $1", INFER_TYPE, "int4"},
    {"select 2147483648 * $1", INFER_TYPE, "int8"},
    {"select 99999999999999999999 * $1", INFER_TYPE, "numeric"},
    {"select $1 / 1.5", INFER_TYPE, "numeric"},
    {"select $1 || 'x'", INFER_TYPE, "text"},
    {"select 1 || $1", INFER_TYPE, "text"},
    {"select $1 + interval '1 day'", INFER_TYPE, "interval"},
    {"select interval '1 day' * $1", INFER_TYPE, "float8"},
    {"select timestamp '2024-01-01' + $1", INFER_TYPE, "interval"},
    {"select timestamp '2024-01-01' - $1", INFER_TYPE, "timestamp"},
    {"select date '2024-01-01' - $1", INFER_TYPE, "date"},
    {"select -$1 + 1.5", INFER_TYPE, "numeric"},
    {"select a + $1", INFER_SAME, "a"},
    {"select t.a * $1", INFER_SAME, "t.a"},
    {"select \"t\".\"a b\" * ($1)", INFER_SAME, "\"t\".\"a b\""},
    {"select f(a, b) - $1", INFER_SAME, "f(a, b)"},
    {"select s.f(a) over (order by b) - $1", INFER_SAME, "s.f(a) over (order by b)"},
    {"select (a + b) * $1", INFER_SAME, "(a + b)"},
    {"select a[1] + $1", INFER_SAME, "a[1]"},
    {"select a::double precision + $1", INFER_SAME, "a::double precision"},
    {"select a::numeric(10,2) + $1", INFER_SAME, "a::numeric(10,2)"},
    {"select case when a then b end + $1", INFER_SAME, "case when a then b end"},
    {"select $1 + a.b(c)::int8", INFER_SAME, "a.b(c)::int8"},
    {"select a + $1 * 2", INFER_TYPE, "int4"},
    {"select a * $1 + 2", INFER_SAME, "a"},
    {"select a * b + $1", INFER_SAME, "a * b"},
    {"select a - b - $1", INFER_SAME, "a - b"},
    {"select a + b * $1", INFER_SAME, "b"},
    {"select -a + $1", INFER_SAME, "-a"},
    {"select $1 - a * b + c", INFER_SAME, "a * b"},
    {"select x from t where d - $2 > $1", INFER_SAME, "d - $2"},
    {"select x from t where c and $1 < a + 1", INFER_SAME, "a + 1"},
    {"select x from t where a || b like $1", INFER_SAME, "a || b"},
    {"select x from t where c and a + 1 = any($1)", INFER_ELEMENT, "a + 1"},
    {"select x from t where y = $1 - z", INFER_SAME, "z"},
    {"select $2 + $1", INFER_SAME, "$2"},
    {"select a from t where a not like $1", INFER_SAME, "a"},
    {"select a from t where a is distinct from $1", INFER_NOTHING, NULL},
    {"select a from t where $1 is distinct from a", INFER_SAME, "a"},
    /* ANY, rows, lists */
    {"select a from t where t.a = any($1)", INFER_ELEMENT, "t.a"},
    {"select a from t where a <> ALL ($1)", INFER_ELEMENT, "a"},
    {"select a from t where (a, b) = ($1, $2)", INFER_SAME, "a"},
    {"select a from t where (b, a) = ('x', $1)", INFER_SAME, "a"},
    {"values (1, 2), ($1, 3)", INFER_TYPE, "int4"},
    {"values (1, 'x'), (2, $1)", INFER_TYPE, "text"},
    {"select mod($1, 3)", INFER_TYPE, "int4"},
    {"select mod(a, $1)", INFER_SAME, "a"},
    {"select round($1)", INFER_TYPE, "float8"},
    {"select round($1, 2)", INFER_TYPE, "numeric"},
    {"select substr(a, $1)", INFER_TYPE, "int4"},
    {"select a[$1]", INFER_TYPE, "int4"},
    {"select array[$1]", INFER_NOTHING, NULL},
    /* branches and columns */
    {"select case when a then $1 else 2 end", INFER_TYPE, "int4"},
    {"select case when a then b else $1 end", INFER_SAME, "b"},
    {"select case when a then $1 when b then case when c then d end else 'x' end",
     INFER_SAME, "case when c then d end"},
    {"select 1, 'x' union select 2, $1", INFER_COLUMN, NULL},
    {"insert into s.t select $1", INFER_TARGET, "s.t"},
    {"insert into t (a, b) select x, $1 from u", INFER_TARGET, "t"},
};

static void test_hints(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct infer_hint hint;
        assert_true(sql_infer(slice_of(rows[i].sql), &arena, &hint, 1));
        if (hint.kind != rows[i].kind)
            fail_msg("%s: kind %d", rows[i].sql, (int)hint.kind);
        struct slice found = hint.kind == INFER_TYPE     ? slice_of(hint.type)
                             : hint.kind == INFER_TARGET ? hint.table
                                                         : hint.operand;
        if (rows[i].found && !slice_equal(found, slice_of(rows[i].found)))
            fail_msg("%s: %.*s", rows[i].sql, (int)found.len, found.data);
        arena_free(&arena);
    }
}

static void test_probes(void **state)
{
    static const struct {
        const char *sql;
        bool untyped;
        const char *probe;
    } probes[] = {
        {"select a + $1 from t where b = $2", false,
         "select (CASE WHEN (a) = $1 THEN (a) END) from t where b = NULL::int8"},
        {"select a + $1 from t where b = $2", true,
         "select (CASE WHEN (a) = $1 THEN (NULL) END) from t where b = NULL::int8"},
        {"select a + $1, c - $3 from t", false,
         "select (CASE WHEN (a) = $1 THEN (a) END), NULL from t"},
        {"select 1 from t where a = any($1)", false,
         "select 1 from t where (CASE WHEN (a) = $1 THEN (a) END) IS NULL"},
        {"insert into t (a, b) select 1, $1", false, "SELECT a, b FROM t"},
        {"select 1 union select $1", false, "select 1 union select NULL"},
    };
    static const char *const casts[] = {NULL, "int8", NULL};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
        struct arena arena = {0};
        struct infer_hint hints[3];
        struct slice text, sql = slice_of(probes[i].sql);
        assert_true(sql_infer(sql, &arena, hints, 3));
        const struct infer_probe probe = {sql,   &hints[0], 1, probes[i].untyped,
                                          casts, 3};
        assert_true(sql_infer_probe(&probe, &arena, &text));
        assert_slice(text, probes[i].probe);
        arena_free(&arena);
    }
}

static void test_nulls(void **state)
{
    static const char *const casts[] = {NULL, "int8"};
    struct arena arena = {0};
    struct slice text;
    (void)state;
    assert_true(sql_infer_nulls(SLICE("select '$2' from f(1, $2, $1)"), casts, 2,
                                &arena, &text));
    assert_slice(
        text,
        "select '$2' from f(1, CASE WHEN random() < 2 THEN NULL::int8 END, NULL)");
    arena_free(&arena);
}

static void test_operators(void **state)
{
    (void)state;
    assert_string_equal(sql_infer_operator("+", true, "int8"), "int8");
    assert_string_equal(sql_infer_operator("+", true, "timestamptz"), "interval");
    assert_string_equal(sql_infer_operator("-", false, "timestamptz"), "timestamptz");
    assert_string_equal(sql_infer_operator("/", true, "interval"), "float8");
    assert_string_equal(sql_infer_operator("/", false, "interval"), "interval");
    assert_string_equal(sql_infer_operator("->>", true, "json"), "text");
    assert_string_equal(sql_infer_operator("LIKE", true, "varchar"), "text");
    assert_string_equal(sql_infer_operator("", true, "date"), "date");
}

/* Words and brackets in any order: nothing is read beyond the end. */
static void test_any_tokens(void **state)
{
    static const char *const words[] = {
        "$1",   "(",      ")",    "[",      "]",   "case", "end",
        "then", "any",    "=",    "+",      "::",  "int",  "select",
        ",",    "insert", "into", "values", "not", "like", "."};
    uint32_t random = 1;
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char sql[256] = "$1";
        struct arena arena = {0};
        struct infer_hint hints[1];
        struct slice text;
        static const char *const casts[] = {NULL};
        for (int n = 0; n < 12; n++) {
            random = random * 1664525 + 1013904223;
            const char *word = words[(random >> 16) % ARRAY_LEN(words)];
            size_t len = strlen(sql);
            sql[len] = ' ';
            memcpy(sql + len + 1, word, strlen(word) + 1);
        }
        assert_true(sql_infer(slice_of(sql), &arena, hints, 1));
        const struct infer_probe probe = {slice_of(sql), hints, 1, false, casts, 1};
        if (hints[0].kind > INFER_TYPE)
            assert_true(sql_infer_probe(&probe, &arena, &text));
        arena_free(&arena);
    }
}

UNIT_MAIN(cmocka_unit_test(test_hints), cmocka_unit_test(test_probes),
          cmocka_unit_test(test_nulls), cmocka_unit_test(test_operators),
          cmocka_unit_test(test_any_tokens))
