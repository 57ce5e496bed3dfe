/* interrupt.c - ending a statement, or a session, from another thread.
 *
 * Which statement runs, and why it is to end, is said in one word (core/running.h).
 * Reasons that close the connection have a word of their own, which is never taken
 * back; only that the session was idle is forgotten when a statement begins at that
 * very moment. */
#include <stdio.h>

#include "pgwire/session_state.h"

static bool closes(enum pgw_interrupt reason)
{
    return reason == PGW_INTERRUPT_LOGIN_TIMEOUT || reason == PGW_INTERRUPT_HANG_UP ||
           reason == PGW_INTERRUPT_SHUTDOWN ||
           reason == PGW_INTERRUPT_TRANSACTION_TIMEOUT;
}

void interrupt_idle(pgw_session *session)
{
    if (session->transaction == 'I')
        times_set(session, TIME_IDLE_SESSION, session->idle_session_timeout_ms);
    else
        times_set(session, TIME_IDLE_TRANSACTION, session->idle_transaction_timeout_ms);
}

/* Take it back, if it was not too late. */
static void end_idle(pgw_session *session, enum session_time time,
                     enum pgw_interrupt reason)
{
    unsigned expected = (unsigned)reason;
    if (!times_is_set(session, time))
        return;
    (void)atomic_compare_exchange_strong(&session->closing, &expected,
                                         PGW_INTERRUPT_NONE);
    times_set(session, time, 0);
}

/* From another thread. Either the statement that begins sees that the session is to
 * close, or this sees that a statement runs. */
static void close_idle(pgw_session *session, enum pgw_interrupt reason)
{
    unsigned expected = PGW_INTERRUPT_NONE;
    if (running_is_active(&session->running))
        return;
    (void)atomic_compare_exchange_strong(&session->closing, &expected,
                                         (unsigned)reason);
    expected = (unsigned)reason;
    if (running_is_active(&session->running))
        (void)atomic_compare_exchange_strong(&session->closing, &expected,
                                             PGW_INTERRUPT_NONE);
}

/* From the first statement on, whether BEGIN has come or not. */
static void begin_times(pgw_session *session)
{
    times_set(session, TIME_STATEMENT, session->statement_timeout_ms);
    if (!times_is_set(session, TIME_TRANSACTION))
        times_set(session, TIME_TRANSACTION, session->transaction_timeout_ms);
}

void interrupt_begin(pgw_session *session)
{
    if (running_is_active(&session->running))
        return;
    running_begin(&session->running);
    end_idle(session, TIME_IDLE_SESSION, PGW_INTERRUPT_IDLE_SESSION);
    end_idle(session, TIME_IDLE_TRANSACTION, PGW_INTERRUPT_IDLE_TRANSACTION);
    begin_times(session);
}

void interrupt_next(pgw_session *session)
{
    begin_times(session);
}

void interrupt_end(pgw_session *session)
{
    if (!running_is_active(&session->running))
        return;
    running_end(&session->running);
    times_set(session, TIME_STATEMENT, 0);
    times_set(session, TIME_QUEUE, 0);
    if (session->host.block_end)
        session->host.block_end(session->host_self);
}

void interrupt_end_transaction(pgw_session *session)
{
    times_set(session, TIME_TRANSACTION, 0);
}

static bool say_queue_timeout(const pgw_session *session, struct pgw_error *err)
{
    (void)pgw_fail(err, "57014", "canceling statement due to queue timeout");
    (void)snprintf(err->detail, sizeof err->detail,
                   "The server was too busy to begin it within %u ms.",
                   (unsigned)session->queue_timeout_ms);
    return true;
}

/* What the running statement was interrupted for; false: it was not. */
static bool say_why(pgw_session *session, struct pgw_error *err)
{
    switch ((enum pgw_interrupt)running_reason(&session->running)) {
    case PGW_INTERRUPT_CANCEL:
        (void)pgw_fail(err, "57014", "canceling statement due to user request");
        return true;
    case PGW_INTERRUPT_STATEMENT_TIMEOUT:
        (void)pgw_fail(err, "57014", "canceling statement due to statement timeout");
        return true;
    case PGW_INTERRUPT_QUEUE_TIMEOUT:
        return say_queue_timeout(session, err);
    case PGW_INTERRUPT_NONE:
    case PGW_INTERRUPT_IDLE_SESSION:
    case PGW_INTERRUPT_IDLE_TRANSACTION:
    case PGW_INTERRUPT_LOGIN_TIMEOUT:
    case PGW_INTERRUPT_HANG_UP:
    case PGW_INTERRUPT_SHUTDOWN:
    case PGW_INTERRUPT_TRANSACTION_TIMEOUT:
    case PGW_INTERRUPT_DRAIN:
        break;
    }
    return false;
}

