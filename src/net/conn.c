/* conn.c - one connection: its transport, its session, and who may touch them.
 *
 * conn_serve obeys the session's mask: CLOSE, WORK, SEND, RECV, in that order; what
 * would block parks the connection. A parked connection holds no slot, but for the
 * moment in which one is being handed to it. After a number of steps it yields its
 * thread. */
#include <sys/epoll.h>

#include "core/clock.h"
#include "net/loop.h"

enum { IOV_MAX_USED = 64 };

enum served { SERVED_ON, SERVED_PARKED, SERVED_CLOSED };

/* ---- what the session may ask ---- */

static bool host_block_begin(void *self)
{
    struct conn *conn = self;
    return slots_begin(&conn->net->slots, conn);
}

static void host_block_end(void *self)
{
    struct conn *conn = self;
    slots_end(&conn->net->slots, conn);
}

static void host_deadline(void *self, uint64_t at_us, enum pgw_interrupt reason)
{
    struct conn *conn = self;
    atomic_store(&conn->deadline_reason, (unsigned)reason);
    atomic_store(&conn->deadline_us, at_us);
    if (at_us)
        watchdog_deadline(conn->net, at_us);
}

static uint64_t host_now(void *self)
{
    (void)self;
    return clock_now_us();
}

static void host_cancel(void *self, uint32_t pid, struct pgw_slice key)
{
    struct conn *asking = self;
    struct net *net = asking->net;
    uint64_t handle = registry_handle_of_pid(&net->registry, pid);
    struct conn *conn = handle ? registry_find(&net->registry, handle) : NULL;
    bool matches = false;
    if (!conn || conn == asking)
        return;
    pthread_mutex_lock(&conn->lock);
    if (atomic_load(&conn->handle) == handle && conn->session.ops &&
        conn->session.ops->key_matches)
        matches = conn->session.ops->key_matches(conn->session.self, key);
    pthread_mutex_unlock(&conn->lock);
    if (matches)
        watchdog_interrupt(net, handle, PGW_INTERRUPT_CANCEL);
}

const struct pgw_host conn_host = {.block_begin = host_block_begin,
                                   .block_end = host_block_end,
                                   .deadline = host_deadline,
                                   .now_us = host_now,
                                   .cancel = host_cancel};

/* ---- who owns it ---- */

bool conn_own(struct conn *conn)
{
    unsigned state = atomic_load(&conn->state);
    for (;;) {
        unsigned next = CONN_OWNED;
        if ((state & CONN_STATE_MASK) == CONN_QUEUED)
            return false; /* it will look by itself */
        if ((state & CONN_STATE_MASK) == CONN_OWNED)
            next = state | CONN_WOKEN; /* the owner looks again before it parks */
        if (atomic_compare_exchange_weak(&conn->state, &state, next))
            return (state & CONN_STATE_MASK) == CONN_PARKED;
    }
}

void conn_wake(struct net *net, uint64_t handle)
{
    struct conn *conn = registry_find(&net->registry, handle);
    if (!conn)
        return;
    unsigned state = atomic_load(&conn->state);
    for (;;) {
        unsigned next = state | CONN_WOKEN;
        if ((state & CONN_STATE_MASK) == CONN_PARKED)
            next = CONN_QUEUED;
        else if ((state & CONN_STATE_MASK) == CONN_QUEUED)
            return;
        if (atomic_compare_exchange_weak(&conn->state, &state, next))
            break;
    }
    if ((state & CONN_STATE_MASK) == CONN_PARKED)
        worker_enqueue(net, conn);
}

static void arm(struct conn *conn, uint32_t events)
{
    struct epoll_event event = {.events = events | EPOLLONESHOT,
                                .data.u64 = atomic_load(&conn->handle)};
    int operation = conn->armed ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    conn->armed = true;
    (void)epoll_ctl(conn->net->epoll, operation, conn->transport.fd, &event);
}

/* Arm it, then let go of it; without events only a wake-up brings it back, and a
 * hang-up is the watchdog's to see. False: it was woken meanwhile, and is still owned.
 */
static bool park(struct conn *conn, uint32_t events)
{
    unsigned state = CONN_OWNED;
    if (events)
        arm(conn, events);
    if (atomic_compare_exchange_strong(&conn->state, &state, CONN_PARKED))
        return true;
    atomic_store(&conn->state, CONN_OWNED);
    return false;
}

/* ---- life ---- */

static void close_conn(struct conn *conn)
{
    struct net *net = conn->net;
    atomic_store(&conn->deadline_us, 0);
    pthread_mutex_lock(&conn->lock);
    conn->session.ops->free(conn->session.self);
    conn->session = (struct session){0};
    atomic_store(&conn->handle, 0);
    pthread_mutex_unlock(&conn->lock);
    slots_leave(&net->slots, conn);
    conn->transport.ops->close(&conn->transport);
    registry_remove(&net->registry, conn);
}

