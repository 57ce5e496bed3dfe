/* worker.c - the threads: all alike, on one epoll set and one run queue.
 *
 * One event is taken at a time, so that a connection never waits behind another one's
 * statement in the same thread. A word in the set counts what the run queue holds. */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/loop.h"

void worker_enqueue(struct net *net, struct conn *conn)
{
    const uint64_t one = 1;
    struct run_queue *queue = &net->queue;
    pthread_mutex_lock(&queue->lock);
    conn->next = NULL;
    if (queue->last)
        queue->last->next = conn;
    else
        queue->first = conn;
    queue->last = conn;
    pthread_mutex_unlock(&queue->lock);
    while (write(queue->event, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

static struct conn *dequeue(struct run_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    struct conn *conn = queue->first;
    if (conn) {
        queue->first = conn->next;
        if (!queue->first)
            queue->last = NULL;
    }
    pthread_mutex_unlock(&queue->lock);
    return conn;
}

static void serve_queue(struct net *net)
{
    uint64_t count;
    if (read(net->queue.event, &count, sizeof count) < 0)
        return; /* another worker was faster */
    struct conn *conn = dequeue(&net->queue);
    if (!conn)
        return;
    atomic_store(&conn->state, CONN_OWNED);
    conn_serve(conn, true);
}

static void serve_event(struct net *net, uint64_t data)
{
    if (data == EVENT_QUEUE) {
        serve_queue(net);
    } else if (data & EVENT_LISTENER) {
        listener_accept(net, (struct listener *)(uintptr_t)(data & ~EVENT_LISTENER));
    } else {
        struct conn *conn = registry_find(&net->registry, data);
        if (conn && conn_own(conn))
            conn_serve(conn, false);
    }
}

void *worker_main(void *self)
{
    struct net *net = self;
    struct epoll_event event;
    while (!atomic_load(&net->quit)) {
        if (epoll_wait(net->epoll, &event, 1, -1) == 1)
            serve_event(net, event.data.u64);
    }
    return NULL;
}