/* The reasons to close are looked at too: who has set one and saw no statement run does
 * not come again, so it is for the statement that begins to see it. */
bool interrupt_pending(pgw_session *session, struct pgw_error *err)
{
    enum pgw_interrupt reason = (enum pgw_interrupt)atomic_load(&session->closing);
    if (reason == PGW_INTERRUPT_NONE)
        return say_why(session, err);
    if (!interrupt_last_words(reason, err))
        (void)pgw_fail(err, "57014", "canceling statement since the session ends");
    return true;
}

bool interrupt_last_words(enum pgw_interrupt reason, struct pgw_error *err)
{
    static const struct {
        enum pgw_interrupt reason;
        const char *sqlstate, *text;
    } words[] = {
        {PGW_INTERRUPT_SHUTDOWN, "57P01",
         "terminating connection due to administrator command"},
        {PGW_INTERRUPT_IDLE_SESSION, "57P05",
         "terminating connection due to idle-session timeout"},
        {PGW_INTERRUPT_IDLE_TRANSACTION, "25P03",
         "terminating connection due to idle-in-transaction timeout"},
        {PGW_INTERRUPT_TRANSACTION_TIMEOUT, "25P04",
         "terminating connection due to transaction timeout"},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (words[i].reason != reason)
            continue;
        (void)pgw_fail(err, words[i].sqlstate, "%s", words[i].text);
        err->severity = PGW_SEVERITY_FATAL;
        return true;
    }
    return false;
}

void interrupt_translate(pgw_session *session, struct pgw_error *err)
{
    enum pgw_interrupt reason = (enum pgw_interrupt)atomic_load(&session->closing);
    if (strcmp(err->sqlstate, "57014") == 0 && !interrupt_last_words(reason, err))
        (void)say_why(session, err);
}

static void interrupt_handler(void *self)
{
    pgw_session *session = self;
    const struct pgw_cancel_ops *cancel = session->handlers->cancel;
    if (cancel && cancel->interrupt)
        cancel->interrupt(session->state_of_host);
}

bool pgw_session_interrupt(pgw_session *session, enum pgw_interrupt reason,
                           uint64_t *statement)
{
    if (reason == PGW_INTERRUPT_IDLE_SESSION ||
        reason == PGW_INTERRUPT_IDLE_TRANSACTION) {
        close_idle(session, reason);
        return false;
    }
    if (reason == PGW_INTERRUPT_DRAIN) {
        atomic_store(&session->draining, true);
        return false;
    }
    if (!closes(reason))
        return running_interrupt(&session->running, (unsigned)reason, statement,
                                 interrupt_handler, session);
    /* What was sent before a hang-up may still be read. */
    if (reason != PGW_INTERRUPT_HANG_UP || running_is_active(&session->running))
        atomic_store(&session->closing, (unsigned)reason);
    return running_disturb(&session->running, interrupt_handler, session);
}

/* A client that is about to log in is let in, or told that it is too late. */
bool interrupt_drain_is_due(const pgw_session *session)
{
    if (!atomic_load_explicit(&session->draining, memory_order_relaxed))
        return false;
    if (session->state == STATE_STARTUP)
        return buf_len(&session->input) == 0 && session->output.bytes == 0;
    return session->state == STATE_PASSWORD ||
           (session->state == STATE_READY && session->transaction == 'I' &&
            !session->in_batch);
}

bool pgw_session_signal(const pgw_session *session, uint32_t pid,
                        enum pgw_interrupt reason)
{
    return session->host.signal &&
           session->host.signal(session->host_self, pid, reason);
}

enum pgw_status pgw_block_begin(pgw_session *session)
{
    if (!session->host.block_begin || session->host.block_begin(session->host_self)) {
        times_set(session, TIME_QUEUE, 0);
        return PGW_OK;
    }
    if (!times_is_set(session, TIME_QUEUE))
        times_set(session, TIME_QUEUE, session->queue_timeout_ms);
    return PGW_WAIT;
}

void pgw_block_end(pgw_session *session)
{
    if (session->host.block_end)
        session->host.block_end(session->host_self);
}
