/* siphash.h - a hash that only who has the key can foresee: for tables whose keys a
 * peer chooses.
 *
 * SipHash-2-4. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
 */
#ifndef CORE_SIPHASH_H
#define CORE_SIPHASH_H

#include <stdint.h>

#include "core/slice.h"

uint64_t siphash(const uint64_t key[2], struct slice data);

#endif
