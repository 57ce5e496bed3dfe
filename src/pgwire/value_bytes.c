/* value_bytes.c - bytea, uuid and bit strings. */
#include "pgwire/value.h"

static const char hex_digits[] = "0123456789abcdef";

static uint8_t *put_hex(uint8_t *to, uint8_t byte)
{
    to[0] = (uint8_t)hex_digits[byte >> 4];
    to[1] = (uint8_t)hex_digits[byte & 15];
    return to + 2;
}

/* Four bytes at once, as eight characters in the order of memory: each nibble gets a
 * byte of the word, and those above 9 the distance from ':' to 'a'. */
static inline uint64_t hex_of(const uint8_t *bytes)
{
    uint32_t raw;
    memcpy(&raw, bytes, sizeof raw);
    uint64_t word = (raw | (uint64_t)raw << 16) & UINT64_C(0x0000ffff0000ffff);
    word = (word | word << 8) & UINT64_C(0x00ff00ff00ff00ff);
    word = (word >> 4 | word << 8) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    uint64_t letters = (word + UINT64_C(0x0606060606060606)) >> 4;
    letters &= UINT64_C(0x0101010101010101);
    return word + UINT64_C(0x3030303030303030) + letters * ('a' - '0' - 10);
}

static inline void put_word(uint8_t *to, uint64_t word)
{
    memcpy(to, &word, sizeof word);
}

static inline void put_half(uint8_t *to, uint64_t word)
{
    uint32_t half = (uint32_t)word;
    memcpy(to, &half, sizeof half);
}

uint8_t *value_uuid_text(uint8_t *to, const uint8_t bytes[16])
{
    uint64_t second = hex_of(bytes + 4), third = hex_of(bytes + 8);
    put_word(to, hex_of(bytes));
    put_half(to + 9, second);
    put_half(to + 14, second >> 32);
    put_half(to + 19, third);
    put_half(to + 24, third >> 32);
    put_word(to + 28, hex_of(bytes + 12));
    to[8] = to[13] = to[18] = to[23] = '-';
    return to + 36;
}

uint8_t *value_bytea_text(uint8_t *to, const uint8_t *bytes, size_t len)
{
    *to++ = '\\';
    *to++ = 'x';
    for (; len >= 4; len -= 4, bytes += 4, to += 8)
        put_word(to, hex_of(bytes));
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

/* Each bit of a byte gets a byte of the word, the most significant one the first. */
static inline uint64_t bits_of(uint8_t byte)
{
    uint64_t word = (byte * UINT64_C(0x8040201008040201)) >> 7;
    return (word & UINT64_C(0x0101010101010101)) + UINT64_C(0x3030303030303030);
}

uint8_t *value_bit_text(uint8_t *to, const uint8_t *bytes, unsigned skip, size_t count)
{
    size_t i = skip, end = count + skip;
    while (i < end) {
        if (i % 8 == 0 && i + 8 <= end) {
            put_word(to, bits_of(bytes[i / 8]));
            to += 8;
            i += 8;
        } else {
            *to++ = bytes[i / 8] >> (7 - i % 8) & 1 ? '1' : '0';
            i++;
        }
    }
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
