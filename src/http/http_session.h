/* http_session.h - HTTP/1.1 as a sibling of the PostgreSQL session on the same loop.
 *
 *     READING ──> ROUTING ──┬─ answered at once ──> READING (keep-alive) or CLOSED
 *                           └─ a query ──> RUNNING ── rows, chunk by chunk ──┘ */
#ifndef HTTP_HTTP_SESSION_H
#define HTTP_HTTP_SESSION_H

#include "http/http_queries.h"
#include "net/session_ops.h"

struct access;
struct basic;
struct database;
struct limits;
struct session_defaults;

/* What all sessions share; outlives them. */
struct http_front {
    struct database *database;
    const struct session_defaults *defaults; /* NULL: the settings' own */
    struct limits *limits;                   /* NULL: there are none */
    struct http_queries queries;
    struct access *access; /* who may ask; NULL: whoever it is, as an admin */
    struct basic *basic;   /* what passwords have fitted */
};

bool http_front_init(struct http_front *front, struct database *database,
                     const struct session_defaults *defaults) MUST_CHECK;
void http_front_free(struct http_front *front); /* all zero is allowed */

struct http_session;

/* NULL when out of memory. */
struct http_session *http_session_new(struct http_front *front,
                                      const struct session_peer *peer);
extern const struct session_ops http_session_ops;
/* What a client hears for whom there is no session: 503. */
extern const char http_farewell[];
extern const size_t http_farewell_len;

#endif
