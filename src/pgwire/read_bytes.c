/* read_bytes.c - bytea, uuid and bool, read from text. */
#include <strings.h>

#include "pgwire/value.h"

/* -1: not a hexadecimal digit. */
static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Braces around it and a hyphen behind every fourth digit are optional. */
const char *value_uuid_read(const char *text, size_t len, uint8_t out[16])
{
    unsigned digits = 0;
    value_trim(&text, &len);
    if (len >= 2 && text[0] == '{' && text[len - 1] == '}') {
        text++;
        len -= 2;
    }
    for (size_t i = 0; i < len; i++) {
        int value = hex_value(text[i]);
        bool hyphen = text[i] == '-' && digits > 0 && digits < 32 && digits % 4 == 0 &&
                      text[i - 1] != '-';
        if (hyphen)
            continue;
        if (value < 0 || digits == 32)
            return "22P02";
        uint8_t high = digits % 2 ? out[digits / 2] : 0;
        out[digits / 2] = (uint8_t)(high | value << (digits % 2 ? 0 : 4));
        digits++;
    }
    return digits == 32 && text[len - 1] != '-' ? NULL : "22P02";
}

static const char *read_hex(const char *text, size_t len, uint8_t *to, size_t *out_len)
{
    *out_len = 0;
    for (size_t i = 0; i < len; i++) {
        if (strchr(" \t\n\r", text[i]) && text[i])
            continue;
        int high = hex_value(text[i]);
        int low = i + 1 < len ? hex_value(text[i + 1]) : -1;
        if (high < 0 || low < 0)
            return "22023";
        to[(*out_len)++] = (uint8_t)(high << 4 | low);
        i++;
    }
    return NULL;
}

/* \ooo, the value of three octal digits that fit a byte; -1 otherwise. */
static int octal(const char *text, size_t len)
{
    if (len < 4 || text[1] < '0' || text[1] > '3' || text[2] < '0' || text[2] > '7' ||
        text[3] < '0' || text[3] > '7')
        return -1;
    return (text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0');
}

static const char *read_escape(const char *text, size_t len, uint8_t *to,
                               size_t *out_len)
{
    *out_len = 0;
    while (len > 0) {
        size_t taken = 1;
        uint8_t byte = (uint8_t)*text;
        if (*text == '\\' && len > 1 && text[1] == '\\') {
            taken = 2;
        } else if (*text == '\\') {
            int value = octal(text, len);
            if (value < 0)
                return "22P02";
            byte = (uint8_t)value;
            taken = 4;
        }
        to[(*out_len)++] = byte;
        text += taken;
        len -= taken;
    }
    return NULL;
}

const char *value_bytea_read(const char *text, size_t len, uint8_t *to, size_t *out_len)
{
    if (len >= 2 && text[0] == '\\' && text[1] == 'x')
        return read_hex(text + 2, len - 2, to, out_len);
    return read_escape(text, len, to, out_len);
}

const char *value_bool_read(const char *text, size_t len, bool *out)
{
    static const struct {
        const char *word;
        size_t shortest; /* what tells it from the others */
        bool value;
    } words[] = {{"true", 1, true}, {"false", 1, false}, {"yes", 1, true},
                 {"no", 1, false},  {"on", 2, true},     {"off", 2, false},
                 {"1", 1, true},    {"0", 1, false}};
    value_trim(&text, &len);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (len >= words[i].shortest && len <= strlen(words[i].word) &&
            strncasecmp(text, words[i].word, len) == 0) {
            *out = words[i].value;
            return NULL;
        }
    }
    return "22P02";
}
