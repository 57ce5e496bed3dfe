/* run_queue.h - connections that a worker is to serve, first come first served.
 *
 * Holds QUEUED connections, each once. Sleeping workers are told by an eventfd that
 * stands in their epoll set. */
#ifndef NET_RUN_QUEUE_H
#define NET_RUN_QUEUE_H

#include "net/conn.h"

struct run_queue {
    pthread_mutex_t lock;
    struct conn *head, *tail;
    _Atomic unsigned len;
    _Atomic unsigned sleepers; /* workers that may be asleep in epoll_wait */
    int event_fd;              /* owned by the loop; edge triggered, never read */
};

void run_queue_init(struct run_queue *queue, int event_fd);
void run_queue_free(struct run_queue *queue);

void run_queue_push(struct run_queue *queue, struct conn *conn);
struct conn *run_queue_pop(struct run_queue *queue); /* OWNED; NULL: empty */

static inline bool run_queue_is_empty(const struct run_queue *queue)
{
    return atomic_load(&queue->len) == 0;
}

/* A worker is about to sleep: sleeps only if true is returned. Then, awake. */
bool run_queue_doze(struct run_queue *queue) MUST_CHECK;
void run_queue_rise(struct run_queue *queue);
void run_queue_notify(struct run_queue *queue); /* wake one */
/* The calling worker is going to serve, which may block it: wake one for the rest. */
void run_queue_pass_on(struct run_queue *queue);

#endif
