/* entropy.c - the seam to the system's generator. */
#include "core/entropy.h"

#include <sys/random.h>

bool entropy_read(void *out, size_t len)
{
    return getrandom(out, len, 0) == (ssize_t)len;
}
