/* Every row of the table of errors, provoked by a statement where one can provoke it.
 */
#include "unit.h"

#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/duckdb/duckdb_error_rules.h"
#include "engine/duckdb/duckdb_internal.h"

static duckdb_database database;
static duckdb_connection connection;

static const char *const setup[] = {
    ("create table item (id int primary key, name text not null, "
     "price decimal(8, 2) check (price >= 0))"),
    "create table note (item int references item (id), body text)",
    "create table plain (a int, b text, c date)",
    "create view shown as select id from item",
    "create schema other",
    "create table other.thing (a int)",
    "create sequence counter",
    "create sequence short maxvalue 2",
    "create index plain_a on plain (a)",
    "create type mood as enum ('fine')",
    "insert into item values (1, 'one', 1)",
    "insert into note values (1, 'x')",
    "insert into plain values (1, 'x', '2024-01-01'), (1, null, null)",
};

/* The engine's answer to one statement; "" if it has no complaint. Kept until the next
 * call. */
static const char *complaint(const char *sql)
{
    static char message[8192];
    duckdb_prepared_statement prepared;
    duckdb_result result;
    message[0] = '\0';
    if (duckdb_prepare(connection, sql, &prepared) != DuckDBSuccess) {
        (void)snprintf(message, sizeof message, "%s", duckdb_prepare_error(prepared));
    } else {
        if (duckdb_execute_prepared(prepared, &result) != DuckDBSuccess)
            (void)snprintf(message, sizeof message, "%s", duckdb_result_error(&result));
        duckdb_destroy_result(&result);
    }
    duckdb_destroy_prepare(&prepared);
    return message;
}

static int open_database(void **state)
{
    duckdb_config config;
    (void)state;
    if (duckdb_create_config(&config) != DuckDBSuccess ||
        duckdb_set_config(config, "errors_as_json", "true") != DuckDBSuccess ||
        duckdb_open_ext(NULL, &database, config, NULL) != DuckDBSuccess ||
        duckdb_connect(database, &connection) != DuckDBSuccess)
        return -1;
    duckdb_destroy_config(&config);
    for (size_t i = 0; i < ARRAY_LEN(setup); i++) {
        const char *message = complaint(setup[i]);
        if (message[0]) {
            print_error("%s: %s\n", setup[i], message);
            return -1;
        }
    }
    return 0;
}

static int close_database(void **state)
{
    (void)state;
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    return 0;
}

