#include "unit.h"

#include <strings.h>

#include "catalog/catalog.h"
#include "sql/rewrite.h"

static const struct sql_catalog catalog = {.schema = "W",
                                           .own = "__wirehouse",
                                           .database = "main",
                                           .has_relation = catalog_has_relation,
                                           .has_function = catalog_has_function,
                                           .is_builtin = catalog_is_builtin};

/* NULL: given back as it came. */
static const struct {
    const char *sql, *rewritten;
} rows[] = {
    /* nothing of ours */
    {"", NULL},
    {"select 1", NULL},
    {"select pg_catalog", NULL},
    {"from t select * exclude (a)", NULL},
    {"select 'pg_catalog.pg_type', $$public.t$$ -- pg_catalog.pg_type", NULL},
    {"select oid, name, char from t", NULL},
    {"select a::varchar, b::int[]", NULL},
    {"select * from pg_type", NULL},
    {"select 'a' ~ 'b'", NULL},
    /* schemas */
    {"select * from pg_catalog.pg_type t", "select * from W.pg_type t"},
    {"select * from \"pg_catalog\" . \"pg_type\"", "select * from W . \"pg_type\""},
    {"select * from PG_CATALOG.PG_TYPE", "select * from W.PG_TYPE"},
    {"select * from \"PG_CATALOG\".pg_type", NULL},
    {"select * from pg_catalog.pg_nosuch", NULL}, /* the engine's own */
    {"select pg_catalog.pg_type.oid from pg_catalog.pg_type",
     "select pg_type.oid from W.pg_type"},
    {"select pg_catalog.format_type(1, 2), pg_catalog.lower('X')",
     "select W.format_type(1, 2), lower('X')"},
    {"select 1::pg_catalog.int4, cast('x' as pg_catalog.varchar(3))",
     "select 1::int4, cast('x' as varchar(3))"},
    {"select * from public.t", "select * from main.t"},
    {"select * from main.public.t", "select * from main.t"},
    {"select * from other.public.t", NULL},
    {"insert into \"public\".\"t\" values (1)", "insert into main.\"t\" values (1)"},
    {"select public.a from t as public", NULL},
    {"create schema if not exists public", "create schema if not exists main"},
    {"drop schema public", "drop schema main"},
    {"select public from t", NULL},
    /* types */
    {"select 1::oid, a::oid[], '{1,2}'::_oid, x::OID",
     "select 1::pg_oid, a::pg_oid[], ['1','2']::pg_oid[], x::pg_oid"},
    {"select 'r'::\"char\", 'r'::char, 'r'::pg_catalog.\"char\"",
     "select 'r'::pg_char, 'r'::char, 'r'::pg_char"},
    {"select cast(a as oid), cast(b as jsonb), a as oid",
     "select cast(a as pg_oid), cast(b as json), a as oid"},
    {"select $1::_text, $2::text[]", "select $1::text[], $2::text[]"},
    /* names to OIDs */
    {"select 'int4'::regtype::oid", "select 'int4'::regtype::pg_oid"},
    {"select 'mood'::regtype::oid", "select W.regtype_in('mood')::pg_oid"},
    {"select 'public.t'::pg_catalog.regclass", "select W.regclass_in('public.t')"},
    {"select 'pg_class'::regclass", NULL},
    {"select '1234'::regclass, '-'::regproc", NULL},
    {"select $1::regtype", "select W.regtype_in($1)"},
    {"select $1::text::regtype::oid", "select W.regtype_in($1::text)::pg_oid"},
    {"select (a || b)::text::regclass", "select W.regclass_in((a || b)::text)"},
    {"select f(a, b)::varchar::regclass", "select W.regclass_in(f(a, b)::varchar)"},
    {"select t.a[1]::text::regtype", "select W.regtype_in(t.a[1]::text)"},
    {"select oid::regtype::text, t.x::regclass",
     "select oid::regtype::text, t.x::regclass"},
    {"select cast('t' as regclass)", "select W.regclass_in('t')  "},
    {"select cast($1 as pg_catalog.regclass)", "select cast($1 as regclass)"},
    /* operators and collations */
    {"select a operator(pg_catalog.=) b", "select a = b"},
    {"select a OPERATOR ( pg_catalog . <> ) b", "select a     <>  b"},
    {"select a collate \"default\", b collate pg_catalog.default, c COLLATE \"C\"",
     "select a  , b  , c  "},
    {"select a collate nocase", NULL},
    {"select 1 from pg_class where relname ~ '^x'",
     "select 1 from pg_class where relname ~ ('(?s).*(?:' || '^x' || ').*')"},
    {"select 1 from pg_class where relname !~* $1::text and true",
     "select 1 from pg_class where relname !~ ('(?si).*(?:' || $1::text || ').*') and "
     "true"},
    {"select 1 from pg_class where relname ~~ 'x' and a !~~* 'y'", NULL},
    {"select 1 from pg_class where relname operator(pg_catalog.~) '^(t)$' collate "
     "pg_catalog.default",
     "select 1 from pg_class where relname ~ ('(?s).*(?:' || '^(t)$' || ').*')  "},
    /* arrays */
    {"select '{}'::int[], '{ a , \"b,\\\"c\" , NULL, it''s}'::text[]",
     "select []::int[], ['a','b,\"c',NULL,'it''s']::text[]"},
    {"select '{{1, 2},{NULL,\"a\"}}'::int[][], ('{1}')::int[], cast('{2}' as int[])",
     "select [['1','2'],[NULL,'a']]::int[][], (['1'])::int[], cast(['2'] as int[])"},
    {"select '{{1},{2}}'::int[], cast('{{{1}}}' as numeric(9, 1)[]), '{{1}}'::_int4",
     "select [['1'],['2']]::int[][], cast([[['1']]] as numeric(9, 1)[][][]), "
     "[['1']]::int4[][]"},
    {"select E'{\"a\\\\\\\\b\",\"it\\'s\",\"it''s\",\"\\n\"}'::text[]",
     "select ['a\\b','it''s','it''s','\n']::text[]"},
    {"select e'{\"\\\\\\\\x00\"}'::bytea[], E'\\\\x00'::bytea",
     "select [unhex('00')]::bytea[], unhex('00')::bytea"},
    {"select E'{\\x41}'::text[], E'{\\101}'::text[], $${1}$$::int[], E'{a}'", NULL},
    {"select '{1.50,NULL,-100}'::numeric[], '{{12345678901234567890}}'::numeric[]",
     "select ['1.50',NULL,'-100']::decimal(18,2)[], "
     "[['12345678901234567890']]::decimal(38,0)[][]"},
    {"select '{NaN}'::numeric[], '{}'::numeric[]",
     "select ['NaN']::numeric[], []::decimal(18,0)[]"},
    {"select '{1.50}'::numeric(10, 2)[]", "select ['1.50']::numeric(10, 2)[]"},
    {"select '{{1},{2}'::int[], '{1}}'::int[], '{{}}'::int[], f('{1}')::int[]", NULL},
    {"select '{\"\\\\x00ff\",NULL}'::bytea[]", "select [unhex('00ff'),NULL]::bytea[]"},
    {"select 1 where a = any(('{a,b}'))", "select 1 where a   in('a','b')"},
    {"select ('{a}')::text[]", "select (['a'])::text[]"},
    /* literals */
    {"select '\\x00ff'::bytea, ('\\x')::pg_catalog.bytea, '\\x0'::bytea, '\\x00'::text",
     "select unhex('00ff')::bytea, (unhex(''))::bytea, '\\x0'::bytea, '\\x00'::text"},
    {"select '1.50'::numeric, cast('-12345678901234567890' as numeric)",
     "select '1.50'::decimal(18,2), cast('-12345678901234567890' as decimal(38,0))"},
    {"select '1'::numeric(9,1), 'NaN'::numeric, '1e'::numeric, '1e-'::numeric, "
     "a::numeric",
     NULL},
    {"select '1e5'::numeric, '-1.5E-10'::numeric, '1.25e+1'::numeric, '1e40'::numeric",
     "select '1e5'::decimal(18,0), '-1.5E-10'::decimal(18,11), "
     "'1.25e+1'::decimal(18,1), "
     "'1e40'::numeric"},
    {"select '{\"a\": 1}'::json", NULL},
    {"select '{1,2}'", NULL},
    {"select 1 where a = any ('{a,b}')", "select 1 where a   in ('a','b')"},
    {"select 1 where f(a)<>ALL('{1}')", "select 1 where f(a) not in('1')"},
    {"select 1 where a=any('{1}')", "select 1 where a in('1')"},
    {"select 1 where a >= any ('{1}')", "select 1 where a >= any (['1'])"},
    {"select 1 where a = all ('{1}') or b = any('{}')",
     "select 1 where a = all (['1']) or b = any([])"},
    {"select '{a,b'::text[], '{a\"b}'::text[]", NULL},
    {"select coalesce(array_agg(a), '{}') from pg_class",
     "select coalesce(array_agg(a), []) from pg_class"},
    /* what is not finished */
    {"select 'x'::regclass::", "select W.regclass_in('x')::"},
    {"::oid", "::pg_oid"},
    {"select 'pg_catalog.", NULL},
    {"pg_catalog.", NULL},
    {"operator(", NULL},
    {")]::text::regtype", ")W.regtype_in(]::text)"},
    {"pg_class ~", NULL},
};

