/* interrupt.c - ending a statement, or a session, from another thread.
 *
 * One atomic word says which statement runs and whether somebody wants it to end:
 *
 *     bits 16…  the statement's number     bit 8  it runs     bits 0–7  the reason
 *
 * Who interrupts swaps the reason in only while that statement runs, so a cancel that
 * comes too late finds nothing. Reasons that close the connection have a word of their
 * own, which is never taken back; only that the session was idle is forgotten when a
 * statement begins at that very moment. */
#include "pgwire/session_state.h"

static const uint64_t active_bit = 1 << 8;
static const uint64_t reason_mask = 0xff;

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
    if (atomic_load(&session->running) & active_bit)
        return;
    (void)atomic_compare_exchange_strong(&session->closing, &expected,
                                         (unsigned)reason);
    if (atomic_load(&session->running) & active_bit)
        forget_idle(session, reason);
}

void interrupt_begin(pgw_session *session)
{
    if (atomic_load_explicit(&session->running, memory_order_relaxed) & active_bit)
        return;
    session->statement_number++;
    atomic_store(&session->running, session->statement_number << 16 | active_bit);
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
    if (!(atomic_load_explicit(&session->running, memory_order_relaxed) & active_bit))
        return;
    atomic_store(&session->running, session->statement_number << 16);
    if (session->has_deadline)
        interrupt_deadline(session, 0, PGW_INTERRUPT_NONE);
    if (session->host.block_end)
        session->host.block_end(session->host_self);
}

static bool say_why(uint64_t word, struct pgw_error *err)
{
    switch ((enum pgw_interrupt)(word & reason_mask)) {
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

bool interrupt_pending(pgw_session *session, struct pgw_error *err)
{
    return say_why(atomic_load(&session->running), err);
}

void interrupt_translate(pgw_session *session, struct pgw_error *err)
{
    if (strcmp(err->sqlstate, "57014") == 0)
        (void)say_why(atomic_load(&session->running), err);
}

/* Put the reason into the word of that statement; false: it does not run any more. */
static bool mark(pgw_session *session, enum pgw_interrupt reason, uint64_t *statement)
{
    uint64_t word = atomic_load(&session->running);
    for (;;) {
        if (!(word & active_bit) || (*statement && word >> 16 != *statement))
            return false;
        if (word & reason_mask)
            break;
        if (atomic_compare_exchange_weak(&session->running, &word,
                                         word | (uint64_t)reason))
            break;
    }
    *statement = word >> 16;
    return true;
}

bool pgw_session_interrupt(pgw_session *session, enum pgw_interrupt reason,
                           uint64_t *statement)
{
    bool running;
    if (reason == PGW_INTERRUPT_IDLE_SESSION ||
        reason == PGW_INTERRUPT_IDLE_TRANSACTION) {
        close_idle(session, reason);
        return false;
    }
    if (closes(reason)) {
        running = atomic_load(&session->running) & active_bit;
        if (running ||
            reason != PGW_INTERRUPT_HANG_UP) /* what was sent may still be read */
            atomic_store(&session->closing, (unsigned)reason);
    } else {
        running = mark(session, reason, statement);
    }
    const struct pgw_cancel_ops *cancel = session->handlers->cancel;
    if (running && cancel && cancel->interrupt)
        cancel->interrupt(session->state_of_host);
    return running;
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
