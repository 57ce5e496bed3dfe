/* flow.c - from a reply to its end: rows are pulled, a step at a time.
 *
 *     reply ──┬─ COMMAND ──> CommandComplete
 *             ├─ EMPTY ───> EmptyQueryResponse
 *             ├─ ROWS ────> [RowDescription] DataRow … ──┬─ CommandComplete
 *             │                                          └─ PortalSuspended (max_rows)
 *             ├─ COPY OUT > CopyOutResponse CopyData … CopyDone CommandComplete
 *             └─ COPY IN ─> CopyInResponse, then copy.c
 *
 * A step ends when the row source has had enough, at the high-water mark at the latest:
 * what is in memory is bounded whatever the rows. */
#include "pgwire/reply.h"
#include "pgwire/row.h"

static enum pgw_status no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory");
}

static bool complete(pgw_session *session, struct portal *portal)
{
    const struct pgw_reply *reply = &portal->reply;
    const char *tag = reply->tag ? reply->tag : "";
    int64_t count = reply->affected;
    if (reply->kind == PGW_REPLY_ROWS || reply->kind == PGW_REPLY_COPY_OUT)
        count = reply->tag_only ? PGW_NOT_COUNTED : (int64_t)portal->sent;
    portal_release_rows(portal);
    return reply_complete(&session->output, tag, count);
}

static enum pgw_status begin_copy_in(pgw_session *session,
                                     const struct pgw_reply *reply,
                                     struct pgw_error *err)
{
    const struct pgw_copy_ops *ops = session->handlers->copy;
    if (!ops || !ops->data || !ops->done)
        return pgw_fail(err, "0A000", "COPY from the client is not supported");
    if (!reply_copy(&session->output, 'G', reply->copy_format, reply->column_count)) {
        if (ops->fail)
            ops->fail(reply->copy, (struct pgw_slice){"", 0});
        return no_memory(err);
    }
    session->copy = reply->copy;
    session->flush = true;
    copy_begin(session);
    return PGW_OK;
}

/* The formats of a portal's columns: Bind's, or what the reply to a simple query says.
 */
static const int16_t *formats_of(const pgw_session *session,
                                 const struct portal *portal, size_t *count)
{
    static const int16_t binary = PGW_BINARY_FORMAT;
    bool is_binary =
        session->flow_is_simple && portal->reply.simple_format == PGW_BINARY_FORMAT;
    *count = is_binary ? 1 : portal->format_count;
    return is_binary ? &binary : portal->formats;
}

static size_t rows_allowed(const pgw_session *session)
{
    if (session->flow_limit == 0)
        return SIZE_MAX;
    return session->flow_limit - (size_t)session->flow->sent;
}

/* Ready for rows: what is not set here is set when it is used. */
static void open_sink(pgw_session *session, const struct portal *portal,
                      struct pgw_row *row)
{
    row->out = &session->output;
    row->style = &session->style;
    row->copy = portal->copy;
    row->scratch = &session->scratch;
    row->columns = portal->reply.columns;
    row->column_count = portal->reply.column_count;
    row->formats = formats_of(session, portal, &row->format_count);
    row->limit = rows_allowed(session);
    row->high_water = session->high_water;
    row->written = 0;
    row->failed = false;
    row->depth = 0;
    row->next_column = 0;
    row->length = NULL;
    if (portal->copy)
        copy_row_open(row);
    row->start = chain_mark(row->out);
}

static enum pgw_status begin_copy_out(pgw_session *session, struct portal *portal,
                                      struct pgw_error *err)
{
    struct pgw_row row;
    portal->copy = copy_out_new(&portal->reply, err);
    if (!portal->copy)
        return PGW_ERROR;
    session->flow_limit = 0; /* as PostgreSQL: of a command, not of rows */
    if (!reply_copy(&session->output, 'H', (enum pgw_format)portal->copy->values,
                    portal->reply.column_count))
        return no_memory(err);
    open_sink(session, portal, &row);
    if (!copy_row_names(&row))
        return no_memory(err);
    enum pgw_status status = copy_row_close(&row, &session->output, err);
    if (status == PGW_OK)
        session_enter(session, STATE_ROWS);
    return status;
}

