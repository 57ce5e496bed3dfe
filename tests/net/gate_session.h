/* gate_session.h - a session for tests of the loop: one letter, one answer.
 *
 *     e  answer 'E'                        p  answer the process id, 4 bytes
 *     b  take a slot and block the thread until the gate lets one through: 'B';
 *        interrupted: 'I' and the digit of the reason
 *     d  the same with a deadline that passes at once
 *     k  a deadline far away, taken back: 'K'
 *     h  take a slot for every 64 KB of 16 MB of output
 *     l  log in: 'L', or 'R' when it is not let in
 *     y  work without end, until the gate is opened: 'Y'
 *     c  and 4 bytes: cancel that process with the right key; x: with a wrong one; no
 *        answer but 'C'
 *
 * What the tests wait for is counted in the gate, under its lock. */
#ifndef TESTS_GATE_SESSION_H
#define TESTS_GATE_SESSION_H

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "net/session_ops.h"

enum { GATE_CHUNK = 65536, GATE_HEAVY = 16 << 20, GATE_INPUT = 64 };

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned opened, freed; /* sessions */
    unsigned blocked;       /* threads, now */
    unsigned refused;       /* how often a slot was not to be had at once */
    unsigned permits;       /* how many blocked threads may go on */
    unsigned working;       /* endless ones that have begun */
    bool open;              /* all may */
    unsigned interrupts[PGW_INTERRUPT_DRAIN + 1]; /* calls, by reason */
    uint32_t last_blocked;                        /* pid */
};

struct gate_session {
    struct gate *gate;
    const struct session_peer *peer;
    uint8_t input[GATE_INPUT];
    size_t input_len, output_len, output_sent, heavy_left;
    bool waiting, eof, works;
    bool active, closing, draining, leaving; /* under the gate's lock, likewise: */
    enum pgw_interrupt reason;
    uint64_t ended; /* how many blocks */
    uint8_t output[GATE_CHUNK];
};

static unsigned gate_want(const void *self)
{
    const struct gate_session *session = self;
    (void)pthread_mutex_lock(&session->gate->lock);
    bool closing = session->closing, leaving = session->leaving;
    (void)pthread_mutex_unlock(&session->gate->lock);
    if (closing)
        return PGW_WANT_CLOSE;
    if (session->output_sent < session->output_len)
        return PGW_WANT_SEND;
    if (leaving)
        return PGW_WANT_CLOSE;
    if (session->waiting)
        return PGW_WANT_WAIT;
    if (session->heavy_left || session->works || session->input_len)
        return PGW_WANT_WORK;
    return session->eof ? PGW_WANT_CLOSE : PGW_WANT_RECV;
}

static void gate_answer(struct gate_session *session, const void *bytes, size_t len)
{
    memcpy(session->output, bytes, len);
    session->output_len = len;
    session->output_sent = 0;
}

static void gate_consume(struct gate_session *session, size_t len)
{
    session->input_len -= len;
    memmove(session->input, session->input + len, session->input_len);
}

static bool gate_take_slot(struct gate_session *session)
{
    session->waiting = !session->peer->host->block_begin(session->peer->host_self);
    if (session->waiting) {
        (void)pthread_mutex_lock(&session->gate->lock);
        session->gate->refused++;
        (void)pthread_cond_broadcast(&session->gate->changed);
        (void)pthread_mutex_unlock(&session->gate->lock);
    }
    return !session->waiting;
}

/* The lock is held. */
static bool gate_lets_through(struct gate_session *session)
{
    struct gate *gate = session->gate;
    if (session->reason || gate->open)
        return true;
    if (!gate->permits)
        return false;
    gate->permits--;
    return true;
}

