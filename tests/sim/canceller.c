/* canceller.c - one request at a time: connect, send, wait for the end. */
#include "canceller.h"

#include <stdio.h>
#include <string.h>

#include "sched.h"

enum { CANCEL_REQUEST_BYTES = 16 };

void canceller_init(struct canceller *canceller, const char *name)
{
    *canceller = (struct canceller){0};
    (void)snprintf(canceller->name, sizeof canceller->name, "%s-c", name);
}

bool canceller_is_busy(const struct canceller *canceller)
{
    return canceller->sock != NULL;
}

static void start(struct canceller *canceller, unsigned listener, unsigned *count)
{
    const struct kernel_limits limits = {64, 1000, listener};
    canceller->sock = kernel_connect(&limits);
    canceller->sent = 0;
    canceller->count = count;
    canceller->is_genuine = true;
    canceller->waits = sim_schedule_chance(700);
    if (canceller->sock)
        sim_trace("%s: connects", canceller->name);
}

/* One bit of the key is wrong: it must hit nobody. */
static void spoil(struct canceller *canceller)
{
    canceller->is_genuine = false;
    canceller->packet[8 + sim_schedule(8)] ^= (uint8_t)(1 << sim_schedule(8));
}

void canceller_start(struct canceller *canceller, const uint8_t *key, unsigned *count)
{
    static const uint8_t head[] = {0, 0, 0, CANCEL_REQUEST_BYTES, 4, 210, 22, 46};
    start(canceller, 0, count);
    memcpy(canceller->packet, head, sizeof head);
    memcpy(canceller->packet + sizeof head, key, 8);
    canceller->len = CANCEL_REQUEST_BYTES;
    if (sim_schedule_chance(200))
        spoil(canceller);
}

void canceller_start_http(struct canceller *canceller, const char *id, unsigned *count)
{
    start(canceller, KERNEL_SECOND_LISTENER, count);
    canceller->len = (size_t)snprintf(
        (char *)canceller->packet, sizeof canceller->packet,
        "DELETE /v1/query/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        id);
}

static bool is_ready(const void *self)
{
    const struct canceller *canceller = self;
    if (!canceller->sock)
        return false;
    if (canceller->sent < canceller->len)
        return kernel_room(canceller->sock) > 0;
    return !canceller->waits || kernel_is_closed(canceller->sock);
}

static void go(struct canceller *canceller)
{
    uint8_t answer[1000];
    (void)kernel_recv(canceller->sock, answer, sizeof answer);
    canceller->turned_away += !kernel_was_served(canceller->sock);
    kernel_close(canceller->sock);
    canceller->sock = NULL;
}

static void act(void *self)
{
    struct canceller *canceller = self;
    if (canceller->sent == canceller->len) {
        go(canceller);
        return;
    }
    size_t most = canceller->len - canceller->sent;
    size_t len = sim_schedule_chance(800) ? most : 1 + sim_schedule(most);
    canceller->sent +=
        kernel_send(canceller->sock, canceller->packet + canceller->sent, len);
    if (canceller->sent < canceller->len)
        return;
    *canceller->count += canceller->is_genuine;
    sim_trace("%s: sent%s", canceller->name,
              canceller->is_genuine ? "" : ", with a wrong key");
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
