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

#endif