static void gate_block(struct gate_session *session)
{
    struct gate *gate = session->gate;
    if (!gate_take_slot(session))
        return;
    (void)pthread_mutex_lock(&gate->lock);
    session->active = true;
    gate->blocked++;
    gate->last_blocked = session->peer->pid;
    (void)pthread_cond_broadcast(&gate->changed);
    while (!gate_lets_through(session))
        (void)pthread_cond_wait(&gate->changed, &gate->lock);
    const char interrupted[2] = {'I', (char)('0' + session->reason)};
    gate_answer(session, session->reason ? interrupted : "B", session->reason ? 2 : 1);
    session->active = false;
    session->ended++;
    session->leaving = session->draining;
    session->reason = PGW_INTERRUPT_NONE;
    gate->blocked--;
    (void)pthread_cond_broadcast(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
    session->peer->host->block_end(session->peer->host_self);
    gate_consume(session, 1);
}

static void gate_heavy(struct gate_session *session)
{
    if (!session->heavy_left)
        session->heavy_left = GATE_HEAVY;
    if (!gate_take_slot(session))
        return;
    session->output_len = GATE_CHUNK;
    session->output_sent = 0;
    session->heavy_left -= GATE_CHUNK;
    if (session->heavy_left)
        return;
    session->peer->host->block_end(session->peer->host_self);
    gate_consume(session, 1);
}

static void gate_work(struct gate_session *session)
{
    struct gate *gate = session->gate;
    (void)pthread_mutex_lock(&gate->lock);
    if (!session->works) {
        gate->working++;
        (void)pthread_cond_broadcast(&gate->changed);
    }
    session->works = !gate->open;
    (void)pthread_mutex_unlock(&gate->lock);
    if (session->works)
        return;
    gate_answer(session, "Y", 1);
    gate_consume(session, 1);
}

static void gate_log_in(struct gate_session *session)
{
    const struct session_peer *peer = session->peer;
    gate_answer(session, peer->host->admit(peer->host_self, true) ? "R" : "L", 1);
    gate_consume(session, 1);
}

static void gate_deadline(struct gate_session *session, uint64_t after_us)
{
    const struct pgw_host *host = session->peer->host;
    void *self = session->peer->host_self;
    uint64_t at = after_us ? host->now_us(self) + after_us : 0;
    host->deadline(self, at, PGW_INTERRUPT_STATEMENT_TIMEOUT);
}

/* It runs before its deadline is set, or that could pass unheard. */
static void gate_block_briefly(struct gate_session *session)
{
    (void)pthread_mutex_lock(&session->gate->lock);
    bool begun = session->active;
    session->active = true;
    (void)pthread_mutex_unlock(&session->gate->lock);
    if (!begun)
        gate_deadline(session, 1);
    gate_block(session);
}

static void gate_cancel(struct gate_session *session, const char *key)
{
    uint32_t pid;
    if (session->input_len < 5)
        return;
    memcpy(&pid, session->input + 1, sizeof pid);
    gate_consume(session, 5);
    session->peer->host->cancel(session->peer->host_self, pid,
                                (struct pgw_slice){key, strlen(key)});
    gate_answer(session, "C", 1);
}

static void gate_run(void *self)
{
    struct gate_session *session = self;
    switch (session->input_len ? session->input[0] : 0) {
    case 'b':
        gate_block(session);
        break;
    case 'd':
        gate_block_briefly(session);
        break;
    case 'k':
        gate_deadline(session, 3600u * 1000000);
        gate_deadline(session, 0);
        gate_answer(session, "K", 1);
        gate_consume(session, 1);
        break;
    case 'l':
        gate_log_in(session);
        break;
    case 'h':
        gate_heavy(session);
        break;
    case 'y':
        gate_work(session);
        break;
    case 'c':
    case 'x':
        gate_cancel(session, session->input[0] == 'c' ? "right" : "wrong");
        break;
    case 'p':
        gate_answer(session, &session->peer->pid, sizeof session->peer->pid);
        gate_consume(session, 1);
        break;
    default:
        gate_answer(session, "E", 1);
        gate_consume(session, session->input_len ? 1 : 0);
        break;
    }
}

static uint8_t *gate_recv_buf(void *self, size_t *len)
{
    struct gate_session *session = self;
    *len = sizeof session->input - session->input_len;
    return session->input + session->input_len;
}

static void gate_recv_ack(void *self, size_t len)
{
    ((struct gate_session *)self)->input_len += len;
}

static void gate_recv_eof(void *self)
{
    ((struct gate_session *)self)->eof = true;
}

static size_t gate_send_iov(void *self, struct iovec *iov, size_t max)
{
    struct gate_session *session = self;
    (void)max;
    iov[0] = (struct iovec){session->output + session->output_sent,
                            session->output_len - session->output_sent};
    return 1;
}

static void gate_send_ack(void *self, size_t bytes)
{
    ((struct gate_session *)self)->output_sent += bytes;
}

static void gate_idle(void *self)
{
    (void)self;
}

static bool gate_interrupt(void *self, enum pgw_interrupt reason, uint64_t *statement)
{
    struct gate_session *session = self;
    struct gate *gate = session->gate;
    (void)pthread_mutex_lock(&gate->lock);
    uint64_t runs = session->ended + 1;
    bool active = session->active && (!*statement || *statement == runs);
    *statement = runs;
    gate->interrupts[reason]++;
    if (active && !session->reason && reason != PGW_INTERRUPT_DRAIN)
        session->reason = reason;
    session->draining = session->draining || reason == PGW_INTERRUPT_DRAIN;
    if (reason == PGW_INTERRUPT_HANG_UP || reason == PGW_INTERRUPT_SHUTDOWN ||
        reason == PGW_INTERRUPT_LOGIN_TIMEOUT)
        session->closing = true;
    session->leaving = session->leaving || (session->draining && !active);
    (void)pthread_cond_broadcast(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
    return active;
}

static bool gate_key_matches(const void *self, struct pgw_slice key)
{
    (void)self;
    return key.len == 5 && memcmp(key.data, "right", 5) == 0;
}

static void gate_free(void *self)
{
    struct gate_session *session = self;
    struct gate *gate = session->gate;
    free(session);
    (void)pthread_mutex_lock(&gate->lock);
    gate->freed++;
    (void)pthread_cond_broadcast(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
}

static const struct session_ops gate_ops = {
    .want = gate_want,
    .run = gate_run,
    .recv_buf = gate_recv_buf,
    .recv_ack = gate_recv_ack,
    .recv_eof = gate_recv_eof,
    .send_iov = gate_send_iov,
    .send_ack = gate_send_ack,
    .idle = gate_idle,
    .interrupt = gate_interrupt,
    .key_matches = gate_key_matches,
    .free = gate_free,
};

static bool gate_open(void *ctx, const struct session_peer *peer, struct session *out)
{
    struct gate_session *session = calloc(1, sizeof *session);
    if (!session)
        return false;
    session->gate = ctx;
    session->peer = peer;
    *out = (struct session){&gate_ops, session};
    (void)pthread_mutex_lock(&session->gate->lock);
    session->gate->opened++;
    (void)pthread_mutex_unlock(&session->gate->lock);
    return true;
}

#endif
