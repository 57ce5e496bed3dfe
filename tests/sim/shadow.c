/* shadow.c - wrappers around the arrows of conn.c, and around the session. */
#include "shadow.h"

#include <string.h>

#include "faults.h"
#include "net/admission.h"
#include "net/interrupts.h"
#include "net/loop.h"
#include "net/serve.h"
#include "pgwire/session_state.h"
#include "sched.h"
#include "shadow_http.h"
#include "threads.h"

static const uint64_t state_mask = 3, reason_mask = 0xfc;

static unsigned owners[SHADOW_CONNS_MAX];

void shadow_begin(void)
{
    memset(owners, 0, sizeof owners);
}

static unsigned *owner_of(const struct conn *conn)
{
    SIM_CHECK(conn->index < SHADOW_CONNS_MAX, "no room for connection %u", conn->index);
    return &owners[conn->index];
}

unsigned shadow_owner(const struct conn *conn)
{
    return *owner_of(conn);
}

static void must_own(const struct conn *conn, const char *what)
{
    SIM_CHECK(*owner_of(conn) == sched_self(), "%s: connection %u belongs to thread %u",
              what, conn->index, *owner_of(conn));
}

static void get(const struct conn *conn, const char *what)
{
    SIM_CHECK(*owner_of(conn) == 0, "%s: connection %u already belongs to thread %u",
              what, conn->index, *owner_of(conn));
    *owner_of(conn) = sched_self();
    sim_trace("%s: conn %u, reasons 0x%x", what, conn->index, conn->reasons);
}

static void give(const struct conn *conn, const char *what)
{
    *owner_of(conn) = 0;
    sim_trace("%s: conn %u", what, conn->index);
}

static enum conn_state state_of(const struct conn *conn)
{
    return (enum conn_state)(conn->word & state_mask);
}

/* ---- the states ---- */

#define WRAP(result, name, ...)                                                        \
    result __real_##name(__VA_ARGS__);                                                 \
    result __wrap_##name(__VA_ARGS__);                                                 \
    result __wrap_##name(__VA_ARGS__)

WRAP(void, conn_open, struct conn *conn)
{
    __real_conn_open(conn);
    get(conn, "open");
}

WRAP(bool, conn_park, struct conn *conn)
{
    must_own(conn, "park");
    if (fault_is(FAULT_PARK_OVER_REASONS)) {
        sched_point(__func__, __LINE__);
        conn->word &= ~reason_mask;
    }
    bool parked = __real_conn_park(conn);
    if (parked)
        give(conn, "park");
    return parked;
}

WRAP(void, conn_yield, struct conn *conn)
{
    must_own(conn, "yield");
    __real_conn_yield(conn);
    give(conn, "yield");
}

WRAP(bool, conn_wake, struct conn *conn, conn_handle handle, unsigned reasons)
{
    bool was_queued = state_of(conn) == CONN_QUEUED;
    bool woken = __real_conn_wake(conn, handle, reasons);
    if (woken)
        SIM_CHECK(*owner_of(conn) == 0, "wake: connection %u was not parked",
                  conn->index);
    sim_trace("wake: conn %u, reasons 0x%x%s", conn->index, reasons,
              woken ? ", queued" : "");
    return woken || (was_queued && fault_is(FAULT_WAKE_QUEUED));
}

WRAP(bool, conn_claim, struct conn *conn, conn_handle handle, unsigned reasons)
{
    if (fault_is(FAULT_READY_ONCE) && state_of(conn) != CONN_PARKED)
        return false;
    if (fault_is(FAULT_ENDING_FORGOTTEN))
        reasons &= ~(unsigned)CONN_ENDING;
    bool claimed = __real_conn_claim(conn, handle, reasons);
    if (claimed)
        get(conn, "claim");
    return claimed;
}

WRAP(void, conn_resume, struct conn *conn)
{
    __real_conn_resume(conn);
    get(conn, "resume");
}

WRAP(void, conn_seize, struct conn *conn)
{
    SIM_CHECK(*owner_of(conn) == 0, "seize: somebody still has connection %u",
              conn->index);
    __real_conn_seize(conn);
    get(conn, "seize");
}

WRAP(void, conn_retire, struct conn *conn)
{
    must_own(conn, "retire");
    SIM_CHECK(conn->slot == SLOT_NONE, "connection %u ends with a slot", conn->index);
    SIM_CHECK(conn->due_us == 0, "connection %u ends with a deadline", conn->index);
    __real_conn_retire(conn);
    give(conn, "retire");
}

/* ---- the queue, slots, deadlines: faults alone ---- */

WRAP(void, loop_wake, struct net *net, conn_handle handle, unsigned reasons)
{
    if ((fault_is(FAULT_NO_SLOT_WAKE) && reasons & CONN_SLOT) ||
        (fault_is(FAULT_NO_INTERRUPT_WAKE) && reasons & CONN_INTERRUPT))
        return;
    __real_loop_wake(net, handle, reasons);
}

WRAP(bool, run_queue_doze, struct run_queue *queue)
{
    if (!fault_is(FAULT_NO_SECOND_LOOK))
        return __real_run_queue_doze(queue);
    sched_point(__func__, __LINE__);
    queue->sleepers++;
    return true;
}

WRAP(bool, deadlines_set, struct deadlines *deadlines, struct conn *conn,
     uint64_t at_us)
{
    return __real_deadlines_set(deadlines, conn,
                                fault_is(FAULT_DEADLINE_LATE) ? at_us + 10000 : at_us);
}

WRAP(bool, slots_take, struct slots *slots, struct conn *conn)
{
    must_own(conn, "take a slot");
    bool taken = __real_slots_take(slots, conn);
    sim_trace("slot: conn %u %s", conn->index, taken ? "has one" : "waits");
    return taken || fault_is(FAULT_SLOT_UNASKED);
}

