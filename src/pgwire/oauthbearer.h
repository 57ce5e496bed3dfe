/* oauthbearer.h - the messages of SASL's OAUTHBEARER (RFC 7628), to the letter.
 *
 *     client   n,, ^A auth=Bearer TOKEN ^A ^A           other keys are passed over
 *     server   nothing, the token is good; or {"status": …}, to which the client says
 *     client   ^A                                       and the login fails
 *
 * Nothing is kept or copied: what is taken points into the message. */
#ifndef PGWIRE_OAUTHBEARER_H
#define PGWIRE_OAUTHBEARER_H

#include <pgwire/error.h>

#include "core/attr.h"
#include "core/buf.h"
#include "core/slice.h"

/* The value of `auth` in the client's first message; empty: it asks where to get a
 * token. False: *err says what is malformed, as PostgreSQL 18 does. */
bool oauthbearer_read(struct slice message, struct slice *auth,
                      struct pgw_error *err) MUST_CHECK;

/* The message that a client has to send when it was told that its token is not good. */
bool oauthbearer_read_last(struct slice message, struct pgw_error *err) MUST_CHECK;

/* The token in "Bearer TOKEN" (RFC 6750 section 2.1). False: there is none. */
bool oauthbearer_token(struct slice auth, struct slice *token) MUST_CHECK;

/* What a client is told whose token is not good: where to get a better one, and for
 * what scope. An issuer that is not a document's address gets the one of OpenID's
 * discovery appended. False: out of memory. */
bool oauthbearer_refuse(struct buf *out, struct slice issuer,
                        struct slice scope) MUST_CHECK;

#endif
