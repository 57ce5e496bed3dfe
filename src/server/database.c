/* database.c - what a client connects to by name. */
#include "server/database.h"

#include <stdlib.h>
#include <string.h>

#include "engine/pool.h"
#include "server/notify_hub.h"

enum { DEFAULT_PLANS = 64, DEFAULT_MEMORY = 64 << 20, DEFAULT_DISK = 1 << 30, ALL = 8 };

static void set_default(uint64_t *limit, uint64_t standard)
{
    if (*limit == 0)
        *limit = standard;
}

static struct spool_limits spool_limits(const struct database_options *options,
                                        const struct engine *engine)
{
    struct spool_limits limits = options->spool;
    set_default(&limits.memory, DEFAULT_MEMORY);
    set_default(&limits.disk, DEFAULT_DISK);
    set_default(&limits.memory_total, ALL * limits.memory);
    set_default(&limits.disk_total, ALL * limits.disk);
    if (!limits.directory)
        limits.directory = engine->spill_directory;
    if (!limits.directory)
        limits.directory = getenv("TMPDIR");
    if (!limits.directory)
        limits.directory = "/tmp";
    return limits;
}

bool database_init(struct database *database, struct engine *engine,
                   const struct database_options *options, struct error *err)
{
    *database = (struct database){.engine = engine};
    database->name = strdup(options->name);
    database->pool = pool_new(engine, options->plans ? options->plans : DEFAULT_PLANS);
    database->spool.limits = spool_limits(options, engine);
    database->has_lock = pthread_mutex_init(&database->sessions_lock, NULL) == 0;
    database->notify = notify_hub_new();
    if (database->name && database->pool && database->has_lock && database->notify)
        return true;
    database_free(database);
    return error_no_memory(err);
}

void database_free(struct database *database)
{
    if (database->pool)
        pool_free(database->pool);
    if (database->engine)
        database->engine->ops->free(database->engine);
    if (database->has_lock)
        pthread_mutex_destroy(&database->sessions_lock);
    notify_hub_free(database->notify);
    free(database->name);
    *database = (struct database){0};
}

/* The first column of the first row, an integer of 64 bits. */
static bool read_count(struct engine_cursor *cursor, int64_t *out, struct error *err)
{
    struct batch batch;
    enum engine_next got = cursor->ops->next(cursor, &batch, err);
    if (got == ENGINE_ERROR)
        return false;
    if (got == ENGINE_END || batch.rows == 0 ||
        batch.columns[0].layout != LAYOUT_FIXED8)
        return error_set(err, "XX000", "the engine did not count its tables");
    memcpy(out, batch.columns[0].data, sizeof *out);
    return true;
}

bool database_table_count(struct database *database, int64_t *out, struct error *err)
{
    static const char sql[] =
        "select count(*) from information_schema.tables "
        "where table_schema not in ('information_schema', 'pg_catalog')";
    struct pool_conn *conn;
    struct engine_stmt *stmt;
    struct engine_cursor *cursor;
    bool done = false;
    if (!pool_acquire(database->pool, NULL, &conn, err))
        return false;
    if (pool_prepare(conn, SLICE(sql), &stmt, err) &&
        stmt->ops->execute(stmt, NULL, &cursor, err)) {
        done = read_count(cursor, out, err);
        cursor->ops->close(cursor);
    }
    pool_release(database->pool, conn, false);
    return done;
}
