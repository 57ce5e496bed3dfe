/* cells.c - what encoding costs a cell, type by type: no socket, no engine running.
 *
 *     cells [EXPRESSION]...
 *
 * Some connections of the engine are held at one batch each of every expression (of a
 * row number i); a plan writes them as DataRows, again and again. Prints nanoseconds a
 * row in text and in binary, the best of some rounds, and bytes a row. A row of one
 * column costs its cell and some three nanoseconds. Without arguments: one of each kind
 * of type. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/chain.h"
#include "engine/duckdb/duckdb_engine.h"
#include "pgwire/output_style.h"
#include "pgwire/pg_type.h"
#include "pgwire/plan.h"
#include "pgwire/row.h"

enum { BATCHES = 8, BATCH_ROWS = 2048, ROUNDS = 15, COLUMNS_MAX = 64 };

#define ITEM                                                                           \
    "i, i * 7919 % 200000, (i % 10000)::int, (i % 7)::int, "                           \
    "(1 + i % 50)::decimal(15,2), (i * 37 % 10000000 / 100.0)::decimal(15,2), "        \
    "(i % 11 / 100.0)::decimal(15,2), (i % 9 / 100.0)::decimal(15,2), "                \
    "chr(65 + (i % 3)::int), chr(70 + (i % 2)::int), "                                 \
    "date '1992-01-01' + (i % 2500)::int, date '1992-02-01' + (i % 2500)::int, "       \
    "['AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL'][1 + i % 5], "                            \
    "'comment about item ' || i || ' carefully'"

static const char *const expressions[] = {
    ITEM,
    "i % 2 = 0",
    "(i % 100)::tinyint",
    "(i % 30000)::smallint",
    "(i % 7)::int",
    "(i * 7919 % 2000000000)::int",
    "i * 7919",
    "i * 79190000000003",
    "(i * 7919)::ubigint",
    "(i * 7919)::hugeint",
    "(i * 7919)::hugeint * 1000000000000000000000",
    "(i * 7919)::bignum",
    "(i % 1000)::decimal(4,1)",
    "i::decimal(9,3)",
    "(i * 37 % 10000000 / 100.0)::decimal(15,2)",
    "(i * 7919)::decimal(15,4)",
    "(i * 37 % 10000000 / 100.0)::decimal(38,10)",
    "(i / 4.0)::float",
    "sqrt(i)::float",
    "(i / 4.0)::double",
    "i::double",
    "sqrt(i)",
    "i * 1e200",
    "date '1992-01-01' + (i % 2500)::int",
    "time '00:00:00' + to_seconds(i)",
    "'12:34:56+02'::timetz",
    "timestamp '2001-02-03 04:05:06' + to_seconds(i)",
    "timestamp '2001-02-03 04:05:06' + to_microseconds(i * 7919)",
    "(timestamp '2001-02-03 04:05:06' + to_seconds(i))::timestamp_ns",
    "(timestamp '2001-02-03 04:05:06' + to_seconds(i))::timestamptz",
    "to_days((i % 100)::int) + to_microseconds(i * 7919)",
    "uuid()",
    "chr(65 + (i % 3)::int)",
    "['AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL'][1 + i % 5]",
    "'comment about item ' || i || ' carefully'",
    "repeat('x', 200)",
    "case when i % 2 = 0 then 'text' end",
    "null::int",
    "encode('bytes ' || i)",
    "(i * 7919)::bit",
    "(['red', 'green', 'blue'][1 + i % 3])::enum('red', 'green', 'blue')",
    "('{\"a\": ' || i || '}')::json",
    "[i, i + 1, i + 2]",
    "[i / 4.0, i / 8.0]::double[]",
    "['one', 'two words', 'it''s ' || i]",
    "array_value(i, i + 1, i + 2)",
    "[[i, i + 1], [i + 2, i + 3]]",
    "{'a': i, 'b': 'text ' || i}",
    "[{'a': i, 'b': 'text'}]",
    "map {'key': i, 'other': i + 1}",
};

/* A connection, and where it is held. */
struct held {
    struct engine_conn *conn;
    struct engine_stmt *stmt;
    struct engine_cursor *cursor;
    struct batch batch;
};

struct rows {
    struct held held[BATCHES];
    size_t row_count, column_count;
    const struct type *types[COLUMNS_MAX];
    struct pgw_column columns[COLUMNS_MAX];
};

static void die(const char *what)
{
    (void)fprintf(stderr, "cells: %s\n", what);
    exit(1);
}

