/* read_float.c - floating point, read from text. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "pgwire/value.h"

/* What strtod takes beyond PostgreSQL's syntax: hexadecimal, nan(…). */
static bool is_number(const char *text, size_t len)
{
    static const char *const words[] = {"nan", "infinity", "inf"};
    size_t sign = len > 0 && (*text == '-' || *text == '+');
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (len - sign == strlen(words[i]) &&
            strncasecmp(text + sign, words[i], len - sign) == 0)
            return true;
    }
    return len > sign && strspn(text, "0123456789.eE+-") >= len;
}

const char *value_double_read(const char *text, size_t len, double *out)
{
    char copy[512], *end;
    value_trim(&text, &len);
    if (len == 0 || len >= sizeof copy)
        return "22P02";
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (!is_number(copy, len))
        return "22P02";
    errno = 0;
    *out = strtod(copy, &end);
    if (end != copy + len)
        return "22P02";
    return errno == ERANGE && (*out == 0 || isinf(*out)) ? "22003" : NULL;
}
