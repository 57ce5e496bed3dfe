/* copy_fields.c - a line of COPY's text or csv to its fields.
 *
 * Where they end is known. A field without a backslash or a quote is a slice of its
 * line; others are written anew, all into one buffer that is as long as the line. */
#include "server/copy_lines.h"

#include "core/text.h"

static struct slice null_field(void)
{
    return (struct slice){NULL, 0};
}

static bool is_null(const struct copy_lines *lines, struct slice raw)
{
    return slice_equal(raw, lines->null);
}

/* ---- text ---- */

static int digit_of(char c, int base)
{
    char lower = (char)(c | 0x20);
    int digit = c >= '0' && c <= '9'           ? c - '0'
                : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
                                               : 16;
    return digit < base ? digit : -1;
}

/* Up to `most` digits at *at; false: there are none. */
static bool take_number(struct slice raw, size_t *at, int base, size_t most,
                        unsigned *number)
{
    size_t start = *at;
    *number = 0;
    while (*at < raw.len && *at - start < most && digit_of(raw.data[*at], base) >= 0) {
        *number = *number * (unsigned)base + (unsigned)digit_of(raw.data[*at], base);
        (*at)++;
    }
    return *at > start;
}

/* What stands behind a backslash, at *at; *odd: a byte by number that is not ASCII. */
static char take_escape(struct slice raw, size_t *at, bool *odd)
{
    static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
    unsigned number;
    char c = raw.data[*at];
    if (take_number(raw, at, 8, 3, &number)) {
        *odd = *odd || (char)number <= 0;
        return (char)number;
    }
    (*at)++;
    if (c == 'x' && take_number(raw, at, 16, 2, &number)) {
        *odd = *odd || (char)number <= 0;
        return (char)number;
    }
    const char *special = c ? strchr(from, c) : NULL;
    return special ? to[special - from] : c;
}

/* A backslash at the very end is dropped. */
static char *unescape_text(struct slice raw, char *to, bool *odd)
{
    size_t at = 0;
    while (at < raw.len) {
        char c = raw.data[at++];
        if (c != '\\')
            *to++ = c;
        else if (at < raw.len)
            *to++ = take_escape(raw, &at, odd);
    }
    return to;
}

static bool text_field(const struct copy_lines *lines, struct slice raw, char **to,
                       struct slice *out, struct pgw_error *err)
{
    bool odd = false;
    char bytes[TEXT_BYTES_SHOWN];
    if (is_null(lines, raw)) {
        *out = null_field();
        return true;
    }
    *out = raw;
    if (!memchr(raw.data, '\\', raw.len))
        return true;
    out->data = *to;
    *to = unescape_text(raw, *to, &odd);
    out->len = (size_t)(*to - out->data);
    size_t good = odd ? text_good_utf8(out->data, out->len) : out->len;
    if (good == out->len)
        return true;
    text_show_bytes(out->data + good, out->len - good, bytes);
    (void)pgw_fail(err, "22021", "invalid byte sequence for encoding \"UTF8\": %s",
                   bytes);
    return false;
}

/* ---- csv ---- */

/* Behind an opening quote: up to behind the closing one. False: there is none. */
static bool unquote(const struct copy_lines *lines, struct slice raw, size_t *at,
                    char **to)
{
    while (*at < raw.len) {
        char c = raw.data[(*at)++];
        bool more = *at < raw.len;
        if (c == lines->escape && more &&
            (raw.data[*at] == lines->escape || raw.data[*at] == lines->quote))
            *(*to)++ = raw.data[(*at)++];
        else if (c == lines->quote)
            return true;
        else
            *(*to)++ = c;
    }
    return false;
}

static bool csv_field(const struct copy_lines *lines, struct slice raw, char **to,
                      struct slice *out, struct pgw_error *err)
{
    *out = raw;
    if (!memchr(raw.data, lines->quote, raw.len)) {
        if (is_null(lines, raw))
            *out = null_field();
        return true;
    }
    out->data = *to;
    for (size_t at = 0; at < raw.len;) {
        char c = raw.data[at++];
        if (c != lines->quote)
            *(*to)++ = c;
        else if (!unquote(lines, raw, &at, to))
            return pgw_fail(err, "22P04", "unterminated CSV quoted field") != PGW_ERROR;
    }
    out->len = (size_t)(*to - out->data);
    return true;
}

/* ---- both ---- */

static size_t special_fields(struct copy_lines *lines, struct slice line,
                             struct slice *fields, size_t room, struct pgw_error *err)
{
    size_t start = 0;
    struct slice beyond;
    buf_consume(&lines->unescaped, buf_len(&lines->unescaped));
    char *to = (char *)buf_reserve(&lines->unescaped, line.len + 1);
    if (!to) {
        (void)pgw_fail(err, "53200", "out of memory");
        return SIZE_MAX;
    }
    for (size_t i = 0; i < lines->field_count; i++) {
        struct slice raw = {line.data + start, lines->ends[i] - start};
        struct slice *out = i < room ? &fields[i] : &beyond;
        if (lines->is_csv ? !csv_field(lines, raw, &to, out, err)
                          : !text_field(lines, raw, &to, out, err))
            return SIZE_MAX;
        start = lines->ends[i] + 1;
    }
    return lines->field_count;
}

size_t copy_lines_fields(struct copy_lines *lines, struct slice line,
                         struct slice *fields, size_t room, struct pgw_error *err)
{
    size_t start = 0;
    if (lines->has_special)
        return special_fields(lines, line, fields, room, err);
    for (size_t i = 0; i < lines->field_count && i < room; i++) {
        struct slice raw = {line.data + start, lines->ends[i] - start};
        fields[i] = is_null(lines, raw) ? null_field() : raw;
        start = lines->ends[i] + 1;
    }
    return lines->field_count;
}