static void test_rewrite(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct sql_rewritten out;
        struct slice sql = slice_of(rows[i].sql);
        assert_true(sql_rewrite(sql, &catalog, &arena, &out));
        const char *expected = rows[i].rewritten ? rows[i].rewritten : rows[i].sql;
        if (!slice_equal(out.text, slice_of(expected)))
            fail_msg("%s\n  gave %.*s\n  not  %s", rows[i].sql, (int)out.text.len,
                     out.text.data, expected);
        if (!rows[i].rewritten && !strstr(rows[i].sql, "::"))
            assert_ptr_equal(out.text.data, sql.data);
        arena_free(&arena);
    }
}

/* Where a row is, once it has turned out that there is no column of that name. */
static void test_system_columns(void **state)
{
    static const struct {
        const char *sql, *rewritten;
    } texts[] = {
        {"select ctid, a from t", "select W.ctid(rowid), a from t"},
        {"delete from t where \"t\".CTID = '(0,1)'",
         "delete from t where W.ctid(\"t\".rowid) = '(0,1)'"},
        {"select public.t.ctid from t", "select W.ctid(main.t.rowid) from t"},
        {"select a as ctid, ctid.b, ctid(1), 'ctid' from ctid",
         "select a as ctid, ctid.b, ctid(1), 'ctid' from ctid"},
    };
    struct sql_catalog with = catalog;
    (void)state;
    with.system_columns = true;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct arena arena = {0};
        struct sql_rewritten out;
        assert_true(sql_rewrite(slice_of(texts[i].sql), &with, &arena, &out));
        assert_slice(out.text, texts[i].rewritten);
        assert_true(sql_rewrite(slice_of(texts[i].sql), &catalog, &arena, &out));
        assert_false(out.text.len > 40 && strstr(out.text.data, "rowid"));
        arena_free(&arena);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *sql, *refused; /* NULL: nothing is */
    } statements[] = {
        {"drop view pg_type", "pg_type"},
        {"DROP VIEW if exists PG_CATALOG.pg_type", "pg_type"},
        {"drop table \"pg_type\"", "pg_type"},
        {"drop macro format_type", "format_type"},
        {"drop function format_type", "format_type"},
        {"insert into pg_type values (1)", "pg_type"},
        {"insert or replace into pg_enum values (1)", "pg_enum"},
        {"with a as (select 1) delete from pg_class", "pg_class"},
        {"update pg_class set relname = 'x'", "pg_class"},
        {"alter view pg_class rename to x", "pg_class"},
        {"comment on view pg_class is 'x'", "pg_class"},
        {"truncate table pg_class", "pg_class"},
        {"create table __wirehouse.__pg.x (a int)", "__wirehouse"},
        {"detach __wirehouse", "__wirehouse"},
        {"use __wirehouse", "__wirehouse"},
        {"delete from __wirehouse.__own.served", "__wirehouse"},
        {"drop table item", NULL},
        {"drop view other.pg_type", NULL},
        {"drop table format_type", NULL},
        {"insert into item select oid from pg_type", NULL},
        {"update item set a = 1 from pg_type", NULL},
        {"delete from item where a in (select oid from pg_type)", NULL},
        {"create view v as select * from pg_type", NULL},
        {"select * from __wirehouse.__pg.pg_type", NULL},
        {"with pg_type as (select 1) select * from pg_type", NULL},
        {"drop", NULL},
        {"drop view", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        struct arena arena = {0};
        struct sql_rewritten out;
        struct slice expected = {NULL, 0};
        if (statements[i].refused)
            expected = slice_of(statements[i].refused);
        assert_true(sql_rewrite(slice_of(statements[i].sql), &catalog, &arena, &out));
        if (!slice_equal_nocase(out.refused, expected))
            fail_msg("%s", statements[i].sql);
        arena_free(&arena);
    }
}

