/* session_want.c - what a session wants of who drives it.
 *
 * Output leaves when it reaches the high-water mark, or when it was asked for (Sync,
 * Flush, the end of a query) and no further complete message waits: pipelined requests
 * share one write. Beside work, output that was asked for is mentioned too, so that it
 * may leave meanwhile. */
#include "pgwire/session_state.h"

static bool is_busy(const pgw_session *session)
{
    return session->state == STATE_OPEN || session->state == STATE_SIMPLE ||
           session->state == STATE_ROWS || session->state == STATE_SYNC;
}

static unsigned want_output(const pgw_session *session)
{
    return session->output.bytes > 0 ? PGW_WANT_SEND : 0;
}

/* Who was told to go does not wait for a client that does not read; a time-out does. */
static unsigned want_close(const pgw_session *session, unsigned closing)
{
    if (session->output.bytes == 0 || session->eof)
        return PGW_WANT_CLOSE;
    return PGW_WANT_SEND | (closing == PGW_INTERRUPT_SHUTDOWN ? PGW_WANT_LAST : 0);
}

static bool has_work(const pgw_session *session)
{
    struct frame frame;
    return is_busy(session) || notify_is_due(session) ||
           session_peek(session, &frame) != FRAME_NEED_MORE;
}

unsigned pgw_session_want(const pgw_session *session)
{
    unsigned closing = atomic_load_explicit(&session->closing, memory_order_relaxed);
    if (session->state == STATE_CLOSED)
        return want_close(session, closing);
    if (closing)
        return PGW_WANT_WORK;
    if (interrupt_drain_is_due(session))
        return PGW_WANT_WORK;
    if (session->waiting)
        return PGW_WANT_WAIT | want_output(session);
    if (session->output.bytes >= session->high_water)
        return PGW_WANT_SEND;
    if (session->tls_due)
        return session->output.bytes > 0 ? PGW_WANT_SEND : PGW_WANT_TLS;
    unsigned ready = session->flush ? want_output(session) : 0;
    if (has_work(session))
        return PGW_WANT_WORK | ready;
    if (ready)
        return ready;
    return session->eof ? PGW_WANT_CLOSE : PGW_WANT_RECV;
}
