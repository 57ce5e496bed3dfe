/* duckdb_helpers.h - threads lent to the engine for statements that take long.
 *
 * The engine cuts a statement into tasks, and the thread that executes the statement
 * works on them itself. The engine's own threads wait for tasks too: every statement,
 * however short, would wake one of them, and wait for it if that was quicker. So the
 * engine is told that all of its threads but the statement's come from outside
 * (external_threads), and these are they: they come in when a statement has run for a
 * millisecond or two, and go home when none does any more.
 *
 *     duckdb_helpers_enter ── the connection works ──> duckdb_helpers_leave
 */
#ifndef ENGINE_DUCKDB_HELPERS_H
#define ENGINE_DUCKDB_HELPERS_H

#include "engine/duckdb/duckdb_session.h"

struct duckdb_helpers;

/* Takes the place of the engine's own threads, whose number it asks. The connections,
 * borrowed, are those to watch. NULL: *err says why. */
struct duckdb_helpers *duckdb_helpers_new(duckdb_database database,
                                          struct duckdb_conns *conns,
                                          struct error *err) MUST_CHECK;
/* No connection of the engine works any more. NULL is allowed. */
void duckdb_helpers_free(struct duckdb_helpers *helpers);

/* Around every call that lets the engine work on a statement; `begins`: it is a new
 * one. */
void duckdb_helpers_enter(struct duckdb_conn *conn, bool begins);
void duckdb_helpers_leave(struct duckdb_conn *conn);

/* Around a statement that sets the engine's number of threads: in between, all of them
 * are the engine's own. One statement at a time, others wait. */
void duckdb_helpers_withdraw(struct duckdb_helpers *helpers);
void duckdb_helpers_return(struct duckdb_helpers *helpers);

#endif
