/* value_bignum.c - numbers beyond 128 bits as numeric: TYPE_BIGNUM's bytes, 256-bit
 * decimals.
 *
 * The magnitude is divided by a power of ten until nothing is left, 32 bits at a time:
 * quadratic, which is bearable up to what numeric can hold, 131072 digits. The room for
 * the value is its own scratch space: the words lie at its end, the digits grow from
 * its start, and both shrink and grow at such a pace that they never meet. */
#include "pgwire/value.h"

enum {
    HEADER_BYTES = 3,
    DIGITS_MAX = 131072,   /* in front of the point: documentation 8.1.2 */
    BYTES_MAX = 54433,     /* of a magnitude with that many digits, at most */
    CHUNK = 1000000000,    /* nine digits, for text */
    QUAD_CHUNK = 100000000 /* two digits of base 10000, for binary */
};

struct words {
    uint32_t *data; /* least significant first */
    size_t count;
};

static bool is_negative(const uint8_t *bytes)
{
    return !(bytes[0] & 0x80);
}

/* Without zeros in front. `data` has room for (len + 3) / 4 words. */
static struct words load(uint32_t *data, const uint8_t *bytes, size_t len)
{
    uint8_t mask = is_negative(bytes) ? 0xff : 0;
    size_t size = len - HEADER_BYTES;
    struct words words = {data, (size + 3) / 4};
    memset(data, 0, words.count * sizeof *data);
    for (size_t i = 0; i < size; i++) {
        uint32_t byte = (uint8_t)(bytes[len - 1 - i] ^ mask);
        data[i / 4] |= byte << (i % 4 * 8);
    }
    while (words.count > 0 && data[words.count - 1] == 0)
        words.count--;
    return words;
}

