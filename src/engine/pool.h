/* pool.h - engine connections that come when work arrives and go back when it ends.
 *
 * Sessions hold text; a connection holds an LRU of prepared plans, found by the text,
 * whose casts say the types of its parameters. All plans of a connection were made
 * under its settings: when those change, the plans go. They were also made of the
 * catalogue as it was, and of what the tables held: a plan from before the last change
 * of what it counts on is made anew. A session pins a connection only inside a
 * transaction or while one of its cursors is open. Thread-safe; a connection is used by
 * one thread at a time. */
#ifndef ENGINE_POOL_H
#define ENGINE_POOL_H

#include "engine/engine.h"

struct pool;
struct pool_conn; /* one engine connection with its plans */

/* Borrows the engine. `plans` is the capacity of each connection's LRU. */
struct pool *pool_new(struct engine *engine, size_t plans);
void pool_free(struct pool *pool); /* every connection must have been given back */

/* The idle connection used last that has these settings, else a new one, else, when
 * many are idle, the one that has been so longest: pool_configure is then due. NULL =
 * the engine's defaults. */
bool pool_acquire(struct pool *pool, const struct engine_settings *settings,
                  struct pool_conn **out, struct error *err) MUST_CHECK;

/* Make the connection's settings these: nothing is done if they are. It executes on the
 * connection: no cursor may be open. */
bool pool_configure(struct pool_conn *conn, const struct engine_settings *settings,
                    struct error *err) MUST_CHECK;

/* Give it back; `broken` closes it instead (its state is not known). NULL is allowed.
 */
void pool_release(struct pool *pool, struct pool_conn *conn, bool broken);

struct engine_conn *pool_conn_engine(struct pool_conn *conn);

/* The plan for a text: from the LRU or prepared now. Borrowed: valid until the next
 * pool_prepare, pool_configure or release of this connection, unless pinned by an open
 * cursor, which the caller closes first. forget drops a plan (its result type has
 * changed). */
bool pool_prepare(struct pool_conn *conn, struct slice sql, struct engine_stmt **out,
                  struct error *err) MUST_CHECK;
void pool_forget(struct pool_conn *conn, struct slice sql);

/* The version of the catalogue that plans are now made of: on this connection, for
 * which a transaction may hold it back, and for everybody. */
uint64_t pool_conn_catalogue(const struct pool_conn *conn);
uint64_t pool_catalogue(struct pool *pool);

/* A statement on this connection has changed the catalogue, or a transaction that did
 * so has ended. */
void pool_catalogue_changed(struct pool_conn *conn);
void pool_rows_changed(struct pool_conn *conn); /* likewise, the rows of tables */
/* How often either has happened, or has been announced: what was looked up before is
 * good for an execution if this is the same behind it. */
uint64_t pool_changes(const struct pool_conn *conn);
/* What this connection is about to execute, or to commit, may change something: plans
 * that were looked up before are not to be relied on. */
void pool_announce_change(struct pool_conn *conn);
/* Between the two, plans are made of the catalogue as it was at the first. */
void pool_snapshot_begin(struct pool_conn *conn);
void pool_snapshot_end(struct pool_conn *conn);

#endif
