/* engine_statements.c - what a statement costs in the engine alone: the same one again
 * and again through its C API, nothing encoded, on as many threads and connections.
 *
 *     engine_statements DATABASE-FILE|:memory: SECONDS THREADS SQL [MANNER]
 *
 * Prints CPU microseconds of all threads for each execution: prepared once; prepared
 * anew each time; and paused: prepared once with pauses in between, as a server's
 * clients leave them. MANNER is one of these. Each statement is executed by the thread
 * that asks for it, alone: that is the cheapest way to drive the engine, whose own
 * threads would only be woken for nothing. */
#include <duckdb.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { THREADS_MAX = 64, PAUSE_NS = 30000 };

enum manner { PREPARED, ANEW, PAUSED, MANNERS };

static void die(const char *what)
{
    (void)fprintf(stderr, "engine_statements: %s\n", what);
    exit(1);
}

static double seconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* All of its threads are said to come from outside, and none does. */
static void do_without_threads(duckdb_database database)
{
    duckdb_connection connection;
    duckdb_result result;
    if (duckdb_connect(database, &connection) != DuckDBSuccess)
        die("cannot connect");
    if (duckdb_query(connection, "select current_setting('threads')", &result) !=
        DuckDBSuccess)
        die(duckdb_result_error(&result));
    char sql[64];
    (void)snprintf(sql, sizeof sql, "set global external_threads = %d",
                   (int)duckdb_value_int64(&result, 0, 0));
    duckdb_destroy_result(&result);
    if (duckdb_query(connection, sql, &result) != DuckDBSuccess)
        die(duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    duckdb_disconnect(&connection);
}

static duckdb_prepared_statement prepare(duckdb_connection connection, const char *sql)
{
    duckdb_prepared_statement statement;
    if (duckdb_prepare(connection, sql, &statement) != DuckDBSuccess)
        die(duckdb_prepare_error(statement));
    return statement;
}

static void execute(duckdb_prepared_statement statement)
{
    duckdb_result result;
    duckdb_data_chunk chunk;
    if (duckdb_execute_prepared_streaming(statement, &result) != DuckDBSuccess)
        die(duckdb_result_error(&result));
    while ((chunk = duckdb_fetch_chunk(result)))
        duckdb_destroy_data_chunk(&chunk);
    duckdb_destroy_result(&result);
}

struct worker {
    duckdb_database database;
    const char *sql;
    double end;
    enum manner manner;
    uint64_t count; /* executions */
};

static void *work(void *self)
{
    struct worker *worker = self;
    duckdb_connection connection;
    if (duckdb_connect(worker->database, &connection) != DuckDBSuccess)
        die("cannot connect");
    duckdb_prepared_statement statement = prepare(connection, worker->sql);
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    for (; seconds(CLOCK_MONOTONIC) < worker->end; worker->count++) {
        if (worker->manner == ANEW) {
            duckdb_destroy_prepare(&statement);
            statement = prepare(connection, worker->sql);
        }
        if (worker->manner == PAUSED)
            (void)nanosleep(&pause, NULL);
        execute(statement);
    }
    duckdb_destroy_prepare(&statement);
    duckdb_disconnect(&connection);
    return NULL;
}

static const char *const names[] = {"prepared", "anew", "paused"};

static void measure(const struct worker *task, unsigned threads)
{
    struct worker workers[THREADS_MAX];
    pthread_t ids[THREADS_MAX];
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    uint64_t count = 0;
    for (unsigned i = 0; i < threads; i++) {
        workers[i] = *task;
        if (pthread_create(&ids[i], NULL, work, &workers[i]) != 0)
            die("cannot make a thread");
    }
    for (unsigned i = 0; i < threads; i++) {
        (void)pthread_join(ids[i], NULL);
        count += workers[i].count;
    }
    (void)printf("%s %.2f us CPU\n", names[task->manner],
                 (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / (double)count);
}

int main(int argc, char **argv)
{
    duckdb_database database;
    if (argc != 5 && argc != 6)
        die("usage: engine_statements DATABASE-FILE|:memory: SECONDS THREADS SQL "
            "[MANNER]");
    const char *file = strcmp(argv[1], ":memory:") == 0 ? NULL : argv[1];
    double length = strtod(argv[2], NULL);
    unsigned long threads = strtoul(argv[3], NULL, 10);
    if (threads < 1 || threads > THREADS_MAX)
        die("that many threads are not possible");
    if (duckdb_open(file, &database) != DuckDBSuccess)
        die("cannot open the database");
    do_without_threads(database);
    for (int manner = PREPARED; manner < MANNERS; manner++) {
        const struct worker task = {.database = database,
                                    .sql = argv[4],
                                    .end = seconds(CLOCK_MONOTONIC) + length,
                                    .manner = (enum manner)manner};
        if (argc == 5 || strcmp(argv[5], names[manner]) == 0)
            measure(&task, (unsigned)threads);
    }
    duckdb_close(&database);
    return 0;
}
