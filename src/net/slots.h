/* slots.h - permission to block a thread, for as many connections as there are slots.
 *
 *     NONE ── slots_take ──> HELD            a slot was free
 *     NONE ── slots_take ──> QUEUED          none was: the connection waits
 *     QUEUED ── another's slots_release ──> GRANTED ── slots_take ──> HELD
 *     any ── slots_release ──> NONE          and what it had goes to the next in line
 *
 * Slots are handed over, first come first served: nobody overtakes the queue. */
#ifndef NET_SLOTS_H
#define NET_SLOTS_H

#include "net/conn.h"

struct slots {
    pthread_mutex_t lock;
    unsigned total, taken, waiting;
    struct conn *head, *tail;
};

void slots_init(struct slots *slots, unsigned total);
void slots_free(struct slots *slots);

/* By the connection's owner. False: it stands in the queue and will be woken with
 * CONN_SLOT. */
bool slots_take(struct slots *slots, struct conn *conn) MUST_CHECK;
void slots_release(struct slots *slots, struct conn *conn);

void slots_count(struct slots *slots, unsigned *taken, unsigned *waiting);

#endif
