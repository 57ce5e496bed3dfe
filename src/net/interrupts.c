/* interrupts.c - requests, repetition, and the four times a connection waits for.
 *
 * A connection has at most one request under way; a graver reason replaces it. The
 * earliest of deadline, hang-up, repetition and what is lent (lend.h) is its entry
 * among the deadlines. A request is repeated the less often the longer it has taken: an
 * engine that did not hear it the first time hears it soon, and a client that does not
 * read its rows costs little.
 *
 * Hang-up. What a client sent before it went is served as PostgreSQL would, if that is
 * soon done: HANG_UP_GRACE_US later, whatever still runs is interrupted, and so on
 * until the session ends. A killed client and one that has only closed its sending half
 * look alike. */
#include "net/interrupts.h"

#include "core/clock.h"
#include "net/lend.h"
#include "net/loop.h"

enum { REPEAT_US = 5000, REPEAT_MAX_US = 100000, HANG_UP_GRACE_US = 250000 };
enum { LEND_US = 2000 };

/* What ends a session is graver than what ends a statement. */
static unsigned gravity(enum pgw_interrupt reason)
{
    static const unsigned gravities[] = {
        [PGW_INTERRUPT_NONE] = 0,
        [PGW_INTERRUPT_DRAIN] = 0,
        [PGW_INTERRUPT_CANCEL] = 1,
        [PGW_INTERRUPT_STATEMENT_TIMEOUT] = 2,
        [PGW_INTERRUPT_QUEUE_TIMEOUT] = 2,
        [PGW_INTERRUPT_IDLE_SESSION] = 3,
        [PGW_INTERRUPT_IDLE_TRANSACTION] = 3,
        [PGW_INTERRUPT_TRANSACTION_TIMEOUT] = 4,
        [PGW_INTERRUPT_LOGIN_TIMEOUT] = 5,
        [PGW_INTERRUPT_HANG_UP] = 6,
        [PGW_INTERRUPT_SHUTDOWN] = 7,
    };
    return gravities[reason];
}

static bool has_graver(const struct conn *conn, enum pgw_interrupt reason)
{
    return conn->repeat_at_us && gravity(conn->repeat_reason) > gravity(reason);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    if (!a || !b)
        return a | b;
    return a < b ? a : b;
}

/* ---- with the connection's lock held ---- */

static void schedule(struct conn *conn)
{
    uint64_t next = earlier(earlier(conn->deadline_at_us, conn->lend_at_us),
                            earlier(conn->hang_up_at_us, conn->repeat_at_us));
    if (next && deadlines_set(&conn->net->deadlines, conn, next))
        loop_alarm(conn->net);
}

static uint64_t pause_us(uint64_t taken_us)
{
    uint64_t pause = taken_us / 8;
    if (pause < REPEAT_US)
        return REPEAT_US;
    return pause < REPEAT_MAX_US ? pause : REPEAT_MAX_US;
}

static void deliver(struct conn *conn, uint64_t now_us)
{
    const struct session *session = &conn->session;
    bool again = session->ops->interrupt(session->self, conn->repeat_reason,
                                         &conn->repeat_statement);
    conn->repeat_at_us = again ? now_us + pause_us(now_us - conn->repeat_since_us) : 0;
}

static void request(struct conn *conn, enum pgw_interrupt reason, uint64_t now_us)
{
    if (!conn->session.ops)
        return;
    if (has_graver(conn, reason))
        deliver(conn, now_us); /* is it still about what runs now? */
    if (has_graver(conn, reason))
        return;
    conn->repeat_reason = reason;
    conn->repeat_statement = 0;
    conn->repeat_since_us = now_us;
    deliver(conn, now_us);
    loop_wake(conn->net, conn_handle_of(conn), CONN_INTERRUPT);
}

static bool has_come(uint64_t *at_us, uint64_t now_us)
{
    if (!*at_us || *at_us > now_us)
        return false;
    *at_us = 0;
    return true;
}

/* ---- the ways in ---- */

/* Lock the tenant of a handle; NULL, and nothing locked: it has gone. */
static struct conn *enter(struct net *net, conn_handle handle)
{
    struct conn *conn = registry_find(&net->registry, handle);
    if (!conn)
        return NULL;
    (void)pthread_mutex_lock(&conn->lock);
    if (conn->open && conn_handle_of(conn) == handle)
        return conn;
    (void)pthread_mutex_unlock(&conn->lock);
    return NULL;
}

