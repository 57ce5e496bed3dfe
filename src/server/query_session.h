/* query_session.h - the inside of a query session, shared by the files of the query
 * layer.
 *
 * The connection is borrowed from the pool when work arrives ("enter") and given back
 * when it is done ("leave"), unless something pins it: an engine transaction or a live
 * cursor. At most one of the session's open rows is *live*, streaming from the
 * connection; before the connection is used for anything else, the rest of the live
 * rows is spooled. */
#ifndef SERVER_QUERY_SESSION_H
#define SERVER_QUERY_SESSION_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/pool.h"
#include "server/changes.h"
#include "server/notify.h"
#include "server/query.h"

enum transaction_state {
    TRANSACTION_NONE,     /* each statement commits by itself */
    TRANSACTION_IMPLICIT, /* until sync */
    TRANSACTION_BLOCK,    /* BEGIN was said */
    TRANSACTION_FAILED    /* … and a statement has failed: ROLLBACK is awaited */
};

/* Who the session is for: its part in the list of all sessions of a database, whose
 * lock guards what others read. query_user.c */
struct query_user {
    char *name; /* NULL: nobody has said */
    enum user_role role;
    struct query_session *previous, *next;
};

struct query_session {
    struct database *database;
    const struct query_client_ops *ops;
    void *client;
    struct settings settings;
    struct query_user user;
    enum transaction_state transaction;
    bool engine_begun; /* the engine knows of the transaction */
    bool pinned; /* something of the session's is left on conn: it is never shared again
                  */
    bool has_changes; /* it has written something, nobody knows what: changes.c */
    struct engine_settings followed; /* what the engine must have of the settings … */
    uint64_t followed_at; /* … when their version was this; 0 = not known */
    unsigned depth;       /* enter without leave: one slot serves prepare and execute */
    struct pool_conn *conn;
    struct query_rows *open; /* all rows not yet closed, newest first */
    struct query_rows *live; /* the one that streams from conn */
    struct notify_state notify;
    struct changed_tables *changes;     /* NULL: none is known */
    const struct engine_staged *staged; /* rows that a statement reads; or NULL */
    pthread_mutex_t lock;               /* guards what follows */
    struct engine_conn *working;        /* the engine is executing on it right now */
    unsigned interrupts;                /* how many there have been */
    _Atomic unsigned late_count;
    struct query_lists *lists;            /* guarded by the lock; NULL: never taken */
    struct late_notice *late, **late_end; /* what functions have to tell */
};

/* query_user.c: in the list of sessions. */
void query_session_list(struct query_session *session);
void query_session_unlist(struct query_session *session);
/* May the session cancel, or end, the one of this process? Always its own user's;
 * others' need an admin, 42501. *known: there is such a session. */
bool query_session_may_signal(struct query_session *session, uint32_t pid,
                              enum pgw_interrupt reason, bool *known,
                              struct error *err) MUST_CHECK;

/* query_signal.c: pg_cancel_backend and pg_terminate_backend, on the engine's threads.
 */
bool query_cancel(void *session, int32_t pid, bool *done, struct error *err);
bool query_terminate(void *session, int32_t pid, int64_t timeout_ms, bool *done,
                     struct error *err);
/* By the session's own thread: tell the client what they had to say. */
void query_session_tell_late(struct query_session *session);
void query_session_forget_late(struct query_session *session);

/* Take a slot and a connection and mark it as working; WAIT or ERROR: nothing is held.
 */
enum pgw_status query_session_enter(struct query_session *session, struct error *err);
/* Leave, but keep slot and connection for the next batch, which will be asked for at
 * once (a session that is parked loses its slot, not its connection). */
void query_session_pause(struct query_session *session);
/* The statement is over: give back what nothing pins. */
void query_session_leave(struct query_session *session);

/* Between enter and leave: execute a command that has no rows and no parameters. */
bool query_session_run(struct query_session *session, struct slice sql,
                       struct error *err);
/* Between enter and leave, before anything is prepared or executed: move live rows out
 * of the way, give the connection the session's settings, and start the engine's
 * transaction if one is due. */
bool query_session_ready(struct query_session *session, struct error *err);

/* Between enter and leave: end the engine's transaction, where no interrupt reaches it.
 * A connection that cannot be brought out of it is closed. False: it has rolled back.
 */
bool query_session_end_engine(struct query_session *session, bool commit,
                              struct error *err);

/* The session as the engine's functions ask it: query_caller.c. */
extern const struct engine_caller_ops query_caller_ops;

/* The statement is over: make what it has set, or forget it. */
void query_session_settle(struct query_session *session, bool done);

