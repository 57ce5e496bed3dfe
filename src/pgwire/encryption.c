/* encryption.c - a client asks for encryption before it says who it is.
 *
 * Source: PostgreSQL documentation 55.2.10 and 55.2.11. SSLRequest is answered S when
 * the driver can make handshakes, which it then does; else, and to GSSENCRequest, the
 * answer is N and the start-up goes on. Each may be asked once; what is asked again, or
 * inside of TLS, is a start-up packet of a version that nobody speaks.
 *
 * What was sent in clear behind the request that is answered S has been put there by
 * somebody else than the client that waits for the answer: the session ends
 * (CVE-2021-23214). As in PostgreSQL it says so inside of TLS, when the handshake is
 * done. */
#include <stdio.h>

#include "pgwire/reply.h"
#include "pgwire/reserved.h"
#include "pgwire/session_state.h"

enum { CODE_SSL = 80877103, CODE_GSSENC = 80877104 };

/* ---- asked ---- */

static bool has_tls(const pgw_session *session)
{
    return session->tls_mode != PGW_TLS_NONE && !session->peer.is_unix;
}

static void check_injected(pgw_session *session)
{
    struct pgw_error err;
    if (buf_len(&session->input) == 0)
        return;
    (void)pgw_fail(&err, "08P01", "received unencrypted data after SSL request");
    (void)snprintf(err.detail, sizeof err.detail,
                   "This could be either a client-software bug or evidence of an "
                   "attempted man-in-the-middle attack.");
    err.severity = PGW_SEVERITY_FATAL;
    session_error(session, &err);
}

static void answer(pgw_session *session, const char *yes_or_no)
{
    session->flush = true;
    if (!chain_append(&session->output, yes_or_no, 1))
        session_no_memory(session);
}

static void on_ssl_request(pgw_session *session)
{
    session->asked_tls = true;
    session->tls_due = has_tls(session);
    answer(session, session->tls_due ? "S" : "N");
}

static void on_gss_request(pgw_session *session)
{
    session->asked_gss = true;
    answer(session, "N");
}

bool encryption_request(pgw_session *session, const struct frame *frame, uint32_t code)
{
    bool is_ssl = code == CODE_SSL && !session->asked_tls && !session->peer.is_tls;
    bool is_gss = code == CODE_GSSENC && !session->asked_gss && !session->peer.is_tls;
    if (frame->len != 4 || (!is_ssl && !is_gss))
        return false;
    session_consume(session, frame);
    if (is_ssl)
        on_ssl_request(session);
    else
        on_gss_request(session);
    return true;
}

/* ---- answered ---- */

static const char *keep(pgw_session *session, const char *text, bool *failed)
{
    const char *copy = text ? arena_string(&session->tls, slice_of(text)) : NULL;
    *failed = *failed || (text && !copy);
    return copy;
}

void pgw_session_tls_started(pgw_session *session, const struct pgw_tls *tls)
{
    struct pgw_peer *peer = &session->peer;
    struct pgw_slice hash = tls->certificate_hash;
    bool failed = false;
    if (session->state != STATE_STARTUP || peer->is_tls)
        return;
    session->tls_due = false;
    peer->is_tls = true;
    peer->tls_version = keep(session, tls->version, &failed);
    peer->tls_cipher = keep(session, tls->cipher, &failed);
    peer->certificate_name = keep(session, tls->certificate_name, &failed);
    peer->certificate_subject = keep(session, tls->certificate_subject, &failed);
    if (hash.len > 0) {
        const char *copy = arena_copy(&session->tls, hash.data, hash.len);
        session->certificate_hash = (struct slice){copy, copy ? hash.len : 0};
        failed = failed || !copy;
    }
    if (!reserved_unused_tls(tls))
        session_fatal(session, "0A000", "made for a later version of libpgwire");
    else if (failed)
        session_no_memory(session);
    else
        check_injected(session);
}

/* ---- needed ---- */

/* Told as PostgreSQL tells a client for which it has hostssl rules alone. */
bool encryption_suffices(pgw_session *session)
{
    struct pgw_error err;
    const char *user = pgw_session_startup_parameter(session, "user");
    const char *database = pgw_session_startup_parameter(session, "database");
    if (session->tls_mode != PGW_TLS_REQUIRED || session->peer.is_tls ||
        session->peer.is_unix)
        return true;
    (void)pgw_fail(&err, "28000",
                   "connections without TLS are refused: host \"%s\", user \"%s\", "
                   "database \"%s\", no encryption",
                   session->peer.address ? session->peer.address : "", user,
                   database ? database : user);
    err.severity = PGW_SEVERITY_FATAL;
    session_error(session, &err);
    return false;
}
