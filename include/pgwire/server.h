/* server.h - the host that comes with the library: listeners, threads, time-outs.
 *
 * Optional: an embedder with a loop of its own uses <pgwire/session.h> instead. There
 * are io_threads + blocking_threads threads, which share all sessions; a handler that
 * blocks asks pgw_block_begin first, so that io_threads of them are always left for
 * those that do not. */
#ifndef PGWIRE_SERVER_H
#define PGWIRE_SERVER_H

#include <pgwire/pgwire.h>

PGW_BEGIN_DECLS

/* A listening server. */
typedef struct pgw_server pgw_server;

/* Zero everywhere but in `listen` is a sensible default. */
struct pgw_server_options {
    const char *listen;        /* "ADDRESS:PORT", "[IPv6]:PORT", "localhost:PORT", or
                                * "/DIRECTORY[:PORT]" for a unix socket there; borrowed */
    unsigned io_threads;       /* 0 = 2: never blocked by a handler that asks */
    unsigned blocking_threads; /* 0 = cores * 2: how many may block at once */
    unsigned max_connections;  /* 0 = as many as there are descriptors, less 64 */
    uint32_t login_timeout_ms; /* until authenticated; 0 = 60 s */
    uint32_t statement_timeout_ms; /* of each statement; 0 = none */
    void *reserved[4];             /* zero */
};

/* Make a server that listens at once; it serves when it runs. The handlers' tables are
 * borrowed until it is freed, the options until it returns; ctx is handed to the
 * handlers. NULL with *err set: 08001 for an address that cannot be listened on, 22023
 * for a malformed one, 0A000 for a reserved member that is not zero, 53200. */
pgw_server *pgw_server_new(const struct pgw_handlers *handlers, void *ctx,
                           const struct pgw_server_options *options,
                           struct pgw_error *err);

/* The port that it listens on, which port 0 leaves to the system. */
uint16_t pgw_server_port(const pgw_server *server);

/* Serve, with this thread as one of its own, until pgw_server_stop. Clients are then
 * told 57P01, and statements that run are interrupted. Returns 0, or 1 with errno set
 * when threads could not be made. */
int pgw_server_run(pgw_server *server);

/* Make pgw_server_run return. Thread-safe and async-signal-safe. */
void pgw_server_stop(pgw_server *server);

/* Close everything; not while it runs. NULL is allowed. */
void pgw_server_free(pgw_server *server);

PGW_END_DECLS

#endif
