/* sync.c - the end of a query: the host's transaction, then ReadyForQuery.
 *
 * Portals live until the transaction ends: outside of a transaction block, until here.
 */
#include "pgwire/reply.h"

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
    if (session->transaction != 'T')
        portals_drop_all(session);
    interrupt_end(session);
    arena_reset(&session->memory);
    session->failed = false;
    session->flush = true;
    if (parameters_report(session, false) &&
        reply_ready(&session->output, session->transaction))
        session_enter(session, STATE_READY);
    else
        session_no_memory(session);
}
