/* pool.h - engine connections that come when work arrives and go back when it ends.
 *
 * Sessions hold text; a connection holds an LRU of prepared plans keyed by the text. A
 * session pins a connection only inside a transaction or while one of its cursors is
 * open. Thread-safe. */
#ifndef ENGINE_POOL_H
#define ENGINE_POOL_H

#include "engine/engine.h"

struct pool;
struct pool_conn; /* one engine connection with its plans; used by one thread at a time
                   */

/* Borrows the engine. `plans` is the capacity of each connection's LRU. */
struct pool *pool_new(struct engine *engine, size_t plans);
void pool_free(struct pool *pool); /* every connection must have been given back */

/* The most recently used idle connection, or a new one. */
bool pool_acquire(struct pool *pool, struct pool_conn **out,
                  struct error *err) MUST_CHECK;

/* Give it back; `broken` closes it instead (its state is not known). NULL is allowed.
 */
void pool_release(struct pool *pool, struct pool_conn *conn, bool broken);

struct engine_conn *pool_conn_engine(struct pool_conn *conn);

/* The plan for a text: from the LRU or prepared now. Borrowed: valid until the next
 * pool_prepare on this connection or its release, unless pinned by an open cursor,
 * which the caller closes first. forget drops a plan (its result type has changed). */
bool pool_prepare(struct pool_conn *conn, struct slice sql, struct engine_stmt **out,
                  struct error *err) MUST_CHECK;
void pool_forget(struct pool_conn *conn, struct slice sql);

#endif
