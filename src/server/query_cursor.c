/* query_cursor.c - the rows of a cursor, and where it stands.
 *
 * Without a shelf the place is that in the source: rows `before` the batch at hand, and
 * those of it that were passed. With a shelf the source is only asked for rows that are
 * not on it yet, and the place is a number. A FETCH that has not delivered everything
 * when the cursor is wanted otherwise is made to keep its rows itself; one that is
 * closed early has moved the cursor all the same: what it owes is passed later. */
#include "server/query_cursor.h"

#include <stdlib.h>
#include <string.h>

#include "batch/take.h"
#include "core/clock.h"
#include "server/database.h"
#include "server/query_session.h"
#include "spool/shelf.h"

enum { KEPT_BYTES = 1 << 20 }; /* without SCROLL rows are kept up to here */

struct query_cursor {
    struct query_session *session;
    const struct query *query; /* outlives the cursor */
    struct query_rows *rows;   /* the source; NULL: all of it had been read before */
    bool ended;                /* … it has no more */
    const struct batch *batch; /* of the source, the last one; NULL: none */
    size_t next;               /* its first row that was not passed */
    uint64_t before;           /* rows in front of it */
    struct shelf *shelf;       /* NULL: goes forward only */
    bool is_scroll;            /* all rows are kept, not only a few */
    uint64_t at;               /* with a shelf: where it stands */
    uint64_t owed; /* rows forward that a FETCH closed early had still to pass */
    struct query_rows *fetch; /* a FETCH that has still to deliver; NULL: none */
    bool entered;
    bool is_binary, is_hold;
    int64_t created_us;
    struct arena taken; /* rows handed out that are not a batch as it came */
    char *name, *statement;
};

/* ---- life ---- */

static bool init(struct query_cursor *cursor,
                 const struct query_cursor_options *options)
{
    struct query_session *session = cursor->session;
    cursor->name = strndup(options->name.data, options->name.len);
    cursor->statement = strndup(options->statement.data, options->statement.len);
    cursor->created_us = clock_date_us();
    cursor->is_binary = options->is_binary;
    cursor->is_hold = options->is_hold;
    cursor->is_scroll = options->scrolls;
    cursor->before = options->passed;
    cursor->ended = !cursor->rows;
    if (!options->no_scroll)
        cursor->shelf = shelf_new(&session->database->spool, rows_types(cursor->rows),
                                  cursor->query->column_count);
    return cursor->name && cursor->statement && (options->no_scroll || cursor->shelf);
}

struct query_cursor *query_cursor_new(struct query_session *session,
                                      const struct query *query,
                                      struct query_rows *rows,
                                      const struct query_cursor_options *options)
{
    struct query_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor) {
        query_rows_close(rows);
        return NULL;
    }
    cursor->session = session;
    cursor->query = query;
    cursor->rows = rows;
    if (init(cursor, options))
        return cursor;
    query_cursor_free(cursor);
    return NULL;
}

void query_cursor_free(struct query_cursor *cursor)
{
    if (!cursor)
        return;
    if (cursor->fetch)
        rows_lose(cursor->fetch);
    shelf_free(cursor->shelf);
    query_rows_close(cursor->rows);
    arena_free(&cursor->taken);
    free(cursor->name);
    free(cursor->statement);
    free(cursor);
}

void query_cursor_resume(struct query_cursor *cursor, const struct batch *batch,
                         size_t next)
{
    cursor->batch = batch;
    cursor->next = next;
}

const struct query *query_cursor_query(const struct query_cursor *cursor)
{
    return cursor->query;
}

bool query_cursor_is_binary(const struct query_cursor *cursor)
{
    return cursor->is_binary;
}

bool query_cursor_is_held(const struct query_cursor *cursor)
{
    return cursor->rows && rows_are_held(cursor->rows);
}

void query_cursor_about(const struct query_cursor *cursor,
                        struct query_cursor_about *out)
{
    *out = (struct query_cursor_about){cursor->name,          cursor->statement,
                                       cursor->is_hold,       cursor->is_binary,
                                       cursor->shelf != NULL, cursor->created_us};
}

/* ---- the source ---- */

