/* test_alloc_duckdb.c - statements over DuckDB, whose types are asked for and guessed,
 * refused memory at every place of ours (the engine's own memory is not).
 *
 * What a parameter is said to be must not depend on memory: it is the type that it has,
 * or an error says why not. */
#include "unit.h"

#include <stdio.h>

#include <pgwire/session.h>

#include "../lib/starve.h"
#include "engine/duckdb/duckdb_engine.h"
#include "server/database.h"
#include "server/pg_front.h"

struct server {
    struct database database;
    struct pg_front front;
};

static struct session connect_session(void *self)
{
    struct server *server = self;
    return (struct session){&pg_session_ops,
                            pgw_session_new(&pg_front_handlers, &server->front, NULL)};
}

static void put(struct buf *out, char type, const void *body, size_t len)
{
    const uint8_t head[] = {(uint8_t)type, 0, 0, (uint8_t)((len + 4) >> 8),
                            (uint8_t)(len + 4)};
    assert_true(buf_append(out, head, sizeof head) && buf_append(out, body, len));
}

/* Parse and Describe of the unnamed statement, then Sync. */
static void put_described(struct buf *out, const char *sql)
{
    char body[256];
    int len = snprintf(body, sizeof body, "%c%s%c%c%c", 0, sql, 0, 0, 0);
    put(out, 'P', body, (size_t)len);
    put(out, 'D', "S", 2);
    put(out, 'S', "", 0);
}

static const char *const statements[] = {
    "select $1 + 1 as a",
    "select 1 as a where 2 = any ($1)",
    "select $1 as a, $2 || 'x' as b",
    "select case when true then $1 else 1.5 end as a, abs($2) as b",
    "select * from range($1) t(i) limit $2",
    "select a from (values (1, date '2024-02-29')) t(a, d) where d > $1 or a = $2",
};

static void test_parameters(void **state)
{
    const struct duckdb_options duckdb = {0};
    /* One plan: every statement is planned anew. */
    const struct database_options options = {.name = "main", .plans = 1};
    struct server server = {0};
    struct engine *engine;
    struct error err;
    (void)state;
    assert_true(duckdb_engine_new(&duckdb, &engine, &err));
    assert_true(database_init(&server.database, engine, &options, &err));
    server.front.database = &server.database;
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        struct buf input = {0};
        assert_true(buf_append(&input, starve_opening_pg.data, starve_opening_pg.len));
        put_described(&input, statements[i]);
        put_described(&input, "select 2 as a");
        const struct starving starving = {
            .connect = connect_session,
            .judge = starve_judge_pg,
            .is_answer = starve_is_answer_pg,
            .ctx = &server,
            .input = {(const char *)buf_data(&input), buf_len(&input)},
            .opening = starve_opening_pg,
            .probe = starve_probe_pg};
        struct starved all = starve(&starving);
        assert_int_equal(all.faults, 0);
        assert_true(all.tries > 100);
        buf_free(&input);
    }
    database_free(&server.database);
}

UNIT_MAIN(cmocka_unit_test(test_parameters))
