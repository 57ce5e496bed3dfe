/* startup_host.h - a host that asks for proof in every way, for what is sent before a
 * client has given any.
 *
 * The first byte of an input is the way, the flags below it what the connection is. */
#ifndef FUZZ_STARTUP_HOST_H
#define FUZZ_STARTUP_HOST_H

#include <stdlib.h>
#include <string.h>

#include <pgwire/session.h>

#include "core/attr.h"

enum {
    STARTUP_MECHANISM = 7, /* bits of the first byte: the mechanism … */
    STARTUP_TLS = 8,       /* TLS can be had; it is started as soon as it is wanted */
    STARTUP_UNIX = 16,
    STARTUP_UNKNOWN_USER = 32,
    STARTUP_WAITS = 64 /* the host answers WAIT, each time once */
};

enum { STARTUP_STEPS_MAX = 20000 };

struct startup_host {
    unsigned flags;
    bool waited;
    bool opened; /* the client has proven who it is */
};

/* PostgreSQL's, of the password "pencil", with one iteration. */
static const char startup_secret[] =
    "SCRAM-SHA-256$1:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT"
    "4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

/* WAIT, every other time. */
static bool startup_waits(struct startup_host *host)
{
    host->waited = !host->waited && (host->flags & STARTUP_WAITS);
    return host->waited;
}

static enum pgw_status startup_authenticate(void *ctx, pgw_session *session,
                                            struct pgw_auth *auth,
                                            struct pgw_error *err)
{
    static const enum pgw_auth_mechanism mechanisms[] = {
        PGW_AUTH_CLEARTEXT,   PGW_AUTH_MD5,         PGW_AUTH_SCRAM_SHA_256,
        PGW_AUTH_OAUTHBEARER, PGW_AUTH_CERTIFICATE, PGW_AUTH_SCRAM_SHA_256,
        PGW_AUTH_OAUTHBEARER, PGW_AUTH_MD5};
    struct startup_host *host = ctx;
    bool is_known = !(host->flags & STARTUP_UNKNOWN_USER);
    (void)session, (void)err;
    if (startup_waits(host))
        return PGW_WAIT;
    auth->mechanism = mechanisms[host->flags & STARTUP_MECHANISM];
    auth->issuer = (struct pgw_slice){"https://issuer", 14};
    auth->scope = (struct pgw_slice){"openid", 6};
    auth->allow_clear = host->flags & 1;
    if (is_known && auth->mechanism == PGW_AUTH_MD5)
        auth->secret = (struct pgw_slice){"md5b4c8e2d71d5b1a5d1b6c0b0fbc1f9a6e", 35};
    else if (is_known)
        auth->secret = (struct pgw_slice){startup_secret, sizeof startup_secret - 1};
    return PGW_OK;
}

/* No token is good. */
static enum pgw_status startup_validate(void *ctx, pgw_session *session,
                                        struct pgw_slice token,
                                        struct pgw_token_result *result,
                                        struct pgw_error *err)
{
    (void)session, (void)token, (void)err;
    if (startup_waits(ctx))
        return PGW_WAIT;
    memcpy(result->reason, "none", sizeof "none");
    return PGW_OK;
}

static enum pgw_status startup_open(void *ctx, pgw_session *session, void **state,
                                    struct pgw_error *err)
{
    struct startup_host *host = ctx;
    (void)session, (void)state, (void)err;
    host->opened = true;
    return PGW_OK;
}

static const struct pgw_startup_ops startup_asks = {.authenticate =
                                                        startup_authenticate,
                                                    .open = startup_open,
                                                    .validate_token = startup_validate};
static const struct pgw_handlers startup_handlers = {.startup = &startup_asks};

static pgw_session *startup_session(struct startup_host *host)
{
    const struct pgw_peer peer = {.is_unix = host->flags & STARTUP_UNIX};
    const struct pgw_session_options options = {
        .peer = &peer,
        .tls = host->flags & STARTUP_TLS ? PGW_TLS_OFFERED : PGW_TLS_NONE};
    return pgw_session_new(&startup_handlers, host, &options);
}

static void startup_send(pgw_session *session)
{
    struct iovec iov[8];
    size_t count = pgw_session_send_iov(session, iov, ARRAY_LEN(iov)), bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += iov[i].iov_len;
    pgw_session_send_ack(session, bytes);
}

/* Until it wants to read (true) or has closed. `look` is called after every step. */
static bool startup_serve(pgw_session *session, void (*look)(void *), void *ctx)
{
    static const struct pgw_tls tls = {.version = "TLSv1.3",
                                       .certificate_hash = {"0123456789abcdef", 16}};
    for (unsigned steps = 0; steps < STARTUP_STEPS_MAX; steps++) {
        unsigned want = pgw_session_want(session);
        look(ctx);
        if (want & PGW_WANT_CLOSE)
            return false;
        if (want & PGW_WANT_TLS)
            pgw_session_tls_started(session, &tls);
        else if (want & (PGW_WANT_WORK | PGW_WANT_WAIT))
            pgw_session_run(session);
        else if (want & PGW_WANT_SEND)
            startup_send(session);
        else
            return true;
    }
    abort(); /* it never stops working */
}

/* The whole input, in pieces of at most `piece` bytes; false: it has closed. */
static bool startup_feed(pgw_session *session, const uint8_t *data, size_t size,
                         size_t piece, void (*look)(void *), void *ctx)
{
    while (startup_serve(session, look, ctx) && size > 0) {
        size_t room;
        uint8_t *to = pgw_session_recv_buf(session, &room);
        if (!to)
            return startup_serve(session, look, ctx);
        size_t part = size < room ? size : room;
        part = part < piece ? part : piece;
        memcpy(to, data, part);
        pgw_session_recv_ack(session, part);
        data += part;
        size -= part;
    }
    return size == 0 && !(pgw_session_want(session) & PGW_WANT_CLOSE);
}

#endif
