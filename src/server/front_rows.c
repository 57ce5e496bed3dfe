/* front_rows.c - what a statement has answered, as libpgwire takes it.
 *
 *     query_result ── front_reply ──> pgw_reply ── rows.next ──> plan_write
 *
 * Errors of the query layer become the protocol's here, and nowhere else. */
#include "server/front_rows.h"

#include <string.h>

#include "pgwire/plan.h"
#include "server/copy_to.h"

enum pgw_status front_error(enum pgw_status status, const struct error *from,
                            struct pgw_error *to)
{
    if (status != PGW_ERROR)
        return status;
    (void)pgw_fail(to, from->sqlstate, "%s", from->message);
    to->position = from->position;
    memcpy(to->detail, from->detail, sizeof to->detail);
    memcpy(to->hint, from->hint, sizeof to->hint);
    memcpy(to->schema, from->schema, sizeof to->schema);
    memcpy(to->table, from->table, sizeof to->table);
    memcpy(to->column, from->column, sizeof to->column);
    memcpy(to->constraint, from->constraint, sizeof to->constraint);
    memcpy(to->routine, from->routine, sizeof to->routine);
    return PGW_ERROR;
}

enum pgw_status front_error_back(enum pgw_status status, const struct pgw_error *from,
                                 struct error *to)
{
    if (status != PGW_ERROR)
        return status;
    (void)error_set(to, from->sqlstate, "%s", from->message);
    to->position = from->position;
    memcpy(to->detail, from->detail, sizeof to->detail);
    memcpy(to->hint, from->hint, sizeof to->hint);
    return PGW_ERROR;
}

/* ---- rows ---- */

enum pgw_status front_rows_fetch(struct front_rows *rows, struct pgw_error *err)
{
    struct error error;
    if (rows->batch && rows->next < rows->batch->rows &&
        !query_rows_are_lost(rows->rows))
        return PGW_MORE;
    rows->passed += rows->next;
    rows->next = 0;
    return front_error(query_rows_next(rows->rows, &rows->batch, &error), &error, err);
}

/* From a cursor no more are taken than the client has asked for: whatever moves it next
 * goes on behind them. */
static enum pgw_status take_from_cursor(struct front_rows *rows, size_t limit,
                                        struct pgw_error *err)
{
    struct error error;
    if (rows->batch && rows->next < rows->batch->rows)
        return PGW_MORE;
    enum pgw_status status =
        query_cursor_take(rows->cursor, limit, &rows->taken, &error);
    rows->next = 0;
    rows->batch = status == PGW_MORE ? &rows->taken : NULL;
    return front_error(status, &error, err);
}

static enum pgw_status rows_next(void *self, pgw_row *row, struct pgw_error *err)
{
    struct front_rows *rows = self;
    for (;;) {
        if (pgw_row_limit(row) == 0)
            return PGW_MORE;
        enum pgw_status status = rows->cursor
                                     ? take_from_cursor(rows, pgw_row_limit(row), err)
                                     : front_rows_fetch(rows, err);
        if (status != PGW_MORE)
            return status;
        if (!rows->plan)
            rows->plan =
                plan_new(rows->arena, rows->types, rows->column_count, row, err);
        if (!rows->plan)
            return PGW_ERROR;
        status = plan_write(rows->plan, row, rows->batch, &rows->next, err);
        if (status != PGW_OK)
            return status;
    }
}

void front_rows_release(void *self)
{
    struct front_rows *rows = self;
    struct copy_to *copy = rows->copy;
    query_rows_close(rows->rows);
    rows->rows = NULL;     /* the portal still knows of it */
    query_free(rows->own); /* which all of this may live in */
    copy_to_free(copy);
}

static const struct pgw_rows_ops rows_ops = {.next = rows_next,
                                             .release = front_rows_release};

/* NULL: out of memory. */
static struct front_rows *rows_new(const struct front_answer *answer,
                                   const struct query_result *result)
{
    struct front_rows *rows = arena_calloc(answer->arena, 1, sizeof *rows);
    if (!rows)
        return NULL;
    *rows = (struct front_rows){.arena = answer->arena,
                                .rows = result->rows,
                                .cursor = answer->cursor,
                                .own = answer->own,
                                .copy = result->copy,
                                .file_rows = result->affected,
                                .column_count = result->column_count};
    rows->types =
        arena_calloc(answer->arena, result->column_count, sizeof *rows->types);
    for (size_t i = 0; rows->types && i < result->column_count; i++)
        rows->types[i] = result->columns[i].type;
    return rows->types ? rows : NULL;
}

const struct pgw_column *front_columns(const struct front *front, struct query *query)
{
    const struct pgw_style *style = pgw_session_style(front->session);
    struct pgw_column *columns =
        arena_calloc(&query->arena, query->column_count, sizeof *columns);
    for (size_t i = 0; columns && i < query->column_count; i++)
        columns[i] = plan_column(query->columns[i].name, query->columns[i].type, style);
    return columns;
}

/* ---- the reply ---- */

static enum pgw_status reply_rows(const struct front *front,
                                  const struct front_answer *answer,
                                  const struct query_result *result,
                                  struct pgw_reply *reply, struct pgw_error *err)
{
    struct front_rows *rows = rows_new(answer, result);
    const struct pgw_column *columns = answer->columns;
    if (result->copy)
        columns = front_columns(front, result->copy->source);
    else if (!columns)
        columns = front_columns(front, answer->own);
    if (!rows || !columns) {
        query_rows_close(result->rows);
        copy_to_free(result->copy);
        return pgw_fail(err, "53200", "out of memory");
    }
    if (answer->rows)
        *answer->rows = rows;
    reply->kind = PGW_REPLY_ROWS;
    reply->simple_format = result->is_binary ? PGW_BINARY_FORMAT : PGW_TEXT_FORMAT;
    reply->tag_only = result->count == SQL_COUNT_NONE;
    reply->columns = columns;
    reply->column_count = result->column_count;
    reply->rows = (struct pgw_rows){&rows_ops, rows};
    if (!rows->copy || front_copy_to(rows, reply))
        return PGW_OK;
    reply->rows = (struct pgw_rows){0};
    rows->own = NULL; /* stays the caller's */
    front_rows_release(rows);
    return pgw_fail(err, "53200", "out of memory");
}

enum pgw_status front_reply(const struct front *front,
                            const struct front_answer *answer,
                            const struct query_result *result, struct pgw_reply *reply,
                            struct pgw_error *err)
{
    reply->tag = result->tag;
    if (result->rows || result->copy || answer->cursor)
        return reply_rows(front, answer, result, reply, err);
    if (result->from)
        front_copy_from(front, result->from, reply);
    else if (result->is_empty)
        reply->kind = PGW_REPLY_EMPTY;
    else if (result->count == SQL_COUNT_AFFECTED)
        reply->affected = result->affected;
    return PGW_OK;
}
