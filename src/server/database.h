/* database.h - what a client connects to by name: an engine, its pool, its limits. */
#ifndef SERVER_DATABASE_H
#define SERVER_DATABASE_H

#include <pthread.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/error.h"
#include "spool/spool_budget.h"

struct engine;
struct notify_hub;
struct access;
struct pool;
struct query_session;

struct database_options {
    const char *name; /* what clients say; copied */
    size_t plans;     /* prepared plans kept per engine connection; 0 = 64 */
    /* Rows of suspended portals. 0 = 64 MiB in memory and 1 GiB in files a portal,
     * eight times as much for all. The directory: NULL = the engine's. */
    struct spool_limits spool;
};

struct database {
    char *name;
    struct engine *engine; /* owned */
    struct pool *pool;
    struct spool_budget spool;
    struct access *access; /* whom pg_roles shows; NULL: the session's own user */
    struct notify_hub *notify;
    pthread_mutex_t sessions_lock; /* guards the list, and whose they are */
    struct query_session *sessions;
    bool has_lock;
};

/* The engine is moved in, also when this fails. */
bool database_init(struct database *database, struct engine *engine,
                   const struct database_options *options,
                   struct error *err) MUST_CHECK;
void database_free(struct database *database); /* every session must have ended */

/* How many tables and views users see. */
bool database_table_count(struct database *database, int64_t *out,
                          struct error *err) MUST_CHECK;

#endif
