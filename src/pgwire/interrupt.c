/* interrupt.c - ending a statement, or a session, from another thread.
 *
 * Which statement runs, and why it is to end, is said in one word (core/running.h).
 * Reasons that close the connection have a word of their own, which is never taken
 * back; only that the session was idle is forgotten when a statement begins at that
 * very moment. */
#include "pgwire/session_state.h"

static bool closes(enum pgw_interrupt reason)
{
    return reason == PGW_INTERRUPT_LOGIN_TIMEOUT || reason == PGW_INTERRUPT_HANG_UP ||
           reason == PGW_INTERRUPT_SHUTDOWN;
}

void interrupt_deadline(pgw_session *session, uint32_t ms, enum pgw_interrupt reason)
{
    if (!session->host.deadline || !session->host.now_us)
        return;
    uint64_t at =
        ms ? session->host.now_us(session->host_self) + (uint64_t)ms * 1000 : 0;
    session->host.deadline(session->host_self, at, reason);
}

void interrupt_idle(pgw_session *session)
{
    bool outside = session->transaction == 'I';
    uint32_t ms = outside ? session->idle_session_timeout_ms
                          : session->idle_transaction_timeout_ms;
    session->has_idle_deadline = ms > 0;
    if (ms > 0)
        interrupt_deadline(session, ms,
                           outside ? PGW_INTERRUPT_IDLE_SESSION
                                   : PGW_INTERRUPT_IDLE_TRANSACTION);
}

/* Take it back, if it was not too late. */
static void forget_idle(pgw_session *session, enum pgw_interrupt reason)
{
    unsigned expected = (unsigned)reason;
    (void)atomic_compare_exchange_strong(&session->closing, &expected,
                                         PGW_INTERRUPT_NONE);
}

static void end_idle(pgw_session *session)
{
    if (!session->has_idle_deadline)
        return;
    session->has_idle_deadline = false;
    forget_idle(session, PGW_INTERRUPT_IDLE_SESSION);
    forget_idle(session, PGW_INTERRUPT_IDLE_TRANSACTION);
    interrupt_deadline(session, 0, PGW_INTERRUPT_NONE);
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
    if (running_is_active(&session->running))
        forget_idle(session, reason);
}

void interrupt_begin(pgw_session *session)
{
    if (running_is_active(&session->running))
        return;
    running_begin(&session->running);
    end_idle(session);
    session->has_deadline = session->statement_timeout_ms > 0;
    if (session->has_deadline)
        interrupt_deadline(session, session->statement_timeout_ms,
                           PGW_INTERRUPT_STATEMENT_TIMEOUT);
}

void interrupt_next(pgw_session *session)
{
    bool had_deadline = session->has_deadline;
    session->has_deadline = session->statement_timeout_ms > 0;
    if (session->has_deadline || had_deadline)
        interrupt_deadline(session, session->statement_timeout_ms,
                           session->has_deadline ? PGW_INTERRUPT_STATEMENT_TIMEOUT
                                                 : PGW_INTERRUPT_NONE);
}

void interrupt_end(pgw_session *session)
{
    if (!running_is_active(&session->running))
        return;
    running_end(&session->running);
    if (session->has_deadline)
        interrupt_deadline(session, 0, PGW_INTERRUPT_NONE);
    if (session->host.block_end)
        session->host.block_end(session->host_self);
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
    case PGW_INTERRUPT_NONE:
    case PGW_INTERRUPT_IDLE_SESSION:
    case PGW_INTERRUPT_IDLE_TRANSACTION:
    case PGW_INTERRUPT_LOGIN_TIMEOUT:
    case PGW_INTERRUPT_HANG_UP:
    case PGW_INTERRUPT_SHUTDOWN:
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
    if (!closes(reason))
        return running_interrupt(&session->running, (unsigned)reason, statement,
                                 interrupt_handler, session);
    /* What was sent before a hang-up may still be read. */
    if (reason != PGW_INTERRUPT_HANG_UP || running_is_active(&session->running))
        atomic_store(&session->closing, (unsigned)reason);
    return running_disturb(&session->running, interrupt_handler, session);
}

bool pgw_session_signal(const pgw_session *session, uint32_t pid,
                        enum pgw_interrupt reason)
{
    return session->host.signal &&
           session->host.signal(session->host_self, pid, reason);
}

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

enum pgw_status pgw_block_begin(pgw_session *session)
{
    if (!session->host.block_begin || session->host.block_begin(session->host_self))
        return PGW_OK;
    return PGW_WAIT;
}

void pgw_block_end(pgw_session *session)
{
    if (session->host.block_end)
        session->host.block_end(session->host_self);
}
