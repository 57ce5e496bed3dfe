/* serve_tls.h - what the options say about TLS. */
#ifndef MAIN_SERVE_TLS_H
#define MAIN_SERVE_TLS_H

#include "core/attr.h"
#include "core/error.h"

struct options;
struct server;

/* Read certificate and key, at the start and at a reload, for the connections that
 * begin from now on. On an error everything stays as it was. */
bool serve_tls_apply(struct server *server, const struct options *options,
                     struct error *err) MUST_CHECK;

#endif
