/* string.c - string constants: what they mean. */
#include "sql/string.h"

#include <stdint.h>

/* Where the reader stands in the inside of an E'' constant. */
struct inside {
    struct slice rest;
    char *out;
};

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

static char take(struct inside *in)
{
    char c = in->rest.data[0];
    in->rest.data++;
    in->rest.len--;
    return c;
}

/* Up to `most` digits to this base: how many there were. */
static size_t take_number(struct inside *in, int base, size_t most, uint32_t *number)
{
    size_t count = 0;
    *number = 0;
    while (count < most && in->rest.len > 0 && digit_value(in->rest.data[0]) < base) {
        *number = *number * (uint32_t)base + (uint32_t)digit_value(take(in));
        count++;
    }
    return count;
}

static void put(struct inside *in, uint32_t byte)
{
    *in->out++ = (char)byte;
}

static bool put_character(struct inside *in, uint32_t code)
{
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return false;
    if (code < 0x80) {
        put(in, code);
        return true;
    }
    unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint8_t leads[] = {0, 0xc0, 0xe0, 0xf0};
    put(in, leads[more] | code >> 6 * more);
    while (more-- > 0)
        put(in, 0x80 | (code >> 6 * more & 0x3f));
    return true;
}

/* \uXXXX, the second half of a pair behind it, \UXXXXXXXX. */
static bool take_code(struct inside *in, size_t digits)
{
    uint32_t code, low;
    if (take_number(in, 16, digits, &code) != digits)
        return false;
    if (code < 0xd800 || code >= 0xdc00)
        return put_character(in, code);
    if (in->rest.len < 2 || take(in) != '\\' || take(in) != 'u' ||
        take_number(in, 16, 4, &low) != 4 || low < 0xdc00 || low >= 0xe000)
        return false;
    return put_character(in, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
}

/* Behind a backslash. */
static bool take_escape(struct inside *in)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    uint32_t number;
    char c = in->rest.data[0];
    if (c >= '0' && c <= '7') {
        (void)take_number(in, 8, 3, &number);
        put(in, number);
        return (number & 0xff) != 0;
    }
    (void)take(in);
    if (c == 'u' || c == 'U')
        return take_code(in, c == 'u' ? 4 : 8);
    if (c == 'x' && take_number(in, 16, 2, &number) > 0) {
        put(in, number);
        return number != 0;
    }
    const char *special = c ? strchr(from, c) : NULL;
    put(in, (uint8_t)(special ? to[special - from] : c));
    return true;
}

/* Between the quotes, where a doubled one stands for itself. */
static bool decode_quoted(struct inside *in, bool backslash)
{
    while (in->rest.len > 0) {
        char c = take(in);
        if (c == '\\' && backslash) {
            if (in->rest.len == 0 || !take_escape(in))
                return false;
            continue;
        }
        if (c == '\'' && in->rest.len > 0)
            (void)take(in);
        put(in, (uint8_t)c);
    }
    return true;
}

static bool decode_dollars(struct inside *in)
{
    const char *behind = memchr(in->rest.data + 1, '$', in->rest.len - 1);
    if (!behind)
        return false;
    size_t tag = (size_t)(behind - in->rest.data) + 1, len = in->rest.len - 2 * tag;
    memcpy(in->out, in->rest.data + tag, len);
    in->out += len;
    return true;
}

bool sql_string_decode(const struct token *token, char *out, size_t *len)
{
    struct slice text = token->text;
    bool is_dollar = text.data[0] == '$', backslash = (text.data[0] | 0x20) == 'e';
    size_t lead = backslash ? 2 : 1;
    struct inside in = {text, out};
    if (token->unterminated)
        return false;
    if (!is_dollar)
        in.rest = (struct slice){text.data + lead, text.len - lead - 1};
    if (is_dollar ? !decode_dollars(&in) : !decode_quoted(&in, backslash))
        return false;
    *len = (size_t)(in.out - out);
    return true;
}
