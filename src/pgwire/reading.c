/* reading.c - what the readers of values have in common. */
#include "pgwire/read.h"

#include <stdarg.h>

#include "core/text.h"

enum { QUOTED_MAX = 900 }; /* a message has 1024 bytes */

bool reading_fail(const struct reading *reading, const char *sqlstate,
                  const char *format, ...)
{
    va_list args;
    (void)pgw_fail(reading->err, sqlstate, "%s", "");
    va_start(args, format);
    text_format(reading->err->message, sizeof reading->err->message, format, args);
    va_end(args);
    return false;
}

bool reading_no_memory(const struct reading *reading)
{
    return reading_fail(reading, "53200", "out of memory");
}

int reading_quoted(struct slice text)
{
    return (int)(text.len > QUOTED_MAX ? text_boundary(text.data, text.len, QUOTED_MAX)
                                       : text.len);
}

bool reading_syntax(const struct reading *reading, const char *sqlstate)
{
    return reading_fail(reading, sqlstate, "invalid input syntax for type %s: \"%.*s\"",
                        reading->type, reading_quoted(reading->text),
                        reading->text.data);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice read_skip_blanks(struct slice text)
{
    while (text.len > 0 && is_blank(*text.data)) {
        text.data++;
        text.len--;
    }
    return text;
}

struct slice read_trim(struct slice text)
{
    text = read_skip_blanks(text);
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}