/* A statement, or a message ("Kind Error: …") that no statement brings about here. */
static const struct row {
    const char *text, *sqlstate, *message; /* NULL: any */
} rows[] = {
    {"select row_number() over (order by row_number() over ()) from plain", "42P20",
     NULL},
    {"select sum(a) over w from plain", "42704", "window \"w\" does not exist"},
    {"create table t (a int primary key, b int primary key)", "42P16",
     "multiple primary keys for table \"t\" are not allowed"},
    {"with x as (select 1), x as (select 2) select 1", "42712",
     "WITH query name \"x\" specified more than once"},
    {"create table t (a int references item (id) on delete cascade)", "0A000", NULL},
    {"create sequence s start 10 maxvalue 5", "22023", NULL},
    {"select * from plain tablesample 1000%", "2202H", NULL},
    {"set memory_limit = 'x'", "22023", NULL},
    {"selec 1", "42601", "syntax error at or near \"selec\""},
    {"select 'x' like 'x' escape 'xx'", "22025", NULL},
    {"select 'xx' like 'x\\' escape '\\'", "22025",
     "LIKE pattern must not end with escape character"},
    {"set threads = -1", "22023", NULL},
    {"Syntax Error: anything", "42601", "anything"},
    {"create table item (a int)", "42P07", "relation \"item\" already exists"},
    {"create view shown as select 1", "42P07", "relation \"shown\" already exists"},
    {"create sequence counter", "42P07", "relation \"counter\" already exists"},
    {"create index plain_a on plain (a)", "42P07", NULL},
    {"alter table plain rename to item", "42P07", "relation \"item\" already exists"},
    {"create schema other", "42P06", "schema \"other\" already exists"},
    {"create type mood as enum ('a')", "42710", "type \"mood\" already exists"},
    {"create table t (a int, a int)", "42701", "column \"a\" already exists"},
    {"Catalog Error: Scalar Function with name \"f\" already exists!", "42710", NULL},
    {"drop view item", "42809", "\"item\" is not a View"},
    {"select * from nosuch.item", "42P01", "relation \"nosuch.item\" does not exist"},
    {"select * from nosuch", "42P01", "relation \"nosuch\" does not exist"},
    {"drop view nosuch", "42P01", "relation \"nosuch\" does not exist"},
    {"select nextval('nosuch')", "42P01", "relation \"nosuch\" does not exist"},
    {"drop index nosuch", "42704", "index \"nosuch\" does not exist"},
    {"drop schema nosuch", "3F000", "schema \"nosuch\" does not exist"},
    {"use nosuch", "3F000", "schema \"nosuch\" does not exist"},
    {"select 1::nosuch", "42704", "type \"nosuch\" does not exist"},
    {"select 'x' collate nosuch", "42704", "collation \"nosuch\" does not exist"},
    {"select nosuch(1)", "42883", "function nosuch does not exist"},
    {"select * from nosuch(1)", "42883", "function nosuch does not exist"},
    {"select sum(a) filter (where true) from (select nosuch(1) over () as a)", "42883",
     NULL},
    {"drop macro nosuch", "42883", "function nosuch does not exist"},
    {"drop macro table nosuch", "42883", "function nosuch does not exist"},
    {"select current_setting('nosuch')", "42704",
     "unrecognized configuration parameter \"nosuch\""},
    {"drop table item", "2BP01", NULL},
    {"create table t (a int, primary key (b))", "42703",
     "column \"b\" named in key does not exist"},
    {"insert into shown values (1)", "42809", "cannot insert into view \"shown\""},
    {"select lower(b) over () from plain", "42809", NULL},
    {"alter table item drop column id", "2BP01", NULL},
    {"drop schema main", "42501", NULL},
    {"alter view plain rename to x", "42809", NULL},
    {"create or replace view plain as select 1", "42809", "\"plain\" is not a View"},
    {"pragma nosuch", "42704", NULL},
    {"Catalog Error: anything", "42000", "anything"},
    {"drop schema other", "2BP01", NULL},
    {"select id from item a, item b", "42702", "column reference \"id\" is ambiguous"},
    {"select * from item a, item a", "42712",
     "table name \"a\" specified more than once"},
    {"Binder Error: Cannot insert into a generated column", "428C9", NULL},
    {"Binder Error: Ambiguous reference to catalog or schema \"x\"", "42702", NULL},
    {"select nosuch from plain", "42703", "column \"nosuch\" does not exist"},
    {"select nosuch", "42703", "column \"nosuch\" does not exist"},
    {"select struct_pack(a := 1).b", "42703", NULL},
    {"select a from plain qualify nosuch", "42703", NULL},
    {"update plain set nosuch = 1", "42703", "column \"nosuch\" does not exist"},
    {"select plain.nosuch from plain", "42703", "column plain.nosuch does not exist"},
    {"select t.nosuch from (values (1)) t", "42703", NULL},
    {"insert into plain (nosuch) values (1)", "42703",
     "column \"nosuch\" of relation \"plain\" does not exist"},
    {"select 1 from item join note on item.nosuch = 1", "42703",
     "column item.nosuch does not exist"},
    {"select * from item join note using (nosuch)", "42703",
     "column \"nosuch\" specified in USING clause does not exist in left table"},
    {"create table t (a int check (nosuch > 1))", "42703",
     "column \"nosuch\" does not exist"},
    {"create table t (a int references item (nosuch))", "42703", NULL},
    {"create table t (a int references plain)", "42830", NULL},
    {"create table t (a text references item (name))", "42830", NULL},
    {"create table t (a date references item (id))", "42804", NULL},
    {"insert into plain (a, a) values (1, 2)", "42701",
     "column \"a\" specified more than once"},
    {"update plain set a = 1, a = 2", "42601",
     "multiple assignments to same column \"a\""},
    {"create table t (a int default nosuch)", "0A000", NULL},
    {"select nosuch.a from plain", "42P01",
     "missing FROM-clause entry for table \"nosuch\""},
    {"create table nosuch.other.t (a int)", "3D000",
     "database \"nosuch\" does not exist"},
    {"select * from nosuch.other.t", "3F000", NULL},
    {"create view v (a, b) as select 1", "42601", NULL},
    {"select * from (select 1) t (a, b)", "42P10",
     "table \"t\" has 1 columns available but 2 columns specified"},
    {"insert into plain values (1)", "42601", NULL},
    {"insert into plain (a, b) values (1)", "42601", NULL},
    {"update shown set id = 1", "42809", NULL},
    {"delete from shown", "42809", NULL},
    {"vacuum shown", "42809", NULL},
    {"Binder Error: Cannot drop entry \"x\" because there are entries that depend on "
     "it",
     "2BP01", NULL},
    {"select lower(1, 2)", "42883",
     "function lower(INTEGER_LITERAL, INTEGER_LITERAL) does not exist"},
    {"select date '2024-01-01' + date '2024-01-01'", "42883",
     "operator does not exist: +(DATE, DATE)"},
    {"Binder Error: Cannot compare values of type A and type B - an explicit cast",
     "42883", "operator does not exist: A = B"},
    {"select [1, date '2024-01-01']", "42804", NULL},
    {"Binder Error: Could not choose a best candidate function for f(?)", "42725",
     NULL},
    {"select coalesce(1, date '2024-01-01')", "42804", NULL},
    {"Binder Error: Cannot combine types of A and B", "42804", NULL},
    {"Binder Error: Unimplemented type for cast (A -> B)", "42846",
     "cannot cast type A to B"},
    {"select 1 union select 1, 2", "42601", NULL},
    {"select (select 1, 2)", "42601", "subquery has too many columns"},
    {"select a, count(*) from plain", "42803", NULL},
    {"select count(*) from plain having a > 1", "42803", NULL},
    {"insert into plain (a) values (count(*))", "42803", NULL},
    {"select a from plain where count(*) > 1", "42803",
     "aggregate functions are not allowed in WHERE"},
    {"select sum(sum(a)) from plain", "42803", NULL},
    {"update plain set a = count(*)", "42803", NULL},
    {"Binder Error: In a check aggregate functions are not allowed", "42803", NULL},
    {"Binder Error: window functions are not allowed in UPDATE", "42P20", NULL},
    {"select a from plain where row_number() over () = 1", "42P20",
     "window functions are not allowed in WHERE"},
    {"select a from plain order by 3", "42P10", NULL},
    {"select a from plain order by 'x'", "42601", "non-integer constant in ORDER BY"},
    {"select count(distinct *) from plain", "42601", NULL},
    {"Binder Error: UNIQUE/PRIMARY KEY is missing", "42P10", NULL},
    {"insert into plain (a) values (1) on conflict (b) do nothing", "42P10", NULL},
    {"Binder Error: Conflict target has to be provided for a DO UPDATE", "42601", NULL},
    {"select 1 limit -1", "2201W", NULL},
    {"select * from range(1, 2, 0)", "22023", "step size cannot equal zero"},
    {"create index i on plain ((1))", "0A000", NULL},
    {"execute nosuch", "26000", "prepared statement \"nosuch\" does not exist"},
    {"create table information_schema.t (a int)", "42501", NULL},
    {"select grouping(a) from plain", "42803", NULL},
    {"select unnest(1)", "42804", NULL},
    {"select 1 where unnest([1]) = 1", "0A000", NULL},
    {"select 1::decimal(50, 2)", "22023", NULL},
    {"detach nosuch", "3D000", NULL},
    {"checkpoint nosuch", "3D000", NULL},
    {"Binder Error: Cannot execute statement of type \"INSERT\" on database \"x\" "
     "which",
     "25006", "cannot execute INSERT in a read-only transaction"},
    {"Binder Error: anything", "42000", "anything"},
    {"Constraint Error: Duplicate key \"a: 1, b: 2\" violates primary key constraint.",
     "23505", "duplicate key value violates unique constraint"},
    {"insert into item values (1, 'x', 1)", "23505",
     "duplicate key value violates unique constraint"},
    {"insert into item values (7, 'x', 1), (7, 'x', 1)", "23505", NULL},
    {"create unique index u on plain (a)", "23505", NULL},
    {"insert into item values (2, null, 1)", "23502",
     "null value in column \"name\" of relation \"item\" violates not-null constraint"},
    {"alter table plain add primary key (b)", "23502", NULL},
    {"insert into item values (2, 'x', -1)", "23514",
     "new row for relation \"item\" violates check constraint"},
    {"insert into note values (77, 'x')", "23503", NULL},
    {"delete from item", "23503", NULL},
    {"Constraint Error: anything", "23000", "anything"},
    {"select 'x'::time", "22007", NULL},
    {"select make_date(2024, 13, 1)", "22008", NULL},
    {"select '2024-13-01 00:00:00'::timestamp", "22008", NULL},
    {"select '2024-13-01'::date", "22008", NULL},
    {"select 'x'::date", "22007", NULL},
    {"select 'x'::timestamp", "22007", NULL},
    {"select '2024-01-01 00:00:00 Nosuch/Zone'::timestamptz", "22023", NULL},
    {"Conversion Error: Not a time zone", "22023", NULL},
    {"select date_part('nosuch', date '2024-01-01')", "22023", NULL},
    {"select '\\xzz'::blob", "22023", NULL},
    {"select 1::date", "42846", "cannot cast type INTEGER to DATE"},
    {"select '2147483648'::int", "22003", NULL},
    {"select ' 256 '::utinyint", "22003", NULL},
    {"select '1000000'::decimal(5, 2)", "22003", "numeric field overflow"},
    {"select 'x'::interval", "22007", NULL},
    {"select 2147483648::int", "22003", NULL},
    {"select 1000::decimal(8, 2)::decimal(3, 2)", "22003", "numeric field overflow"},
    {"select 1000::decimal(3, 2)", "22003", NULL},
    {"select 'x'::int", "22P02", NULL},
    {"select '1x'::int", "22P02", NULL},
    {"select '-'::int", "22P02", NULL},
    {"select '1.2.3'::int", "22P02", NULL},
    {"select date '2024-01-01' + interval 999999999 year", "22008", NULL},
    {"select date '2024-01-01' + 2147483647", "22008", NULL},
    {"Out of Range Error: Timestamp value out of range", "22008", NULL},
    {"select ln(0)", "2201E", NULL},
    {"select sqrt(-1)", "2201F", NULL},
    {"select 127::tinyint + 1::tinyint", "22003", NULL},
    {"Mismatch Type Error: anything", "42804", NULL},
    {"Invalid type Error: anything", "42804", NULL},
    {"Divide by Zero Error: divide by zero!", "22012", "division by zero"},
    {"select currval('counter')", "55000", NULL},
    {"select nextval('short') from range(5)", "2200H", NULL},
    {"Conversion Error: type \"x\" does not exist", "42704",
     "type \"x\" does not exist"},
    {"Conversion Error: relation \"x\" does not exist", "42P01",
     "relation \"x\" does not exist"},
    {"Conversion Error: function \"x\" does not exist", "42883",
     "function \"x\" does not exist"},
    {"Conversion Error: schema \"x\" does not exist", "3F000",
     "schema \"x\" does not exist"},
    {"Invalid Input Error: type \"x\" does not exist", "42704",
     "type \"x\" does not exist"},
    {"Invalid Input Error: relation \"x\" does not exist", "42P01",
     "relation \"x\" does not exist"},
    {"Invalid Input Error: function \"x\" does not exist", "42883",
     "function \"x\" does not exist"},
    {"Invalid Input Error: schema \"x\" does not exist", "3F000",
     "schema \"x\" does not exist"},
    {"Invalid Input Error: Cannot prepare multiple statements at once!", "42601", NULL},
    {"select (select a from plain)", "21000",
     "more than one row returned by a subquery used as an expression"},
    {"Invalid Input Error: division by zero", "22012", NULL},
    {"select $1", "42P18", NULL},
    {"Invalid Input Error: Cannot write to database \"x\" - transaction is launched in "
     "read-only mode",
     "25006", NULL},
    {"Invalid Input Error: Cannot execute statement of type \"INSERT\" on database "
     "\"x\" which",
     "25006", NULL},
    {"select ntile(0) over () from plain", "22014", NULL},
    {"select chr(-1)", "22023", NULL},
    {"select chr(1114112)", "54000", NULL},
    {"select acos(2)", "22003", NULL},
    {"select asin(2)", "22003", NULL},
    {"create table t (a int generated always as (1) stored)", "0A000", NULL},
    {"select 'x'::json", "22P02", NULL},
    {"select json('x')", "22P02", NULL},
    {"select strptime('x', '%Y')", "22007", NULL},
    {"select regexp_matches('x', '(')", "2201B",
     "invalid regular expression: missing ): ("},
    {"select regexp_matches('x', '[')", "2201B", NULL},
    {"select regexp_matches('x', '*')", "2201B", NULL},
    {"select regexp_matches('x', 'a**')", "2201B", NULL},
    {"select regexp_matches('x', 'a{5000}')", "2201B", NULL},
    {"select regexp_matches('x', '\\8')", "2201B", NULL},
    {"select regexp_matches('x', '[z-a]')", "2201B", NULL},
    {"select regexp_matches('x', '(?<')", "2201B", NULL},
    {"select regexp_matches('x', '(?P<a')", "2201B", NULL},
    {"select regexp_matches('x', '\\')", "2201B", NULL},
    {"select error('anything')", "22023", "anything"},
    {"TransactionContext Error: cannot start a transaction within a transaction",
     "25001", NULL},
    {"commit", "25P01", NULL},
    {"rollback", "25P01", NULL},
    {"TransactionContext Error: Current transaction is aborted (please ROLLBACK)",
     "25P02", NULL},
    {"TransactionContext Error: the database is in read-only mode", "25006", NULL},
    {"TransactionContext Error: Failed to commit: PRIMARY KEY or UNIQUE constraint "
     "violation: duplicate key \"1\"",
     "23505", "duplicate key value violates unique constraint"},
    {"TransactionContext Error: Failed to commit: a constraint", "23000", NULL},
    {"TransactionContext Error: Conflict on update!", "40001",
     "could not serialize access due to concurrent update"},
    {"Transaction Error: anything", "40001", NULL},
    {"set TimeZone = 'Nosuch/Zone'", "22023", NULL},
    {"values (1), (date '2024-01-01')", "42804", NULL},
    {"alter table item add constraint c check (id > 1)", "0A000", NULL},
    {"Permission Error: anything", "42501", NULL},
    {"Invalid Configuration Error: anything", "42501", NULL},
    {"Parameter Not Resolved Error: anything", "42P18", NULL},
    {"Parameter Not Allowed Error: anything", "42601", NULL},
    {"Missing Extension Error: anything", "0A000", NULL},
    {"Extension Autoloading Error: anything", "0A000", NULL},
    {"Interrupt Error: Interrupted!", "57014", NULL},
    {"INTERRUPT Error: Interrupted!", "57014", NULL},
    {"Out of Memory Error: failed to offload data block of size 1", "53100", NULL},
    {"Out of Memory Error: could not allocate", "53200", NULL},
    {"IO Error: Could not write file \"x\": No space left on device", "53100", NULL},
    {"IO Error: Could not set lock on file \"x\": Conflicting lock is held in y",
     "55006", NULL},
    {"select * from 'nosuch.parquet'", "58P01", NULL},
    {"attach '/nosuch-directory/x.db'", "58P01", NULL},
    {"load nosuch", "58030", NULL},
    {"FATAL Error: anything", "58000", NULL},
    {"Fatal Error: anything", "58000", NULL},
    {"INTERNAL Error: anything", "XX000", NULL},
    {"Internal Error: anything", "XX000", NULL},
};

