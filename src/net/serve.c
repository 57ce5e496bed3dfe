/* serve.c - the driver: a session says what it wants, this obeys.
 *
 *     CLOSE  free the session, close the socket
 *     WORK   run: one step; SEND beside it: the output may leave meanwhile (lend.h)
 *     SEND   write the output; would block: not again in this turn (LAST: close)
 *     TLS    a piece of the handshake (secure.c); would block: likewise
 *     RECV   read into the input; would block: likewise
 *     WAIT   park; once woken, run
 *
 * in this order. A turn ends when all that is wanted would block (the connection
 * parks), when the session closes, or after yield_steps steps, when the connection goes
 * to the end of the queue. What ends a WAIT is news until the session has run: it is
 * kept from turn to turn.
 *
 * A parked connection holds no slot; it may stand in the slots' queue while it waits.
 */
#include "net/serve.h"

#include <assert.h>

#include "core/heap.h"
#include "net/admission.h"
#include "net/lend.h"
#include "net/loop.h"
#include "net/secure.h"

enum { IOV_MAX_AT_ONCE = 64 };

enum action {
    ACTION_CLOSE,
    ACTION_RUN,
    ACTION_SEND,
    ACTION_TLS,
    ACTION_RECV,
    ACTION_PARK
};

struct turn {
    unsigned want;    /* of the session, when it was asked last */
    unsigned blocked; /* of PGW_WANT_SEND, _TLS, _RECV: not before the socket says so */
    bool failed;      /* the socket, or memory: close */
};

/* ---- one step each ---- */

/* What is ready to be sent does not wait for a handler that blocks. */
static void run_step(struct conn *conn, const struct turn *turn)
{
    struct lent lent;
    bool lends = turn->want & ~turn->blocked & PGW_WANT_SEND;
    conn->woken = false;
    conn->lent = lends ? &lent : NULL;
    conn->session.ops->run(conn->session.self);
    if (lends)
        lend_end(conn);
}

static void send_step(struct conn *conn, struct turn *turn)
{
    struct iovec iov[IOV_MAX_AT_ONCE];
    const struct session *session = &conn->session;
    size_t offered = 0;
    size_t count = session->ops->send_iov(session->self, iov, IOV_MAX_AT_ONCE);
    for (size_t i = 0; i < count; i++)
        offered += iov[i].iov_len;
    ssize_t sent = conn->transport.ops->sendv(&conn->transport, iov, count);
    if (sent >= 0)
        session->ops->send_ack(session->self, (size_t)sent);
    turn->failed = sent == TRANSPORT_FAILED || count == 0;
    if (sent != (ssize_t)offered)
        turn->blocked |= PGW_WANT_SEND;
}

static void recv_step(struct conn *conn, struct turn *turn)
{
    size_t room = 0;
    const struct session *session = &conn->session;
    uint8_t *buffer = session->ops->recv_buf(session->self, &room);
    if (!buffer) { /* out of memory: its last words are sent */
        turn->failed = session->ops->want(session->self) & PGW_WANT_RECV;
        return;
    }
    ssize_t got = conn->transport.ops->recv(&conn->transport, buffer, room);
    if (got > 0) {
        session->ops->recv_ack(session->self, (size_t)got);
    } else if (got == TRANSPORT_END) {
        conn->eof = true;
        session->ops->recv_eof(session->self);
    }
    turn->failed = got == TRANSPORT_FAILED;
    /* A short read has emptied the socket, which will tell when there is more; but the
     * end behind the bytes has been told already. */
    bool short_read = got < (ssize_t)room && !(got > 0 && conn->ending);
    if (short_read && !conn->transport.ops->pending(&conn->transport))
        turn->blocked |= PGW_WANT_RECV;
}

static void tls_step(struct conn *conn, struct turn *turn)
{
    switch (secure_step(conn)) {
    case SECURE_DONE:
        turn->blocked = 0; /* what came behind the handshake may have been read */
        break;
    case SECURE_BLOCKED:
        turn->blocked |= PGW_WANT_TLS;
        break;
    case SECURE_FAILED:
        turn->failed = true;
        break;
    }
}

/* ---- the end of a turn ---- */

