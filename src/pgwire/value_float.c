/* value_float.c - floating point: the shortest text that reads back as the same number.
 *
 * Raffaello Giulietti, "The Schubfach way to render doubles" (2020): the number and the
 * two ends of its rounding interval are multiplied by a power of ten from a table of
 * 128 bits, and the shortest decimal in the interval that is closest is picked with
 * integer arithmetic alone. The layout of the digits is PostgreSQL's
 * (documentation 8.1.3). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pgwire/value.h"
#include "pow10_table.h"

/* A binary format: bits of the stored significand, exponent bias with them included. */
struct float_format {
    int bits, bias;
    int fixed_digits; /* exponents from here on are written as such: FLT_DIG, DBL_DIG */
};

static const struct float_format double_format = {52, 1075, 15};
static const struct float_format single_format = {23, 150, 6};

struct decimal {
    uint64_t digits;
    int exponent; /* digits * 10^exponent */
};

static int floor_log2_pow10(int exponent)
{
    return (int)(((int64_t)exponent * 1741647) >> 19);
}

/* g * factor / 2^128, and its lowest bit set when something was cut off. */
static uint64_t round_to_odd(uint64_t high, uint64_t low, uint64_t factor)
{
    uint128 upper = (uint128)high * factor;
    uint128 sum = upper + (((uint128)low * factor) >> 64);
    return (uint64_t)(sum >> 64) | ((uint64_t)sum > 1);
}

static struct decimal pick(uint64_t lower, uint64_t value, uint64_t upper, int exponent)
{
    uint64_t s = value / 4;
    if (s >= 10) { /* one digit less, if just one such number is in the interval */
        uint64_t tenth = s / 10;
        bool below = lower <= 40 * tenth;
        bool above = 40 * tenth + 40 <= upper;
        if (below != above)
            return (struct decimal){tenth + above, exponent + 1};
    }
    bool below = lower <= 4 * s;
    bool above = 4 * s + 4 <= upper;
    if (below != above)
        return (struct decimal){s + above, exponent};
    uint64_t middle = 4 * s + 2;
    bool up = value > middle || (value == middle && (s & 1));
    return (struct decimal){s + up, exponent};
}

static struct decimal shortest(uint64_t significand, int biased,
                               const struct float_format *format)
{
    uint64_t c = biased ? significand | UINT64_C(1) << format->bits : significand;
    int q = (biased ? biased : 1) - format->bias;
    if (q <= 0 && -q <= format->bits && (c & ((UINT64_C(1) << -q) - 1)) == 0)
        return (struct decimal){c >> -q, 0};
    bool closer = significand == 0 && biased > 1; /* to the neighbour below */
    int k = (int)(((int64_t)q * 1262611 - (closer ? 524031 : 0)) >> 22);
    int h = q + floor_log2_pow10(-k) + 1;
    uint64_t high = pow10_table[-k - POW10_FIRST].high;
    uint64_t low = pow10_table[-k - POW10_FIRST].low;
    uint64_t lower = round_to_odd(high, low, (4 * c - 2 + closer) << h);
    uint64_t value = round_to_odd(high, low, (4 * c) << h);
    uint64_t upper = round_to_odd(high, low, (4 * c + 2) << h);
    /* As PostgreSQL does it: the ends do not count, however a reader rounds them. */
    return pick(lower + 1, value, upper - 1, k);
}

/* d.ddde+xx */
static uint8_t *put_scientific(uint8_t *to, unsigned count, int exponent)
{
    if (count > 1) {
        memmove(to + 2, to + 1, count - 1);
        to[1] = '.';
        to += count + 1;
    } else {
        to++;
    }
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    exponent = abs(exponent);
    if (exponent < 10)
        *to++ = '0';
    return value_uint_text(to, (uint64_t)exponent);
}

/* The digits stand at `to`; put the point where it belongs. */
static uint8_t *put_fixed(uint8_t *to, unsigned count, int exponent)
{
    int before = exponent + 1; /* digits in front of the point */
    if (before >= (int)count) {
        memset(to + count, '0', (size_t)(before - (int)count));
        return to + before;
    }
    if (before > 0) {
        memmove(to + before + 1, to + before, count - (unsigned)before);
        to[before] = '.';
        return to + count + 1;
    }
    size_t zeros = (size_t)(2 - before); /* "0." and what follows it */
    memmove(to + zeros, to, count);
    memset(to, '0', zeros);
    to[1] = '.';
    return to + zeros + count;
}

/* Exponents from `fixed_digits` on are written as such. */
static uint8_t *put_decimal(uint8_t *to, struct decimal decimal, int fixed_digits)
{
    while (decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.exponent++;
    }
    unsigned count = (unsigned)(value_uint_text(to, decimal.digits) - to);
    int exponent = decimal.exponent + (int)count - 1;
    if (exponent < -4 || exponent >= fixed_digits)
        return put_scientific(to, count, exponent);
    return put_fixed(to, count, exponent);
}

static uint8_t *put_text(uint8_t *to, const char *text)
{
    memcpy(to, text, strlen(text));
    return to + strlen(text);
}

static uint8_t *put_float(uint8_t *to, uint64_t bits, int exponent_bits,
                          const struct float_format *format)
{
    uint64_t significand = bits & ((UINT64_C(1) << format->bits) - 1);
    int special = (1 << exponent_bits) - 1;
    int biased = (int)(bits >> format->bits) & special;
    bool negative = bits >> (format->bits + exponent_bits) & 1;
    if (biased == special && significand)
        return put_text(to, "NaN");
    if (negative)
        *to++ = '-';
    if (biased == special)
        return put_text(to, "Infinity");
    if (biased == 0 && significand == 0)
        return put_text(to, "0");
    return put_decimal(to, shortest(significand, biased, format), format->fixed_digits);
}

/* printf rounds exactly; its digits are laid out here, whatever the locale's point. */
static uint8_t *put_rounded(uint8_t *to, double value, int digits)
{
    char text[32]; /* d.ddddddddddddddde-xxx */
    struct decimal decimal = {0, 0};
    if (digits < 1)
        digits = 1;
    (void)snprintf(text, sizeof text, "%.*e", digits - 1, fabs(value));
    const char *at = text;
    for (; *at && *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9')
            decimal.digits = decimal.digits * 10 + (uint64_t)(*at - '0');
    }
    decimal.exponent = (int)strtol(at + 1, NULL, 10) - (digits - 1);
    if (signbit(value))
        *to++ = '-';
    return put_decimal(to, decimal, digits);
}

uint8_t *value_double_rounded(uint8_t *to, double value, int extra_digits)
{
    if (!isfinite(value) || value == 0)
        return value_double_text(to, value);
    return put_rounded(to, value, double_format.fixed_digits + extra_digits);
}

uint8_t *value_float_rounded(uint8_t *to, float value, int extra_digits)
{
    if (!isfinite(value) || value == 0)
        return value_float_text(to, value);
    return put_rounded(to, (double)value, single_format.fixed_digits + extra_digits);
}

uint8_t *value_double_text(uint8_t *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return put_float(to, bits, 11, &double_format);
}

uint8_t *value_float_text(uint8_t *to, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return put_float(to, bits, 8, &single_format);
}
