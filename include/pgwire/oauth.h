/* oauth.h - bearer tokens that are JSON Web Tokens, judged by an issuer's public keys.
 *
 * What pgw_startup_ops.validate_token may ask; it is good for tokens that come by other
 * ways, too. Taken are RS256 to 512, PS256 to 512 (RSA keys of 2048 bits or more),
 * ES256, ES384, ES512 and EdDSA with Ed25519; never "none", nor shared secrets. Nothing
 * is fetched: the keys are a file, which is read when the validator is made and when it
 * is told to. A whole server is examples/oauth.c.
 *
 * Source: RFC 7515 to 7519, RFC 8037, RFC 8725, RFC 9068. */
#ifndef PGWIRE_OAUTH_H
#define PGWIRE_OAUTH_H

#include <pgwire/pgwire.h>

PGW_BEGIN_DECLS

/* What judges JSON Web Tokens. */
typedef struct pgw_jwt_validator pgw_jwt_validator;

/* What is asked of a token; all strings are copied. The first three must be there. */
struct pgw_jwt_options {
    const char *issuer;     /* its "iss" is this, to the letter */
    const char *audience;   /* its "aud" is this, or has it */
    const char *key_file;   /* a JSON Web Key Set (RFC 7517), at most 1 MB */
    const char *user_claim; /* which claim is the user's name; NULL = "sub" */
    const char *scope;      /* all of these are in its "scope" or "scp"; NULL = none */
    uint32_t clock_skew_s;  /* how far clocks may be apart; 0 = 60 seconds */
    void *reserved[4];      /* zero */
};

/* Make one, and read the keys. NULL with *err set: 22023 for an option that is missing
 * or a file that is no key set, 58P01 for one that cannot be read, 0A000 for a reserved
 * member that is not zero, 53200. */
pgw_jwt_validator *pgw_jwt_validator_new(const struct pgw_jwt_options *options,
                                         struct pgw_error *err);

/* Not while it is used. NULL is allowed. */
void pgw_jwt_validator_free(pgw_jwt_validator *validator);

/* Read the keys anew. ERROR, as pgw_jwt_validator_new: the old ones stay. Thread-safe.
 */
enum pgw_status pgw_jwt_validator_reload(pgw_jwt_validator *validator,
                                         struct pgw_error *err);

/* Judge a token, at the time that it is now: is_authorized, identity, reason and
 * expires_at of *result are set. Every token has an end. ERROR: 53200 only. It takes
 * some tens of microseconds and does not block. Thread-safe. */
enum pgw_status pgw_jwt_validate(pgw_jwt_validator *validator, struct pgw_slice token,
                                 struct pgw_token_result *result,
                                 struct pgw_error *err);

PGW_END_DECLS

#endif