WRAP(void, slots_release, struct slots *slots, struct conn *conn)
{
    bool held = conn->slot == SLOT_HELD;
    must_own(conn, "release a slot");
    if (held && fault_is(FAULT_SLOT_KEPT)) {
        conn->slot = SLOT_NONE;
        return;
    }
    __real_slots_release(slots, conn);
    if (held)
        sim_trace("slot: conn %u has given it back", conn->index);
    if (held && fault_is(FAULT_SLOT_TWICE) && slots->taken > 0)
        slots->taken--;
}

WRAP(struct conn *, run_queue_pop, struct run_queue *queue)
{
    fault_pops(true);
    struct conn *conn = __real_run_queue_pop(queue);
    fault_pops(false);
    return conn;
}

WRAP(void, run_queue_pass_on, struct run_queue *queue)
{
    if (!fault_is(FAULT_TURN_KEPT))
        __real_run_queue_pass_on(queue);
}

WRAP(void, deadlines_remove, struct deadlines *deadlines, struct conn *conn)
{
    if (!fault_is(FAULT_DEADLINE_LEFT))
        __real_deadlines_remove(deadlines, conn);
}

WRAP(void, lobby_leave, struct lobby *lobby, struct conn *conn, bool *awaited)
{
    __real_lobby_leave(lobby, conn, awaited);
    *awaited = *awaited && !fault_is(FAULT_ROOM_UNTOLD);
}

WRAP(bool, lobby_pass, struct lobby *lobby, struct conn *conn, bool *awaited)
{
    bool passes = __real_lobby_pass(lobby, conn, awaited);
    *awaited = *awaited && !fault_is(FAULT_ROOM_UNTOLD);
    return passes;
}

WRAP(void, admission_leave, struct conn *conn)
{
    conn->has_place = conn->has_place && !fault_is(FAULT_PLACE_KEPT);
    __real_admission_leave(conn);
}

WRAP(void, interrupts_hang_up, struct net *net, conn_handle handle)
{
    if (!fault_is(FAULT_HANG_UP_UNHEARD))
        __real_interrupts_hang_up(net, handle);
}

WRAP(void, interrupts_shutdown, struct net *net)
{
    if (!fault_is(FAULT_SHUTDOWN_UNHEARD))
        __real_interrupts_shutdown(net);
}

/* ---- the session ---- */

static const struct conn *conn_of(const pgw_session *session)
{
    return session->host_self;
}

unsigned __real_pgw_session_want(const pgw_session *session);

unsigned shadow_want(const struct conn *conn)
{
    if (shadow_http_is(conn))
        return shadow_http_want(conn);
    return __real_pgw_session_want(conn->session.self);
}

bool shadow_runs(const struct conn *conn, unsigned *reason)
{
    if (shadow_http_is(conn))
        return shadow_http_runs(conn, reason);
    const pgw_session *session = conn->session.self;
    *reason = session->closing ? session->closing : running_reason(&session->running);
    return running_is_active(&session->running) && session->state != STATE_SYNC;
}

WRAP(unsigned, pgw_session_want, const pgw_session *session)
{
    must_own(conn_of(session), "want");
    unsigned want = __real_pgw_session_want(session);
    must_own(conn_of(session), "want, at its end");
    return want;
}

WRAP(void, pgw_session_run, pgw_session *session)
{
    must_own(conn_of(session), "run");
    __real_pgw_session_run(session);
    must_own(conn_of(session), "run, at its end");
}

WRAP(uint8_t *, pgw_session_recv_buf, pgw_session *session, size_t *len)
{
    must_own(conn_of(session), "recv_buf");
    return __real_pgw_session_recv_buf(session, len);
}

WRAP(void, pgw_session_recv_ack, pgw_session *session, size_t len)
{
    must_own(conn_of(session), "recv_ack");
    __real_pgw_session_recv_ack(session, len);
}

WRAP(size_t, pgw_session_send_iov, pgw_session *session, struct iovec *iov, size_t max)
{
    must_own(conn_of(session), "send_iov");
    return __real_pgw_session_send_iov(session, iov, max);
}

WRAP(void, pgw_session_send_ack, pgw_session *session, size_t bytes)
{
    must_own(conn_of(session), "send_ack");
    __real_pgw_session_send_ack(session, bytes);
}

WRAP(void, pgw_session_idle, pgw_session *session)
{
    must_own(conn_of(session), "idle");
    __real_pgw_session_idle(session);
}

WRAP(void, pgw_session_free, pgw_session *session)
{
    must_own(conn_of(session), "free");
    __real_pgw_session_free(session);
}

WRAP(bool, pgw_session_key_matches, const pgw_session *session, struct pgw_slice key)
{
    return __real_pgw_session_key_matches(session, key) ||
           fault_is(FAULT_CANCEL_STRANGER);
}

WRAP(bool, pgw_session_interrupt, pgw_session *session, enum pgw_interrupt reason,
     uint64_t *statement)
{
    const struct conn *conn = conn_of(session);
    SIM_CHECK(conn->open && !threads_is_free(&conn->lock),
              "a session is interrupted that may be freed meanwhile");
    if (fault_is(FAULT_CANCEL_ANY))
        *statement = 0;
    if (fault_is(FAULT_DRAIN_CUTS) && reason == PGW_INTERRUPT_DRAIN)
        reason = PGW_INTERRUPT_SHUTDOWN;
    bool again = __real_pgw_session_interrupt(session, reason, statement);
    sim_trace("interrupt: conn %u, reason %d, statement %llu%s", conn->index,
              (int)reason, (unsigned long long)*statement, again ? ", again" : "");
    return again && !fault_is(FAULT_NO_REPEAT);
}