/* A slot is for running: a reader that is slow, or silent, gives it back. */
static void settle_slot(struct conn *conn, unsigned want)
{
    if (!(want & PGW_WANT_WAIT) || atomic_load(&conn->slot) == SLOT_HELD)
        slots_release(&conn->net->slots, conn);
    assert(atomic_load(&conn->slot) != SLOT_HELD);
}

/* What has happened since the owner looked last. */
static void take_reasons(struct conn *conn, struct turn *turn)
{
    if (conn->reasons & (CONN_SLOT | CONN_INTERRUPT))
        conn->woken = true;
    if (conn->reasons & CONN_READY || secure_is_due(conn))
        turn->blocked = 0;
    if (conn->reasons & CONN_ENDING)
        conn->ending = true;
}

/* True: it may be another thread's from here on. False: something has happened. */
static bool park(struct conn *conn, struct turn *turn)
{
    const struct session *session = &conn->session;
    unsigned want = session->ops->want(session->self);
    if (!secure_is_due(conn))
        settle_slot(conn, want);
    if (want == PGW_WANT_RECV)
        session->ops->idle(session->self);
    if (conn_park(conn))
        return true;
    take_reasons(conn, turn);
    return false;
}

static void yield(struct conn *conn)
{
    struct run_queue *queue = &conn->net->queue;
    conn_yield(conn);
    run_queue_push(queue, conn);
}

void serve_close(struct conn *conn)
{
    struct net *net = conn->net;
    (void)pthread_mutex_lock(&conn->lock);
    conn->open = false; /* no interrupt begins any more */
    (void)pthread_mutex_unlock(&conn->lock);
    deadlines_remove(&net->deadlines, conn);
    if (conn->session.ops)
        conn->session.ops->free(conn->session.self);
    slots_release(secure_is_due(conn) ? &net->handshakes : &net->slots, conn);
    admission_leave(conn);
    conn->transport.ops->close(&conn->transport);
    if (registry_put(&net->registry, conn))
        heap_trim();
    if (atomic_load(&net->stop_requested) != NET_STOP_NOT &&
        atomic_load(&net->registry.live) == 0)
        loop_alarm(net); /* the watchdog waits for the last one */
}

/* ---- a turn ---- */

static enum action next_action(const struct conn *conn, struct turn *turn)
{
    unsigned want = turn->want = conn->session.ops->want(conn->session.self);
    unsigned able = want & ~turn->blocked;
    unsigned hopeful = PGW_WANT_WORK | PGW_WANT_WAIT | PGW_WANT_SEND;
    bool gives_up = want & PGW_WANT_LAST && turn->blocked & PGW_WANT_SEND;
    if (turn->failed || gives_up || want & PGW_WANT_CLOSE ||
        (conn->eof && !(want & hopeful)))
        return ACTION_CLOSE;
    if (want & PGW_WANT_WORK || (want & PGW_WANT_WAIT && conn->woken))
        return ACTION_RUN;
    if (secure_is_due(conn) || want & PGW_WANT_TLS)
        return turn->blocked & PGW_WANT_TLS ? ACTION_PARK : ACTION_TLS;
    if (able & PGW_WANT_SEND)
        return ACTION_SEND;
    if (able & PGW_WANT_RECV && !conn->eof)
        return ACTION_RECV;
    return ACTION_PARK;
}

void serve(struct conn *conn)
{
    struct turn turn = {0};
    take_reasons(conn, &turn);
    for (unsigned step = 0; step < conn->net->options.yield_steps; step++) {
        switch (next_action(conn, &turn)) {
        case ACTION_CLOSE:
            serve_close(conn);
            return;
        case ACTION_RUN:
            run_step(conn, &turn);
            break;
        case ACTION_SEND:
            send_step(conn, &turn);
            break;
        case ACTION_TLS:
            tls_step(conn, &turn);
            break;
        case ACTION_RECV:
            recv_step(conn, &turn);
            break;
        case ACTION_PARK:
            if (park(conn, &turn))
                return;
            break;
        }
    }
    yield(conn);
}

void serve_first(struct conn *conn)
{
    struct turn turn = {.blocked = PGW_WANT_RECV | PGW_WANT_TLS};
    if (next_action(conn, &turn) != ACTION_PARK || !park(conn, &turn))
        yield(conn);
}