/* Make the batch at hand one with rows that were not passed. OK: there are no more. */
static enum pgw_status fill(struct query_cursor *cursor, struct error *err)
{
    while (!cursor->batch || cursor->next == cursor->batch->rows ||
           query_rows_are_lost(cursor->rows)) {
        if (cursor->ended)
            return PGW_OK;
        cursor->before += cursor->next;
        cursor->next = 0;
        enum pgw_status status = query_rows_next(cursor->rows, &cursor->batch, err);
        if (status == PGW_MORE)
            continue;
        cursor->batch = NULL;
        cursor->ended = status == PGW_OK;
        return status;
    }
    return PGW_MORE;
}

/* Few rows are kept for nothing asked; when they become many, and all of them have been
 * passed, they are let go. */
static void shed(struct query_cursor *cursor)
{
    if (cursor->is_scroll || cursor->at < shelf_rows(cursor->shelf) ||
        shelf_bytes(cursor->shelf) < KEPT_BYTES)
        return;
    shelf_free(cursor->shelf);
    cursor->shelf = NULL;
}

/* A batch more on the shelf, if the cursor still has one. */
static enum pgw_status shelve(struct query_cursor *cursor, struct error *err)
{
    enum pgw_status status = fill(cursor, err);
    if (status != PGW_MORE)
        return status;
    shed(cursor);
    if (!cursor->shelf)
        return PGW_MORE;
    if (!shelf_append(cursor->shelf, cursor->batch, err))
        return PGW_ERROR;
    cursor->next = cursor->batch->rows;
    return PGW_MORE;
}

/* ---- the place ---- */

static struct cursor_place place(const struct query_cursor *cursor)
{
    struct cursor_place place = {.goes_back = cursor->shelf != NULL};
    bool behind = cursor->ended;
    place.at = cursor->before + cursor->next + cursor->ended;
    if (cursor->shelf) {
        place.at = cursor->at;
        behind = cursor->at > shelf_rows(cursor->shelf);
    }
    place.on_row = place.at > 0 && !behind;
    return place;
}

/* The next row forward: the batch that has it, and where. OK: there is none, the cursor
 * stands behind the last one. */
static enum pgw_status peek(struct query_cursor *cursor, struct batch *batch,
                            size_t *first, struct error *err)
{
    while (cursor->shelf && cursor->at >= shelf_rows(cursor->shelf)) {
        enum pgw_status status = shelve(cursor, err);
        if (status == PGW_OK)
            cursor->at = shelf_rows(cursor->shelf) + 1;
        if (status != PGW_MORE)
            return status;
    }
    if (cursor->shelf)
        return shelf_find(cursor->shelf, cursor->at + 1, batch, first, err) ? PGW_MORE
                                                                            : PGW_ERROR;
    enum pgw_status status = fill(cursor, err);
    if (status != PGW_MORE)
        return status;
    *batch = *cursor->batch;
    *first = cursor->next;
    return PGW_MORE;
}

static void pass(struct query_cursor *cursor, size_t rows)
{
    if (cursor->shelf)
        cursor->at += rows;
    else
        cursor->next += rows;
}

/* At most `limit` rows of one batch forward; *rows says how many. */
static enum pgw_status skip_some(struct query_cursor *cursor, uint64_t limit,
                                 uint64_t *rows, struct error *err)
{
    struct batch batch;
    size_t first;
    enum pgw_status status = peek(cursor, &batch, &first, err);
    *rows = 0;
    if (status != PGW_MORE)
        return status;
    size_t count = batch.rows - first;
    if (count > limit)
        count = (size_t)limit;
    pass(cursor, count);
    *rows = count;
    return PGW_MORE;
}

static enum pgw_status settle(struct query_cursor *cursor, struct error *err)
{
    uint64_t rows;
    enum pgw_status status = PGW_MORE;
    while (cursor->owed > 0 && status == PGW_MORE) {
        status = skip_some(cursor, cursor->owed, &rows, err);
        cursor->owed -= rows;
    }
    if (status == PGW_OK)
        cursor->owed = 0;
    return status == PGW_MORE ? PGW_OK : status;
}

