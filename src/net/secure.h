/* secure.h - a connection's way from clear to TLS, a step at a time.
 *
 *     UNKNOWN ── the first byte is a handshake's (direct TLS) ──> SHAKING ──> SECURE
 *        └────── any other ──> CLEAR ── the session asks ───────────┘
 *
 * A connection that has TLS at once begins with SHAKING, one without it with CLEAR.
 * Used by the connection's owner. */
#ifndef NET_SECURE_H
#define NET_SECURE_H

#include "net/conn.h"

enum secure_progress {
    SECURE_DONE,    /* go on, in clear or not */
    SECURE_BLOCKED, /* until the socket is ready, or a handshake may begin */
    SECURE_FAILED
};

/* A new connection, whose session is open. */
void secure_begin(struct conn *conn);
/* Nothing else may be read or written first. */
static inline bool secure_is_due(const struct conn *conn)
{
    return conn->tls == CONN_UNKNOWN || conn->tls == CONN_SHAKING;
}
/* If it is due, or the session asks for it. */
enum secure_progress secure_step(struct conn *conn) MUST_CHECK;

#endif
