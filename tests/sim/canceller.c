/* canceller.c - one CancelRequest at a time: connect, send, wait for the end. */
#include "canceller.h"

#include <stdio.h>
#include <string.h>

#include "sched.h"

void canceller_init(struct canceller *canceller, const char *name, unsigned *count)
{
    *canceller = (struct canceller){.count = count};
    (void)snprintf(canceller->name, sizeof canceller->name, "%s-c", name);
}

bool canceller_is_busy(const struct canceller *canceller)
{
    return canceller->sock != NULL;
}

/* One bit of the key is wrong: it must hit nobody. */
static void spoil(struct canceller *canceller)
{
    canceller->is_genuine = false;
    canceller->packet[8 + sim_schedule(8)] ^= (uint8_t)(1 << sim_schedule(8));
}

void canceller_start(struct canceller *canceller, const uint8_t *key)
{
    static const uint8_t head[] = {0, 0, 0, CANCEL_BYTES, 4, 210, 22, 46};
    static const struct kernel_limits limits = {64, 64};
    canceller->sock = kernel_connect(&limits);
    canceller->sent = 0;
    memcpy(canceller->packet, head, sizeof head);
    memcpy(canceller->packet + sizeof head, key, 8);
    canceller->is_genuine = true;
    if (sim_schedule_chance(200))
        spoil(canceller);
    if (canceller->sock)
        sim_trace("%s: connects", canceller->name);
}

static bool is_ready(const void *self)
{
    const struct canceller *canceller = self;
    return canceller->sock &&
           (canceller->sent < CANCEL_BYTES || kernel_is_closed(canceller->sock));
}

/* Whole, or broken off: a request that does not arrive must do no harm. */
static void act(void *self)
{
    struct canceller *canceller = self;
    if (canceller->sent < CANCEL_BYTES) {
        size_t most = CANCEL_BYTES - canceller->sent;
        size_t len = sim_schedule_chance(800) ? most : 1 + sim_schedule(most);
        canceller->sent +=
            kernel_send(canceller->sock, canceller->packet + canceller->sent, len);
        if (canceller->sent < CANCEL_BYTES)
            return;
        *canceller->count += canceller->is_genuine;
        sim_trace("%s: sent%s", canceller->name,
                  canceller->is_genuine ? "" : ", with a wrong key");
        if (sim_schedule_chance(700))
            return;
    }
    canceller->turned_away += !kernel_was_served(canceller->sock);
    kernel_close(canceller->sock);
    canceller->sock = NULL;
}

static uint64_t wakes_at(const void *self)
{
    (void)self;
    return 0;
}

void canceller_add(struct canceller *canceller)
{
    sched_add_actor(&(struct sched_actor){.name = canceller->name,
                                          .self = canceller,
                                          .is_ready = is_ready,
                                          .act = act,
                                          .wakes_at = wakes_at});
}
