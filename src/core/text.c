/* text.c - formatting into fixed room, cut where a UTF-8 character ends. */
#include "core/text.h"

#include <stdio.h>
#include <string.h>

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

/* 0: there is no well-formed character. */
static size_t character_len(const uint8_t *at, size_t left)
{
    uint8_t first = *at;
    if (first == 0 || (first >= 0x80 && first < 0xc2) || first > 0xf4)
        return 0;
    size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (left < len || (first == 0xe0 && at[1] < 0xa0) ||
        (first == 0xed && at[1] > 0x9f) || (first == 0xf0 && at[1] < 0x90) ||
        (first == 0xf4 && at[1] > 0x8f))
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return len;
}

size_t text_good_utf8(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        size_t one = character_len((const uint8_t *)text + at, len - at);
        if (one == 0)
            break;
        at += one;
    }
    return at;
}

void text_show_bytes(const char *text, size_t len, char out[TEXT_BYTES_SHOWN])
{
    uint8_t first = (uint8_t)*text;
    size_t promised = (first & 0xe0) == 0xc0   ? 2
                      : (first & 0xf0) == 0xe0 ? 3
                      : (first & 0xf8) == 0xf0 ? 4
                                               : 1;
    out[0] = '\0';
    for (size_t i = 0; i < promised && i < len; i++)
        (void)snprintf(out + strlen(out), 6, "%s0x%02x", i ? " " : "",
                       (uint8_t)text[i]);
}
