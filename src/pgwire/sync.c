/* sync.c - the end of a query: the host's transaction, then ReadyForQuery.
 *
 * Portals live until the transaction ends: outside of a transaction block, until here.
 * In a failed block they are still there, but good for nothing.
 */
#include "pgwire/reply.h"

/* Sync is there and nothing that could fail is before it. */
bool pgw_session_sync_follows(const pgw_session *session)
{
    const uint8_t *input = buf_data(&session->input);
    size_t left = buf_len(&session->input);
    struct frame frame;
    /* The frame that is being served is still in front. */
    if (frame_peek(input, left, session->message_max, &frame) != FRAME_COMPLETE)
        return false;
    do {
        input += frame.size;
        left -= frame.size;
        if (frame_peek(input, left, session->message_max, &frame) != FRAME_COMPLETE)
            return false;
    } while (frame.type == 'C' || frame.type == 'H');
    return frame.type == 'S';
}

/* PGW_WAIT: not yet. */
static enum pgw_status host_sync(pgw_session *session, struct pgw_error *err)
{
    const struct pgw_startup_ops *ops = session->handlers->startup;
    if (!ops || !ops->sync || !session->opened)
        return PGW_OK;
    return ops->sync(session->state_of_host, session, session->failed, err);
}

void sync_step(pgw_session *session)
{
    struct pgw_error err;
    interrupt_begin(session);
    enum pgw_status status = host_sync(session, &err);
    if (status == PGW_WAIT) {
        session->waiting = true;
        return;
    }
    if (status == PGW_ERROR)
        session_error(session, &err);
    if (session->state == STATE_CLOSED)
        return;
    if (session->transaction == 'I') {
        pgw_session_end_portals(session);
        interrupt_end_transaction(session);
    }
    interrupt_end(session);
    arena_reset(&session->memory);
    session->failed = session->in_batch = false;
    session->flush = true;
    if (notify_tell(session) && parameters_report(session, false) &&
        reply_ready(&session->output, session->transaction)) {
        session_enter(session, STATE_READY);
        interrupt_idle(session);
    } else {
        session_no_memory(session);
    }
}
