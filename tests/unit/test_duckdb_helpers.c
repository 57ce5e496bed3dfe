/* Threads that are lent to the engine: a function that waits for as many threads as
 * must execute one statement together. Alone the statement fails, after a while. */
#include "unit.h"

#include <pthread.h>
#include <time.h>

#include "core/error.h"
#include "engine/duckdb/duckdb_internal.h"

enum { PATIENCE_SECONDS = 60 };

/* Those who have met; the lock guards all of it. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t who[8];
    int64_t count;
} met = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct engine *engine;
static struct engine_conn *conn;

static void come(void)
{
    for (int64_t i = 0; i < met.count; i++) {
        if (pthread_equal(met.who[i], pthread_self()))
            return;
    }
    met.who[met.count++] = pthread_self();
    pthread_cond_broadcast(&met.changed);
}

/* meet(n): whether n threads at least have executed the statement. */
static void meet(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector out)
{
    const int64_t *wanted =
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 0));
    bool *answers = duckdb_vector_get_data(out);
    idx_t rows = duckdb_data_chunk_get_size(input);
    struct timespec until;
    int late = 0;
    (void)info;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_SECONDS;
    pthread_mutex_lock(&met.lock);
    come();
    while (!late && rows > 0 && met.count < wanted[0])
        late = pthread_cond_timedwait(&met.changed, &met.lock, &until);
    pthread_mutex_unlock(&met.lock);
    for (idx_t i = 0; i < rows; i++)
        answers[i] = !late;
}

static bool add_meet(duckdb_connection connection)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    duckdb_logical_type truth = duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    duckdb_scalar_function_set_name(function, "meet");
    duckdb_scalar_function_add_parameter(function, number);
    duckdb_scalar_function_set_return_type(function, truth);
    duckdb_scalar_function_set_volatile(function);
    duckdb_scalar_function_set_function(function, meet);
    bool done = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_logical_type(&number);
    duckdb_destroy_logical_type(&truth);
    duckdb_destroy_scalar_function(&function);
    return done;
}

static int open_engine(void **state)
{
    struct error err;
    const struct duckdb_options options = {.memory_limit_bytes = 512 << 20,
                                           .threads = 2};
    (void)state;
    return duckdb_engine_new(&options, &engine, &err) &&
                   engine->ops->connect(engine, &conn, &err) &&
                   add_meet(((struct duckdb_conn *)conn)->connection)
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

/* The first value of the last row, a 64-bit integer; -1: an error. */
static int64_t ask(const char *sql, struct error *err)
{
    struct engine_stmt *stmt;
    struct engine_cursor *cursor;
    struct batch batch;
    enum engine_next got = ENGINE_ERROR;
    int64_t value = 0;
    if (!conn->ops->prepare(conn, slice_of(sql), &stmt, err))
        return -1;
    if (stmt->ops->execute(stmt, NULL, &cursor, err)) {
        while ((got = cursor->ops->next(cursor, &batch, err)) == ENGINE_BATCH)
            memcpy(&value, batch.columns[0].data, sizeof value);
        cursor->ops->close(cursor);
    }
    stmt->ops->close(stmt);
    return got == ENGINE_ERROR ? -1 : value;
}

#define SETTING(name)                                                                  \
    "select value::bigint from duckdb_settings() where name = '" name "'"
#define TOGETHER(n) "select count(*) from many where meet(" #n ")"

static void test_together(void **state)
{
    struct error err;
    (void)state;
    assert_int_equal(
        ask("create table many as select i from range(1000000) t(i)", &err), 0);
    for (int i = 0; i < 3; i++) { /* they come again after they have gone home */
        met.count = 0;
        assert_int_equal(ask(TOGETHER(2), &err), 1000000);
        assert_int_equal(met.count, 2);
    }
}

/* The number of threads may be set as ever, and is the number that work together. */
static void test_number(void **state)
{
    static const struct {
        const char *set;
        int64_t threads;
    } rows[] = {
        {"set threads = 4", 4},          {"set global threads to 1", 1},
        {"PRAGMA Threads = 3", 3},       {"set worker_threads = 2", 2},
        {"set external_threads = 1", 2}, {"set threads = 3", 3},
    };
    struct error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(ask(rows[i].set, &err), 0);
        assert_int_equal(ask(SETTING("threads"), &err), rows[i].threads);
        assert_int_equal(ask(SETTING("external_threads"), &err), rows[i].threads);
    }
    met.count = 0;
    assert_int_equal(ask(TOGETHER(3), &err), 1000000);
    assert_int_equal(met.count, 3);
    assert_int_equal(ask("set threads = 0", &err), -1);
    assert_int_equal(ask(SETTING("threads"), &err), 3);
    assert_int_equal(ask("reset threads", &err), 0);
    assert_int_not_equal(ask(SETTING("threads"), &err), -1);
}

/* One thread needs nobody, and nobody comes. */
static void test_alone(void **state)
{
    struct error err;
    (void)state;
    assert_int_equal(ask("set threads = 1", &err), 0);
    met.count = 0;
    assert_int_equal(ask("select count(*) from many where meet(1)", &err), 1000000);
    assert_int_equal(met.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_together),
                                       cmocka_unit_test(test_number),
                                       cmocka_unit_test(test_alone)};
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
