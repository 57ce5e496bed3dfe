/* jwks.h - a set of public keys, by which tokens are signed (RFC 7517), and the
 * algorithms that they are signed with (RFC 7518, RFC 8037).
 *
 * Keys that are not for signatures, or of a kind that is not known here, are passed
 * over, as RFC 7517 section 5 has it. Immutable once it was read. */
#ifndef PGWIRE_JWKS_H
#define PGWIRE_JWKS_H

#include <pgwire/error.h>

#include "core/arena.h"
#include "pgwire/crypto_key.h"

enum { JWKS_KEYS_MAX = 64, JWKS_BYTES_MAX = 1 << 20 };

struct jose_algorithm {
    const char *name;
    struct crypto_signing signing;
};

/* NULL: it is none that proves anything here: "none", those of shared secrets. */
const struct jose_algorithm *jose_algorithm_find(struct slice name);

struct jwk {
    struct slice id;                        /* "kid"; data NULL: it has none */
    const struct jose_algorithm *algorithm; /* the only one; NULL: all of its kind */
    struct crypto_key key;
};

struct jwks {
    struct arena arena; /* the set itself, too */
    _Atomic unsigned references;
    size_t count;
    struct jwk keys[JWKS_KEYS_MAX];
};

/* Read a set, or one key alone. NULL, with *err set: 22023 for what is no set of keys,
 * or has none that is of use; 53200. */
struct jwks *jwks_read(struct slice text, struct pgw_error *err) MUST_CHECK;
/* The one who read it has a reference; the last one to free it gives it back. NULL is
 * allowed. Thread-safe. */
void jwks_free(struct jwks *set);

#endif