/* A character of the new text, and where it was in the old one. */
static void test_origin(void **state)
{
    static const char sql[] =
        "select é from pg_catalog.pg_type where nosuch = 'm'::regtype";
    struct arena arena = {0};
    struct sql_rewritten out;
    (void)state;
    assert_true(sql_rewrite(SLICE(sql), &catalog, &arena, &out));
    assert_slice(out.text, "select é from W.pg_type where nosuch = W.regtype_in('m')");
    static const struct {
        int32_t in_new, in_old;
    } places[] = {{0, 0},   {1, 1},   {8, 8},   {15, 15}, {16, 25},
                  {31, 40}, {40, 49}, {53, 49}, {55, 51}};
    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        assert_int_equal(sql_rewrite_origin(&out, SLICE(sql), places[i].in_new),
                         places[i].in_old);
    arena_free(&arena);
}

static void test_names(void **state)
{
    static const struct {
        const char *text;
        uint32_t oid;
    } types[] = {
        {"int4", 23},
        {"INTEGER", 23},
        {"  int [ ] ", 1007},
        {"_int4", 1007},
        {"pg_catalog.int4", 23},
        {"pg_catalog.integer", 0},
        {"\"char\"", 18},
        {"char", 1042},
        {"\"integer\"", 0},
        {"character varying(10)", 1043},
        {"timestamp(3) with  time zone[]", 1185},
        {"Double Precision", 701},
        {"numeric(10, 2)", 1700},
        {"public.int4", 0},
        {"nosuch", 0},
        {"", 0},
        {"int4(", 0},
        {"\"int4", 0},
        {"int4 x y", 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        struct catalog_name name;
        uint32_t oid = catalog_name_parse(slice_of(types[i].text), &name)
                           ? catalog_type_named(&name)
                           : 0;
        if (oid != types[i].oid)
            fail_msg("%s: %u", types[i].text, oid);
    }
}

static void test_format(void **state)
{
    static const struct {
        uint32_t oid;
        int32_t typmod;
        const char *text;
    } types[] = {
        {23, -1, "integer"},
        {1007, -1, "integer[]"},
        {18, -1, "\"char\""},
        {1700, 655366, "numeric(10,2)"},
        {1231, 655366, "numeric(10,2)[]"},
        {1043, 14, "character varying(10)"},
        {1184, 3, "timestamp(3) with time zone"},
        {1560, 4, "bit(4)"},
        {2249, -1, "record"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        char text[64];
        assert_true(
            catalog_type_format(types[i].oid, types[i].typmod, text, sizeof text));
        assert_string_equal(text, types[i].text);
    }
    assert_false(catalog_type_format(23, -1, (char[4]){0}, 4));
    assert_false(catalog_type_format(1, -1, (char[64]){0}, 64));
}

/* Every function that a type names has a row. */
static void test_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalog_type_count; i++) {
        const char *at = catalog_types[i].functions;
        assert_int_equal(strlen(catalog_types[i].flags), 6);
        while (*at) {
            struct slice name = {at, strcspn(at, " ")};
            if (!slice_equal(name, SLICE("-")) && !catalog_proc_named(name))
                fail_msg("%s has no row: %.*s", catalog_types[i].name, (int)name.len,
                         name.data);
            at += name.len + (at[name.len] == ' ');
        }
    }
}

UNIT_MAIN(cmocka_unit_test(test_rewrite), cmocka_unit_test(test_system_columns),
          cmocka_unit_test(test_refused), cmocka_unit_test(test_origin),
          cmocka_unit_test(test_names), cmocka_unit_test(test_format),
          cmocka_unit_test(test_tables))
