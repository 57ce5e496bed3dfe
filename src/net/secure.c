/* secure.c - the handshakes of connections.
 *
 * A handshake costs as much CPU as many statements, and whoever connects may ask for
 * one. So many may be worked on at once as there are io threads (net->handshakes, slots
 * like those of statements): the others wait in a line of their own, and between two of
 * them a worker looks at what else there is to do. Hence a storm of clients delays the
 * others by a handshake or two, not by all of them. */
#include "net/secure.h"

#include <errno.h>
#include <sys/socket.h>

#include "core/clock.h"
#include "net/interrupts.h"
#include "net/loop.h"
#include "net/transport_tls.h"

enum { HANDSHAKE_RECORD = 0x16, TIMEOUT_MS = 60000 };

void secure_begin(struct conn *conn)
{
    const struct session_tls *tls = &conn->factory->tls;
    bool has_tls = tls->source && !conn->peer.peer.is_unix;
    conn->tls = has_tls ? CONN_UNKNOWN : CONN_CLEAR;
    if (!has_tls || !tls->at_once)
        return;
    uint64_t ms = tls->timeout_ms ? tls->timeout_ms : TIMEOUT_MS;
    conn->tls = CONN_SHAKING;
    interrupts_deadline(conn, clock_now_us() + ms * 1000, PGW_INTERRUPT_LOGIN_TIMEOUT);
}

/* ---- the first byte ---- */

/* No start-up packet begins like a handshake: it would have 369 million bytes. */
static enum secure_progress look(struct conn *conn)
{
    uint8_t first = 0;
    ssize_t got;
    do
        got = recv(conn->transport.fd, &first, 1, MSG_PEEK);
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return SECURE_BLOCKED;
    conn->tls = got == 1 && first == HANDSHAKE_RECORD ? CONN_SHAKING : CONN_CLEAR;
    return SECURE_DONE;
}

/* ---- the handshake ---- */

static enum secure_progress fail(struct conn *conn, const char *why)
{
    unsigned missed;
    if (log_rate_allows(&conn->net->failed_handshakes, clock_now_us(), &missed))
        LOG_EVENT(conn->net->options.log, LOG_INFO, "TLS handshake failed",
                  LOG_TEXT_FIELD("address", conn->peer.address),
                  LOG_TEXT_FIELD("reason", why),
                  LOG_NUMBER_FIELD("more_before", missed));
    return SECURE_FAILED;
}

/* Whom the session has not sent here has begun by himself: direct TLS names its
 * protocol, lest the bytes are meant for a server of another kind. */
static bool set_up(struct conn *conn, const char **why)
{
    const struct session_tls *tls = &conn->factory->tls;
    const struct tls_protocol protocol = {
        .name = tls->protocol, .required = conn->tls == CONN_SHAKING && !tls->at_once};
    struct tls_context *context = tls->source ? tls_source_take(tls->source) : NULL;
    conn->tls = CONN_SHAKING;
    *why = context ? "out of memory" : "there is no certificate";
    return context && transport_tls(&conn->transport, context, protocol);
}

static enum secure_progress finish(struct conn *conn)
{
    const struct session *session = &conn->session;
    const struct pgw_tls *tls = transport_tls_describe(&conn->transport);
    if (!tls)
        return fail(conn, "out of memory, or a NUL in the certificate's name");
    conn->tls = CONN_SECURE;
    if (conn->factory->tls.at_once)
        interrupts_deadline(conn, 0, PGW_INTERRUPT_NONE);
    if (session->ops->tls_started)
        session->ops->tls_started(session->self, tls);
    return SECURE_DONE;
}

static enum secure_progress shake(struct conn *conn)
{
    char why[256];
    switch (transport_tls_step(&conn->transport, why, sizeof why)) {
    case TLS_DONE:
        return finish(conn);
    case TLS_BLOCKED:
        return SECURE_BLOCKED;
    case TLS_FAILED:
        break;
    }
    return fail(conn, why);
}

enum secure_progress secure_step(struct conn *conn)
{
    struct slots *line = &conn->net->handshakes;
    const char *why;
    if (conn->tls == CONN_UNKNOWN)
        return look(conn);
    if (!conn->transport.tls && !set_up(conn, &why))
        return fail(conn, why);
    if (!slots_take(line, conn))
        return SECURE_BLOCKED;
    conn->woken = false; /* it was woken for this */
    enum secure_progress progress = shake(conn);
    slots_release(line, conn);
    return progress;
}
