/* value_bytes.c - bytea and uuid. */
#include "pgwire/value.h"

static const char hex_digits[] = "0123456789abcdef";

static uint8_t *put_hex(uint8_t *to, uint8_t byte)
{
    to[0] = (uint8_t)hex_digits[byte >> 4];
    to[1] = (uint8_t)hex_digits[byte & 15];
    return to + 2;
}

uint8_t *value_uuid_text(uint8_t *to, const uint8_t bytes[16])
{
    for (unsigned i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        to = put_hex(to, bytes[i]);
    }
    return to;
}

uint8_t *value_bytea_text(uint8_t *to, const uint8_t *bytes, size_t len)
{
    *to++ = '\\';
    *to++ = 'x';
    for (size_t i = 0; i < len; i++)
        to = put_hex(to, bytes[i]);
    return to;
}