enum pgw_status flow_begin(pgw_session *session, struct portal *portal, bool describe,
                           struct pgw_error *err)
{
    const struct pgw_reply *reply = &portal->reply;
    size_t format_count;
    const int16_t *formats = formats_of(session, portal, &format_count);
    bool done = true;
    session->flow = portal;
    portal->sent = 0;
    switch (reply->kind) {
    case PGW_REPLY_COMMAND:
        done = complete(session, portal);
        break;
    case PGW_REPLY_EMPTY:
        portal->finished = true;
        done = reply_plain(&session->output, 'I');
        break;
    case PGW_REPLY_ROWS:
        if (describe)
            done = reply_columns(&session->output, reply->columns, reply->column_count,
                                 formats, format_count);
        session_enter(session, STATE_ROWS);
        break;
    case PGW_REPLY_COPY_OUT:
        return begin_copy_out(session, portal, err);
    case PGW_REPLY_COPY_IN:
        return begin_copy_in(session, reply, err);
    case PGW_REPLY_COPY_BOTH:
        return pgw_fail(err, "0A000", "COPY in both directions is not supported");
    }
    return done ? PGW_OK : no_memory(err);
}

/* Rows have ended, or stopped: what the state becomes. */
static void leave_rows(pgw_session *session)
{
    session->flow = NULL;
    if (session->flow_is_simple) {
        interrupt_next(session);
        session_enter(session, STATE_SIMPLE);
        return;
    }
    interrupt_end(session);
    arena_reset(&session->memory);
    session_enter(session, STATE_READY);
}

static void fail_rows(pgw_session *session, struct pgw_error *err)
{
    portal_release_rows(session->flow);
    session->flow = NULL;
    interrupt_translate(session, err);
    interrupt_end(session);
    session_error(session, err);
    if (session->state == STATE_CLOSED)
        return;
    if (session->flow_is_simple) {
        session->query_offset = SIZE_MAX; /* the rest of the string is not executed */
        session_enter(session, STATE_SIMPLE);
    } else {
        session_enter(session, STATE_SKIP);
    }
}

static void finish_rows(pgw_session *session)
{
    struct portal *portal = session->flow;
    bool done = !portal->copy || (copy_out_trailer(portal->copy, &session->output) &&
                                  reply_plain(&session->output, 'c'));
    if (done && complete(session, portal))
        leave_rows(session);
    else
        session_no_memory(session);
}

static void suspend_rows(pgw_session *session)
{
    if (reply_plain(&session->output, 's'))
        leave_rows(session);
    else
        session_no_memory(session);
}

/* Ask the source once. MORE also says that the limit of this Execute is reached. */
static enum pgw_status pull(pgw_session *session, struct pgw_error *err)
{
    struct portal *portal = session->flow;
    struct pgw_row row; /* large */
    open_sink(session, portal, &row);
    if (interrupt_pending(session, err))
        return PGW_ERROR;
    enum pgw_status status = PGW_OK;
    if (portal->reply.rows.ops)
        status = portal->reply.rows.ops->next(portal->reply.rows.self, &row, err);
    portal->sent += row.written;
    if (row.failed) {
        *err = row.error;
        status = PGW_ERROR;
    }
    if (!portal->copy)
        return status;
    struct pgw_error other;
    bool done = copy_row_close(&row, &session->output, &other) == PGW_OK;
    if (!done && status != PGW_ERROR)
        *err = other;
    return done ? status : PGW_ERROR;
}

/* Who is interrupted now ends now: a row source that has heard of it might fail the
 * next Execute instead. */
static void stop_rows(pgw_session *session)
{
    struct pgw_error err;
    if (interrupt_pending(session, &err))
        fail_rows(session, &err);
    else
        suspend_rows(session);
}

void flow_step(pgw_session *session)
{
    struct pgw_error err;
    switch (pull(session, &err)) {
    case PGW_OK:
        finish_rows(session);
        break;
    case PGW_MORE:
        if (rows_allowed(session) == 0)
            stop_rows(session);
        break;
    case PGW_WAIT:
        session->waiting = true;
        break;
    case PGW_ERROR:
        fail_rows(session, &err);
        break;
    }
}