/* ---- rows ---- */

/* Rows first … first + count - 1 of a batch, or first, first - 1 …, as a batch. */
static bool slice_rows(struct query_cursor *cursor, const struct batch *batch,
                       size_t first, int64_t step, size_t count, struct batch *out)
{
    struct arena *arena = &cursor->taken;
    arena_reset(arena);
    *out = (struct batch){count, batch->column_count, batch->columns};
    if (first == 0 && step > 0)
        return true;
    int64_t *rows = arena_alloc(arena, count * sizeof *rows);
    struct column *columns = arena_calloc(arena, batch->column_count, sizeof *columns);
    if (!rows || !columns)
        return false;
    for (size_t i = 0; i < count; i++)
        rows[i] = (int64_t)first + step * (int64_t)i;
    for (size_t i = 0; i < batch->column_count; i++) {
        if (!column_take(arena, &batch->columns[i], rows, count, &columns[i]))
            return false;
    }
    out->columns = columns;
    return true;
}

enum pgw_status query_cursor_take(struct query_cursor *cursor, uint64_t limit,
                                  struct batch *out, struct error *err)
{
    struct batch batch = {0};
    size_t first = 0;
    enum pgw_status status = settle(cursor, err);
    if (status == PGW_OK)
        status = peek(cursor, &batch, &first, err);
    if (status != PGW_MORE)
        return status;
    size_t count = batch.rows - first;
    if (count > limit)
        count = (size_t)limit;
    if (!slice_rows(cursor, &batch, first, 1, count, out)) {
        error_no_memory(err);
        return PGW_ERROR;
    }
    pass(cursor, count);
    return PGW_MORE;
}

/* Back by at most `limit` rows of one batch. */
static enum pgw_status take_back(struct query_cursor *cursor, uint64_t limit,
                                 struct batch *out, struct error *err)
{
    struct batch batch;
    size_t last;
    if (cursor->at < 2) {
        cursor->at = 0;
        return PGW_OK;
    }
    if (!shelf_find(cursor->shelf, cursor->at - 1, &batch, &last, err))
        return PGW_ERROR;
    size_t count = last + 1;
    if (count > limit)
        count = (size_t)limit;
    if (!slice_rows(cursor, &batch, last, -1, count, out)) {
        error_no_memory(err);
        return PGW_ERROR;
    }
    cursor->at -= count;
    return PGW_MORE;
}

/* ---- enter, leave ---- */

enum pgw_status query_cursor_enter(struct query_cursor *cursor, struct error *err)
{
    bool live = cursor->rows && cursor->session->live == cursor->rows;
    enum pgw_status status = live ? query_session_enter(cursor->session, err) : PGW_OK;
    if (status != PGW_OK)
        return status;
    cursor->entered = live;
    if (cursor->fetch)
        status = rows_finish(cursor->fetch, err);
    if (status == PGW_OK)
        status = settle(cursor, err);
    if (status != PGW_OK)
        query_cursor_leave(cursor);
    return status;
}

void query_cursor_leave(struct query_cursor *cursor)
{
    if (!cursor->entered)
        return;
    cursor->entered = false;
    if (cursor->session->live)
        query_session_pause(cursor->session);
    else
        query_session_leave(cursor->session);
}

/* ---- moving ---- */

static bool refuse_back(struct error *err)
{
    error_set(err, "55000", "cursor can only scan forward");
    error_hint(err, "Declare it with SCROLL option to enable backward scan.");
    return false;
}

/* Forward until it has passed so many rows, or all. An interrupt ends it. */
static bool skip(struct query_cursor *cursor, uint64_t limit, uint64_t *skipped,
                 struct error *err)
{
    unsigned interrupts = query_session_interrupts(cursor->session);
    uint64_t rows;
    *skipped = 0;
    while (*skipped < limit) {
        enum pgw_status status = skip_some(cursor, limit - *skipped, &rows, err);
        *skipped += rows;
        if (status == PGW_OK)
            return true;
        if (status != PGW_MORE)
            return status == PGW_ERROR ? false
                                       : error_set(err, "55000", "the cursor is busy");
        if (query_session_interrupts(cursor->session) != interrupts)
            return error_set(err, "57014", "canceling statement due to user request");
    }
    return true;
}

