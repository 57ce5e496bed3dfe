/* base64url.c - RFC 4648 section 5 without padding. */
#include "pgwire/base64url.h"

/* -1: it is no digit. */
static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '-')
        return 62;
    return c == '_' ? 63 : -1;
}

bool base64url_decode(struct slice text, uint8_t *out, size_t *len)
{
    uint32_t bits = 0;
    unsigned count = 0; /* of bits that have not become a byte */
    *len = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = digit_of(text.data[i]);
        if (digit < 0)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        out[(*len)++] = (uint8_t)(bits >> count);
        bits &= (1u << count) - 1;
    }
    return count < 6 && bits == 0;
}
