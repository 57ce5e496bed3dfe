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

/* TLS, from files in PEM form; borrowed for the length of the call. */
struct pgw_tls_options {
    const char *certificate_file; /* the server's, then those it is signed by */
    const char *key_file;         /* mode 0600 or less, or root's and 0640; without a
                                   * passphrase */
    const char *client_ca_file; /* whose certificates are taken from clients, which are
                                 * then asked for one (PGW_AUTH_CERTIFICATE); NULL */
    const char *crl_file;       /* which of them are revoked, all authorities'; NULL */
    const char *min_version;    /* "1.2" or "1.3"; NULL = "1.2" */
    bool required;     /* who comes without TLS is told 28000, but on a unix socket */
    void *reserved[4]; /* zero */
};

/* Zero everywhere but in `listen` is a sensible default. */
struct pgw_server_options {
    const char *listen;        /* "ADDRESS:PORT", "[IPv6]:PORT", "localhost:PORT", or
                                * "/DIRECTORY[:PORT]" for a unix socket there; borrowed */
    unsigned io_threads;       /* 0 = 2: never blocked by a handler that asks */
    unsigned blocking_threads; /* 0 = cores * 2: how many may block at once */
    unsigned max_connections;  /* that have logged in; 0 = as many as there are
                                * descriptors, less 64, a quarter of these or 1024 being
                                * kept for those who have not */
    uint32_t login_timeout_ms; /* until authenticated; 0 = 60 s */
    uint32_t statement_timeout_ms;     /* of each statement; 0 = none */
    const struct pgw_tls_options *tls; /* NULL: there is none */
    void *reserved[3];                 /* zero */
};

/* Make a server that listens at once; it serves when it runs. The handlers' tables are
 * borrowed until it is freed, the options until it returns; ctx is handed to the
 * handlers. NULL with *err set: 08001 for an address that cannot be listened on, 22023
 * for a malformed one, 0A000 for a reserved member that is not zero, 53200, and what
 * pgw_server_reload_tls says. */
pgw_server *pgw_server_new(const struct pgw_handlers *handlers, void *ctx,
                           const struct pgw_server_options *options,
                           struct pgw_error *err);

/* Read the files for TLS again, or others; NULL: no TLS from now on. For connections
 * that begin from now on; the others keep what they have. On an error nothing changes:
 * 58P01 a file that cannot be read, F0000 one that is not what it should be, 22023 a
 * version that there is not, 0A000, 53200. Thread-safe. */
enum pgw_status pgw_server_reload_tls(pgw_server *server,
                                      const struct pgw_tls_options *tls,
                                      struct pgw_error *err);

/* The port that it listens on, which port 0 leaves to the system. */
uint16_t pgw_server_port(const pgw_server *server);

/* Serve, with this thread as one of its own, until pgw_server_stop. Clients are then
 * told 57P01, and statements that run are interrupted. Returns 0, or 1 with errno set
 * when threads could not be made. */
int pgw_server_run(pgw_server *server);

/* Make pgw_server_run return, now. Thread-safe and async-signal-safe. */
void pgw_server_stop(pgw_server *server);

/* Make pgw_server_run return when everybody is done: nobody is let in any more, a
 * session is told 57P01 when its statement, or its transaction block, has ended, which
 * for one that has nothing under way is now, and who takes longer than timeout_ms is
 * treated as by pgw_server_stop, which may be called meanwhile. Thread-safe and
 * async-signal-safe. */
void pgw_server_drain(pgw_server *server, uint32_t timeout_ms);

/* Close everything; not while it runs. NULL is allowed. */
void pgw_server_free(pgw_server *server);

PGW_END_DECLS

#endif
