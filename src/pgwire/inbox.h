/* inbox.h - what other threads have to tell a session's client: messages that wait.
 *
 * Anybody may put messages in; the session's own thread takes them all at once, in the
 * order in which they came. Bounded: what waits has at most INBOX_MAX bytes. */
#ifndef PGWIRE_INBOX_H
#define PGWIRE_INBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgwire/pgwire.h>

#include "core/attr.h"

enum { INBOX_MAX = PGW_NOTIFY_BYTES, INBOX_LOST = 1 << 30 };

struct inbox_message {
    struct inbox_message *next;
    size_t len;
    uint8_t bytes[]; /* as the client gets it */
};

struct inbox {
    _Atomic(struct inbox_message *) newest; /* each leads to the one before it */
    _Atomic size_t bytes; /* INBOX_LOST: there was no memory for one */
};

/* {0} is an empty one; NULL: out of memory. */
struct inbox_message *inbox_message(size_t len) MUST_CHECK;

/* Any thread's. Moved in; false: it is full, and the message stays the caller's. */
bool inbox_put(struct inbox *inbox, struct inbox_message *message) MUST_CHECK;
size_t inbox_bytes(const struct inbox *inbox);

/* There was no memory to make one: the owner must say so, and goes no further. */
void inbox_lose(struct inbox *inbox);
bool inbox_has_lost(const struct inbox *inbox);

/* Is there anything? Cheap; what is put in meanwhile may not be seen. */
static inline bool inbox_waits(const struct inbox *inbox)
{
    return atomic_load_explicit(&inbox->newest, memory_order_relaxed) ||
           atomic_load_explicit(&inbox->bytes, memory_order_relaxed) & INBOX_LOST;
}

/* The owner's. Moved out, the oldest first; the caller frees each. */
struct inbox_message *inbox_take(struct inbox *inbox);
void inbox_free(struct inbox *inbox);

#endif
