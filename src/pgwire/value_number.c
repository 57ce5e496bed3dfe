/* value_number.c - integers and decimals: two digits at a time.
 *
 * A decimal is written as the integer that it is stored as, and its last digits are
 * moved by one for the point: no division by a power of ten. */
#include "core/attr.h"
#include "pgwire/value.h"

const char value_pairs[200] = {
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899"};

/* Exactly `count` digits that end at `end`, zeros in front. */
static inline void put_digits(uint8_t *end, uint64_t value, unsigned count)
{
    while (count >= 2) {
        uint64_t rest = value / 100;
        end -= 2;
        (void)value_put_pair(end, (unsigned)(value - rest * 100));
        value = rest;
        count -= 2;
    }
    if (count)
        *--end = (uint8_t)('0' + value % 10);
}

/* Four digits, zeros in front. */
static inline uint8_t *put4(uint8_t *to, uint32_t value)
{
    uint32_t high = value / 100;
    return value_put_pair(value_put_pair(to, high), value - high * 100);
}

static inline uint8_t *put8(uint8_t *to, uint32_t value)
{
    uint32_t high = value / 10000;
    return put4(put4(to, high), value - high * 10000);
}

/* At most four digits. */
static inline uint8_t *put_short(uint8_t *to, uint32_t value)
{
    if (value >= 1000)
        return put4(to, value);
    if (value >= 100) {
        *to = (uint8_t)('0' + value / 100);
        return value_put_pair(to + 1, value % 100);
    }
    if (value >= 10)
        return value_put_pair(to, value);
    *to = (uint8_t)('0' + value);
    return to + 1;
}

/* At most eight digits. */
static inline uint8_t *put_medium(uint8_t *to, uint32_t value)
{
    if (value < 10000)
        return put_short(to, value);
    return put4(put_short(to, value / 10000), value % 10000);
}

uint8_t *value_uint_text(uint8_t *to, uint64_t value)
{
    static const uint32_t e8 = 100000000;
    if (value < e8)
        return put_medium(to, (uint32_t)value);
    uint64_t high = value / e8;
    uint32_t low = (uint32_t)(value - high * e8);
    if (high < e8)
        return put8(put_medium(to, (uint32_t)high), low);
    uint64_t top = high / e8;
    return put8(put8(put_medium(to, (uint32_t)top), (uint32_t)(high - top * e8)), low);
}

uint8_t *value_int_text(uint8_t *to, int64_t value)
{
    uint64_t magnitude = (uint64_t)value;
    if (value < 0) {
        *to++ = '-';
        magnitude = -magnitude;
    }
    return value_uint_text(to, magnitude);
}

uint8_t *value_uint128_text(uint8_t *to, uint128 value)
{
    static const uint64_t chunk = 10000000000000000000u; /* 10^19 */
    if (value >> 64 == 0)
        return value_uint_text(to, (uint64_t)value);
    to = value_uint128_text(to, value / chunk); /* at most twice */
    put_digits(to + 19, (uint64_t)(value % chunk), 19);
    return to + 19;
}

/* The digits of [start, end) become a number with `scale` digits behind the point. */
static uint8_t *insert_point(uint8_t *start, uint8_t *end, unsigned scale)
{
    unsigned count = (unsigned)(end - start);
    if (count <= scale) { /* zeros in front, one of them before the point */
        unsigned zeros = scale + 1 - count;
        memmove(start + zeros, start, count);
        memset(start, '0', zeros);
        end += zeros;
    }
    memmove(end - scale + 1, end - scale, scale);
    end[-(int)scale] = '.';
    return end + 1;
}

uint8_t *value_decimal64_text(uint8_t *to, int64_t value, unsigned scale)
{
    uint64_t magnitude = (uint64_t)value;
    if (value < 0) {
        *to++ = '-';
        magnitude = -magnitude;
    }
    if (scale == 0)
        return value_uint_text(to, magnitude);
    if (scale == 2) { /* money, the most common one */
        uint64_t whole = magnitude / 100;
        to = value_uint_text(to, whole);
        *to = '.';
        return value_put_pair(to + 1, (unsigned)(magnitude - whole * 100));
    }
    return insert_point(to, value_uint_text(to, magnitude), scale);
}

uint8_t *value_decimal_text(uint8_t *to, int128 value, unsigned scale)
{
    if (value == (int64_t)value)
        return value_decimal64_text(to, (int64_t)value, scale);
    uint128 magnitude = (uint128)value;
    if (value < 0) {
        *to++ = '-';
        magnitude = -magnitude;
    }
    uint8_t *end = value_uint128_text(to, magnitude);
    return scale == 0 ? end : insert_point(to, end, scale);
}

/* ---- binary numeric ---- */

enum { NUMERIC_POSITIVE = 0x0000, NUMERIC_NEGATIVE = 0x4000, NUMERIC_DIGITS_MAX = 14 };

static const unsigned factors[] = {1, 10, 100, 1000};

static unsigned split_low(uint64_t value, uint16_t *digits, unsigned count)
{
    for (; value; value /= 10000)
        digits[count++] = (uint16_t)(value % 10000);
    return count;
}

/* As split_digits, for what fits into 64 bits: each shift divides by a constant. */
static unsigned split_digits64(uint64_t value, unsigned shift, uint16_t *digits)
{
    uint64_t rest = shift == 0   ? value / 10000
                    : shift == 1 ? value / 1000
                    : shift == 2 ? value / 100
                                 : value / 10;
    uint64_t first = value - rest * (10000 / factors[shift]);
    digits[0] = (uint16_t)((unsigned)first * factors[shift]);
    return split_low(rest, digits, 1);
}

/* Base-10000 digits of value * 10^shift, least significant first; 39 + 3 decimal
 * digits. */
static unsigned split_digits(uint128 value, unsigned shift, uint16_t *digits)
{
    unsigned count = 0;
    /* The lowest digit takes up the shift, so that nothing overflows. */
    unsigned first = 10000 / factors[shift];
    digits[count++] = (uint16_t)((unsigned)(value % first) * factors[shift]);
    value /= first;
    while (value >> 64) {
        digits[count++] = (uint16_t)(value % 10000);
        value /= 10000;
    }
    return split_low((uint64_t)value, digits, count);
}

uint8_t *value_udecimal_binary(uint8_t *to, uint128 value, bool negative,
                               unsigned scale)
{
    uint16_t digits[NUMERIC_DIGITS_MAX];
    unsigned shift = (4 - scale % 4) % 4;
    unsigned count = value >> 64 ? split_digits(value, shift, digits)
                                 : split_digits64((uint64_t)value, shift, digits);
    int behind = (int)((scale + shift) / 4); /* digits behind the point */
    unsigned low = 0;
    while (count > 0 && digits[count - 1] == 0)
        count--;
    while (low < count && digits[low] == 0)
        low++;
    to = value_put16(to, (uint16_t)(count - low));
    to = value_put16(to, (uint16_t)(count ? (int)count - 1 - behind : 0));
    to = value_put16(to, negative && count ? NUMERIC_NEGATIVE : NUMERIC_POSITIVE);
    to = value_put16(to, (uint16_t)scale);
    while (count > low)
        to = value_put16(to, digits[--count]);
    return to;
}

uint8_t *value_decimal_binary(uint8_t *to, int128 value, unsigned scale)
{
    if (value == (int64_t)value)
        return value_decimal64_binary(to, (int64_t)value, scale);
    uint128 magnitude = value < 0 ? -(uint128)value : (uint128)value;
    return value_udecimal_binary(to, magnitude, value < 0, scale);
}

/* The digits in base 10000, the most significant one in the highest bits, zeros behind
 * the last, and how many they are; the value is neither 0 nor above 10^16. By branches,
 * which are foreseen: where the next value goes must not wait for divisions. */
static inline uint64_t pack_digits(uint64_t value, unsigned *count)
{
    static const uint32_t e4 = 10000, e8 = 100000000;
    if (value < e4) {
        *count = 1;
        return value << 48;
    }
    if (value < e8) {
        uint32_t first = (uint32_t)value / e4;
        *count = 2;
        return (uint64_t)first << 48 | (uint64_t)((uint32_t)value - first * e4) << 32;
    }
    uint64_t high = value / e8;
    uint32_t low = (uint32_t)(value - high * e8), third = low / e4;
    uint64_t rest = (uint64_t)third << 16 | (low - third * e4);
    if (high < e4) {
        *count = 3;
        return high << 48 | rest << 16;
    }
    uint32_t first = (uint32_t)high / e4;
    *count = 4;
    return (uint64_t)first << 48 | (uint64_t)((uint32_t)high - first * e4) << 32 | rest;
}

/* What is short enough is written as two words, without a loop over its digits. */
uint8_t *value_decimal64_binary(uint8_t *to, int64_t value, unsigned scale)
{
    static const uint64_t long_magnitude = 10000000000000; /* sixteen digits, shifted */
    unsigned shift = (4 - scale % 4) % 4, behind = (scale + shift) / 4, count;
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    if (UNLIKELY(magnitude >= long_magnitude || magnitude == 0))
        return value_udecimal_binary(to, magnitude, value < 0, scale);
    uint64_t digits = pack_digits(magnitude * factors[shift], &count);
    uint16_t weight = (uint16_t)((int)count - 1 - (int)behind);
    while (!(digits >> (64 - 16 * count) & 0xffff)) /* zeros at the end are not sent */
        count--;
    uint64_t header = (uint64_t)count << 48 | (uint64_t)weight << 32 |
                      (value < 0 ? (uint64_t)NUMERIC_NEGATIVE << 16 : 0) | scale;
    to = value_put64(to, header);
    (void)value_put64(to, digits);
    return to + (size_t)2 * count;
}
