/* read_bit.c - bit strings, read from text: 0101, b0101, x5F. */
#include "pgwire/read.h"

/* -1: not a digit of that base. */
static int digit_of(char c, bool hexadecimal)
{
    if (!hexadecimal)
        return c == '0' || c == '1' ? c - '0' : -1;
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool bad_digit(const struct reading *reading, struct slice rest,
                      bool hexadecimal)
{
    size_t len = 1;
    while (len < rest.len && len < 4 && ((uint8_t)rest.data[len] & 0xc0) == 0x80)
        len++;
    return reading_fail(reading, "22P02", "\"%.*s\" is not a valid %s digit", (int)len,
                        rest.data, hexadecimal ? "hexadecimal" : "binary");
}

bool read_bit(const struct reading *reading, uint8_t *to, size_t *bits)
{
    struct slice text = reading->text;
    char prefix = text.len > 0 ? (char)(*text.data | 0x20) : '\0';
    bool hexadecimal = prefix == 'x';
    if (prefix == 'x' || prefix == 'b')
        text = (struct slice){text.data + 1, text.len - 1};
    unsigned width = hexadecimal ? 4 : 1;
    *bits = 0;
    memset(to, 0, text.len * width / 8 + 1);
    for (size_t i = 0; i < text.len; i++) {
        int digit = digit_of(text.data[i], hexadecimal);
        if (digit < 0)
            return bad_digit(reading, (struct slice){text.data + i, text.len - i},
                             hexadecimal);
        unsigned shift = (unsigned)(8 - width - *bits % 8);
        to[*bits / 8] = (uint8_t)(to[*bits / 8] | (unsigned)digit << shift);
        *bits += width;
    }
    return true;
}
