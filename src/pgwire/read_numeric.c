/* read_numeric.c - numeric of any size, read from text and from its binary form into
 * the text that numeric_out writes. */
#include <stdlib.h>
#include <strings.h>

#include "pgwire/read.h"
#include "pgwire/value.h"

enum { DIGITS_MAX = 131072, SCALE_MAX = 16383, EXPONENT_MAX = INT32_MAX / 2 };

/* ---- text ---- */

/* A number taken apart: digits (with a point among them) * 10^exponent. */
struct number {
    bool negative;
    const char *digits, *end; /* without zeros in front */
    int64_t before;           /* digits before the point, the exponent applied */
    int64_t scale;            /* digits behind it */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

static const char *special_value(struct slice text)
{
    static const struct {
        const char *word, *value;
    } words[] = {{"nan", "NaN"},
                 {"infinity", "Infinity"},
                 {"+infinity", "Infinity"},
                 {"-infinity", "-Infinity"},
                 {"inf", "Infinity"},
                 {"+inf", "Infinity"},
                 {"-inf", "-Infinity"}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (slice_equal_nocase(text, slice_of(words[i].word)))
            return words[i].value;
    }
    return NULL;
}

static bool overflows(const struct reading *reading)
{
    return reading_fail(reading, "22003", "value overflows numeric format");
}

/* e±digits at `at`, which is moved behind it. */
static bool take_exponent(const struct reading *reading, const char **at,
                          const char *end, int64_t *out)
{
    *out = 0;
    if (*at == end || (**at | 0x20) != 'e')
        return true;
    struct slice rest = {*at + 1, (size_t)(end - *at) - 1};
    const char *digit = read_skip_blanks(rest).data;
    bool negative = digit < end && *digit == '-';
    if (digit < end && (*digit == '-' || *digit == '+'))
        digit++;
    if (digit == end || !is_digit(*digit))
        return reading_syntax(reading, "22P02");
    for (; digit < end && is_digit(*digit); digit++)
        *out = *out < EXPONENT_MAX ? *out * 10 + (*digit - '0') : *out;
    if (*out >= EXPONENT_MAX)
        return overflows(reading);
    *out = negative ? -*out : *out;
    *at = digit;
    return true;
}

static bool parse_number(const struct reading *reading, struct slice text,
                         struct number *out)
{
    const char *at = text.data, *end = text.data + text.len;
    int64_t exponent;
    *out = (struct number){.digits = "", .end = ""};
    if (text.len == 0)
        return reading_syntax(reading, "22P02");
    out->negative = *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    const char *start = at, *point = skip_digits(at, end);
    at = point < end && *point == '.' ? skip_digits(point + 1, end) : point;
    if (at - start < 1 || (at - start == 1 && *start == '.'))
        return reading_syntax(reading, "22P02");
    out->end = at;
    out->scale = at > point ? at - point - 1 : 0;
    if (!take_exponent(reading, &at, end, &exponent))
        return false;
    if (at != end)
        return reading_syntax(reading, "22P02");
    while (start < out->end && (*start == '0' || *start == '.'))
        start++;
    out->digits = start;
    out->before = point - start + (start > point) + exponent;
    out->scale = out->scale > exponent ? out->scale - exponent : 0;
    if (start == out->end)
        out->before = 0;
    return (out->before <= DIGITS_MAX && out->scale <= SCALE_MAX) || overflows(reading);
}

/* The next digit of a number; 0 behind its end. */
static char next_digit(struct number *number)
{
    if (number->digits < number->end && *number->digits == '.')
        number->digits++;
    return number->digits < number->end ? *number->digits++ : '0';
}

static char *write_number(const struct reading *reading, struct number number,
                          size_t *len)
{
    size_t room =
        (size_t)(number.before > 0 ? number.before : 1) + (size_t)number.scale + 3;
    char *text = malloc(room), *to = text;
    if (!text) {
        (void)reading_no_memory(reading);
        return NULL;
    }
    if (number.negative && number.digits < number.end)
        *to++ = '-';
    if (number.before <= 0)
        *to++ = '0';
    for (int64_t i = 0; i < number.before; i++)
        *to++ = next_digit(&number);
    if (number.scale > 0)
        *to++ = '.';
    for (int64_t i = 0; i < number.scale; i++)
        *to++ = i < -number.before ? '0' : next_digit(&number);
    *len = (size_t)(to - text);
    return text;
}

char *read_numeric(const struct reading *reading, size_t *len)
{
    struct slice text = read_trim(reading->text);
    const char *special = special_value(text);
    struct number number;
    if (special) {
        char *copy = strdup(special);
        if (!copy)
            (void)reading_no_memory(reading);
        *len = strlen(special);
        return copy;
    }
    if (!parse_number(reading, text, &number))
        return NULL;
    return write_number(reading, number, len);
}

/* ---- binary ---- */

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

size_t read_numeric_room(const uint8_t *raw, size_t len)
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

/* Digits beyond the scale are cut off. */
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

static bool numeric_fault(struct read_fault *fault, const char *sqlstate,
                          const char *message)
{
    *fault = (struct read_fault){sqlstate, message};
    return false;
}

static bool check_numeric(const uint8_t *raw, size_t len, struct read_fault *fault)
{
    static const char too_short[] = "insufficient data left in message";
    if (len < 8)
        return numeric_fault(fault, "08P01", too_short);
    unsigned count = get16(raw), sign = get16(raw + 4);
    if (!numeric_special(sign) && sign != NUMERIC_POSITIVE && sign != NUMERIC_NEGATIVE)
        return numeric_fault(fault, "22P03",
                             "invalid sign in external \"numeric\" value");
    if (get16(raw + 6) > SCALE_MAX)
        return numeric_fault(fault, "22P03",
                             "invalid scale in external \"numeric\" value");
    for (unsigned i = 0; i < count; i++) {
        if (len < 8 + 2 * ((size_t)i + 1))
            return numeric_fault(fault, "08P01", too_short);
        if (get16(raw + 8 + 2 * (size_t)i) > 9999)
            return numeric_fault(fault, "22P03",
                                 "invalid digit in external \"numeric\" value");
    }
    return len == 8 + 2 * (size_t)count || numeric_fault(fault, "22P03", NULL);
}

static bool is_zero(const uint8_t *from, const uint8_t *end)
{
    while (from < end && (*from == '0' || *from == '.'))
        from++;
    return from == end;
}

bool read_numeric_binary(const uint8_t *raw, size_t len, uint8_t *to, uint8_t **end,
                         struct read_fault *fault)
{
    if (!check_numeric(raw, len, fault))
        return false;
    unsigned count = get16(raw), sign = get16(raw + 4), scale = get16(raw + 6);
    int weight = (int16_t)get16(raw + 2);
    const char *special = numeric_special(sign);
    if (special) {
        memcpy(to, special, strlen(special));
        *end = to + strlen(special);
        return true;
    }
    uint8_t *start = to + (sign == NUMERIC_NEGATIVE);
    *end = put_before_point(start, raw, count, weight);
    *end = put_behind_point(*end, raw, count, weight, scale);
    if (start == to)
        return true;
    *to = '-';
    if (is_zero(start, *end)) { /* zero has no sign */
        memmove(to, start, (size_t)(*end - start));
        --*end;
    }
    return true;
}
