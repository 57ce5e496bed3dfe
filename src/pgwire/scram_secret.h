/* scram_secret.h - what a server keeps of a password for SCRAM-SHA-256.
 *
 *     SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY
 *
 * as PostgreSQL's pg_authid.rolpassword has it (documentation 53.8); RFC 5802 section
 * 3, RFC 5803. Nobody can log in with a secret that was stolen, but its owner be told
 * whether a password fits. */
#ifndef PGWIRE_SCRAM_SECRET_H
#define PGWIRE_SCRAM_SECRET_H

#include <pgwire/pgwire.h>

#include "pgwire/crypto.h"

enum {
    SCRAM_KEY_BYTES = CRYPTO_SHA256_BYTES,
    SCRAM_SALT_BYTES = 16,   /* of the secrets made here */
    SCRAM_SALT_MAX = 64,     /* of those read */
    SCRAM_ITERATIONS = 4096, /* of the secrets made here (RFC 7677) */
    SCRAM_ITERATIONS_MAX = 10000000,
    SCRAM_SECRET_MAX = PGW_SCRAM_SECRET_BYTES /* as text, the NUL included */
};

struct scram_secret {
    uint32_t iterations;
    uint8_t salt[SCRAM_SALT_MAX];
    size_t salt_len;
    uint8_t stored_key[SCRAM_KEY_BYTES], server_key[SCRAM_KEY_BYTES];
};

/* One of the keys, as data. */
static inline struct slice scram_key(const uint8_t key[SCRAM_KEY_BYTES])
{
    return (struct slice){(const char *)key, SCRAM_KEY_BYTES};
}

/* False: the text is no such secret. */
bool scram_secret_read(struct slice text, struct scram_secret *out) MUST_CHECK;
void scram_secret_write(const struct scram_secret *secret, char out[SCRAM_SECRET_MAX]);

/* Iterations and salt are the caller's. False: out of memory. The password is prepared
 * by SASLprep (RFC 4013) or, if that forbids it or it is not UTF-8, taken as it is. */
bool scram_secret_make(struct slice password, struct scram_secret *secret) MUST_CHECK;

/* Does the password fit? In a time that tells nothing of where it does not. */
bool scram_secret_fits(const struct scram_secret *secret,
                       struct slice password) MUST_CHECK;

/* For a user who does not exist: always the same salt, and keys that nothing fits.
 * nonce: SCRAM_KEY_BYTES that are the server's own. */
bool scram_secret_mock(const uint8_t *nonce, struct slice user,
                       struct scram_secret *secret) MUST_CHECK;

#endif
