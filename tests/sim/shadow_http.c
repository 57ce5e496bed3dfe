/* shadow_http.c - each call of the HTTP session is its connection's owner's. */
#include "shadow_http.h"

#include <stdlib.h>

#include "faults.h"
#include "http/http_state.h"
#include "sched.h"
#include "shadow.h"
#include "threads.h"

struct shell {
    const struct conn *conn;
    struct http_session *http;
};

static struct http_session *owned(const void *self, const char *what)
{
    const struct shell *shell = self;
    SIM_CHECK(shadow_owner(shell->conn) == sched_self(),
              "%s: connection %u belongs to thread %u", what, shell->conn->index,
              shadow_owner(shell->conn));
    return shell->http;
}

static unsigned want(const void *self)
{
    return http_session_ops.want(owned(self, "want"));
}

static void run(void *self)
{
    http_session_ops.run(owned(self, "run"));
    (void)owned(self, "run, at its end");
}

static uint8_t *recv_buf(void *self, size_t *len)
{
    return http_session_ops.recv_buf(owned(self, "recv_buf"), len);
}

static void recv_ack(void *self, size_t len)
{
    http_session_ops.recv_ack(owned(self, "recv_ack"), len);
}

static void recv_eof(void *self)
{
    http_session_ops.recv_eof(owned(self, "recv_eof"));
}

static size_t send_iov(void *self, struct iovec *iov, size_t max)
{
    return http_session_ops.send_iov(owned(self, "send_iov"), iov, max);
}

static void send_ack(void *self, size_t bytes)
{
    http_session_ops.send_ack(owned(self, "send_ack"), bytes);
}

static void idle(void *self)
{
    http_session_ops.idle(owned(self, "idle"));
}

static bool interrupt(void *self, enum pgw_interrupt reason, uint64_t *statement)
{
    const struct shell *shell = self;
    SIM_CHECK(shell->conn->open && !threads_is_free(&shell->conn->lock),
              "a session is interrupted that may be freed meanwhile");
    bool again = http_session_ops.interrupt(shell->http, reason, statement);
    sim_trace("interrupt: conn %u, reason %d%s", shell->conn->index, (int)reason,
              again ? ", again" : "");
    return again && !fault_is(FAULT_NO_REPEAT);
}

static void free_session(void *self)
{
    http_session_ops.free(owned(self, "free"));
    free(self);
}

static const struct session_ops ops = {.want = want,
                                       .run = run,
                                       .recv_buf = recv_buf,
                                       .recv_ack = recv_ack,
                                       .recv_eof = recv_eof,
                                       .send_iov = send_iov,
                                       .send_ack = send_ack,
                                       .idle = idle,
                                       .interrupt = interrupt,
                                       .free = free_session};

bool shadow_http_open(struct http_front *front, const struct session_peer *peer,
                      struct session *out)
{
    struct shell *shell = malloc(sizeof *shell);
    SIM_CHECK(shell, "no memory for a session");
    *shell = (struct shell){peer->host_self, http_session_new(front, peer)};
    SIM_CHECK(shell->http, "no memory for a session");
    *out = (struct session){&ops, shell};
    return true;
}

bool shadow_http_is(const struct conn *conn)
{
    return conn->session.ops == &ops;
}

static const struct http_session *inside(const struct conn *conn)
{
    return ((const struct shell *)conn->session.self)->http;
}

unsigned shadow_http_want(const struct conn *conn)
{
    return http_session_ops.want(inside(conn));
}

bool shadow_http_runs(const struct conn *conn, unsigned *reason)
{
    const struct http_session *http = inside(conn);
    *reason = http->closing ? http->closing : running_reason(&http->running);
    return running_is_active(&http->running);
}
