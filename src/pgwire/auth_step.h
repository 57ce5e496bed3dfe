/* auth_step.h - one step of a client's proof, as the mechanisms see it. */
#ifndef PGWIRE_AUTH_STEP_H
#define PGWIRE_AUTH_STEP_H

#include "pgwire/reader.h"
#include "pgwire/session_state.h"

enum auth_outcome {
    AUTH_MORE, /* something was sent: the client's turn */
    AUTH_WAIT, /* the host is not ready: the same message again, once it is */
    AUTH_PROVEN,
    AUTH_WRONG,   /* "password authentication failed" */
    AUTH_REFUSED, /* *err says why */
    AUTH_NO_MEMORY
};

enum { AUTH_SALT_BYTES = 4 };

struct auth_exchange {
    struct arena arena; /* itself, and what it makes */
    struct slice user, secret;
    uint8_t salt[AUTH_SALT_BYTES]; /* md5 */
    struct scram *scram;           /* once the client has chosen */
    struct slice issuer, scope;    /* OAUTHBEARER */
    bool oauth_chosen;             /* the client has chosen it */
    bool oauth_refused;            /* its token, or that it had none */
};

struct auth_step {
    pgw_session *session;
    struct auth_exchange *exchange;
    struct reader message;
    struct pgw_error *err; /* AUTH_REFUSED */
};

/* A client's first message: the mechanism that it has chosen, then, perhaps, the first
 * message of its own; data->data is NULL when it is not there. MORE: it is well-formed.
 */
enum auth_outcome auth_read_choice(const struct auth_step *step, struct pgw_slice *name,
                                   struct pgw_slice *data);
/* It has chosen what it was not offered: REFUSED. */
enum auth_outcome auth_refuse_choice(const struct auth_step *step);

/* ---- auth_oauth.c ---- */
bool auth_allows_oauth(const pgw_session *session, const struct auth_exchange *exchange,
                       struct pgw_error *err);
bool auth_begin_oauth(pgw_session *session, struct auth_exchange *exchange);
enum auth_outcome auth_next_oauth(const struct auth_step *step);

#endif
