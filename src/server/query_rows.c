/* query_rows.c - where a result's batches come from: the engine, the spool, or a table.
 *
 *     cursor ──> LIVE ── the connection is needed ──> SPOOLED (then LIVE again, if the
 *                  │                                     spool was full)
 *                  └── last batch, error, close ──> ENDED
 *
 * Spooled batches are read before what the cursor still has. Rows that outlive their
 * transaction are LOST: reading them is an error, closing them is fine. */
#include <stdlib.h>

#include "batch/copy.h"
#include "batch/type.h"
#include "server/database.h"
#include "server/query_session.h"
#include "spool/spool.h"

struct query_rows {
    struct query_session *session;
    struct query_rows *next, *previous; /* the session's open rows */
    struct engine_cursor *cursor;       /* NULL: the engine has no more */
    const struct type *const *types;    /* of the columns; the query's, or in `own` */
    struct arena own;
    struct spool *spool;              /* NULL: never spooled */
    const struct batch *table;        /* NULL, or one batch not yet handed out */
    struct batch current;             /* what was handed out last */
    bool prefetched;                  /* current has not been handed out yet */
    struct arena kept;                /* holds current, when its cursor has moved on */
    bool lost;                        /* the transaction has ended */
    bool changes_rows;                /* … of tables: the cursor's end commits that */
    const struct rows_source *source; /* NULL, or where rows come from at last */
    void *source_self;
    size_t column_count;         /* of the source */
    struct query_rows *borrower; /* whose current batch lies in that of these rows */
    struct query *query;         /* kept for as long as the rows; or NULL */
    bool holds, held;            /* the end of the transaction does not end them */
};

static struct query_rows *rows_new(struct query_session *session)
{
    struct query_rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return NULL;
    rows->session = session;
    rows->next = session->open;
    if (rows->next)
        rows->next->previous = rows;
    session->open = rows;
    return rows;
}

static const struct type *const *copy_types(struct arena *arena,
                                            const struct engine_cursor *cursor)
{
    const struct type **types =
        arena_calloc(arena, cursor->column_count, sizeof *types);
    for (size_t i = 0; types && i < cursor->column_count; i++) {
        if (!(types[i] = type_copy(arena, cursor->columns[i].type)))
            return NULL;
    }
    return types;
}

struct query_rows *rows_from_cursor(struct query_session *session,
                                    const struct type *const *types,
                                    struct engine_cursor *cursor)
{
    struct query_rows *rows = rows_new(session);
    if (!rows) {
        cursor->ops->close(cursor);
        return NULL;
    }
    rows->cursor = cursor;
    session->live = rows;
    rows->types = types ? types : copy_types(&rows->own, cursor);
    if (rows->types)
        return rows;
    query_rows_close(rows);
    return NULL;
}

struct query_rows *rows_from_table(struct query_session *session,
                                   const struct batch *table)
{
    struct query_rows *rows = rows_new(session);
    if (rows)
        rows->table = table;
    return rows;
}

struct query_rows *rows_from_source(struct query_session *session,
                                    const struct type *const *types,
                                    size_t column_count,
                                    const struct rows_source *source, void *self)
{
    struct query_rows *rows = rows_new(session);
    if (!rows)
        return NULL;
    rows->types = types;
    rows->column_count = column_count;
    rows->source = source;
    rows->source_self = self;
    return rows;
}

void rows_lend(struct query_rows *rows, struct query_rows *borrower)
{
    rows->borrower = borrower;
}

void rows_keep_query(struct query_rows *rows, struct query *query)
{
    rows->query = query_ref(query);
}

const struct type *const *rows_types(const struct query_rows *rows)
{
    return rows ? rows->types : NULL;
}

void rows_announce_change(struct query_rows *rows)
{
    rows->changes_rows = true;
}

static void close_cursor(struct query_rows *rows)
{
    if (rows->cursor)
        rows->cursor->ops->close(rows->cursor);
    if (rows->cursor && rows->changes_rows)
        pool_rows_changed(rows->session->conn);
    rows->cursor = NULL;
    if (rows->session->live == rows)
        rows->session->live = NULL;
}

/* The cursor is about to move: whoever reads the current batch reads a copy. */
static bool keep_current(struct query_rows *rows, struct error *err)
{
    size_t bytes = 0;
    struct batch copy;
    if (rows->current.rows == 0)
        return true;
    if (!batch_copy(&rows->kept, &rows->current, rows->types, &copy, &bytes))
        return error_no_memory(err);
    rows->current = copy;
    return true;
}

bool rows_spool_live(struct query_session *session, struct error *err)
{
    struct query_rows *rows = session->live;
    struct batch batch;
    if (!rows)
        return true;
    if (!rows->spool)
        rows->spool = spool_new(&session->database->spool, rows->types,
                                rows->cursor->column_count);
    if (!rows->spool)
        return error_no_memory(err);
    if ((rows->borrower && !keep_current(rows->borrower, err)) ||
        !keep_current(rows, err))
        return false;
    for (;;) {
        if (!spool_takes_more(rows->spool, err))
            return false;
        switch (rows->cursor->ops->next(rows->cursor, &batch, err)) {
        case ENGINE_BATCH:
            if (!spool_append(rows->spool, &batch, err))
                return false;
            break;
        case ENGINE_END:
            close_cursor(rows);
            query_session_settle(session, true);
            return true;
        case ENGINE_ERROR:
            close_cursor(rows);
            query_session_settle(session, false);
            return false;
        }
    }
}

static void close_source(struct query_rows *rows)
{
    const struct rows_source *source = rows->source;
    rows->source = NULL;
    if (source)
        source->close(rows->source_self);
}