/* Divide in place; what is left over. */
static uint32_t divide(struct words *words, uint32_t divisor)
{
    uint64_t rest = 0;
    for (size_t i = words->count; i-- > 0;) {
        rest = rest << 32 | words->data[i];
        words->data[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    while (words->count > 0 && words->data[words->count - 1] == 0)
        words->count--;
    return (uint32_t)rest;
}

/* The last part of the room, aligned. */
static uint32_t *scratch(uint8_t *to, size_t len)
{
    size_t room = VALUE_BIGNUM_MAX + len * VALUE_BIGNUM_PER_BYTE;
    uintptr_t start = (uintptr_t)to + room - (len + 8);
    return (uint32_t *)((start + 3) / 4 * 4);
}

static void reverse(uint8_t *start, uint8_t *end)
{
    while (start + 1 < end) {
        uint8_t byte = *start;
        *start++ = *--end;
        *end = byte;
    }
}

uint8_t *value_bignum_text(uint8_t *to, const uint8_t *bytes, size_t len)
{
    if (len < HEADER_BYTES || len - HEADER_BYTES > BYTES_MAX)
        return NULL;
    struct words words = load(scratch(to, len), bytes, len);
    if (words.count == 0) {
        *to = '0';
        return to + 1;
    }
    if (is_negative(bytes))
        *to++ = '-';
    uint8_t *end = to; /* the last digit is written first */
    while (words.count > 0) {
        uint32_t chunk = divide(&words, CHUNK);
        for (unsigned i = 0; i < 9 && (chunk || words.count > 0); i++) {
            *end++ = (uint8_t)('0' + chunk % 10);
            chunk /= 10;
        }
    }
    reverse(to, end);
    return end - to <= DIGITS_MAX ? end : NULL;
}

/* Digits in base 10000, least significant first, as native integers. */
static size_t split_digits(struct words *words, uint8_t *to)
{
    size_t count = 0;
    while (words->count > 0) {
        uint32_t chunk = divide(words, QUAD_CHUNK);
        for (unsigned i = 0; i < 2; i++) {
            uint16_t digit = (uint16_t)(chunk % 10000);
            memcpy(to + count++ * sizeof digit, &digit, sizeof digit);
            chunk /= 10000;
        }
    }
    return count;
}

static uint16_t digit_at(const uint8_t *digits, size_t i)
{
    uint16_t digit;
    memcpy(&digit, digits + i * sizeof digit, sizeof digit);
    return digit;
}

uint8_t *value_bignum_binary(uint8_t *to, const uint8_t *bytes, size_t len)
{
    enum { HEADER = 8, NEGATIVE = 0x4000 };
    if (len < HEADER_BYTES || len - HEADER_BYTES > BYTES_MAX)
        return NULL;
    struct words words = load(scratch(to, len), bytes, len);
    uint8_t *digits = to + HEADER;
    size_t count = split_digits(&words, digits), low = 0;
    while (count > 0 && digit_at(digits, count - 1) == 0)
        count--;
    while (low < count && digit_at(digits, low) == 0)
        low++;
    if (count * 4 > DIGITS_MAX + 3)
        return NULL;
    for (size_t a = 0, b = count; a < b; a++) { /* turn round, in network order */
        uint16_t first = digit_at(digits, a), last = digit_at(digits, --b);
        (void)value_put16(digits + a * 2, last);
        (void)value_put16(digits + b * 2, first);
    }
    uint8_t *at = value_put16(to, (uint16_t)(count - low));
    at = value_put16(at, (uint16_t)(count ? count - 1 : 0));
    at = value_put16(at, count && is_negative(bytes) ? NEGATIVE : 0);
    (void)value_put16(at, 0);
    return digits + (count - low) * 2;
}

/* ---- decimals of 256 bits ---- */

enum { LIMBS = 8, LIMBS_MAX = LIMBS + 1 /* times 1000 */, DIGITS256_MAX = 80 };

/* The magnitude; is it negative? */
static bool load256(const uint8_t *bytes, uint32_t limbs[LIMBS_MAX],
                    struct words *words)
{
    bool negative = bytes[31] & 0x80;
    uint64_t carry = negative;
    limbs[LIMBS] = 0;
    memcpy(limbs, bytes, LIMBS * sizeof *limbs);
    for (size_t i = 0; negative && i < LIMBS; i++) {
        carry += ~limbs[i];
        limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    *words = (struct words){limbs, LIMBS_MAX};
    return negative;
}

uint8_t *value_decimal256_text(uint8_t *to, const uint8_t *bytes, unsigned scale)
{
    uint32_t limbs[LIMBS_MAX];
    uint8_t digits[DIGITS256_MAX]; /* least significant first */
    struct words words;
    size_t count = 0;
    if (load256(bytes, limbs, &words))
        *to++ = '-';
    do
        digits[count++] = (uint8_t)divide(&words, 10);
    while (words.count > 0);
    while (count <= scale)
        digits[count++] = 0;
    while (count-- > 0) {
        *to++ = (uint8_t)('0' + digits[count]);
        if (count > 0 && count == scale)
            *to++ = '.';
    }
    return to;
}

uint8_t *value_decimal256_binary(uint8_t *to, const uint8_t *bytes, unsigned scale)
{
    enum { NEGATIVE = 0x4000 };
    static const uint16_t powers[] = {1, 1000, 100, 10};
    uint32_t limbs[LIMBS_MAX];
    uint16_t digits[DIGITS256_MAX / 4 + 2]; /* least significant first */
    struct words words;
    size_t count = 0, low = 0, fraction = (scale + 3) / 4;
    bool negative = load256(bytes, limbs, &words);
    uint64_t carry = 0;
    for (size_t i = 0; i < LIMBS_MAX; i++) { /* whole digits behind the point */
        carry += (uint64_t)limbs[i] * powers[scale % 4];
        limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    while (words.count > 0)
        digits[count++] = (uint16_t)divide(&words, 10000);
    while (count > 0 && digits[count - 1] == 0)
        count--;
    while (low < count && digits[low] == 0)
        low++;
    to = value_put16(to, (uint16_t)(count - low));
    to = value_put16(to, count ? (uint16_t)(count - 1 - fraction) : 0);
    to = value_put16(to, count && negative ? NEGATIVE : 0);
    to = value_put16(to, (uint16_t)scale);
    while (count > low)
        to = value_put16(to, digits[--count]);
    return to;
}
