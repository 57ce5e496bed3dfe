/* copy.c - data from the client: CopyData to the host until CopyDone or CopyFail.
 *
 * Source: PostgreSQL documentation 55.2.7. Flush and Sync are ignored while copying;
 * anything else ends the copy with an error and is itself dropped. In a simple query
 * the Query stays in front of the input, and CopyData is taken from behind it: what
 * follows the COPY in the query string is served afterwards. */
#include "pgwire/reader.h"
#include "pgwire/reply.h"

void copy_begin(pgw_session *session)
{
    struct frame query;
    if (session->flow_is_simple &&
        frame_peek(buf_data(&session->input), buf_len(&session->input),
                   session->message_max, &query) == FRAME_COMPLETE)
        session->kept = query.size;
    session_enter(session, STATE_COPY_IN);
}

static void leave(pgw_session *session, const struct frame *frame)
{
    session_consume(session, frame);
    session->kept = 0;
    session->copy = NULL;
    session->flow = NULL;
    if (session->flow_is_simple) {
        interrupt_next(session);
        session_enter(session, STATE_SIMPLE);
    } else {
        interrupt_end(session);
        session_enter(session, session->failed ? STATE_SKIP : STATE_READY);
    }
}

static void fail(pgw_session *session, const struct frame *frame, struct pgw_error *err)
{
    interrupt_translate(session, err);
    session_error(session, err);
    if (session->state == STATE_CLOSED)
        return;
    session->query_offset = SIZE_MAX;
    leave(session, frame);
}

/* The host is told that no more will come, whoever is to blame. */
static void abandon(pgw_session *session, const struct frame *frame,
                    struct pgw_slice reason, struct pgw_error *err)
{
    const struct pgw_copy_ops *ops = session->handlers->copy;
    if (ops->fail)
        ops->fail(session->copy, reason);
    fail(session, frame, err);
}

/* Then it has ended. */
static bool is_interrupted(pgw_session *session, const struct frame *frame)
{
    struct pgw_error err;
    if (!interrupt_pending(session, &err))
        return false;
    abandon(session, frame, (struct pgw_slice){err.message, strlen(err.message)}, &err);
    return true;
}

/* What a handler allocates for a piece of data is gone with it: a copy may be endless.
 */
static enum pgw_status call_data(pgw_session *session, struct pgw_slice data,
                                 struct pgw_error *err)
{
    struct arena statements = session->memory;
    session->memory = (struct arena){0};
    enum pgw_status status = session->handlers->copy->data(session->copy, data, err);
    arena_free(&session->memory);
    session->memory = statements;
    return status;
}

static void on_data(pgw_session *session, const struct frame *frame)
{
    struct pgw_error err;
    struct pgw_slice data = {(const char *)frame->body, frame->len};
    if (is_interrupted(session, frame))
        return;
    enum pgw_status status = call_data(session, data, &err);
    if (status == PGW_WAIT)
        session->waiting = true;
    else if (status == PGW_ERROR)
        fail(session, frame, &err);
    else
        session_consume(session, frame);
}

static void on_done(pgw_session *session, const struct frame *frame)
{
    struct pgw_error err;
    struct pgw_reply reply = {.affected = PGW_NOT_COUNTED};
    if (is_interrupted(session, frame))
        return;
    enum pgw_status status = session->handlers->copy->done(session->copy, &reply, &err);
    if (status == PGW_WAIT) {
        session->waiting = true;
    } else if (status == PGW_ERROR) {
        fail(session, frame, &err);
    } else if (reply_complete(&session->output, reply.tag ? reply.tag : "COPY",
                              reply.affected)) {
        portal_release_rows(session->flow);
        leave(session, frame);
    } else {
        session_no_memory(session);
    }
}

static void on_fail(pgw_session *session, const struct frame *frame)
{
    struct reader reader = reader_of(frame->body, frame->len);
    struct pgw_slice reason = reader_string(&reader);
    struct pgw_error err;
    (void)pgw_fail(&err, "57014", "COPY from stdin failed: %.*s", (int)reason.len,
                   reason.data);
    abandon(session, frame, reason, &err);
}

void copy_message(pgw_session *session, const struct frame *frame)
{
    struct pgw_error err;
    switch (frame->type) {
    case 'd':
        on_data(session, frame);
        break;
    case 'c':
        on_done(session, frame);
        break;
    case 'f':
        on_fail(session, frame);
        break;
    case 'H':
    case 'S':
        session_consume(session, frame);
        break;
    default:
        (void)pgw_fail(&err, "08P01",
                       "unexpected message type 0x%02X during COPY from stdin",
                       (unsigned char)frame->type);
        abandon(session, frame, (struct pgw_slice){"", 0}, &err);
    }
}
