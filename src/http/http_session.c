/* http_session.c - the HTTP state machine, behind the loop's table. */
#include "http/http_session.h"

#include <stdlib.h>

#include "http/http_auth.h"
#include "http/http_state.h"

enum { BODY_MAX = 64 << 20, HIGH_WATER = 256 << 10, RECV_BYTES = 8192 };

bool http_front_init(struct http_front *front, struct database *database,
                     const struct session_defaults *defaults)
{
    *front = (struct http_front){.defaults = defaults, .basic = basic_new()};
    if (front->basic && http_queries_init(&front->queries))
        front->database = database;
    else
        basic_free(front->basic);
    return front->database != NULL;
}

void http_front_free(struct http_front *front)
{
    if (!front->database)
        return;
    http_queries_free(&front->queries);
    basic_free(front->basic);
    front->database = NULL;
}

struct http_session *http_session_new(struct http_front *front,
                                      const struct session_peer *peer)
{
    struct http_session *http = calloc(1, sizeof *http);
    if (!http)
        return NULL;
    if (!running_init(&http->running)) {
        free(http);
        return NULL;
    }
    http->front = front;
    http->peer = *peer;
    http->parse = http_parse_new(BODY_MAX);
    if (http->parse) {
        http_begin_connection(http);
        return http;
    }
    running_free(&http->running);
    free(http);
    return NULL;
}

static void free_session(void *self)
{
    struct http_session *http = self;
    http_queries_remove(&http->front->queries, http);
    http_query_drop(http);
    query_session_free(http->session);
    limits_leave(&http->ticket);
    http_parse_free(http->parse);
    buf_free(&http->input);
    buf_free(&http->scratch);
    chain_free(&http->output);
    running_free(&http->running);
    free(http);
}

/* ---- steps ---- */

static void refuse(struct http_session *http, int status, const char *sqlstate,
                   const char *text)
{
    struct error err;
    error_set(&err, sqlstate, "%s", text);
    http->keep_alive = false; /* where the next request begins is not known */
    http_reply_problem(http, status, &err);
}

/* Who it is from is asked before the body is read. */
static void await_body(struct http_session *http)
{
    bool has_head = http_parse_request(http->parse)->has_head;
    enum http_admission admission = HTTP_ADMITTED;
    if (has_head && !http->is_admitted)
        admission = http_admit(http);
    http->waiting = admission == HTTP_WAITS;
    if (admission == HTTP_ADMITTED && http_parse_take_continue(http->parse) &&
        !chain_append(&http->output, "HTTP/1.1 100 Continue\r\n\r\n", 25))
        http->state = HTTP_CLOSED;
}

static void read_request(struct http_session *http)
{
    switch (http_parse_run(http->parse, &http->input)) {
    case HTTP_NEED_MORE:
        await_body(http);
        break;
    case HTTP_COMPLETE:
        http->state = HTTP_ROUTING;
        break;
    case HTTP_MALFORMED:
        refuse(http, 400, "08P01", "the request is not well-formed HTTP");
        break;
    case HTTP_TOO_LARGE:
        refuse(http, 413, "54000", "the body is too large");
        break;
    case HTTP_NO_MEMORY:
        refuse(http, 503, "53200", "out of memory");
        break;
    }
}

static void run(void *self)
{
    struct http_session *http = self;
    http->waiting = false;
    if (atomic_load(&http->closing) || http_drain_is_due(http))
        http->state = HTTP_CLOSED;
    switch (http->state) {
    case HTTP_READING:
        read_request(http);
        break;
    case HTTP_ROUTING:
        http_route(http);
        break;
    case HTTP_RUNNING:
        http_query_step(http);
        break;
    case HTTP_CLOSED:
        break;
    }
}

/* ---- ports ---- */

static unsigned want(const void *self)
{
    const struct http_session *http = self;
    unsigned send = http->output.bytes > 0 ? PGW_WANT_SEND : 0;
    if (http->state == HTTP_CLOSED)
        return send ? send : PGW_WANT_CLOSE;
    if (atomic_load_explicit(&http->closing, memory_order_relaxed) ||
        http_drain_is_due(http))
        return PGW_WANT_WORK;
    if (http->waiting)
        return PGW_WANT_WAIT | send;
    if (http->output.bytes >= HIGH_WATER)
        return PGW_WANT_SEND;
    if (http->state != HTTP_READING || buf_len(&http->input) > 0)
        return PGW_WANT_WORK;
    if (send)
        return send;
    return http->eof ? PGW_WANT_CLOSE : PGW_WANT_RECV;
}

static uint8_t *recv_buf(void *self, size_t *len)
{
    struct http_session *http = self;
    uint8_t *room = buf_reserve(&http->input, RECV_BYTES);
    *len = room ? buf_room(&http->input) : 0;
    if (!room)
        refuse(http, 503, "53200", "out of memory");
    return room;
}

static void recv_ack(void *self, size_t len)
{
    struct http_session *http = self;
    buf_commit(&http->input, len);
    http->request_begun = true;
}

static void recv_eof(void *self)
{
    struct http_session *http = self;
    http->eof = true;
}

static size_t send_iov(void *self, struct iovec *iov, size_t max)
{
    const struct http_session *http = self;
    return chain_iov(&http->output, iov, max);
}

static void send_ack(void *self, size_t bytes)
{
    struct http_session *http = self;
    chain_consume(&http->output, bytes);
}

static void idle(void *self)
{
    struct http_session *http = self;
    chain_trim(&http->output);
    buf_free(&http->scratch);
    if (buf_len(&http->input) == 0)
        buf_free(&http->input);
}

static void interrupt_query(void *self)
{
    struct http_session *http = self;
    query_session_interrupt(http->session);
}

static bool interrupt(void *self, enum pgw_interrupt reason, uint64_t *statement)
{
    struct http_session *http = self;
    if (http_note_end(http, reason))
        return false;
    bool runs = running_interrupt(&http->running, (unsigned)reason, statement,
                                  interrupt_query, http);
    if (reason == PGW_INTERRUPT_HANG_UP && runs)
        atomic_store(&http->closing, (unsigned)reason);
    return runs;
}

static void tls_started(void *self, const struct pgw_tls *tls)
{
    struct http_session *http = self;
    struct pgw_peer *peer = &http->peer.peer;
    peer->is_tls = true;
    peer->tls_version = tls->version;
    peer->tls_cipher = tls->cipher;
    peer->certificate_name = tls->certificate_name;
    peer->certificate_subject = tls->certificate_subject;
    http_await_request(http); /* the handshake had a time of its own */
}

const struct session_ops http_session_ops = {.want = want,
                                             .run = run,
                                             .recv_buf = recv_buf,
                                             .recv_ack = recv_ack,
                                             .recv_eof = recv_eof,
                                             .send_iov = send_iov,
                                             .send_ack = send_ack,
                                             .idle = idle,
                                             .interrupt = interrupt,
                                             .tls_started = tls_started,
                                             .free = free_session};

const char http_farewell[] =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
    "Content-Length: 0\r\n\r\n";
const size_t http_farewell_len = sizeof http_farewell - 1;
