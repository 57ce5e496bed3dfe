/* entropy.h - random bytes that nobody can guess, from the operating system. */
#ifndef CORE_ENTROPY_H
#define CORE_ENTROPY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"

/* At most 256 bytes. False: there are none. */
bool entropy_read(void *out, size_t len) MUST_CHECK;

#endif