/* A notice or warning, if the client's client_min_messages lets it through. */
void query_session_notice(struct query_session *session, enum pgw_severity severity,
                          const char *sqlstate, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* In a failed transaction only its end is allowed: 25P02, true. query.c */
bool query_refuse_when_failed(const struct query_session *session,
                              const struct sql_class *class, struct error *err);
/* The statement as the engine reads it: PostgreSQL's catalogue by our names. query.c */
bool query_rewrite(const struct query_session *session, struct slice text,
                   struct arena *arena, struct sql_rewritten *out) MUST_CHECK;
/* A character of what the engine was given, as one of the client's text. query.c */
int32_t query_origin(const struct query *query, const char *const *casts, size_t count,
                     int32_t position);
/* Do these columns still read as the client was told? query_execute.c */
bool query_columns_agree(const struct query *query, size_t count,
                         const struct engine_column *columns);
/* 0A000 as PostgreSQL says it: by its routine asyncpg and pgjdbc know to prepare anew.
 */
bool query_is_stale(struct error *err);

/* BEGIN, COMMIT and ROLLBACK: transaction.c. */
enum pgw_status transaction_begin(struct query_session *, const struct query *,
                                  struct query_result *, struct error *);
enum pgw_status transaction_commit(struct query_session *, const struct query *,
                                   struct query_result *, struct error *);
enum pgw_status transaction_rollback(struct query_session *, const struct query *,
                                     struct query_result *, struct error *);

/* How often the session was interrupted: if more than before, stop. query_signal.c */
unsigned query_session_interrupts(struct query_session *session);

/* query_list.c: cursors and prepared statements for the engine's threads. take: as they
 * are now, by the session's own thread; copy: as they were taken. */
bool query_list_take(struct query_session *session, struct error *err);
bool query_list_copy(struct query_session *session, enum engine_list which,
                     struct arena *arena, const char *const **cells, size_t *rows);
void query_list_free(struct query_session *session);

/* Rows: query_rows.c. The cursor is moved in, also on failure (NULL: out of memory).
 * types: of the columns, living longer than the rows; NULL: the rows keep a copy of the
 * cursor's. */
struct query_rows *rows_from_cursor(struct query_session *session,
                                    const struct type *const *types,
                                    struct engine_cursor *cursor) MUST_CHECK;
/* What the cursor executes changes rows, and commits when it ends. */
void rows_announce_change(struct query_rows *rows);
/* Within enter and leave, once: fetch the first batch, so that an error which shows at
 * once comes before the columns are announced. OK: there are no rows. */
enum pgw_status rows_prefetch(struct query_rows *rows, struct error *err);
/* Within enter and leave, instead of fetching them: write all to a file. 0A000 if the
 * engine cannot. */
bool rows_save(struct query_rows *rows, const struct engine_save *save, int64_t *count,
               struct error *err);
/* A table that the server made itself: lives in the query's arena. */
struct query_rows *rows_from_table(struct query_session *session,
                                   const struct batch *table) MUST_CHECK;
/* Rows that come from elsewhere, WAIT included. `next` gives a batch that is good until
 * the next call; close is called once, when no more are asked for. */
struct rows_source {
    enum pgw_status (*next)(void *self, struct batch *out, struct error *err);
    void (*close)(void *self);
};
/* types: one a column, outliving the rows. NULL: out of memory, self is not moved in.
 */
struct query_rows *rows_from_source(struct query_session *session,
                                    const struct type *const *types,
                                    size_t column_count,
                                    const struct rows_source *source,
                                    void *self) MUST_CHECK;
/* Ask the source for the first batch, as rows_prefetch does. */
enum pgw_status rows_prefetch_source(struct query_rows *rows, struct error *err);
/* Put aside what the source still has, and close it: 53400 … */
enum pgw_status rows_finish(struct query_rows *rows, struct error *err);
/* They cannot be read any more. */
void rows_lose(struct query_rows *rows);
/* What `borrower` (NULL: nobody) has handed out last lies in a batch of these rows: it
 * is copied when that moves. */
void rows_lend(struct query_rows *rows, struct query_rows *borrower);
/* Keep the query until the rows are closed. */
void rows_keep_query(struct query_rows *rows, struct query *query);
const struct type *const *rows_types(const struct query_rows *rows); /* NULL for NULL */

/* They are to outlive the transaction that commits. rows_hold_all, before that, puts
 * aside what the engine still has of them: 53400 …; WAIT */
void rows_will_be_held(struct query_rows *rows);
enum pgw_status rows_hold_all(struct query_session *session, struct error *err);
bool rows_are_held(const struct query_rows *rows);

/* Between enter and leave: move the rest of the live rows out of the connection's way.
 * 53200 when it does not fit; the rows stay readable then. */
bool rows_spool_live(struct query_session *session, struct error *err);
/* The transaction has ended: no open rows of it can be read any more. */
void rows_end_all(struct query_session *session);

/* What the server answers itself: command.c. */
enum pgw_status command_execute(struct query_session *session, struct query *query,
                                struct query_result *out, struct error *err);
/* What it takes and gives, before it is executed: columns, parameters. */
enum pgw_status command_describe(struct query_session *session, struct query *query,
                                 const struct query_hints *hints, struct error *err);

#endif
