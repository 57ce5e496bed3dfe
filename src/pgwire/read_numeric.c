/* read_numeric.c - numeric in its binary form, read into text. */
#include "pgwire/value.h"

enum {
    NUMERIC_POSITIVE = 0x0000,
    NUMERIC_NEGATIVE = 0x4000,
    NUMERIC_NAN = 0xC000,
    NUMERIC_PINF = 0xD000,
    NUMERIC_NINF = 0xF000
};

static void put_four(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)('0' + value / 1000);
    to[1] = (uint8_t)('0' + value / 100 % 10);
    to[2] = (uint8_t)('0' + value / 10 % 10);
    to[3] = (uint8_t)('0' + value % 10);
}

static unsigned get16(const uint8_t *from)
{
    return (unsigned)from[0] << 8 | from[1];
}

size_t value_numeric_text_max(const uint8_t *raw, size_t len)
{
    if (len < 8)
        return 16;
    int weight = (int16_t)get16(raw + 2);
    size_t before = weight >= 0 ? ((size_t)weight + 1) * 4 : 1;
    return before + get16(raw + 6) + 16;
}

static const char *numeric_special(unsigned sign)
{
    switch (sign) {
    case NUMERIC_NAN:
        return "NaN";
    case NUMERIC_PINF:
        return "Infinity";
    case NUMERIC_NINF:
        return "-Infinity";
    default:
        return NULL;
    }
}

/* The base-10000 digit of that weight; those not stored are zero. */
static unsigned digit_at(const uint8_t *raw, unsigned count, int weight, int at)
{
    int index = weight - at;
    return index >= 0 && index < (int)count ? get16(raw + 8 + 2 * index) : 0;
}

static uint8_t *put_before_point(uint8_t *to, const uint8_t *raw, unsigned count,
                                 int weight)
{
    uint8_t *start = to;
    if (weight < 0)
        *to++ = '0';
    for (int at = weight; at >= 0; at--) {
        unsigned digit = digit_at(raw, count, weight, at);
        if (to == start && (digit || at == 0)) {
            to = value_uint_text(to, digit);
        } else if (to != start) {
            put_four(to, digit);
            to += 4;
        }
    }
    return to;
}

static uint8_t *put_behind_point(uint8_t *to, const uint8_t *raw, unsigned count,
                                 int weight, unsigned scale)
{
    if (scale == 0)
        return to;
    *to++ = '.';
    for (int at = -1; scale > 0; at--) {
        uint8_t four[4];
        unsigned part = scale < 4 ? scale : 4;
        put_four(four, digit_at(raw, count, weight, at));
        memcpy(to, four, part);
        to += part;
        scale -= part;
    }
    return to;
}

const char *value_numeric_text(const uint8_t *raw, size_t len, uint8_t *to,
                               uint8_t **end)
{
    if (len < 8)
        return "22P03";
    unsigned count = get16(raw), sign = get16(raw + 4), scale = get16(raw + 6);
    int weight = (int16_t)get16(raw + 2);
    const char *special = numeric_special(sign);
    if (len != 8 + 2 * (size_t)count || scale > 16383 ||
        (!special && sign != NUMERIC_POSITIVE && sign != NUMERIC_NEGATIVE))
        return "22P03";
    for (unsigned i = 0; i < count; i++) {
        if (get16(raw + 8 + 2 * i) > 9999)
            return "22P03";
    }
    if (special) {
        memcpy(to, special, strlen(special));
        *end = to + strlen(special);
        return NULL;
    }
    if (sign == NUMERIC_NEGATIVE)
        *to++ = '-';
    to = put_before_point(to, raw, count, weight);
    *end = put_behind_point(to, raw, count, weight, scale);
    return NULL;
}
