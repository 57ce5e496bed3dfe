/* engine_statements.c - what a statement costs in the engine alone: the same one again
 * and again through its C API, on one thread, nothing encoded.
 *
 *     engine_statements DATABASE-FILE|:memory: SECONDS SQL
 *
 * Prints CPU microseconds of all threads for each execution: prepared once, and
 * prepared anew each time. */
#include <duckdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static void measure(duckdb_connection connection, const char *sql, double length,
                    bool anew)
{
    duckdb_prepared_statement statement = prepare(connection, sql);
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID),
           end = seconds(CLOCK_MONOTONIC) + length;
    uint64_t count = 0;
    for (; seconds(CLOCK_MONOTONIC) < end; count++) {
        if (anew) {
            duckdb_destroy_prepare(&statement);
            statement = prepare(connection, sql);
        }
        execute(statement);
    }
    (void)printf("%s %.2f us CPU\n", anew ? "anew" : "prepared",
                 (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / (double)count);
    duckdb_destroy_prepare(&statement);
}

int main(int argc, char **argv)
{
    duckdb_database database;
    duckdb_connection connection;
    if (argc != 4)
        die("usage: engine_statements DATABASE-FILE|:memory: SECONDS SQL");
    const char *file = strcmp(argv[1], ":memory:") == 0 ? NULL : argv[1];
    if (duckdb_open(file, &database) != DuckDBSuccess ||
        duckdb_connect(database, &connection) != DuckDBSuccess)
        die("cannot open the database");
    measure(connection, argv[3], strtod(argv[2], NULL), false);
    measure(connection, argv[3], strtod(argv[2], NULL), true);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    return 0;
}