static double cpu_ns(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void hold(struct held *held, const char *expression, size_t first)
{
    struct error err;
    char sql[4096];
    int len = snprintf(sql, sizeof sql, "select %s from range(%zu, %zu) t(i)",
                       expression, first, first + BATCH_ROWS);
    if (len < 0 || (size_t)len >= sizeof sql)
        die("the expression is too long");
    struct slice text = {sql, (size_t)len};
    if (!held->conn->ops->prepare(held->conn, text, &held->stmt, &err) ||
        !held->stmt->ops->execute(held->stmt, NULL, &held->cursor, &err))
        die(err.message);
    if (held->cursor->ops->next(held->cursor, &held->batch, &err) != ENGINE_BATCH)
        die("there are no rows");
}

static void let_go(struct held *held)
{
    held->cursor->ops->close(held->cursor);
    held->stmt->ops->close(held->stmt);
}

static void describe(struct rows *rows)
{
    const struct engine_cursor *cursor = rows->held[0].cursor;
    rows->column_count = cursor->column_count;
    if (rows->column_count > COLUMNS_MAX)
        die("too many columns");
    for (size_t i = 0; i < cursor->column_count; i++) {
        rows->types[i] = cursor->columns[i].type;
        rows->columns[i] =
            (struct pgw_column){.name = cursor->columns[i].name,
                                .type_oid = pg_type_oid(rows->types[i], false)};
    }
    rows->row_count = 0;
    for (size_t i = 0; i < BATCHES; i++)
        rows->row_count += rows->held[i].batch.rows;
}

/* All rows once; bytes written. */
static uint64_t encode(const struct rows *rows, struct plan *plan, pgw_row *row)
{
    struct pgw_error err;
    uint64_t before = row->out->appended;
    for (size_t i = 0; i < BATCHES; i++) {
        size_t next = 0;
        enum pgw_status status;
        do {
            status = plan_write(plan, row, &rows->held[i].batch, &next, &err);
            chain_consume(row->out, row->out->bytes);
        } while (status == PGW_MORE);
        if (status == PGW_ERROR)
            die(err.message);
    }
    return row->out->appended - before;
}

static double measure(const struct rows *rows, int16_t format, double *bytes)
{
    struct arena arena = {0};
    struct chain chain = {0};
    struct pgw_error err;
    double best = 0;
    pgw_row row = {.out = &chain,
                   .style = &style_standard,
                   .columns = rows->columns,
                   .column_count = rows->column_count,
                   .formats = &format,
                   .format_count = 1,
                   .limit = SIZE_MAX,
                   .high_water = 128 << 10};
    struct plan *plan = plan_new(&arena, rows->types, rows->column_count, &row, &err);
    if (!plan)
        die(err.message);
    for (unsigned i = 0; i < ROUNDS; i++) {
        double begun = cpu_ns();
        *bytes = (double)encode(rows, plan, &row) / (double)rows->row_count;
        double took = (cpu_ns() - begun) / (double)rows->row_count;
        best = i == 0 || took < best ? took : best;
    }
    chain_free(&chain);
    arena_free(&arena);
    return best;
}

static void report(struct rows *rows, const char *expression)
{
    double text_bytes, binary_bytes;
    for (size_t i = 0; i < BATCHES; i++)
        hold(&rows->held[i], expression, i * BATCH_ROWS);
    describe(rows);
    double text = measure(rows, PGW_TEXT_FORMAT, &text_bytes);
    double binary = measure(rows, PGW_BINARY_FORMAT, &binary_bytes);
    (void)printf("| %.60s | %.1f | %.0f | %.1f | %.0f |\n", expression, text,
                 text_bytes, binary, binary_bytes);
    for (size_t i = 0; i < BATCHES; i++)
        let_go(&rows->held[i]);
}

int main(int argc, char **argv)
{
    static struct rows rows;
    const struct duckdb_options options = {.threads = 1};
    struct engine *engine;
    struct error err;
    if (!duckdb_engine_new(&options, &engine, &err))
        die(err.message);
    for (size_t i = 0; i < BATCHES; i++) {
        if (!engine->ops->connect(engine, &rows.held[i].conn, &err))
            die(err.message);
    }
    (void)printf("| expression | text, ns/row | bytes | binary, ns/row | bytes |\n"
                 "|---|---|---|---|---|\n");
    for (int i = 1; i < argc; i++)
        report(&rows, argv[i]);
    for (size_t i = 0; argc == 1 && i < ARRAY_LEN(expressions); i++)
        report(&rows, expressions[i]);
    for (size_t i = 0; i < BATCHES; i++)
        rows.held[i].conn->ops->close(rows.held[i].conn);
    engine->ops->free(engine);
    return 0;
}
