/* http_auth.h - who a request is from, by the same users and rules as PostgreSQL's
 * protocol has. */
#ifndef HTTP_HTTP_AUTH_H
#define HTTP_HTTP_AUTH_H

#include "core/attr.h"

struct http_session;

enum http_admission {
    HTTP_ADMITTED, /* http->user and http->role say who it is */
    HTTP_REFUSED,  /* it has been answered */
    HTTP_WAITS     /* for a slot: ask again */
};

/* As soon as the head of a request is there. */
enum http_admission http_admit(struct http_session *http) MUST_CHECK;

#endif
