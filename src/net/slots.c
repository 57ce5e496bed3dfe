/* slots.c - the permission to block a thread, first come, first served.
 *
 * A slot that is given back goes straight to who has waited longest: nobody can
 * overtake. The new holder is woken; if it has closed meanwhile, it passes the slot on.
 */
#include "net/loop.h"

static void append(struct slots *slots, struct conn *conn)
{
    conn->waits_for_slot = true;
    conn->next_waiter = NULL;
    if (slots->last)
        slots->last->next_waiter = conn;
    else
        slots->first = conn;
    slots->last = conn;
    slots->waiting++;
}

static struct conn *pop(struct slots *slots)
{
    struct conn *conn = slots->first;
    if (!conn)
        return NULL;
    slots->first = conn->next_waiter;
    if (!slots->first)
        slots->last = NULL;
    conn->waits_for_slot = false;
    slots->waiting--;
    return conn;
}

static void forget(struct slots *slots, struct conn *conn)
{
    struct conn *previous = NULL;
    for (struct conn *c = slots->first; c && c != conn; c = c->next_waiter)
        previous = c;
    if (previous)
        previous->next_waiter = conn->next_waiter;
    else
        slots->first = conn->next_waiter;
    if (slots->last == conn)
        slots->last = previous;
    conn->waits_for_slot = false;
    slots->waiting--;
}

bool slots_begin(struct slots *slots, struct conn *conn)
{
    if (atomic_load(&conn->has_slot))
        return true;
    pthread_mutex_lock(&slots->lock);
    bool granted = atomic_load(&conn->has_slot);
    if (!granted && slots->taken < slots->total && !slots->first) {
        slots->taken++;
        atomic_store(&conn->has_slot, true);
        granted = true;
    } else if (!granted && !conn->waits_for_slot) {
        append(slots, conn);
    }
    pthread_mutex_unlock(&slots->lock);
    return granted;
}

void slots_end(struct slots *slots, struct conn *conn)
{
    uint64_t handle = 0;
    if (!atomic_load(&conn->has_slot))
        return;
    pthread_mutex_lock(&slots->lock);
    atomic_store(&conn->has_slot, false);
    struct conn *next = pop(slots);
    if (next) {
        atomic_store(&next->has_slot, true);
        handle = atomic_load(&next->handle);
    } else {
        slots->taken--;
    }
    pthread_mutex_unlock(&slots->lock);
    if (handle)
        conn_wake(conn->net, handle);
}

void slots_leave(struct slots *slots, struct conn *conn)
{
    pthread_mutex_lock(&slots->lock);
    if (conn->waits_for_slot)
        forget(slots, conn);
    pthread_mutex_unlock(&slots->lock);
    slots_end(slots, conn);
}
