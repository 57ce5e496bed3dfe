/* text.h - UTF-8 text: cut where a character ends, and counted in characters. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"

/* Like vsnprintf, but text that is too long is cut in front of a character. */
void text_format(char *out, size_t size, const char *format, va_list args)
    PRINTF_LIKE(3, 0);

/* How many of the first `limit` bytes of `text` end with a whole character. */
size_t text_boundary(const char *text, size_t len, size_t limit);

/* Characters that begin in [from, to), as the positions of errors count them. */
int32_t text_characters(const char *from, const char *to);

/* How many bytes at the front are whole, well-formed characters; zero is none. */
size_t text_good_utf8(const char *text, size_t len);

/* The bytes that the first one promises, as PostgreSQL shows those that make no
 * character: "0xe2 0x28". */
enum { TEXT_BYTES_SHOWN = 4 * 5 + 1 };
void text_show_bytes(const char *text, size_t len, char out[TEXT_BYTES_SHOWN]);

#endif
