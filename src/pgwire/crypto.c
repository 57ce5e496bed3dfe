/* crypto.c - the seam to cryptography. */
#include "pgwire/crypto.h"

#include <string.h>

bool crypto_equal(const void *a, const void *b, size_t len)
{
    const volatile unsigned char *left = a, *right = b;
    unsigned char difference = 0;
    for (size_t i = 0; i < len; i++)
        difference = (unsigned char)(difference | (left[i] ^ right[i]));
    return difference == 0;
}

void crypto_wipe(void *memory, size_t len)
{
    explicit_bzero(memory, len);
}
