/* crypto_key.h - public keys, and signatures that they made, on OpenSSL's libcrypto.
 *
 * A kind of key goes with what may be signed by it: which algorithm a signature is said
 * to be of never makes one key serve for another kind. */
#ifndef PGWIRE_CRYPTO_KEY_H
#define PGWIRE_CRYPTO_KEY_H

#include <stdbool.h>

#include "core/attr.h"
#include "core/slice.h"

enum crypto_key_kind {
    CRYPTO_KEY_RSA,
    CRYPTO_KEY_P256,
    CRYPTO_KEY_P384,
    CRYPTO_KEY_P521,
    CRYPTO_KEY_ED25519
};

enum { CRYPTO_RSA_BITS_MIN = 2048, CRYPTO_RSA_BITS_MAX = 8192 };

/* How a signature is made. */
struct crypto_signing {
    enum crypto_key_kind kind;
    const char *digest; /* "SHA256"; NULL: the algorithm has its own */
    bool is_pss;        /* RSA: PSS with a salt as long as the digest, else PKCS #1 */
};

struct crypto_key {
    enum crypto_key_kind kind;
    void *handle; /* OpenSSL's */
};

enum crypto_key_made { CRYPTO_KEY_MADE, CRYPTO_KEY_UNFIT, CRYPTO_KEY_NO_MEMORY };

/* From modulus and exponent; the coordinates of a point; the 32 bytes of RFC 8032: big
 * numbers with their greatest byte first, coordinates as long as the field's. UNFIT: it
 * is no such key, or too small or large a one. One that was made is for
 * crypto_key_free, and may be used by several threads at once. */
enum crypto_key_made crypto_key_rsa(struct slice modulus, struct slice exponent,
                                    struct crypto_key *out) MUST_CHECK;
enum crypto_key_made crypto_key_curve(enum crypto_key_kind kind, struct slice x,
                                      struct slice y,
                                      struct crypto_key *out) MUST_CHECK;
enum crypto_key_made crypto_key_ed25519(struct slice point,
                                        struct crypto_key *out) MUST_CHECK;
void crypto_key_free(struct crypto_key *key);

/* Did the key's owner sign the text? A signature of a curve is R and S, each as long as
 * the field's numbers (RFC 7518 section 3.4). False also when memory is out. */
bool crypto_key_verify(const struct crypto_key *key,
                       const struct crypto_signing *signing, struct slice text,
                       struct slice signature) MUST_CHECK;

#endif