/* Stand on a row, in front of all, or behind all if there are fewer. */
static bool stand(struct query_cursor *cursor, uint64_t row, struct error *err)
{
    uint64_t skipped, at = place(cursor).at;
    if (cursor->shelf && row <= shelf_rows(cursor->shelf)) {
        cursor->at = row;
        return true;
    }
    return row <= at || skip(cursor, row - at, &skipped, err);
}

/* Where the rows begin, when the cursor has been brought there. */
static bool set_out(struct query_cursor *cursor, const struct sql_cursor *fetch,
                    struct cursor_path *path, struct error *err)
{
    uint64_t skipped;
    struct cursor_place now = place(cursor);
    *path = cursor_path(&now, fetch);
    if (path->refused)
        return refuse_back(err);
    if (path->to_end) {
        if (!skip(cursor, UINT64_MAX, &skipped, err))
            return false;
        if (!cursor->shelf) /* the rows were many, and are let go */
            return refuse_back(err);
        *path = cursor_path_from_end(shelf_rows(cursor->shelf), fetch);
    }
    return stand(cursor, path->start, err);
}

/* Backward without reading: the rows are on the shelf. */
static uint64_t step_back(struct query_cursor *cursor, uint64_t limit)
{
    uint64_t rows = cursor->at > 0 ? cursor->at - 1 : 0;
    if (rows >= limit)
        rows = limit;
    cursor->at = rows < limit ? 0 : cursor->at - rows;
    return rows;
}

bool query_cursor_move(struct query_cursor *cursor, const struct sql_cursor *fetch,
                       int64_t *moved, struct error *err)
{
    struct cursor_path path;
    uint64_t rows = 0;
    if (!set_out(cursor, fetch, &path, err))
        return false;
    if (path.backward && cursor->shelf)
        rows = step_back(cursor, path.count);
    else if (!path.backward && !skip(cursor, path.count, &rows, err))
        return false;
    *moved = (int64_t)(rows + path.counts);
    return true;
}

/* ---- FETCH ---- */

/* The rows of a FETCH that has still to deliver. */
struct fetching {
    struct query_cursor *cursor;
    uint64_t left;
    bool backward;
};

static enum pgw_status fetch_next(void *self, struct batch *out, struct error *err)
{
    struct fetching *fetching = self;
    if (fetching->left == 0)
        return PGW_OK;
    enum pgw_status status =
        fetching->backward
            ? take_back(fetching->cursor, fetching->left, out, err)
            : query_cursor_take(fetching->cursor, fetching->left, out, err);
    if (status == PGW_MORE)
        fetching->left -= out->rows;
    else if (status == PGW_OK)
        fetching->left = 0;
    return status;
}

/* Delivered or not, the cursor moves. */
static void fetch_close(void *self)
{
    struct fetching *fetching = self;
    struct query_cursor *cursor = fetching->cursor;
    if (cursor->rows)
        rows_lend(cursor->rows, NULL);
    cursor->fetch = NULL;
    if (fetching->backward)
        (void)step_back(cursor, fetching->left);
    else
        cursor->owed += fetching->left;
    free(fetching);
}

static const struct rows_source fetch_source = {fetch_next, fetch_close};

struct query_rows *query_cursor_fetch(struct query_cursor *cursor,
                                      const struct sql_cursor *fetch,
                                      const struct type *const *types,
                                      struct error *err)
{
    struct cursor_path path;
    if (!set_out(cursor, fetch, &path, err))
        return NULL;
    struct fetching *fetching = calloc(1, sizeof *fetching);
    struct query_rows *rows =
        fetching ? rows_from_source(cursor->session, types, cursor->query->column_count,
                                    &fetch_source, fetching)
                 : NULL;
    if (!rows) {
        free(fetching);
        error_no_memory(err);
        return NULL;
    }
    *fetching = (struct fetching){cursor, path.count, path.backward};
    cursor->fetch = rows;
    if (cursor->rows)
        rows_lend(cursor->rows, rows);
    return rows;
}
