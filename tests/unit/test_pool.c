/* The pool over DuckDB: which connection comes, and which plans are still good. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/error.h"
#include "engine/duckdb/duckdb_engine.h"
#include "engine/pool.h"

static struct engine *engine;
static const struct engine_settings defaults;
static const struct engine_settings berlin = {
    .values = {[ENGINE_TIMEZONE] = "Europe/Berlin"}};
static const struct engine_settings lima = {
    .values = {[ENGINE_TIMEZONE] = "America/Lima"}};

static int open_engine(void **state)
{
    struct error err;
    const struct duckdb_options options = {.memory_limit_bytes = 512 << 20,
                                           .threads = 2};
    (void)state;
    return duckdb_engine_new(&options, &engine, &err) ? 0 : -1;
}

static int close_engine(void **state)
{
    (void)state;
    engine->ops->free(engine);
    return 0;
}

static struct pool *new_pool(size_t plans)
{
    struct pool *pool = pool_new(engine, plans);
    assert_non_null(pool);
    return pool;
}

static struct pool_conn *acquire(struct pool *pool,
                                 const struct engine_settings *settings)
{
    struct pool_conn *conn;
    struct error err;
    assert_true(pool_acquire(pool, settings, &conn, &err));
    assert_true(pool_configure(conn, settings, &err));
    return conn;
}

static struct engine_stmt *prepare(struct pool_conn *conn, const char *sql)
{
    struct engine_stmt *stmt;
    struct error err;
    if (!pool_prepare(conn, slice_of(sql), &stmt, &err))
        fail_msg("%s: %s", sql, err.message);
    return stmt;
}

/* The first cell of the first row; a string, or "" when there are no rows. */
static void ask(struct pool_conn *conn, const char *sql, char *out, size_t size)
{
    struct engine_stmt *stmt = prepare(conn, sql);
    struct engine_cursor *cursor;
    struct batch batch;
    struct error err;
    if (!stmt->ops->execute(stmt, NULL, &cursor, &err))
        fail_msg("%s: %s", sql, err.message);
    if (cursor->ops->next(cursor, &batch, &err) == ENGINE_BATCH) {
        struct slice cell = column_slice(&batch.columns[0], 0);
        assert_true(cell.len < size);
        memcpy(out, cell.data, cell.len);
        out[cell.len] = '\0';
    } else {
        out[0] = '\0';
    }
    if (stmt->changes_catalogue)
        pool_catalogue_changed(conn);
    if (stmt->changes_rows)
        pool_rows_changed(conn);
    cursor->ops->close(cursor);
}

static void run(struct pool_conn *conn, const char *sql)
{
    char ignored[64];
    ask(conn, sql, ignored, sizeof ignored);
}

static void test_lru(void **state)
{
    struct pool *pool = new_pool(2);
    struct pool_conn *conn = acquire(pool, &defaults);
    (void)state;
    struct engine_stmt *first = prepare(conn, "select 1");
    assert_ptr_equal(prepare(conn, "select 1"), first);
    (void)prepare(conn, "select 2");
    assert_ptr_equal(prepare(conn, "select 1"), first); /* used: 2 is the oldest now */
    (void)prepare(conn, "select 3");
    assert_ptr_equal(prepare(conn, "select 1"), first);
    pool_release(pool, conn, false);
    pool_free(pool);
}

static void test_equal_settings_come_back(void **state)
{
    struct pool *pool = new_pool(8);
    struct pool_conn *plain = acquire(pool, &defaults),
                     *german = acquire(pool, &berlin);
    (void)state;
    pool_release(pool, plain, false);
    pool_release(pool, german, false);
    assert_ptr_equal(acquire(pool, &defaults), plain);
    assert_ptr_equal(acquire(pool, &berlin), german);
    pool_release(pool, plain, false);
    pool_release(pool, german, true);
    pool_free(pool);
}

