/* server.h - the host that comes with the library: listeners, threads, time-outs.
 *
 * Optional: an embedder with a loop of its own uses <pgwire/session.h> instead. */
#ifndef PGWIRE_SERVER_H
#define PGWIRE_SERVER_H

#include <pgwire/pgwire.h>

typedef struct pgw_server pgw_server;

/* Zero everywhere is a sensible default. */
struct pgw_server_options {
    const char *listen;  /* "ADDRESS:PORT", "[IPv6]:PORT" or "/DIRECTORY[:PORT]" */
    unsigned io_threads; /* 2: never blocked by a handler */
    unsigned blocking_threads; /* cores * 2: how many handlers may block at once */
    unsigned max_connections;  /* as many as there are descriptors, less 64 */
    uint32_t login_timeout_ms, statement_timeout_ms;
};

/* Listens at once; ctx is handed to the handlers. NULL with *err set: 08001 for an
 * address that cannot be listened on, 22023 for a malformed one, 53200. */
pgw_server *pgw_server_new(const struct pgw_handlers *handlers, void *ctx,
                           const struct pgw_server_options *options,
                           struct pgw_error *err);

uint16_t pgw_server_port(const pgw_server *server); /* that "…:0" was given */

/* Serve until pgw_server_stop; 0, or 1 with errno set when threads could not be made.
 */
int pgw_server_run(pgw_server *server);
void pgw_server_stop(pgw_server *server); /* thread-safe and async-signal-safe */
void pgw_server_free(pgw_server *server); /* NULL is allowed */

#endif
