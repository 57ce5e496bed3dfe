/* read_number.c - integers, read from text. */
#include "pgwire/value.h"

void value_trim(const char **text, size_t *len)
{
    while (*len > 0 && strchr(" \t\n\r\f\v", **text) && **text) {
        ++*text;
        --*len;
    }
    while (*len > 0 && strchr(" \t\n\r\f\v", (*text)[*len - 1]) && (*text)[*len - 1])
        --*len;
}

const char *value_int_read(const char *text, size_t len, int64_t *out)
{
    int64_t value = 0;
    value_trim(&text, &len);
    bool negative = len > 0 && *text == '-';
    if (len > 0 && (*text == '-' || *text == '+')) {
        text++;
        len--;
    }
    if (len == 0)
        return "22P02";
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return "22P02";
    }
    for (; len > 0; text++, len--) { /* towards the minimum, which has no opposite */
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *text - '0', &value))
            return "22003";
    }
    if (!negative && __builtin_sub_overflow(0, value, &value))
        return "22003";
    *out = value;
    return NULL;
}