void conn_open(struct net *net, int fd, const struct session_factory *factory,
               const struct session_peer *peer)
{
    struct transport transport;
    transport_plain(&transport, fd);
    struct conn *conn = registry_add(&net->registry, net);
    if (!conn) {
        transport.ops->close(&transport);
        return;
    }
    conn->transport = transport;
    conn->armed = false;
    atomic_store(&conn->state, CONN_OWNED);
    conn->peer = *peer;
    conn->peer.host = &conn_host;
    conn->peer.host_self = conn;
    conn->peer.pid = registry_pid(conn);
    pthread_mutex_lock(&conn->lock);
    bool opened = factory->open(factory->ctx, &conn->peer, &conn->session);
    if (!opened)
        atomic_store(&conn->handle, 0);
    pthread_mutex_unlock(&conn->lock);
    if (!opened) {
        transport.ops->close(&transport);
        registry_remove(&net->registry, conn);
        return;
    }
    watchdog_watch(net, conn);
    /* Parked first: once it is armed it may be another thread's. Who accepts never
     * serves, or a statement would keep the listener from the next client. */
    atomic_store(&conn->state, CONN_PARKED);
    arm(conn, EPOLLIN);
}

/* ---- serving ---- */

static enum served park_for(struct conn *conn, uint32_t events)
{
    return park(conn, events) ? SERVED_PARKED : SERVED_ON;
}

/* What can leave now; negative: TRANSPORT_… */
static ssize_t send_some(struct conn *conn)
{
    struct iovec iov[IOV_MAX_USED];
    const struct session *session = &conn->session;
    size_t count = session->ops->send_iov(session->self, iov, IOV_MAX_USED);
    ssize_t sent = conn->transport.ops->sendv(&conn->transport, iov, count);
    if (sent > 0)
        session->ops->send_ack(session->self, (size_t)sent);
    return sent;
}

static enum served serve_send(struct conn *conn)
{
    ssize_t sent = send_some(conn);
    if (sent >= 0)
        return SERVED_ON;
    if (sent == TRANSPORT_BROKEN)
        return SERVED_CLOSED;
    slots_end(&conn->net->slots, conn); /* a slow reader holds no thread */
    return park_for(conn, EPOLLOUT);
}

static enum served serve_recv(struct conn *conn)
{
    size_t len;
    const struct session *session = &conn->session;
    uint8_t *room = session->ops->recv_buf(session->self, &len);
    if (!room)
        return SERVED_CLOSED;
    ssize_t got = conn->transport.ops->recv(&conn->transport, room, len);
    if (got == TRANSPORT_BROKEN)
        return SERVED_CLOSED;
    if (got == TRANSPORT_AGAIN) {
        slots_end(&conn->net->slots, conn);
        session->ops->idle(session->self);
        return park_for(conn, EPOLLIN);
    }
    if (got == 0)
        session->ops->recv_eof(session->self);
    else
        session->ops->recv_ack(session->self, (size_t)got);
    return SERVED_ON;
}

/* The session waits to be woken; what it has to say leaves meanwhile. */
static enum served serve_wait(struct conn *conn, unsigned want)
{
    if ((want & PGW_WANT_SEND) && send_some(conn) == TRANSPORT_BROKEN)
        return SERVED_CLOSED;
    return park_for(conn, 0);
}

static enum served serve_step(struct conn *conn, bool *woken)
{
    const struct session *session = &conn->session;
    unsigned want = session->ops->want(session->self);
    if (want & PGW_WANT_CLOSE)
        return SERVED_CLOSED;
    if ((want & PGW_WANT_WORK) || ((want & PGW_WANT_WAIT) && *woken)) {
        *woken = false;
        session->ops->run(session->self);
        return SERVED_ON;
    }
    if (want & PGW_WANT_WAIT) {
        enum served served = serve_wait(conn, want);
        *woken = served == SERVED_ON;
        return served;
    }
    return want & PGW_WANT_SEND ? serve_send(conn) : serve_recv(conn);
}

void conn_serve(struct conn *conn, bool woken)
{
    struct net *net = conn->net;
    enum served served = SERVED_ON;
    for (unsigned steps = 0; steps < net->options.yield_steps && served == SERVED_ON;
         steps++)
        served = serve_step(conn, &woken);
    if (served == SERVED_CLOSED) {
        close_conn(conn);
    } else if (served == SERVED_ON) {
        atomic_store(&conn->state, CONN_QUEUED);
        worker_enqueue(net, conn);
    }
}