/* A plan keeps the zone it was made under: two zones never meet in one. */
static void test_zones_share_no_plan(void **state)
{
    static const char sql[] = "select timestamptz '2024-07-01 00:00:00+00'::varchar";
    struct pool *pool = new_pool(8);
    char got[64];
    struct error err;
    (void)state;
    for (unsigned round = 0; round < 3; round++) {
        struct pool_conn *a = acquire(pool, &berlin), *b = acquire(pool, &lima);
        ask(a, sql, got, sizeof got);
        assert_string_equal(got, "2024-07-01 02:00:00+02");
        ask(b, sql, got, sizeof got);
        assert_string_equal(got, "2024-06-30 19:00:00-05");
        assert_true(pool_configure(a, &lima, &err)); /* SET within a transaction */
        ask(a, sql, got, sizeof got);
        assert_string_equal(got, "2024-06-30 19:00:00-05");
        assert_true(pool_configure(a, &defaults, &err));
        ask(a, sql, got, sizeof got);
        assert_string_equal(got, "2024-07-01 00:00:00+00");
        assert_true(pool_configure(a, &berlin, &err));
        pool_release(pool, a, false);
        pool_release(pool, b, false);
    }
    pool_free(pool);
}

static void test_fixed_offsets(void **state)
{
    static const struct {
        const char *zone, *text; /* NULL: refused */
    } rows[] = {{"<-05>+05", "2024-06-30 19:00:00-05"},
                {"<+03>-03", "2024-07-01 03:00:00+03"},
                {"<+00>-00", "2024-07-01 00:00:00+00"},
                {"<+0530>-05:30", NULL},
                {"No/Where", NULL}};
    struct pool *pool = new_pool(8);
    struct pool_conn *conn = acquire(pool, &defaults);
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct engine_settings settings = {
            .values = {[ENGINE_TIMEZONE] = rows[i].zone}};
        struct error err;
        char got[64];
        assert_int_equal(pool_configure(conn, &settings, &err), rows[i].text != NULL);
        if (!rows[i].text) {
            assert_string_equal(err.sqlstate, "0A000");
            continue;
        }
        ask(conn, "select timestamptz '2024-07-01 00:00:00+00'::varchar", got,
            sizeof got);
        assert_string_equal(got, rows[i].text);
    }
    /* What was refused has left nothing behind. */
    struct error err;
    char got[64];
    assert_true(pool_configure(conn, &berlin, &err));
    ask(conn, "select timestamptz '2024-07-01 00:00:00+00'::varchar", got, sizeof got);
    assert_string_equal(got, "2024-07-01 02:00:00+02");
    pool_release(pool, conn, false);
    pool_free(pool);
}

static void test_search_path(void **state)
{
    struct pool *pool = new_pool(8);
    struct pool_conn *conn = acquire(pool, &defaults);
    const struct engine_settings path = {
        .values = {[ENGINE_SEARCH_PATH] =
                       "nosuch, \"$user\", \"a \"\"b\"\"\", public"}};
    struct error err;
    char got[64];
    (void)state;
    run(conn, "create schema \"a \"\"b\"\"\"");
    run(conn, "create table \"a \"\"b\"\"\".here as select 'schema' as x");
    run(conn, "create table here as select 'main' as x");
    ask(conn, "select x from here", got, sizeof got);
    assert_string_equal(got, "main");
    if (!pool_configure(conn, &path, &err))
        fail_msg("%s", err.message);
    ask(conn, "select x from here", got, sizeof got);
    assert_string_equal(got, "schema");
    assert_true(pool_configure(conn, &defaults, &err));
    ask(conn, "select x from here", got, sizeof got);
    assert_string_equal(got, "main");
    run(conn, "drop table here");
    run(conn, "drop schema \"a \"\"b\"\"\" cascade");
    pool_release(pool, conn, false);
    pool_free(pool);
}

/* What a plan says of its columns is what the catalogue says now. */
static void test_catalogue(void **state)
{
    static const char sql[] = "select * from changing";
    struct pool *pool = new_pool(8);
    struct pool_conn *a = acquire(pool, &defaults), *b = acquire(pool, &defaults);
    (void)state;
    run(a, "create table changing (x int)");
    assert_int_equal(prepare(a, sql)->column_count, 1);
    assert_int_equal(prepare(b, sql)->column_count, 1);
    run(b, "alter table changing add column y int");
    assert_int_equal(prepare(a, sql)->column_count, 2);
    assert_int_equal(prepare(b, sql)->column_count, 2);
    struct engine_stmt *kept = prepare(a, sql);
    run(b, "select * from changing");
    assert_ptr_equal(prepare(a, sql), kept);
    run(a, "drop table changing");
    pool_release(pool, a, false);
    pool_release(pool, b, false);
    pool_free(pool);
}