void rows_lose(struct query_rows *rows)
{
    close_cursor(rows);
    close_source(rows);
    spool_free(rows->spool);
    rows->spool = NULL;
    rows->table = NULL;
    rows->lost = true;
}

void rows_end_all(struct query_session *session)
{
    for (struct query_rows *rows = session->open; rows; rows = rows->next) {
        if (!rows->held)
            rows_lose(rows);
    }
}

/* ---- rows that are held ---- */

void rows_will_be_held(struct query_rows *rows)
{
    rows->holds = true;
}

bool rows_are_held(const struct query_rows *rows)
{
    return rows->held;
}

enum pgw_status rows_hold_all(struct query_session *session, struct error *err)
{
    if (session->live && session->live->holds) {
        enum pgw_status status = query_session_enter(session, err);
        if (status != PGW_OK)
            return status;
        bool done = rows_spool_live(session, err);
        query_session_leave(session);
        if (!done)
            return PGW_ERROR;
    }
    for (struct query_rows *rows = session->open; rows; rows = rows->next)
        rows->held = rows->held || rows->holds;
    return PGW_OK;
}

/* ---- rows of a source ---- */

enum pgw_status rows_finish(struct query_rows *rows, struct error *err)
{
    struct query_session *session = rows->session;
    struct batch batch;
    enum pgw_status status = PGW_MORE;
    if (!rows->source || !keep_current(rows, err))
        return rows->source ? PGW_ERROR : PGW_OK;
    if (!rows->spool)
        rows->spool =
            spool_new(&session->database->spool, rows->types, rows->column_count);
    if (!rows->spool) {
        error_no_memory(err);
        return PGW_ERROR;
    }
    while (status == PGW_MORE) {
        if (!spool_takes_more(rows->spool, err))
            return PGW_ERROR;
        status = rows->source->next(rows->source_self, &batch, err);
        if (status == PGW_MORE && !spool_append(rows->spool, &batch, err))
            return PGW_ERROR;
    }
    if (status == PGW_OK)
        close_source(rows);
    return status;
}

enum pgw_status rows_prefetch_source(struct query_rows *rows, struct error *err)
{
    enum pgw_status status = rows->source->next(rows->source_self, &rows->current, err);
    rows->prefetched = status == PGW_MORE;
    if (status != PGW_MORE)
        rows->current.rows = 0;
    return status;
}

/* ---- reading ---- */

/* One batch from the cursor; the slot is kept while there may be more. */
static enum pgw_status next_live(struct query_rows *rows, struct error *err)
{
    struct query_session *session = rows->session;
    enum pgw_status status = query_session_enter(session, err);
    if (status != PGW_OK)
        return status;
    enum engine_next got = rows->cursor->ops->next(rows->cursor, &rows->current, err);
    if (got == ENGINE_BATCH) {
        query_session_pause(session);
        return PGW_MORE;
    }
    rows->current.rows = 0;
    close_cursor(rows);
    query_session_settle(session, got == ENGINE_END);
    query_session_leave(session);
    return got == ENGINE_END ? PGW_OK : PGW_ERROR;
}

enum pgw_status rows_prefetch(struct query_rows *rows, struct error *err)
{
    enum pgw_status status = next_live(rows, err);
    rows->prefetched = status == PGW_MORE;
    return status;
}

bool rows_save(struct query_rows *rows, const struct engine_save *save, int64_t *count,
               struct error *err)
{
    const struct engine_cursor_ops *ops = rows->cursor->ops;
    bool done = ops->save ? ops->save(rows->cursor, save, count, err)
                          : error_set(err, "0A000", "the engine writes no files");
    close_cursor(rows);
    query_session_settle(rows->session, done);
    return done;
}

static enum pgw_status advance(struct query_rows *rows, struct error *err)
{
    if (rows->prefetched) {
        rows->prefetched = false;
        return PGW_MORE;
    }
    arena_reset(&rows->kept);
    rows->current.rows = 0;
    if (rows->table) {
        rows->current = *rows->table;
        rows->table = NULL;
        return PGW_MORE;
    }
    enum spool_next got =
        rows->spool ? spool_next(rows->spool, &rows->current, err) : SPOOL_END;
    if (got != SPOOL_END)
        return got == SPOOL_BATCH ? PGW_MORE : PGW_ERROR;
    if (!rows->source)
        return rows->cursor ? next_live(rows, err) : PGW_OK;
    enum pgw_status status = rows->source->next(rows->source_self, &rows->current, err);
    if (status != PGW_MORE)
        rows->current.rows = 0;
    return status;
}

enum pgw_status query_rows_next(struct query_rows *rows, const struct batch **out,
                                struct error *err)
{
    static const struct sql_class any = {0};
    if (rows->lost) {
        if (!query_refuse_when_failed(rows->session, &any, err))
            error_set(err, "34000",
                      "the transaction that these rows belong to has ended");
        return PGW_ERROR;
    }
    *out = &rows->current;
    enum pgw_status status = advance(rows, err);
    query_session_tell_late(rows->session);
    return status;
}

bool query_rows_are_lost(const struct query_rows *rows)
{
    return rows->lost;
}

void query_rows_close(struct query_rows *rows)
{
    if (!rows)
        return;
    struct query_session *session = rows->session;
    bool was_live = session->live == rows;
    if (was_live)
        session->depth++; /* the leave below gives back what the live rows pinned */
    close_cursor(rows);
    close_source(rows);
    spool_free(rows->spool);
    query_free(rows->query);
    arena_free(&rows->kept);
    arena_free(&rows->own);
    if (rows->next)
        rows->next->previous = rows->previous;
    if (rows->previous)
        rows->previous->next = rows->next;
    else
        session->open = rows->next;
    free(rows);
    if (was_live) {
        query_session_settle(session, true);
        query_session_leave(session);
    }
    query_session_forget_late(session);
}
