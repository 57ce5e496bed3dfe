/* crypto.h - the seam to cryptography: what the protocol itself needs of it. */
#ifndef PGWIRE_CRYPTO_H
#define PGWIRE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

/* In time that depends on the length alone. */
bool crypto_equal(const void *a, const void *b, size_t len);

/* Cleared in a way that the compiler keeps. */
void crypto_wipe(void *memory, size_t len);

#endif
