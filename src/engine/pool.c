/* pool.c - engine connections and their plans.
 *
 * Idle connections are a stack: the one used last has the warmest plans. A plan is
 * found by its text; the least recently used one makes room. */
#include "engine/pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/strmap.h"

enum { IDLE_MAX = 64 };

struct plan_entry {
    char *text;
    size_t len;
    struct engine_stmt *stmt;
    struct plan_entry *newer, *older;
};

struct pool_conn {
    struct engine_conn *engine;
    struct pool_conn *next; /* in the stack */
    struct strmap plans;
    struct plan_entry *newest, *oldest;
    size_t capacity;
};

struct pool {
    struct engine *engine;
    size_t plans;
    pthread_mutex_t lock; /* guards the stack */
    struct pool_conn *idle;
    size_t idle_count;
};

struct pool *pool_new(struct engine *engine, size_t plans)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pool->engine = engine;
    pool->plans = plans > 0 ? plans : 1;
    if (pthread_mutex_init(&pool->lock, NULL) == 0)
        return pool;
    free(pool);
    return NULL;
}

/* ---- plans ---- */

static void unlink_plan(struct pool_conn *conn, struct plan_entry *entry)
{
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        conn->newest = entry->older;
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        conn->oldest = entry->newer;
}

static void link_newest(struct pool_conn *conn, struct plan_entry *entry)
{
    entry->newer = NULL;
    entry->older = conn->newest;
    if (conn->newest)
        conn->newest->newer = entry;
    else
        conn->oldest = entry;
    conn->newest = entry;
}

static void drop_plan(struct pool_conn *conn, struct plan_entry *entry)
{
    if (!entry)
        return;
    (void)strmap_take(&conn->plans, (struct slice){entry->text, entry->len});
    unlink_plan(conn, entry);
    entry->stmt->ops->close(entry->stmt);
    free(entry->text);
    free(entry);
}

static bool keep_plan(struct pool_conn *conn, struct slice sql,
                      struct engine_stmt *stmt)
{
    struct plan_entry *entry = calloc(1, sizeof *entry);
    char *text = malloc(sql.len + 1);
    if (entry && text && strmap_put(&conn->plans, sql, entry)) {
        if (sql.len)
            memcpy(text, sql.data, sql.len);
        *entry = (struct plan_entry){.text = text, .len = sql.len, .stmt = stmt};
        link_newest(conn, entry);
        return true;
    }
    free(entry);
    free(text);
    return false;
}

bool pool_prepare(struct pool_conn *conn, struct slice sql, struct engine_stmt **out,
                  struct error *err)
{
    struct plan_entry *entry = strmap_get(&conn->plans, sql);
    if (entry) {
        unlink_plan(conn, entry);
        link_newest(conn, entry);
        *out = entry->stmt;
        return true;
    }
    if (!conn->engine->ops->prepare(conn->engine, sql, out, err))
        return false;
    if (!keep_plan(conn, sql, *out)) {
        (*out)->ops->close(*out);
        return error_no_memory(err);
    }
    if (conn->plans.count > conn->capacity)
        drop_plan(conn, conn->oldest);
    return true;
}

void pool_forget(struct pool_conn *conn, struct slice sql)
{
    drop_plan(conn, strmap_get(&conn->plans, sql));
}

/* ---- connections ---- */

static void close_conn(struct pool_conn *conn)
{
    while (conn->oldest)
        drop_plan(conn, conn->oldest);
    strmap_free(&conn->plans);
    conn->engine->ops->close(conn->engine);
    free(conn);
}

void pool_free(struct pool *pool)
{
    while (pool->idle) {
        struct pool_conn *conn = pool->idle;
        pool->idle = conn->next;
        close_conn(conn);
    }
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

static bool open_conn(struct pool *pool, struct pool_conn **out, struct error *err)
{
    struct pool_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        return error_no_memory(err);
    conn->capacity = pool->plans;
    if (!pool->engine->ops->connect(pool->engine, &conn->engine, err)) {
        free(conn);
        return false;
    }
    *out = conn;
    return true;
}

bool pool_acquire(struct pool *pool, struct pool_conn **out, struct error *err)
{
    pthread_mutex_lock(&pool->lock);
    struct pool_conn *conn = pool->idle;
    if (conn) {
        pool->idle = conn->next;
        pool->idle_count--;
    }
    pthread_mutex_unlock(&pool->lock);
    *out = conn;
    return conn || open_conn(pool, out, err);
}

void pool_release(struct pool *pool, struct pool_conn *conn, bool broken)
{
    if (!conn)
        return;
    pthread_mutex_lock(&pool->lock);
    bool keep = !broken && pool->idle_count < IDLE_MAX;
    if (keep) {
        conn->next = pool->idle;
        pool->idle = conn;
        pool->idle_count++;
    }
    pthread_mutex_unlock(&pool->lock);
    if (!keep)
        close_conn(conn);
}

struct engine_conn *pool_conn_engine(struct pool_conn *conn)
{
    return conn->engine;
}
