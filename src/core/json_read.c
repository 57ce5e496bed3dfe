/* json_read.c - JSON text, value by value. */
#include "core/json_read.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct slice skip(struct slice text, size_t count)
{
    return (struct slice){text.data + count, text.len - count};
}

static struct slice skip_blanks(struct slice text)
{
    while (text.len > 0 && is_blank(*text.data))
        text = skip(text, 1);
    return text;
}

/* Up to the closing quote, with it; 0: there is none. */
static size_t string_length(struct slice text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.data[i] == '"')
            return i + 1;
        if (text.data[i] == '\\')
            i++;
    }
    return 0;
}

/* Up to the bracket that closes the first; 0: there is none. */
static size_t nested_length(struct slice text)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        size_t string = c == '"' ? string_length(skip(text, i)) : 1;
        if (string == 0)
            return 0;
        i += string - 1;
        depth += c == '{' || c == '[';
        if (c == '}' || c == ']')
            depth--;
        if (depth == 0)
            return i + 1;
    }
    return 0;
}

static size_t plain_length(struct slice text)
{
    size_t len = 0;
    while (len < text.len && !is_blank(text.data[len]) &&
           !memchr(",:\"{}[]", text.data[len], 7))
        len++;
    return len;
}

static enum json_kind kind_of(char first)
{
    if (first == '{')
        return JSON_OBJECT;
    if (first == '[')
        return JSON_ARRAY;
    if (first == '"')
        return JSON_STRING;
    return first == '-' || (first >= '0' && first <= '9') ? JSON_NUMBER : JSON_WORD;
}

struct json_value json_take(struct slice *rest)
{
    struct slice text = skip_blanks(*rest);
    enum json_kind kind = text.len > 0 ? kind_of(*text.data) : JSON_NONE;
    size_t len = 0;
    if (kind == JSON_STRING)
        len = string_length(text);
    else if (kind == JSON_OBJECT || kind == JSON_ARRAY)
        len = nested_length(text);
    else
        len = plain_length(text);
    *rest = skip(text, len);
    return (struct json_value){len > 0 ? kind : JSON_NONE, {text.data, len}};
}

struct slice json_inside(struct json_value value)
{
    return (struct slice){value.text.data + 1, value.text.len - 2};
}

/* One of the signs between values, if it is there. */
static bool take_sign(struct slice *inside, char sign)
{
    struct slice text = skip_blanks(*inside);
    bool found = text.len > 0 && *text.data == sign;
    *inside = skip(text, found);
    return found;
}

bool json_take_element(struct slice *inside, struct json_value *out)
{
    *out = json_take(inside);
    (void)take_sign(inside, ',');
    return out->kind != JSON_NONE;
}

bool json_take_member(struct slice *inside, struct slice *name, struct json_value *out)
{
    struct json_value key = json_take(inside);
    *name = key.text;
    return key.kind == JSON_STRING && take_sign(inside, ':') &&
           json_take_element(inside, out);
}

/* ---- strings ---- */

/* uXXXX; false: it is not there. */
static bool take_code(struct slice *text, unsigned *code)
{
    enum { BYTES = 5 };
    if (text->len < BYTES || text->data[0] != 'u')
        return false;
    *code = 0;
    for (size_t i = 1; i < BYTES; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *digit = memchr(digits, text->data[i], sizeof digits - 1);
        if (!digit)
            return false;
        size_t value = (size_t)(digit - digits);
        *code = *code * 16 + (unsigned)(value < 16 ? value : value - 6);
    }
    *text = skip(*text, BYTES);
    return true;
}

/* The second half behind a first one. */
static bool take_pair(struct slice *text, unsigned *code)
{
    unsigned low;
    if (*code < 0xd800 || *code > 0xdfff)
        return true;
    if (*code > 0xdbff || text->len == 0 || *text->data != '\\')
        return false;
    *text = skip(*text, 1);
    if (!take_code(text, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static char *put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned lead[] = {0, 0xc0, 0xe0, 0xf0};
    *to++ = (char)(lead[more] | code >> (6 * more));
    while (more-- > 0)
        *to++ = (char)(0x80 | ((code >> (6 * more)) & 0x3f));
    return to;
}

/* Behind the backslash. */
static bool take_escape(struct slice *text, char **to)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    unsigned code;
    const char *name =
        text->len > 0 ? memchr(names, *text->data, sizeof names - 1) : NULL;
    if (name) {
        *(*to)++ = values[name - names];
        *text = skip(*text, 1);
        return true;
    }
    if (!take_code(text, &code) || !take_pair(text, &code))
        return false;
    *to = put_utf8(*to, code);
    return true;
}

bool json_unescape(struct slice string, char *to, size_t *len)
{
    struct slice text = {string.data + 1, string.len - 2};
    char *end = to;
    while (text.len > 0) {
        char c = *text.data;
        text = skip(text, 1);
        if (c != '\\')
            *end++ = c;
        else if (!take_escape(&text, &end))
            return false;
    }
    *len = (size_t)(end - to);
    return true;
}
