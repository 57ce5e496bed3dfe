/* jwt.h - is a JSON Web Token good, and whose is it (RFC 7519, RFC 7515, RFC 8725)?
 *
 *     HEADER.CLAIMS.SIGNATURE   each in base64url
 *
 * The signature is judged first, by the keys at hand and nothing that the token brings
 * along; its claims only then. Pure: the time is given. */
#ifndef PGWIRE_JWT_H
#define PGWIRE_JWT_H

#include <pgwire/pgwire.h>

#include "core/attr.h"
#include "pgwire/jwks.h"

enum { JWT_BYTES_MAX = 65535 };

/* What is asked of a token; borrowed. */
struct jwt_rules {
    struct slice issuer, audience; /* "iss" is the one, "aud" has the other */
    struct slice user_claim;       /* a string: whose it is */
    struct slice scopes; /* all that must be in "scope" or "scp", blanks between them */
    uint32_t skew_s;     /* of clocks */
};

/* `now` in seconds since 1970. Sets all of *out; false: *err is 53200. */
bool jwt_judge(const struct jwt_rules *rules, const struct jwks *keys,
               struct slice token, int64_t now, struct pgw_token_result *out,
               struct pgw_error *err) MUST_CHECK;

#endif
