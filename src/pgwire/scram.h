/* scram.h - the server's side of one SCRAM-SHA-256 exchange, with channel binding or
 * without, as a machine of two messages in and two out.
 *
 *     FIRST ── client-first ──> server-first ──> FINAL ── client-final ──> DONE
 *
 * Source: RFC 5802, RFC 7677, RFC 5929 (tls-server-end-point); PostgreSQL documentation
 * 55.3. Message and SQLSTATE of each refusal are PostgreSQL's. */
#ifndef PGWIRE_SCRAM_H
#define PGWIRE_SCRAM_H

#include <pgwire/error.h>

#include "core/arena.h"
#include "pgwire/scram_secret.h"

enum scram_outcome {
    SCRAM_MORE,   /* send the reply, go on */
    SCRAM_PROVEN, /* send the reply: the client knows the password, and we the secret */
    SCRAM_WRONG,  /* it does not */
    SCRAM_REFUSED, /* *err says why */
    SCRAM_NO_MEMORY
};

struct scram {
    struct scram_secret secret;
    bool is_mock; /* nothing fits, whatever the proof */
    bool has_tls; /* a client that could bind to the channel must do so */
    bool is_plus; /* the client has chosen SCRAM-SHA-256-PLUS */
    struct slice certificate_hash; /* tls-server-end-point; is_plus only */
    enum { SCRAM_FIRST, SCRAM_FINAL, SCRAM_DONE } state;
    char flag;             /* 'n', 'y' or 'p' */
    struct slice bare;     /* client-first-message-bare */
    struct slice nonce;    /* the client's and ours */
    struct slice greeting; /* server-first-message */
};

/* One message of the client, and what to answer, in the arena, which must live as long
 * as the exchange. */
enum scram_outcome scram_next(struct scram *scram, struct slice message,
                              struct arena *arena, struct slice *reply,
                              struct pgw_error *err);

#endif
