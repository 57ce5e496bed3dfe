/* slots.c - the slots and their queue.
 *
 * A connection's state is written by its owner, but for QUEUED → GRANTED, which is
 * another's and happens under the lock. */
#include "net/slots.h"

#include "net/loop.h"

void slots_init(struct slots *slots, unsigned total)
{
    *slots = (struct slots){.total = total};
    (void)pthread_mutex_init(&slots->lock, NULL);
}

void slots_free(struct slots *slots)
{
    (void)pthread_mutex_destroy(&slots->lock);
}

static void enqueue(struct slots *slots, struct conn *conn)
{
    conn->slot_next = NULL;
    conn->slot_previous = slots->tail;
    if (slots->tail)
        slots->tail->slot_next = conn;
    else
        slots->head = conn;
    slots->tail = conn;
    slots->waiting++;
}

static void dequeue(struct slots *slots, struct conn *conn)
{
    if (conn->slot_previous)
        conn->slot_previous->slot_next = conn->slot_next;
    else
        slots->head = conn->slot_next;
    if (conn->slot_next)
        conn->slot_next->slot_previous = conn->slot_previous;
    else
        slots->tail = conn->slot_previous;
    conn->slot_next = conn->slot_previous = NULL;
    slots->waiting--;
}

/* A slot has come free: to the first in line, whose handle is returned, or back. */
static conn_handle pass_on(struct slots *slots)
{
    struct conn *next = slots->head;
    if (!next) {
        slots->taken--;
        return 0;
    }
    dequeue(slots, next);
    atomic_store(&next->slot, SLOT_GRANTED);
    return conn_handle_of(next);
}

/* Under the lock: what a connection without a slot gets. */
static unsigned admit(struct slots *slots, struct conn *conn)
{
    if (slots->taken < slots->total) {
        slots->taken++;
        return SLOT_HELD;
    }
    enqueue(slots, conn);
    return SLOT_QUEUED;
}

bool slots_take(struct slots *slots, struct conn *conn)
{
    if (atomic_load(&conn->slot) == SLOT_HELD)
        return true;
    (void)pthread_mutex_lock(&slots->lock);
    unsigned state = atomic_load(&conn->slot);
    if (state == SLOT_NONE)
        state = admit(slots, conn);
    else if (state == SLOT_GRANTED)
        state = SLOT_HELD;
    atomic_store(&conn->slot, state);
    (void)pthread_mutex_unlock(&slots->lock);
    return state == SLOT_HELD;
}

void slots_release(struct slots *slots, struct conn *conn)
{
    conn_handle next = 0;
    if (atomic_load(&conn->slot) == SLOT_NONE)
        return;
    (void)pthread_mutex_lock(&slots->lock);
    if (atomic_load(&conn->slot) == SLOT_QUEUED)
        dequeue(slots, conn);
    else
        next = pass_on(slots);
    atomic_store(&conn->slot, SLOT_NONE);
    (void)pthread_mutex_unlock(&slots->lock);
    if (next)
        loop_wake(conn->net, next, CONN_SLOT);
}

void slots_count(struct slots *slots, unsigned *taken, unsigned *waiting)
{
    (void)pthread_mutex_lock(&slots->lock);
    *taken = slots->taken;
    *waiting = slots->waiting;
    (void)pthread_mutex_unlock(&slots->lock);
}
