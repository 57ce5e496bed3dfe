/* text.c - formatting into fixed room, cut where a UTF-8 character ends. */
#include "core/text.h"

#include <stdio.h>

size_t text_boundary(const char *text, size_t len, size_t limit)
{
    if (len <= limit)
        return len;
    while (limit > 0 && ((unsigned char)text[limit] & 0xc0) == 0x80)
        limit--;
    return limit;
}

/* vsnprintf has cut after size - 1 bytes: was that within a character? Its lead byte
 * says how long it is to be. */
static void drop_partial(char *out, size_t len)
{
    size_t lead = len;
    while (lead > 0 && ((unsigned char)out[lead - 1] & 0xc0) == 0x80)
        lead--;
    if (lead == 0)
        return;
    unsigned char first = (unsigned char)out[lead - 1];
    size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (len - (lead - 1) < wanted)
        out[lead - 1] = '\0';
}

void text_format(char *out, size_t size, const char *format, va_list args)
{
    int len = vsnprintf(out, size, format, args);
    if (len < 0)
        out[0] = '\0';
    else if ((size_t)len >= size)
        drop_partial(out, size - 1);
}

int32_t text_characters(const char *from, const char *to)
{
    int32_t count = 0;
    for (; from < to; from++)
        count += ((unsigned char)*from & 0xc0) != 0x80;
    return count;
}