/* The engine's plans rely on the least and the greatest value that a column had. */
static void test_rows(void **state)
{
    static const char insert[] = "insert into filled values (200)";
    static const char read[] =
        "select coalesce(max(x)::varchar, 'none') from (select x from filled "
        "where x > 100 order by x)";
    struct pool *pool = new_pool(8);
    struct pool_conn *a = acquire(pool, &defaults), *b = acquire(pool, &defaults);
    char got[64];
    (void)state;
    run(a, "create table filled as select 1 as x");
    ask(a, read, got, sizeof got);
    assert_string_equal(got, "none");
    prepare(b, insert)->ignores_rows = true;
    struct engine_stmt *kept = prepare(b, insert);
    run(b, insert);
    assert_ptr_equal(prepare(b, insert), kept);
    ask(a, read, got, sizeof got);
    assert_string_equal(got, "200");
    pool_snapshot_begin(a);
    run(a, "begin");
    run(a, "update filled set x = 70000 where x = 200");
    ask(a, read, got, sizeof got);
    assert_string_equal(got, "70000");
    run(a, "commit");
    pool_snapshot_end(a);
    ask(b, read, got, sizeof got);
    assert_string_equal(got, "70000");
    run(a, "drop table filled");
    pool_release(pool, a, false);
    pool_release(pool, b, false);
    pool_free(pool);
}

/* A plan made within a transaction is made of the catalogue as it was for that. */
static void test_snapshot(void **state)
{
    static const char sql[] = "select * from changing";
    struct pool *pool = new_pool(8);
    struct pool_conn *a = acquire(pool, &defaults), *b = acquire(pool, &defaults);
    (void)state;
    run(a, "create table changing (x int)");
    pool_snapshot_begin(a);
    run(a, "begin");
    assert_int_equal(prepare(a, sql)->column_count, 1);
    run(b, "alter table changing add column y int");
    assert_int_equal(prepare(b, sql)->column_count, 2);
    run(a, "commit");
    pool_snapshot_end(a);
    assert_int_equal(prepare(a, sql)->column_count, 2);
    pool_snapshot_begin(a);
    run(a, "begin");
    run(a, "alter table changing add column z int");
    assert_int_equal(prepare(a, sql)->column_count, 3);
    assert_int_equal(prepare(b, sql)->column_count, 2); /* not committed */
    run(a, "commit");
    pool_snapshot_end(a);
    assert_int_equal(prepare(b, sql)->column_count, 3);
    pool_snapshot_begin(a);
    run(a, "begin");
    run(a, "drop table changing");
    run(a, "create table changing (sole text)");
    assert_int_equal(prepare(a, sql)->column_count, 1);
    run(a, "rollback");
    pool_snapshot_end(a);
    assert_int_equal(prepare(a, sql)->column_count, 3);
    run(a, "drop table changing");
    pool_release(pool, a, false);
    pool_release(pool, b, false);
    pool_free(pool);
}

/* However many settings there are, connections stay bounded and answer right. */
static void test_many_settings(void **state)
{
    static const char *const zones[] = {"<-01>+01", "<-02>+02", "<-03>+03", "<-04>+04",
                                        "<-05>+05", "<-06>+06", "<-07>+07", "<-08>+08",
                                        "<-09>+09", "<-10>+10", "<-11>+11", "<-12>+12"};
    struct pool *pool = new_pool(2);
    char got[64], expected[64];
    (void)state;
    for (unsigned round = 0; round < 40; round++) {
        const char *zone = zones[round * 7 % ARRAY_LEN(zones)];
        const struct engine_settings settings = {.values = {[ENGINE_TIMEZONE] = zone}};
        struct pool_conn *conn = acquire(pool, &settings);
        ask(conn, "select timestamptz '2024-07-01 12:00:00+00'::varchar", got,
            sizeof got);
        (void)snprintf(expected, sizeof expected, "2024-07-01 %02d:00:00%.3s",
                       12 - (int)strtol(zone + 5, NULL, 10), zone + 1);
        assert_string_equal(got, expected);
        pool_release(pool, conn, false);
    }
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lru),
                                       cmocka_unit_test(test_equal_settings_come_back),
                                       cmocka_unit_test(test_zones_share_no_plan),
                                       cmocka_unit_test(test_fixed_offsets),
                                       cmocka_unit_test(test_search_path),
                                       cmocka_unit_test(test_catalogue),
                                       cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_snapshot),
                                       cmocka_unit_test(test_many_settings)};
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
