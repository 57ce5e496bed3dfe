/* simple.c - a Query message: its statements one after the other, then sync.
 *
 * The frame stays in the input while the query is served; query_offset says how far it
 * has come. Without a handler for simple queries, each statement goes the way of an
 * extended one without parameters: parse, bind, execute. */
#include "core/text.h"
#include "pgwire/reader.h"
#include "pgwire/reply.h"

/* The whole query string; the frame has been checked by simple_begin. */
static struct pgw_slice query_text(const pgw_session *session, struct frame *frame)
{
    (void)frame_peek(buf_data(&session->input), buf_len(&session->input),
                     session->message_max, frame);
    size_t len = frame->len > 0 ? frame->len - 1 : 0; /* without its NUL */
    return (struct pgw_slice){(const char *)frame->body, len};
}

static void finish(pgw_session *session, const struct frame *frame)
{
    portal_clear(&session->simple);
    session_consume(session, frame);
    session->flush = true;
    session_enter(session, STATE_SYNC);
}

static void fail(pgw_session *session, const struct frame *frame, struct pgw_error *err)
{
    interrupt_translate(session, err);
    interrupt_end(session);
    session_error(session, err);
    if (session->state != STATE_CLOSED)
        finish(session, frame);
}

void simple_begin(pgw_session *session)
{
    struct frame frame;
    struct pgw_slice text = query_text(session, &frame);
    const char *nul = memchr(frame.body, '\0', frame.len);
    session->query_offset = 0;
    session->flow_is_simple = true;
    session->flow_limit = 0;
    statements_drop(session, SLICE(""));
    portals_drop(session, SLICE(""));
    session_enter(session, STATE_SIMPLE);
    if (!nul || (size_t)(nul - text.data) != text.len) {
        struct pgw_error err;
        (void)pgw_fail(&err, "08P01", "invalid message format");
        fail(session, &frame, &err);
    }
}

/* ---- one statement, by the extended handlers ---- */

static enum pgw_status parse(pgw_session *session, struct pgw_slice *rest,
                             struct pgw_error *err)
{
    const struct pgw_extended_ops *ops = session->handlers->extended;
    const struct pgw_parse request = {.sql = rest};
    void *host = NULL;
    enum pgw_status status =
        ops->parse(session->state_of_host, session, &request, &host, err);
    if (status != PGW_OK)
        return status;
    session->simple.statement = statement_new(ops, host);
    if (!session->simple.statement) {
        if (ops->close_statement)
            ops->close_statement(host);
        return pgw_fail(err, "53200", "out of memory");
    }
    return PGW_OK;
}

static enum pgw_status bind_nothing(pgw_session *session, struct pgw_error *err)
{
    static const struct pgw_bind none = {0};
    struct portal *portal = &session->simple;
    if (portal->statement->description.param_count > 0)
        return pgw_fail(err, "42P02", "there is no parameter $1");
    return portal->statement->ops->bind(portal->statement->host, session, &none,
                                        &portal->host, err);
}

/* A step that WAITs leaves what was done, and is gone on with when it is called again.
 */
static enum pgw_status run_extended(pgw_session *session, struct pgw_slice *rest,
                                    struct pgw_error *err)
{
    struct portal *portal = &session->simple;
    enum pgw_status status = PGW_OK;
    if (!portal->statement) {
        struct pgw_slice behind = *rest;
        status = parse(session, &behind, err);
        if (status == PGW_OK)
            session->query_offset += (size_t)(behind.data - rest->data);
        *rest = behind;
    }
    if (status == PGW_OK && !portal->host)
        status = bind_nothing(session, err);
    if (status == PGW_OK)
        status =
            portal->statement->ops->execute(portal->host, session, &portal->reply, err);
    return status;
}

/* ---- one statement ---- */

static enum pgw_status run_statement(pgw_session *session, struct pgw_slice *rest,
                                     struct pgw_error *err)
{
    const struct pgw_simple_ops *simple = session->handlers->simple;
    session->simple.reply = (struct pgw_reply){.affected = PGW_NOT_COUNTED};
    if (!simple || !simple->query) {
        if (!session->handlers->extended)
            return pgw_fail(err, "0A000", "this server answers no queries");
        return run_extended(session, rest, err);
    }
    const char *start = rest->data;
    enum pgw_status status = simple->query(session->state_of_host, session, rest,
                                           &session->simple.reply, err);
    if (status == PGW_OK)
        session->query_offset += (size_t)(rest->data - start);
    return status;
}

/* Nothing but blanks and semicolons: no statement is to come. */
static bool is_blank(struct pgw_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr(" \t\n\r\f\v;", text.data[i]) || !text.data[i])
            return false;
    }
    return true;
}

/* The string may end with it. */
static void end_statement(pgw_session *session, const struct frame *frame)
{
    if (session->query_offset > frame->len) {
        interrupt_end(session);
        finish(session, frame);
    } else {
        interrupt_next(session);
    }
}

static void run_next(pgw_session *session, const struct frame *frame,
                     struct pgw_slice rest)
{
    struct pgw_error err;
    const char *start = rest.data;
    interrupt_begin(session);
    enum pgw_status status = interrupt_pending(session, &err)
                                 ? PGW_ERROR
                                 : run_statement(session, &rest, &err);
    if (status == PGW_WAIT) {
        session->waiting = true;
        return;
    }
    if (status == PGW_OK) {
        session->simple.executed = true;
        if (is_blank(rest))
            session->query_offset = SIZE_MAX;
        status = flow_begin(session, &session->simple, true, &err);
    }
    if (status == PGW_OK && session->state == STATE_SIMPLE)
        end_statement(session, frame);
    if (status == PGW_ERROR) {
        if (err.position > 0)
            /* The handler counts from its statement, the client from the string. */
            err.position += text_characters((const char *)frame->body, start);
        fail(session, frame, &err);
    }
}

void simple_step(pgw_session *session)
{
    struct frame frame;
    struct pgw_slice text = query_text(session, &frame);
    bool mid_way = session->simple.statement && !session->simple.executed;
    if (!mid_way)
        portal_clear(&session->simple);
    if (session->query_offset > text.len) {
        interrupt_end(session);
        finish(session, &frame);
        return;
    }
    size_t offset = session->query_offset;
    run_next(session, &frame,
             (struct pgw_slice){text.data + offset, text.len - offset});
}
