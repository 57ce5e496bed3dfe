/* times.c - the times that a session has for what it does: the host is asked for the
 * earliest, and asked again only when that changes.
 *
 * What the host has delivered stays here until what it was for has ended: by then it
 * has done its work, and if it comes again it does nothing. */
#include "pgwire/session_state.h"

static const enum pgw_interrupt reasons[TIME_COUNT] = {
    [TIME_LOGIN] = PGW_INTERRUPT_LOGIN_TIMEOUT,
    [TIME_STATEMENT] = PGW_INTERRUPT_STATEMENT_TIMEOUT,
    [TIME_QUEUE] = PGW_INTERRUPT_QUEUE_TIMEOUT,
    [TIME_TRANSACTION] = PGW_INTERRUPT_TRANSACTION_TIMEOUT,
    [TIME_IDLE_SESSION] = PGW_INTERRUPT_IDLE_SESSION,
    [TIME_IDLE_TRANSACTION] = PGW_INTERRUPT_IDLE_TRANSACTION,
};

/* TIME_COUNT: none. */
static enum session_time earliest(const struct times *times)
{
    enum session_time first = TIME_COUNT;
    for (unsigned i = 0; i < TIME_COUNT; i++) {
        if (times->due_us[i] &&
            (first == TIME_COUNT || times->due_us[i] < times->due_us[first]))
            first = (enum session_time)i;
    }
    return first;
}

static void ask(pgw_session *session)
{
    struct times *times = &session->times;
    enum session_time first = earliest(times);
    uint64_t at_us = first == TIME_COUNT ? 0 : times->due_us[first];
    if (at_us == times->asked_us && (at_us == 0 || first == times->asked))
        return;
    times->asked = first;
    times->asked_us = at_us;
    session->host.deadline(session->host_self, at_us,
                           at_us ? reasons[first] : PGW_INTERRUPT_NONE);
}

void times_set(pgw_session *session, enum session_time time, uint32_t ms)
{
    uint64_t *due_us = &session->times.due_us[time];
    if (!session->host.deadline || !session->host.now_us || (ms == 0 && *due_us == 0))
        return;
    *due_us = ms ? session->host.now_us(session->host_self) + (uint64_t)ms * 1000 : 0;
    ask(session);
}

bool times_is_set(const pgw_session *session, enum session_time time)
{
    return session->times.due_us[time] > 0;
}

/* ---- how long each is ---- */

void pgw_session_set_statement_timeout(pgw_session *session, uint32_t milliseconds)
{
    session->statement_timeout_ms = milliseconds;
}

void pgw_session_set_idle_timeouts(pgw_session *session, uint32_t session_ms,
                                   uint32_t transaction_ms)
{
    session->idle_session_timeout_ms = session_ms;
    session->idle_transaction_timeout_ms = transaction_ms;
}

void pgw_session_set_transaction_timeout(pgw_session *session, uint32_t milliseconds)
{
    session->transaction_timeout_ms = milliseconds;
    if (milliseconds == 0)
        times_set(session, TIME_TRANSACTION, 0);
}

void pgw_session_set_queue_timeout(pgw_session *session, uint32_t milliseconds)
{
    session->queue_timeout_ms = milliseconds;
}
