/* crypto.h - the seam to cryptography: what the protocol itself needs of it.
 *
 * The primitives are OpenSSL's. False: the library refused, or memory is out. */
#ifndef PGWIRE_CRYPTO_H
#define PGWIRE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/slice.h"

enum { CRYPTO_SHA256_BYTES = 32, CRYPTO_MD5_HEX = 32 };

/* In time that depends on the length alone. */
bool crypto_equal(const void *a, const void *b, size_t len);

/* Cleared in a way that the compiler keeps. */
void crypto_wipe(void *memory, size_t len);

bool crypto_sha256(struct slice data, uint8_t out[CRYPTO_SHA256_BYTES]) MUST_CHECK;
bool crypto_hmac(struct slice key, struct slice data,
                 uint8_t out[CRYPTO_SHA256_BYTES]) MUST_CHECK;
/* PBKDF2 with HMAC-SHA-256 (RFC 8018). */
bool crypto_pbkdf2(struct slice password, struct slice salt, uint32_t iterations,
                   uint8_t out[CRYPTO_SHA256_BYTES]) MUST_CHECK;
/* Of two pieces, in lower-case hexadecimal digits, NUL-terminated. */
bool crypto_md5_hex(struct slice first, struct slice second,
                    char out[CRYPTO_MD5_HEX + 1]) MUST_CHECK;

/* RFC 4648, with padding. encode: out has room for CRYPTO_BASE64_SIZE(len) bytes, the
 * NUL included. decode: how many bytes, or -1: it is not in the canonical form, or has
 * more than `size` bytes. */
#define CRYPTO_BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)
void crypto_base64(const void *data, size_t len, char *out);
int crypto_base64_decode(struct slice text, uint8_t *out, size_t size) MUST_CHECK;

#endif
