/* query_cursor.h - a place in the rows of a query, which FETCH, MOVE and the protocol's
 * Execute move: what is behind a portal that SQL knows by name.
 *
 *     query_rows ──> [shelf] ──> the row it stands on
 *
 * One that may go back keeps what it has passed on a shelf; one that goes forward only
 * passes rows on as they come from the engine. Unless SCROLL or NO SCROLL was said, the
 * rows are kept as long as they are few: a cursor over a large result goes forward. */
#ifndef SERVER_QUERY_CURSOR_H
#define SERVER_QUERY_CURSOR_H

#include "server/cursor_path.h"
#include "server/query.h"

struct query_cursor;

/* The portals of the client's protocol by their names, as SQL sees them. */
struct query_portal_ops {
    bool (*exists)(void *client, struct slice name);
    /* Borrowed; the portal of a Bind is executed if it was not. 34000, 55000; WAIT */
    enum pgw_status (*find)(void *client, struct slice name, struct query_cursor **out,
                            struct error *err);
    /* What a FETCH from it would answer, without executing anything; NULL: no rows. */
    const struct query *(*peek)(void *client, struct slice name);
    /* Give a cursor its name. It, and the query that it reads, are moved in, also on
     * failure: 42P03, 54000, 53200. */
    bool (*add)(void *client, struct query_cursor *cursor, struct query *query,
                struct error *err);
    /* 34000, 24000; 53400 … for what a FETCH has still to deliver; WAIT */
    enum pgw_status (*close)(void *client, struct slice name, struct error *err);
    void (*close_all)(void *client);
    void (*end_transaction)(void *client); /* those that do not outlive it */
};

struct query_cursor_options {
    struct slice name, statement; /* copied */
    bool is_binary, is_hold;
    bool scrolls;    /* SCROLL: keep all rows */
    bool no_scroll;  /* NO SCROLL: keep none. Neither: keep them while they are few */
    uint64_t passed; /* rows that were read before the cursor was made */
};

/* rows are moved in, also on failure (NULL: out of memory); NULL: all have been read.
 * The query outlives the cursor. */
struct query_cursor *
query_cursor_new(struct query_session *session, const struct query *query,
                 struct query_rows *rows,
                 const struct query_cursor_options *options) MUST_CHECK;
/* Rows that a FETCH has not delivered yet are lost. NULL is allowed. */
void query_cursor_free(struct query_cursor *cursor);

/* The batch that its rows have handed out last has rows from `next` on that were not
 * read: before anything else. */
void query_cursor_resume(struct query_cursor *cursor, const struct batch *batch,
                         size_t next);

const struct query *query_cursor_query(const struct query_cursor *cursor);
bool query_cursor_is_binary(const struct query_cursor *cursor);
/* Its rows have been kept beyond the end of their transaction. */
bool query_cursor_is_held(const struct query_cursor *cursor);

/* Before the cursor is moved: what an earlier FETCH has still to deliver is put aside.
 * The thread may block from now until query_cursor_leave. 53400 …; WAIT */
enum pgw_status query_cursor_enter(struct query_cursor *cursor, struct error *err);
void query_cursor_leave(struct query_cursor *cursor);

/* Go on by at most `limit` rows. MORE: *out holds them, valid until the next call. OK:
 * there are no more. */
enum pgw_status query_cursor_take(struct query_cursor *cursor, uint64_t limit,
                                  struct batch *out, struct error *err);

/* Within enter and leave: move, and say how many rows MOVE counts; or make the rows of
 * a FETCH, which go on by themselves. types: of the columns, outliving the rows. */
bool query_cursor_move(struct query_cursor *cursor, const struct sql_cursor *fetch,
                       int64_t *moved, struct error *err);
struct query_rows *query_cursor_fetch(struct query_cursor *cursor,
                                      const struct sql_cursor *fetch,
                                      const struct type *const *types,
                                      struct error *err);

/* What pg_cursors tells. */
struct query_cursor_about {
    const char *name, *statement;
    bool is_hold, is_binary, is_scrollable;
    int64_t created_us; /* since 1970 */
};
void query_cursor_about(const struct query_cursor *cursor,
                        struct query_cursor_about *out);

#endif
