/* duckdb_session.h - SQL functions that ask the session on whose behalf they run.
 *
 * A function is bound to the connection that plans its statement; when it runs, it asks
 * whoever has the connection then. A plan outlives sessions, so nothing that a session
 * says may be folded into one: all of them are volatile. */
#ifndef ENGINE_DUCKDB_SESSION_H
#define ENGINE_DUCKDB_SESSION_H

#include <pthread.h>

#include "engine/duckdb/duckdb_internal.h"

/* The connections of an engine by the engine's numbers for them. */
struct duckdb_conns {
    pthread_mutex_t lock;
    struct duckdb_conn *first;
    int64_t started_us; /* since 1970: when the engine began */
};

bool duckdb_conns_init(struct duckdb_conns *conns) MUST_CHECK;
void duckdb_conns_free(struct duckdb_conns *conns); /* every one has been removed */
void duckdb_conns_add(struct duckdb_conns *conns, struct duckdb_conn *conn);
void duckdb_conns_remove(struct duckdb_conn *conn);

/* Register them, once per engine, which the connections are those of. */
bool duckdb_session_functions(duckdb_connection connection, struct duckdb_conns *conns,
                              struct error *err) MUST_CHECK;
/* The tables of engine_lists: what is behind pg_settings, pg_cursors and
 * pg_prepared_statements. duckdb_session_lists.c */
bool duckdb_session_lists(duckdb_connection connection, struct duckdb_conns *conns,
                          struct error *err) MUST_CHECK;

/* ENGINE_STAGED(): rows that the session has in hand. duckdb_staged.c */
bool duckdb_staged(duckdb_connection connection, struct duckdb_conns *conns,
                   struct error *err) MUST_CHECK;

/* The connection that a statement is being planned on; NULL: one of the engine's own.
 * The context is destroyed. */
struct duckdb_conn *duckdb_conns_find(struct duckdb_conns *conns,
                                      duckdb_client_context context);

/* As the engine passes it on, and duckdb_error_set takes it apart: "SQLSTATE: text". */
enum { DUCKDB_RAISED_BYTES = 1100 };
void duckdb_raised(const struct error *err, char out[DUCKDB_RAISED_BYTES]);

#endif