static bool is_message(const char *text)
{
    return strstr(text, " Error: ") != NULL;
}

static void test_every_rule(void **state)
{
    bool *hit = calloc(duckdb_error_rule_count, sizeof *hit);
    struct error err;
    unsigned failed = 0;
    (void)state;
    assert_non_null(hit);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *row = &rows[i];
        const char *message = is_message(row->text) ? row->text : complaint(row->text);
        const struct duckdb_error_rule *rule = duckdb_error_rule_of(message);
        duckdb_error_set(&err, message, slice_of(row->text));
        if (strcmp(err.sqlstate, row->sqlstate) != 0 ||
            (row->message && strcmp(err.message, row->message) != 0)) {
            print_error("%s: %s %s\n    %s\n", row->text, err.sqlstate, err.message,
                        message);
            failed++;
        }
        if (rule)
            hit[rule - duckdb_error_rules] = true;
    }
    for (size_t i = 0; i < duckdb_error_rule_count; i++) {
        failed += !hit[i];
        if (!hit[i])
            print_error("no statement for %s: %s\n", duckdb_error_rules[i].kind,
                        duckdb_error_rules[i].pattern ? duckdb_error_rules[i].pattern
                                                      : "anything");
    }
    free(hit);
    assert_int_equal(failed, 0);
}

