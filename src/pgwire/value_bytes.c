/* value_bytes.c - bytea, uuid and bit strings. */
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

uint8_t *value_bytea_escape(uint8_t *to, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = bytes[i];
        if (byte == '\\') {
            *to++ = '\\';
            *to++ = '\\';
        } else if (byte >= 0x20 && byte <= 0x7e) {
            *to++ = byte;
        } else {
            *to++ = '\\';
            *to++ = (uint8_t)('0' + (byte >> 6));
            *to++ = (uint8_t)('0' + (byte >> 3 & 7));
            *to++ = (uint8_t)('0' + (byte & 7));
        }
    }
    return to;
}

uint8_t *value_bit_text(uint8_t *to, const uint8_t *bytes, unsigned skip, size_t count)
{
    for (size_t i = skip; i < count + skip; i++)
        *to++ = bytes[i / 8] >> (7 - i % 8) & 1 ? '1' : '0';
    return to;
}

uint8_t *value_bit_binary(uint8_t *to, const uint8_t *bytes, unsigned skip,
                          size_t count)
{
    to = value_put32(to, (uint32_t)count);
    size_t out = (count + 7) / 8, in = (count + skip + 7) / 8;
    for (size_t i = 0; i < out; i++) {
        unsigned pair = (unsigned)bytes[i] << 8;
        if (i + 1 < in)
            pair |= bytes[i + 1];
        to[i] = (uint8_t)(pair << skip >> 8);
    }
    if (count % 8) /* what is behind the last bit is zero */
        to[out - 1] &= (uint8_t)(0xff00u >> count % 8);
    return to + out;
}
