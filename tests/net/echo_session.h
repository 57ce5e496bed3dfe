/* echo_session.h - the least a session can be: it sends back what it receives.
 *
 *     RECV ── bytes ──> WORK ── run ──> SEND ── all sent ──> RECV
 *
 * The loop's ceiling is measured with it, and the loop is tested with it. */
#ifndef TESTS_ECHO_SESSION_H
#define TESTS_ECHO_SESSION_H

#include <stdatomic.h>
#include <stdlib.h>

#include "net/session_ops.h"

enum { ECHO_BYTES = 16384 };

struct echo {
    uint8_t buffer[ECHO_BYTES];
    size_t received, checked, sent; /* checked: run has seen it, it may be sent */
    bool eof;
    atomic_bool closing;
};

static unsigned echo_want(const void *self)
{
    const struct echo *echo = self;
    if (atomic_load_explicit(&echo->closing, memory_order_relaxed))
        return PGW_WANT_CLOSE;
    if (echo->checked < echo->received)
        return PGW_WANT_WORK;
    if (echo->sent < echo->checked)
        return PGW_WANT_SEND;
    return echo->eof ? PGW_WANT_CLOSE : PGW_WANT_RECV;
}

static void echo_run(void *self)
{
    struct echo *echo = self;
    echo->checked = echo->received;
}

static uint8_t *echo_recv_buf(void *self, size_t *len)
{
    struct echo *echo = self;
    echo->received = echo->checked = echo->sent = 0;
    *len = sizeof echo->buffer;
    return echo->buffer;
}

static void echo_recv_ack(void *self, size_t len)
{
    ((struct echo *)self)->received = len;
}

static void echo_recv_eof(void *self)
{
    ((struct echo *)self)->eof = true;
}

static size_t echo_send_iov(void *self, struct iovec *iov, size_t max)
{
    struct echo *echo = self;
    (void)max;
    iov[0] = (struct iovec){echo->buffer + echo->sent, echo->checked - echo->sent};
    return 1;
}

static void echo_send_ack(void *self, size_t bytes)
{
    ((struct echo *)self)->sent += bytes;
}

static void echo_idle(void *self)
{
    (void)self;
}

static bool echo_interrupt(void *self, enum pgw_interrupt reason, uint64_t *statement)
{
    struct echo *echo = self;
    (void)statement;
    if (reason == PGW_INTERRUPT_SHUTDOWN || reason == PGW_INTERRUPT_HANG_UP)
        atomic_store(&echo->closing, true);
    return false;
}

static const struct session_ops echo_ops = {
    .want = echo_want,
    .run = echo_run,
    .recv_buf = echo_recv_buf,
    .recv_ack = echo_recv_ack,
    .recv_eof = echo_recv_eof,
    .send_iov = echo_send_iov,
    .send_ack = echo_send_ack,
    .idle = echo_idle,
    .interrupt = echo_interrupt,
    .free = free,
};

static bool echo_open(void *ctx, const struct session_peer *peer, struct session *out)
{
    struct echo *echo = calloc(1, sizeof *echo);
    (void)ctx;
    (void)peer;
    *out = (struct session){&echo_ops, echo};
    return echo != NULL;
}

static const struct session_factory echo_factory = {.open = echo_open};

#endif
