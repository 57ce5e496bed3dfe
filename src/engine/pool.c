/* pool.c - engine connections, and under which settings, catalogue and rows their
 * plans are good.
 *
 * Idle connections are a stack: the one used last has the warmest plans. The version of
 * the catalogue goes up with everything that may change it. Within a transaction a
 * connection sees the catalogue as it was when that began, plus its own changes: plans
 * are marked with that version, so that none of them outlives what it was made of. The
 * rows have a version likewise: the engine's plans rely on what the tables held when
 * they were made, and answer wrongly when that is no longer so. */
#include "engine/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "engine/plans.h"

/* RECONFIGURE_AT: so many idle ones with other settings are enough. */
enum { IDLE_MAX = 64, RECONFIGURE_AT = 16 };

struct pool_conn {
    struct pool *pool;
    struct engine_conn *engine;
    struct pool_conn *next; /* in the stack */
    struct plans plans;
    char *settings[ENGINE_SETTING_COUNT];
    bool unsettled;             /* its settings are not known */
    struct plan_basis snapshot; /* in the open transaction; 0 = there is none */
    bool has_changed_catalogue, has_changed_rows; /* in it */
};

struct pool {
    struct engine *engine;
    size_t plans;
    _Atomic uint64_t catalogue, rows; /* their versions, from 1 */
    pthread_mutex_t lock;             /* guards the stack */
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
    atomic_init(&pool->catalogue, 1);
    atomic_init(&pool->rows, 1);
    if (pthread_mutex_init(&pool->lock, NULL) == 0)
        return pool;
    free(pool);
    return NULL;
}

/* ---- settings ---- */

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool has_settings(const struct pool_conn *conn,
                         const struct engine_settings *settings)
{
    for (size_t i = 0; i < ENGINE_SETTING_COUNT; i++) {
        if (!same(conn->settings[i], settings->values[i]))
            return false;
    }
    return !conn->unsettled;
}

static void forget_settings(struct pool_conn *conn)
{
    for (size_t i = 0; i < ENGINE_SETTING_COUNT; i++) {
        free(conn->settings[i]);
        conn->settings[i] = NULL;
    }
    conn->unsettled = true;
}

static bool keep_settings(struct pool_conn *conn,
                          const struct engine_settings *settings)
{
    for (size_t i = 0; i < ENGINE_SETTING_COUNT; i++) {
        const char *value = settings->values[i];
        if (value && !(conn->settings[i] = strdup(value)))
            return false;
    }
    conn->unsettled = false;
    return true;
}

bool pool_configure(struct pool_conn *conn, const struct engine_settings *settings,
                    struct error *err)
{
    if (has_settings(conn, settings))
        return true;
    plans_clear(&conn->plans);
    forget_settings(conn);
    if (conn->engine->ops->configure &&
        !conn->engine->ops->configure(conn->engine, settings, err))
        return false;
    return keep_settings(conn, settings) || error_no_memory(err);
}

/* ---- plans ---- */

uint64_t pool_catalogue(struct pool *pool)
{
    return atomic_load(&pool->catalogue);
}

static struct plan_basis pool_basis(struct pool *pool)
{
    return (struct plan_basis){atomic_load(&pool->catalogue), atomic_load(&pool->rows)};
}

static struct plan_basis conn_basis(const struct pool_conn *conn)
{
    return conn->snapshot.catalogue ? conn->snapshot : pool_basis(conn->pool);
}

uint64_t pool_conn_catalogue(const struct pool_conn *conn)
{
    return conn_basis(conn).catalogue;
}

bool pool_prepare(struct pool_conn *conn, struct slice sql, struct engine_stmt **out,
                  struct error *err)
{
    struct plan_basis basis = conn_basis(conn);
    *out = plans_find(&conn->plans, sql, basis);
    if (*out)
        return true;
    return conn->engine->ops->prepare(conn->engine, sql, out, err) &&
           (plans_keep(&conn->plans, sql, basis, *out) || error_no_memory(err));
}

void pool_forget(struct pool_conn *conn, struct slice sql)
{
    plans_forget(&conn->plans, sql);
}

void pool_catalogue_changed(struct pool_conn *conn)
{
    uint64_t version = atomic_fetch_add(&conn->pool->catalogue, 1) + 1;
    if (conn->snapshot.catalogue) {
        conn->snapshot.catalogue = version;
        conn->has_changed_catalogue = true;
    }
}

void pool_rows_changed(struct pool_conn *conn)
{
    uint64_t version = atomic_fetch_add(&conn->pool->rows, 1) + 1;
    if (conn->snapshot.catalogue) {
        conn->snapshot.rows = version;
        conn->has_changed_rows = true;
    }
}

uint64_t pool_changes(const struct pool_conn *conn)
{
    return atomic_load(&conn->pool->catalogue) + atomic_load(&conn->pool->rows);
}

void pool_announce_change(struct pool_conn *conn)
{
    bool changes = !conn->snapshot.catalogue || conn->has_changed_rows ||
                   conn->has_changed_catalogue;
    if (changes)
        (void)atomic_fetch_add(&conn->pool->rows, 1);
}

void pool_snapshot_begin(struct pool_conn *conn)
{
    conn->snapshot = pool_basis(conn->pool);
    conn->has_changed_catalogue = conn->has_changed_rows = false;
}

void pool_snapshot_end(struct pool_conn *conn)
{
    conn->snapshot = (struct plan_basis){0};
    if (conn->has_changed_catalogue)
        pool_catalogue_changed(conn);
    if (conn->has_changed_rows)
        pool_rows_changed(conn);
    conn->has_changed_catalogue = conn->has_changed_rows = false;
}

/* ---- connections ---- */

static void close_conn(struct pool_conn *conn)
{
    plans_clear(&conn->plans);
    forget_settings(conn);
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
    conn->pool = pool;
    conn->plans.capacity = pool->plans;
    if (!pool->engine->ops->connect(pool->engine, &conn->engine, err)) {
        free(conn);
        return false;
    }
    *out = conn;
    return true;
}

/* The idle one with these settings that was used last; when many are idle, any that has
 * been so longest. NULL: open one. The lock is held. */
static struct pool_conn *take_idle(struct pool *pool,
                                   const struct engine_settings *settings)
{
    struct pool_conn **link = &pool->idle, **last = NULL;
    for (; *link && !has_settings(*link, settings); link = &(*link)->next)
        last = link;
    if (!*link && last && pool->idle_count >= RECONFIGURE_AT)
        link = last;
    struct pool_conn *conn = *link;
    if (conn) {
        *link = conn->next;
        pool->idle_count--;
    }
    return conn;
}

bool pool_acquire(struct pool *pool, const struct engine_settings *settings,
                  struct pool_conn **out, struct error *err)
{
    static const struct engine_settings defaults = {0};
    pthread_mutex_lock(&pool->lock);
    *out = take_idle(pool, settings ? settings : &defaults);
    pthread_mutex_unlock(&pool->lock);
    return *out || open_conn(pool, out, err);
}

void pool_release(struct pool *pool, struct pool_conn *conn, bool broken)
{
    if (!conn)
        return;
    conn->engine->caller_ops = NULL;
    conn->engine->caller = NULL;
    plans_trim(&conn->plans);
    if (conn->engine->has_heavy)
        plans_drop_heavy(&conn->plans);
    conn->engine->has_heavy = false;
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
