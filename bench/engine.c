/* engine.c - the other ceiling: the same statement drained through the engine's C API,
 * with nothing encoded.
 *
 *     engine DATABASE-FILE SQL REPETITIONS
 *
 * Prints a line a repetition: rows, CPU seconds of all threads, seconds in all, seconds
 * until the first rows; preparing included. */
#include <duckdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void die(const char *what)
{
    fprintf(stderr, "engine: %s\n", what);
    exit(1);
}

static double seconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static uint64_t drain(duckdb_connection connection, const char *sql, double *first)
{
    duckdb_prepared_statement statement;
    duckdb_result result;
    duckdb_data_chunk chunk;
    uint64_t rows = 0;
    if (duckdb_prepare(connection, sql, &statement) != DuckDBSuccess)
        die(duckdb_prepare_error(statement));
    if (duckdb_execute_prepared_streaming(statement, &result) != DuckDBSuccess)
        die(duckdb_result_error(&result));
    while ((chunk = duckdb_fetch_chunk(result))) {
        *first = rows == 0 ? seconds(CLOCK_MONOTONIC) : *first;
        rows += duckdb_data_chunk_get_size(chunk);
        duckdb_destroy_data_chunk(&chunk);
    }
    duckdb_destroy_result(&result);
    duckdb_destroy_prepare(&statement);
    return rows;
}

int main(int argc, char **argv)
{
    duckdb_database database;
    duckdb_connection connection;
    if (argc != 4)
        die("usage: engine DATABASE-FILE SQL REPETITIONS");
    if (duckdb_open(argv[1], &database) != DuckDBSuccess ||
        duckdb_connect(database, &connection) != DuckDBSuccess)
        die("cannot open the database");
    for (unsigned long i = strtoul(argv[3], NULL, 10); i > 0; i--) {
        double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);
        double first = wall;
        uint64_t rows = drain(connection, argv[2], &first);
        printf("%llu %.6f %.6f %.6f\n", (unsigned long long)rows,
               seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, seconds(CLOCK_MONOTONIC) - wall,
               first - wall);
    }
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    return 0;
}
