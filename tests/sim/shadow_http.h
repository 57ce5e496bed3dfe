/* shadow_http.h - the HTTP session behind a table that looks who calls it. */
#ifndef SIM_SHADOW_HTTP_H
#define SIM_SHADOW_HTTP_H

#include "http/http_session.h"
#include "net/conn.h"

bool shadow_http_open(struct http_front *front, const struct session_peer *peer,
                      struct session *out);
bool shadow_http_is(const struct conn *conn); /* is its session one of these? */
/* Without points, for the checks. */
unsigned shadow_http_want(const struct conn *conn);
bool shadow_http_runs(const struct conn *conn, unsigned *reason); /* why it is to end */

#endif
