/* base64url.h - RFC 4648 section 5 without padding, as JOSE writes bytes (RFC 7515
 * section 2). */
#ifndef PGWIRE_BASE64URL_H
#define PGWIRE_BASE64URL_H

#include <stdint.h>

#include "core/attr.h"
#include "core/slice.h"

/* Room for what `len` characters say. */
#define BASE64URL_BYTES(len) ((len) / 4 * 3 + 2)

/* The bytes of a text; their number comes back in *len. False: it has other characters,
 * padding among them, an impossible length, or bits that are left over and not zero. */
bool base64url_decode(struct slice text, uint8_t *out, size_t *len) MUST_CHECK;

#endif
