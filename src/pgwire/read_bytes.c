/* read_bytes.c - bytea, uuid and bool, read from text. */
#include <strings.h>

#include "pgwire/read.h"

/* -1: not a hexadecimal digit. */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* ---- uuid ---- */

/* Braces around it and a hyphen behind every fourth digit are optional. */
bool read_uuid(const struct reading *reading, uint8_t out[16])
{
    struct slice text = reading->text;
    if (text.len >= 2 && text.data[0] == '{') {
        if (text.data[text.len - 1] != '}')
            return reading_syntax(reading, "22P02");
        text = (struct slice){text.data + 1, text.len - 2};
    }
    size_t at = 0;
    for (unsigned i = 0; i < 16; i++) {
        int high = at + 1 < text.len ? hex_value(text.data[at]) : -1;
        int low = at + 1 < text.len ? hex_value(text.data[at + 1]) : -1;
        if (high < 0 || low < 0)
            return reading_syntax(reading, "22P02");
        out[i] = (uint8_t)(high << 4 | low);
        at += 2;
        if (i % 2 == 1 && i < 15 && at < text.len && text.data[at] == '-')
            at++;
    }
    return at == text.len || reading_syntax(reading, "22P02");
}

/* ---- bytea ---- */

/* One character, of which the whole is quoted. */
static bool bad_digit(const struct reading *reading, struct slice rest)
{
    size_t len = 1;
    while (len < rest.len && len < 4 && ((uint8_t)rest.data[len] & 0xc0) == 0x80)
        len++;
    return reading_fail(reading, "22023", "invalid hexadecimal digit: \"%.*s\"",
                        (int)len, rest.data);
}

static bool read_hex(const struct reading *reading, struct slice text, uint8_t *to,
                     size_t *out_len)
{
    *out_len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
            continue;
        int high = hex_value(c);
        if (high < 0)
            return bad_digit(reading, (struct slice){text.data + i, text.len - i});
        if (++i == text.len)
            return reading_fail(reading, "22023",
                                "invalid hexadecimal data: odd number of digits");
        int low = hex_value(text.data[i]);
        if (low < 0)
            return bad_digit(reading, (struct slice){text.data + i, text.len - i});
        to[(*out_len)++] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* \ooo, the value of three octal digits that fit a byte; -1 otherwise. */
static int octal(struct slice text)
{
    const char *c = text.data;
    if (text.len < 4 || c[1] < '0' || c[1] > '3' || c[2] < '0' || c[2] > '7' ||
        c[3] < '0' || c[3] > '7')
        return -1;
    return (c[1] - '0') << 6 | (c[2] - '0') << 3 | (c[3] - '0');
}

static bool read_escaped(const struct reading *reading, struct slice text, uint8_t *to,
                         size_t *out_len)
{
    *out_len = 0;
    while (text.len > 0) {
        size_t taken = 1;
        int byte = (uint8_t)*text.data;
        if (byte == '\\' && text.len > 1 && text.data[1] == '\\') {
            taken = 2;
        } else if (byte == '\\') {
            byte = octal(text);
            taken = 4;
        }
        if (byte < 0)
            return reading_fail(reading, "22P02",
                                "invalid input syntax for type bytea");
        to[(*out_len)++] = (uint8_t)byte;
        text = (struct slice){text.data + taken, text.len - taken};
    }
    return true;
}

bool read_bytea(const struct reading *reading, uint8_t *to, size_t *len)
{
    struct slice text = reading->text;
    if (text.len < 2 || text.data[0] != '\\' || text.data[1] != 'x')
        return read_escaped(reading, text, to, len);
    return read_hex(reading, (struct slice){text.data + 2, text.len - 2}, to, len);
}

/* ---- bool ---- */

bool read_bool(const struct reading *reading, bool *out)
{
    static const struct {
        const char *word;
        size_t shortest; /* what tells it from the others */
        bool value;
    } words[] = {{"true", 1, true}, {"false", 1, false}, {"yes", 1, true},
                 {"no", 1, false},  {"on", 2, true},     {"off", 2, false},
                 {"1", 1, true},    {"0", 1, false}};
    struct slice text = read_trim(reading->text);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (text.len >= words[i].shortest && text.len <= strlen(words[i].word) &&
            strncasecmp(text.data, words[i].word, text.len) == 0) {
            *out = words[i].value;
            return true;
        }
    }
    return reading_syntax(reading, "22P02");
}