/* One that has closed keeps nothing among the deadlines. */
static void leave(struct conn *conn)
{
    if (conn->open)
        schedule(conn);
    (void)pthread_mutex_unlock(&conn->lock);
}

void interrupts_deadline(struct conn *conn, uint64_t at_us, enum pgw_interrupt reason)
{
    (void)pthread_mutex_lock(&conn->lock);
    if (conn->open) {
        conn->deadline_at_us = at_us;
        conn->deadline_reason = reason;
        schedule(conn);
    }
    (void)pthread_mutex_unlock(&conn->lock);
}

void interrupts_lend(struct conn *conn)
{
    (void)pthread_mutex_lock(&conn->lock);
    if (conn->open) {
        atomic_store(&conn->lend_is_due, true);
        conn->lend_at_us = clock_now_us() + LEND_US;
        schedule(conn);
    }
    (void)pthread_mutex_unlock(&conn->lock);
}

/* Lock the session of a process id; NULL, and nothing locked: there is none. */
static struct conn *enter_pid(struct net *net, uint32_t pid)
{
    struct conn *conn = registry_find_pid(&net->registry, pid);
    if (!conn)
        return NULL;
    (void)pthread_mutex_lock(&conn->lock);
    if (conn->open && registry_pid(conn) == pid && conn->session.ops)
        return conn;
    (void)pthread_mutex_unlock(&conn->lock);
    return NULL;
}

void interrupts_cancel(struct net *net, uint32_t pid, struct pgw_slice key)
{
    struct conn *conn = enter_pid(net, pid);
    if (!conn)
        return;
    const struct session *session = &conn->session;
    if (session->ops->key_matches && session->ops->key_matches(session->self, key))
        request(conn, PGW_INTERRUPT_CANCEL, clock_now_us());
    leave(conn);
}

bool interrupts_signal(struct net *net, uint32_t pid, enum pgw_interrupt reason)
{
    struct conn *conn = enter_pid(net, pid);
    if (!conn)
        return false;
    if (reason != PGW_INTERRUPT_NONE)
        request(conn, reason, clock_now_us());
    leave(conn);
    return true;
}

void interrupts_hang_up(struct net *net, conn_handle handle)
{
    struct conn *conn = enter(net, handle);
    if (!conn)
        return;
    if (!conn->hang_up_at_us)
        conn->hang_up_at_us = clock_now_us() + HANG_UP_GRACE_US;
    leave(conn);
}

void interrupts_attend(struct net *net, conn_handle handle, uint64_t now_us)
{
    struct conn *conn = enter(net, handle);
    if (!conn)
        return;
    if (has_come(&conn->lend_at_us, now_us) && lend_send(conn))
        conn->lend_at_us = now_us + REPEAT_US;
    if (has_come(&conn->repeat_at_us, now_us))
        deliver(conn, now_us);
    if (has_come(&conn->deadline_at_us, now_us))
        request(conn, conn->deadline_reason, now_us);
    if (has_come(&conn->hang_up_at_us, now_us)) {
        request(conn, PGW_INTERRUPT_HANG_UP, now_us);
        conn->hang_up_at_us = now_us + HANG_UP_GRACE_US; /* for what runs next */
    }
    leave(conn);
}

void interrupts_send_away(struct net *net, conn_handle handle)
{
    struct conn *conn = enter(net, handle);
    if (!conn)
        return;
    request(conn, PGW_INTERRUPT_LOGIN_TIMEOUT, clock_now_us());
    leave(conn);
}

/* It ends by itself when what it does is done: nothing is repeated, and what is under
 * way goes on. */
void interrupts_drain(struct net *net)
{
    struct conn *conn;
    for (size_t i = 0; (conn = registry_at(&net->registry, i)); i++) {
        uint64_t statement = 0;
        (void)pthread_mutex_lock(&conn->lock);
        if (conn->open && conn->session.ops) {
            (void)conn->session.ops->interrupt(conn->session.self, PGW_INTERRUPT_DRAIN,
                                               &statement);
            loop_wake(net, conn_handle_of(conn), CONN_INTERRUPT);
        }
        leave(conn);
    }
}

void interrupts_shutdown(struct net *net)
{
    uint64_t now = clock_now_us();
    struct conn *conn;
    for (size_t i = 0; (conn = registry_at(&net->registry, i)); i++) {
        (void)pthread_mutex_lock(&conn->lock);
        if (conn->open)
            request(conn, PGW_INTERRUPT_SHUTDOWN, now);
        leave(conn);
    }
}
