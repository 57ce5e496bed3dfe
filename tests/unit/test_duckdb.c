/* The engine is the judge: every row is a statement that DuckDB really executes. */
#include "unit.h"

#include <pthread.h>

#include "core/error.h"
#include "engine/duckdb/duckdb_engine.h"

static struct engine *engine;
static struct engine_conn *conn;

static int open_engine(void **state)
{
    struct error err;
    const struct duckdb_options options = {.memory_limit_bytes = 512 << 20,
                                           .threads = 2};
    (void)state;
    return duckdb_engine_new(&options, &engine, &err) &&
                   engine->ops->connect(engine, &conn, &err)
               ? 0
               : -1;
}

static int close_engine(void **state)
{
    (void)state;
    conn->ops->close(conn);
    engine->ops->free(engine);
    return 0;
}

/* Prepare, execute, drain: the number of rows, -1 for an error. */
static int64_t run(const char *sql, struct error *err)
{
    struct engine_stmt *stmt;
    struct engine_cursor *cursor;
    struct batch batch;
    enum engine_next got = ENGINE_ERROR;
    int64_t rows = 0;
    if (!conn->ops->prepare(conn, slice_of(sql), &stmt, err))
        return -1;
    if (stmt->ops->execute(stmt, NULL, &cursor, err)) {
        while ((got = cursor->ops->next(cursor, &batch, err)) == ENGINE_BATCH)
            rows += (int64_t)batch.rows;
        cursor->ops->close(cursor);
    }
    stmt->ops->close(stmt);
    return got == ENGINE_ERROR ? -1 : rows;
}

static void test_errors(void **state)
{
    static const struct {
        const char *sql, *sqlstate;
        int32_t position;
    } rows[] = {
        {"selec 1", "42601", 1},
        {"select 1,\n  (", "42601", 0},
        {"select 'éé', selec 1", "42601", 20},
        {"select * from nosuch", "42P01", 15},
        {"select nosuch", "42703", 8},
        {"select é, nosuch from (select 1 as é)", "42703", 11},
        {"select t.nosuch from errors t", "42703", 8},
        {"select nofunction(1)", "42883", 8},
        {"select a from errors group by b", "42803", 0},
        {"create table errors (a int)", "42P07", 0},
        {"create schema main", "42P06", 0},
        {"drop table nosuch", "42P01", 0},
        {"select 'x'::int", "22P02", 0},
        {"select 1000000000000::int", "22003", 0},
        {"select 127::tinyint + 1::tinyint", "22003", 0},
        {"select '2024-13-45'::date", "22008", 0},
        {"select 'x'::date", "22007", 0},
        {"insert into errors values (1, 1)", "23505", 0},
        {"insert into errors values (2, null)", "23502", 0},
        {"insert into errors values (3, 100)", "23514", 0},
        {"insert into child values (77)", "23503", 0},
        {"insert into errors values (1)", "42601", 0},
        {"select cast(1 as nosuchtype)", "42704", 0},
        {"commit", "25P01", 0},
        {"select 1; select 2", "42601", 0},
        {"select * from read_csv('/etc/passwd')", "42501", 0},
        {"copy errors to '/tmp/nosuch/out.csv'", "42501", 0},
        {"set enable_external_access = true", "22023", 0},
        {"select a from errors, (select 1 as a)", "42702", 0},
    };
    struct error err;
    (void)state;
    assert_int_not_equal(
        run("create table errors (a int primary key, b int not null check (b < 9))",
            &err),
        -1);
    assert_int_not_equal(run("create table child (a int references errors (a))", &err),
                         -1);
    assert_int_not_equal(run("insert into errors values (1, 1)", &err), -1);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(run(rows[i].sql, &err), -1);
        if (strcmp(err.sqlstate, rows[i].sqlstate) != 0)
            fail_msg("%s: %s %s", rows[i].sql, err.sqlstate, err.message);
        if (rows[i].position && err.position != rows[i].position)
            fail_msg("%s: at %d", rows[i].sql, err.position);
    }
}

static void test_describe(void **state)
{
    struct engine_stmt *stmt;
    struct error err;
    (void)state;
    assert_true(conn->ops->prepare(
        conn, SLICE("select 1::int8 as a, 1.5::decimal(10, 2) as b, [1] as c"), &stmt,
        &err));
    assert_true(stmt->returns_rows && stmt->columns_known);
    assert_int_equal(stmt->column_count, 3);
    assert_string_equal(stmt->columns[0].name, "a");
    assert_int_equal(stmt->columns[0].type->id, TYPE_INT64);
    assert_int_equal(stmt->columns[1].type->precision, 10);
    assert_int_equal(stmt->columns[1].type->scale, 2);
    assert_int_equal(stmt->columns[2].type->id, TYPE_LIST);
    assert_int_equal(stmt->columns[2].type->children[0].id, TYPE_INT32);
    stmt->ops->close(stmt);
    assert_true(conn->ops->prepare(conn, SLICE("select $1, $2 + 1"), &stmt, &err));
    assert_int_equal(stmt->param_count, 2);
    assert_false(stmt->columns_known);
    stmt->ops->close(stmt);
}

static void test_streaming(void **state)
{
    struct error err;
    (void)state;
    assert_int_equal(run("select i, repeat('x', 200) from range(5000000) t(i)", &err),
                     5000000);
}

static void *interrupt_until_told(void *done)
{
    while (!__atomic_load_n((bool *)done, __ATOMIC_SEQ_CST))
        conn->ops->interrupt(conn);
    return NULL;
}

/* Types that others have made meanwhile do not keep a transaction from its end. */
static void test_rollback(void **state)
{
    struct engine_conn *other = NULL, *mine = conn;
    struct error err;
    (void)state;
    assert_true(engine->ops->connect(engine, &other, &err));
    assert_int_equal(run("create table once (a int primary key)", &err), 0);
    assert_int_equal(run("begin transaction", &err), 0);
    assert_int_not_equal(run("insert into once values (1)", &err), -1);
    assert_int_equal(run("insert into once values (1)", &err), -1);
    assert_string_equal(err.sqlstate, "23505");
    conn = other;
    assert_int_equal(run("create type meanwhile as enum ('a')", &err), 0);
    conn = mine;
    assert_int_equal(run("rollback", &err), 0);
    assert_int_equal(run("select * from once", &err), 0);
    assert_int_equal(run("drop type meanwhile", &err), 0);
    other->ops->close(other);
}

static void test_interrupt(void **state)
{
    struct error err;
    pthread_t thread;
    bool done = false;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, interrupt_until_told, &done), 0);
    int64_t rows =
        run("select count(*) from range(100000000000) t(i) where i % 7 = 3", &err);
    __atomic_store_n(&done, true, __ATOMIC_SEQ_CST);
    pthread_join(thread, NULL);
    assert_int_equal(rows, -1);
    assert_string_equal(err.sqlstate, "57014");
    assert_int_equal(run("select 1", &err), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors), cmocka_unit_test(test_describe),
        cmocka_unit_test(test_streaming), cmocka_unit_test(test_rollback),
        cmocka_unit_test(test_interrupt)};
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