/* Rows are for words that the engine says somewhere; SQLSTATEs have five characters. */
static void test_shape(void **state)
{
    (void)state;
    for (size_t i = 0; i < duckdb_error_rule_count; i++) {
        const struct duckdb_error_rule *rule = &duckdb_error_rules[i];
        const char *texts[] = {rule->pattern, rule->message};
        assert_int_equal(strspn(rule->sqlstate, "0123456789ABCDEFGHPRWX"), 5);
        for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
            for (const char *at = texts[t]; at && (at = strchr(at, '%')); at += 2)
                assert_true((at[1] >= 'a' && at[1] <= 'z') || (t == 1 && at[1] == '0'));
        }
    }
}

static void test_positions(void **state)
{
    static const struct {
        const char *sql;
        int32_t position;
    } cases[] = {
        {"select nosuch", 8},
        {"select 'é', nosuch", 13},
        {"select '漢字', nosuch", 14},
        {"select 'e\u0301', nosuch", 14},
        {"select '\U0001f600',\r\n\tnosuch", 15},
        {"select 1,\n\n  2,\n nosuch", 18},
        {"select 'a very long line that the engine would show only in part to people "
         "who read it', 'and more of it, so that it is really long enough', nosuch",
         142},
        {"select 1 +", 11},
        {"select 'x'::int", 0},
    };
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        duckdb_error_set(&err, complaint(cases[i].sql), slice_of(cases[i].sql));
        if (err.position != cases[i].position)
            fail_msg("%s: at %d", cases[i].sql, err.position);
    }
}

