/* inbox.c - a stack that many push to and one empties, turned over when it is taken. */
#include "pgwire/inbox.h"

#include <stdlib.h>

struct inbox_message *inbox_message(size_t len)
{
    struct inbox_message *message = malloc(sizeof *message + len);
    if (message)
        *message = (struct inbox_message){.len = len};
    return message;
}

void inbox_lose(struct inbox *inbox)
{
    (void)atomic_fetch_or(&inbox->bytes, INBOX_LOST);
}

bool inbox_has_lost(const struct inbox *inbox)
{
    return atomic_load(&inbox->bytes) & INBOX_LOST;
}

/* Bytes are counted before the message is there, and until it has gone: so the bound
 * holds whoever else is at it. */
static bool claim(struct inbox *inbox, size_t len)
{
    size_t bytes = atomic_load_explicit(&inbox->bytes, memory_order_relaxed);
    do {
        if (len > INBOX_MAX || bytes > INBOX_MAX - len)
            return false;
    } while (!atomic_compare_exchange_weak(&inbox->bytes, &bytes, bytes + len));
    return true;
}

bool inbox_put(struct inbox *inbox, struct inbox_message *message)
{
    if (!claim(inbox, message->len))
        return false;
    message->next = atomic_load_explicit(&inbox->newest, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&inbox->newest, &message->next,
                                                  message, memory_order_release,
                                                  memory_order_relaxed))
        ;
    return true;
}

size_t inbox_bytes(const struct inbox *inbox)
{
    return atomic_load_explicit(&inbox->bytes, memory_order_relaxed) &
           ~(size_t)INBOX_LOST;
}

struct inbox_message *inbox_take(struct inbox *inbox)
{
    struct inbox_message *newest =
        atomic_exchange_explicit(&inbox->newest, NULL, memory_order_acquire);
    struct inbox_message *oldest = NULL;
    size_t bytes = 0;
    while (newest) {
        struct inbox_message *before = newest->next;
        bytes += newest->len;
        newest->next = oldest;
        oldest = newest;
        newest = before;
    }
    (void)atomic_fetch_sub(&inbox->bytes, bytes);
    return oldest;
}

void inbox_free(struct inbox *inbox)
{
    for (struct inbox_message *message = inbox_take(inbox); message;) {
        struct inbox_message *next = message->next;
        free(message);
        message = next;
    }
}
