/* read_number.c - integers, read from text. */
#include "pgwire/read.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool out_of_range(const struct reading *reading)
{
    return reading_fail(reading, "22003", "value \"%.*s\" is out of range for type %s",
                        reading_quoted(reading->text), reading->text.data,
                        reading->type);
}

/* '-' or '+' off the front; true: '-'. */
static bool take_sign(struct slice *text)
{
    bool negative = text->len > 0 && *text->data == '-';
    if (negative || (text->len > 0 && *text->data == '+')) {
        text->data++;
        text->len--;
    }
    return negative;
}

bool read_int(const struct reading *reading, int64_t least, int64_t most, int64_t *out)
{
    struct slice text = read_skip_blanks(reading->text);
    bool negative = take_sign(&text);
    int64_t value = 0; /* towards the minimum, which has no opposite */
    if (text.len == 0 || !is_digit(*text.data))
        return reading_syntax(reading, "22P02");
    for (; text.len > 0 && is_digit(*text.data); text.data++, text.len--) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *text.data - '0', &value) || value < least)
            return out_of_range(reading);
    }
    if (read_trim(text).len > 0)
        return reading_syntax(reading, "22P02");
    if (!negative && (__builtin_sub_overflow(0, value, &value) || value > most))
        return out_of_range(reading);
    *out = value;
    return true;
}

/* As C's strtoul reads it: a negative number counts from the end of the range. */
bool read_oid(const struct reading *reading, int64_t *out)
{
    struct slice text = read_skip_blanks(reading->text);
    bool negative = take_sign(&text), overflow = false;
    uint64_t value = 0;
    if (text.len == 0 || !is_digit(*text.data))
        return reading_syntax(reading, "22P02");
    for (; text.len > 0 && is_digit(*text.data); text.data++, text.len--)
        overflow = overflow || __builtin_mul_overflow(value, 10u, &value) ||
                   __builtin_add_overflow(value, (uint64_t)(*text.data - '0'), &value);
    if (overflow)
        return out_of_range(reading);
    if (read_trim(text).len > 0)
        return reading_syntax(reading, "22P02");
    if (negative)
        value = -value;
    if (value > UINT32_MAX && value < (uint64_t)INT32_MIN)
        return out_of_range(reading);
    *out = (uint32_t)value;
    return true;
}
