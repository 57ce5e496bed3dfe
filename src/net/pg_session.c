/* pg_session.c - libpgwire's session behind the loop's table. */
#include "net/session_ops.h"

static unsigned want(const void *self)
{
    return pgw_session_want(self);
}

static void run(void *self)
{
    pgw_session_run(self);
}

static uint8_t *recv_buf(void *self, size_t *len)
{
    return pgw_session_recv_buf(self, len);
}

static void recv_ack(void *self, size_t len)
{
    pgw_session_recv_ack(self, len);
}

static void recv_eof(void *self)
{
    pgw_session_recv_eof(self);
}

static size_t send_iov(void *self, struct iovec *iov, size_t max)
{
    return pgw_session_send_iov(self, iov, max);
}

static void send_ack(void *self, size_t bytes)
{
    pgw_session_send_ack(self, bytes);
}

static void idle(void *self)
{
    pgw_session_idle(self);
}

static bool interrupt(void *self, enum pgw_interrupt reason, uint64_t *statement)
{
    return pgw_session_interrupt(self, reason, statement);
}

static bool key_matches(const void *self, struct pgw_slice key)
{
    return pgw_session_key_matches(self, key);
}

static void tls_started(void *self, const struct pgw_tls *tls)
{
    pgw_session_tls_started(self, tls);
}

static void free_session(void *self)
{
    pgw_session_free(self);
}

const struct session_ops pg_session_ops = {
    .want = want,
    .run = run,
    .recv_buf = recv_buf,
    .recv_ack = recv_ack,
    .recv_eof = recv_eof,
    .send_iov = send_iov,
    .send_ack = send_ack,
    .idle = idle,
    .interrupt = interrupt,
    .key_matches = key_matches,
    .tls_started = tls_started,
    .free = free_session,
};

const char pg_farewell[] = "E\0\0\0\073SFATAL\0VFATAL\0C53300\0"
                           "Msorry, too many clients already\0";
const size_t pg_farewell_len = sizeof pg_farewell;
