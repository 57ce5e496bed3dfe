/* deadlines.c - a binary heap that knows where each of its connections stands. */
#include "net/deadlines.h"

#include <stdlib.h>

void deadlines_init(struct deadlines *deadlines)
{
    *deadlines = (struct deadlines){0};
    (void)pthread_mutex_init(&deadlines->lock, NULL);
}

void deadlines_free(struct deadlines *deadlines)
{
    free(deadlines->heap);
    (void)pthread_mutex_destroy(&deadlines->lock);
}

bool deadlines_reserve(struct deadlines *deadlines, size_t count)
{
    bool done = true;
    (void)pthread_mutex_lock(&deadlines->lock);
    if (count > deadlines->size) {
        size_t size = count * 2;
        struct conn **heap = realloc(deadlines->heap, size * sizeof(struct conn *));
        done = heap != NULL;
        if (done) {
            deadlines->heap = heap;
            deadlines->size = size;
        }
    }
    (void)pthread_mutex_unlock(&deadlines->lock);
    return done;
}

static uint64_t due_at(const struct deadlines *deadlines, size_t index)
{
    return atomic_load_explicit(&deadlines->heap[index]->due_us, memory_order_relaxed);
}

static void place(struct deadlines *deadlines, size_t index, struct conn *conn)
{
    deadlines->heap[index] = conn;
    conn->heap_index = index;
}

static void swap(struct deadlines *deadlines, size_t a, size_t b)
{
    struct conn *first = deadlines->heap[a];
    place(deadlines, a, deadlines->heap[b]);
    place(deadlines, b, first);
}

static void sift_up(struct deadlines *deadlines, size_t index)
{
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (due_at(deadlines, parent) <= due_at(deadlines, index))
            return;
        swap(deadlines, parent, index);
        index = parent;
    }
}

static void sift_down(struct deadlines *deadlines, size_t index)
{
    for (;;) {
        size_t child = index * 2 + 1;
        if (child >= deadlines->len)
            return;
        if (child + 1 < deadlines->len &&
            due_at(deadlines, child + 1) < due_at(deadlines, child))
            child++;
        if (due_at(deadlines, index) <= due_at(deadlines, child))
            return;
        swap(deadlines, index, child);
        index = child;
    }
}

static void take_out(struct deadlines *deadlines, struct conn *conn)
{
    size_t index = conn->heap_index;
    atomic_store(&conn->due_us, 0);
    deadlines->len--;
    if (index == deadlines->len)
        return;
    place(deadlines, index, deadlines->heap[deadlines->len]);
    sift_up(deadlines, index);
    sift_down(deadlines, index);
}

bool deadlines_set(struct deadlines *deadlines, struct conn *conn, uint64_t at_us)
{
    /* An entry that is popped just now is put back by the watchdog, which then waits
     * for the connection's lock: what it finds there is what the caller has set. */
    uint64_t due = atomic_load(&conn->due_us);
    if (due && due <= at_us)
        return false;
    (void)pthread_mutex_lock(&deadlines->lock);
    due = atomic_load(&conn->due_us);
    if (!due)
        place(deadlines, deadlines->len++, conn);
    if (!due || at_us < due)
        atomic_store(&conn->due_us, at_us);
    sift_up(deadlines, conn->heap_index);
    bool sleeps_longer = at_us < deadlines->sleep_until_us;
    if (sleeps_longer)
        deadlines->sleep_until_us = 0; /* told once is enough */
    (void)pthread_mutex_unlock(&deadlines->lock);
    return sleeps_longer;
}

void deadlines_remove(struct deadlines *deadlines, struct conn *conn)
{
    if (!atomic_load(&conn->due_us))
        return;
    (void)pthread_mutex_lock(&deadlines->lock);
    if (atomic_load(&conn->due_us))
        take_out(deadlines, conn);
    (void)pthread_mutex_unlock(&deadlines->lock);
}

conn_handle deadlines_pop(struct deadlines *deadlines, uint64_t now_us)
{
    conn_handle handle = 0;
    (void)pthread_mutex_lock(&deadlines->lock);
    deadlines->sleep_until_us = 0;
    if (deadlines->len && due_at(deadlines, 0) <= now_us) {
        handle = conn_handle_of(deadlines->heap[0]);
        take_out(deadlines, deadlines->heap[0]);
    }
    (void)pthread_mutex_unlock(&deadlines->lock);
    return handle;
}

uint64_t deadlines_sleep(struct deadlines *deadlines)
{
    (void)pthread_mutex_lock(&deadlines->lock);
    uint64_t until = deadlines->len ? due_at(deadlines, 0) : UINT64_MAX;
    deadlines->sleep_until_us = until;
    (void)pthread_mutex_unlock(&deadlines->lock);
    return until;
}
