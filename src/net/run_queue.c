/* run_queue.c - the queue, and waking no more workers than it needs.
 *
 * A worker says that it may sleep before it looks at the length a last time, and who
 * pushes looks at the sleepers after the length has grown (both sequentially
 * consistent): one of them sees the other, so no connection waits beside a sleeper. Two
 * pushes may become one event, and who takes it may find a socket to serve first: so
 * the worker that pops, or leaves the queue for a socket, passes the news on. */
#include "net/run_queue.h"

#include <unistd.h>

void run_queue_init(struct run_queue *queue, int event_fd)
{
    *queue = (struct run_queue){.event_fd = event_fd};
    (void)pthread_mutex_init(&queue->lock, NULL);
}

void run_queue_free(struct run_queue *queue)
{
    (void)pthread_mutex_destroy(&queue->lock);
}

void run_queue_notify(struct run_queue *queue)
{
    static const uint64_t one = 1;
    ssize_t written = write(queue->event_fd, &one, sizeof one);
    (void)written; /* a full counter has been seen to be full: nothing is lost */
}

void run_queue_push(struct run_queue *queue, struct conn *conn)
{
    conn->next = NULL;
    (void)pthread_mutex_lock(&queue->lock);
    if (queue->tail)
        queue->tail->next = conn;
    else
        queue->head = conn;
    queue->tail = conn;
    atomic_fetch_add(&queue->len, 1);
    (void)pthread_mutex_unlock(&queue->lock);
    if (atomic_load(&queue->sleepers) > 0)
        run_queue_notify(queue);
}

struct conn *run_queue_pop(struct run_queue *queue)
{
    if (run_queue_is_empty(queue))
        return NULL;
    (void)pthread_mutex_lock(&queue->lock);
    struct conn *conn = queue->head;
    if (conn) {
        queue->head = conn->next;
        if (!queue->head)
            queue->tail = NULL;
        atomic_fetch_sub(&queue->len, 1);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    if (!conn)
        return NULL;
    conn->next = NULL;
    conn_resume(conn);
    run_queue_pass_on(queue);
    return conn;
}

void run_queue_pass_on(struct run_queue *queue)
{
    if (!run_queue_is_empty(queue) && atomic_load(&queue->sleepers) > 0)
        run_queue_notify(queue);
}

bool run_queue_doze(struct run_queue *queue)
{
    atomic_fetch_add(&queue->sleepers, 1);
    if (run_queue_is_empty(queue))
        return true;
    atomic_fetch_sub(&queue->sleepers, 1);
    return false;
}

void run_queue_rise(struct run_queue *queue)
{
    atomic_fetch_sub(&queue->sleepers, 1);
}