static void test_fields(void **state)
{
    static const struct {
        const char *sql, *table, *column, *detail;
    } cases[] = {
        {"insert into item values (2, null, 1)", "item", "name", ""},
        {"insert into item values (2, 'x', -1)", "item", "",
         "CHECK constraint failed on table item with expression CHECK((price >= 0))"},
        {"insert into item values (1, 'x', 1)", "", "",
         "Duplicate key \"id: 1\" violates primary key constraint."},
        {"select nosuch from plain", "", "", ""},
    };
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        duckdb_error_set(&err, complaint(cases[i].sql), slice_of(cases[i].sql));
        assert_string_equal(err.table, cases[i].table);
        assert_string_equal(err.column, cases[i].column);
        assert_string_equal(err.detail, cases[i].detail);
    }
    duckdb_error_set(&err, complaint("select nosuch from plain"), SLICE(""));
    assert_int_equal(err.position, 0); /* beyond what was executed */
    assert_string_equal(err.hint, "Candidate bindings: \"a\"");
}

/* Plain messages, and what cannot be read, are still told. */
static void test_plain(void **state)
{
    static const struct {
        const char *message, *sqlstate, *text, *hint;
    } cases[] = {
        {"Catalog Error: Table with name x does not exist!\nDid you mean "
         "\"y\"?\n\nLINE "
         "1: select * from x\n                      ^",
         "42P01", "relation \"x\" does not exist", "Did you mean \"y\"?"},
        {"Parser Error: wrong\n\nLINE 1: x\n   ^", "42601", "wrong", ""},
        {"Strange Error: text", "XX000", "Strange Error: text", ""},
        {"text", "XX000", "text", ""},
        {"{\"exception_type\":\"Parser\"", "XX000", "{\"exception_type\":\"Parser\"",
         ""},
        {"{\"exception_type\":\"Parser\"}", "XX000", "{\"exception_type\":\"Parser\"}",
         ""},
        {"", "XX000", "", ""},
    };
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        duckdb_error_set(&err, cases[i].message, SLICE("x"));
        assert_string_equal(err.sqlstate, cases[i].sqlstate);
        assert_string_equal(err.message, cases[i].text);
        assert_string_equal(err.hint, cases[i].hint);
        assert_int_equal(err.position, 0);
    }
    duckdb_error_set(&err, NULL, SLICE(""));
    assert_string_equal(err.sqlstate, "XX000");
}

/* Names that look like what the patterns look for decide nothing; long ones are cut. */
static void test_names(void **state)
{
    static char long_name[4000], sql[4100];
    struct error err;
    (void)state;
    duckdb_error_set(&err, complaint("select \"Ambiguous reference to column name\""),
                     SLICE(""));
    assert_string_equal(err.sqlstate, "42703");
    duckdb_error_set(&err, complaint("select * from \"a\nb\""), SLICE(""));
    assert_string_equal(err.sqlstate, "42P01");
    assert_string_equal(err.message, "relation \"a\nb\" does not exist");
    for (size_t i = 0; i + 2 < sizeof long_name; i += 2)
        memcpy(long_name + i, "é", 2);
    (void)snprintf(sql, sizeof sql, "select * from \"%s\"", long_name);
    duckdb_error_set(&err, complaint(sql), slice_of(sql));
    assert_string_equal(err.sqlstate, "42P01");
    assert_true(strlen(err.message) > 1000);
    assert_memory_equal(err.message + strlen(err.message) - 2, "é", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_rule), cmocka_unit_test(test_shape),
        cmocka_unit_test(test_positions),  cmocka_unit_test(test_fields),
        cmocka_unit_test(test_plain),      cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, open_database, close_database);
}
