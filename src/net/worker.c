/* worker.c - a worker thread: the next connection, its turn, the next.
 *
 * Connections come from the epoll set all workers share, and from the run queue
 * (yielded, woken, granted a slot). A worker that finds the queue filled looks at both
 * in turn, so neither starves; it may have taken the queue's event, so when it serves a
 * socket instead, it tells another.
 *
 * The set is edge triggered and a socket is registered once: whom its event reaches
 * owns the connection or leaves a reason with the owner (conn.c), so nothing has to be
 * armed after a turn. One event at a time, since a turn may block the thread, and what
 * else it had taken would wait behind it. docs/internals/net.md has what was tried, and
 * the numbers. */
#include "net/worker.h"

#include <errno.h>
#include <sys/epoll.h>

#include "net/loop.h"
#include "net/serve.h"

enum { FOREVER = -1, NOT_AT_ALL = 0 };

static unsigned reasons_of(uint32_t events)
{
    unsigned ending = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR) ? CONN_ENDING : 0;
    return CONN_READY | ending;
}

/* The connection of the next event, owned; NULL: none, or it was the queue's. */
static struct conn *poll_socket(struct net *net, int timeout)
{
    struct epoll_event event;
    if (epoll_wait(net->worker_epoll, &event, 1, timeout) < 1)
        return NULL;
    conn_handle handle = event.data.u64;
    struct conn *conn =
        handle == TAG_EVENT ? NULL : registry_find(&net->registry, handle);
    return conn && conn_claim(conn, handle, reasons_of(event.events)) ? conn : NULL;
}

static struct conn *sleep_for_socket(struct net *net)
{
    if (!run_queue_doze(&net->queue))
        return NULL;
    struct conn *conn = NULL;
    if (!atomic_load(&net->workers_stop))
        conn = poll_socket(net, FOREVER);
    run_queue_rise(&net->queue);
    return conn;
}

static struct conn *next(struct net *net, bool *sockets_turn)
{
    struct conn *conn = NULL;
    if (run_queue_is_empty(&net->queue))
        return sleep_for_socket(net);
    *sockets_turn = !*sockets_turn;
    if (*sockets_turn)
        conn = poll_socket(net, NOT_AT_ALL);
    if (!conn)
        return run_queue_pop(&net->queue);
    run_queue_pass_on(&net->queue);
    return conn;
}

void *worker_main(void *self)
{
    struct net *net = self;
    bool sockets_turn = false;
    while (!atomic_load(&net->workers_stop)) {
        struct conn *conn = next(net, &sockets_turn);
        if (conn)
            serve(conn);
    }
    atomic_fetch_sub(&net->workers_alive, 1);
    run_queue_notify(&net->queue); /* the next worker is to stop too */
    loop_alarm(net);
    return NULL;
}
