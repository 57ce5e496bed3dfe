/* server.c - the host that comes with the library: pgw_server over the loop. */
#include <pgwire/server.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/entropy.h"
#include "net/net.h"
#include "net/tls.h"
#include "pgwire/reserved.h"

static const char made_for_later[] = "made for a later version than libpgwire %s";

struct pgw_server {
    struct net *net;
    struct pgw_handlers handlers;
    void *ctx;
    struct pgw_server_options options;
    struct tls_source tls;
    _Atomic enum pgw_tls_mode tls_mode;
    uint8_t auth_nonce[PGW_AUTH_NONCE_BYTES];
    uint16_t port;
};

static bool open_session(void *ctx, const struct session_peer *peer,
                         struct session *out)
{
    const struct pgw_server *server = ctx;
    const struct pgw_session_options options = {
        .host = peer->host,
        .host_self = peer->host_self,
        .pid = peer->pid,
        .peer = &peer->peer,
        .login_timeout_ms = server->options.login_timeout_ms,
        .statement_timeout_ms = server->options.statement_timeout_ms,
        .tls = atomic_load(&server->tls_mode),
        .auth_nonce = server->auth_nonce};
    *out = (struct session){&pg_session_ops,
                            pgw_session_new(&server->handlers, server->ctx, &options)};
    return out->self != NULL;
}

static bool load_tls(pgw_server *server, const struct pgw_tls_options *tls,
                     struct error *err)
{
    enum pgw_tls_mode mode = PGW_TLS_NONE;
    if (tls)
        mode = tls->required ? PGW_TLS_REQUIRED : PGW_TLS_OFFERED;
    if (!tls_source_load(&server->tls, tls, err))
        return false;
    atomic_store(&server->tls_mode, mode);
    return true;
}

static bool start(pgw_server *server, struct error *err)
{
    const struct net_options options = {.io_threads = server->options.io_threads,
                                        .slots = server->options.blocking_threads,
                                        .max_connections =
                                            server->options.max_connections};
    const struct session_factory factory = {
        .open = open_session,
        .ctx = server,
        .tls = {.source = &server->tls, .protocol = "postgresql"},
        .farewell = pg_farewell,
        .farewell_len = pg_farewell_len};
    if (!load_tls(server, server->options.tls, err))
        return false;
    server->options.tls = NULL; /* it was borrowed */
    server->net = net_new(&options, err);
    return server->net && net_listen(server->net, server->options.listen, &factory,
                                     &server->port, err);
}

pgw_server *pgw_server_new(const struct pgw_handlers *handlers, void *ctx,
                           const struct pgw_server_options *options,
                           struct pgw_error *err)
{
    struct error error;
    if (!reserved_unused(handlers) || !reserved_unused_server(options)) {
        (void)pgw_fail(err, "0A000", made_for_later, PGW_VERSION);
        return NULL;
    }
    pgw_server *server = calloc(1, sizeof *server);
    if (!server) {
        (void)pgw_fail(err, "53200", "out of memory");
        return NULL;
    }
    server->handlers = *handlers;
    server->ctx = ctx;
    server->options = *options;
    tls_source_init(&server->tls);
    if (!entropy_read(server->auth_nonce, sizeof server->auth_nonce))
        (void)error_set(&error, "XX000", "the system has no random bytes");
    else if (start(server, &error))
        return server;
    (void)pgw_fail(err, error.sqlstate, "%s", error.message);
    pgw_server_free(server);
    return NULL;
}

enum pgw_status pgw_server_reload_tls(pgw_server *server,
                                      const struct pgw_tls_options *tls,
                                      struct pgw_error *err)
{
    struct error error;
    if (!reserved_unused_tls_options(tls))
        return pgw_fail(err, "0A000", made_for_later, PGW_VERSION);
    if (load_tls(server, tls, &error))
        return PGW_OK;
    return pgw_fail(err, error.sqlstate, "%s", error.message);
}

uint16_t pgw_server_port(const pgw_server *server)
{
    return server->port;
}

int pgw_server_run(pgw_server *server)
{
    struct error ignored;
    if (net_run(server->net, &ignored))
        return 0;
    errno = EAGAIN; /* no threads to be had */
    return 1;
}

void pgw_server_stop(pgw_server *server)
{
    net_stop(server->net);
}

void pgw_server_drain(pgw_server *server, uint32_t timeout_ms)
{
    net_drain(server->net, timeout_ms);
}

void pgw_server_free(pgw_server *server)
{
    if (!server)
        return;
    net_free(server->net);
    tls_source_free(&server->tls);
    free(server);
}
