/* read_json.c - is a text JSON? RFC 8259, as PostgreSQL takes it.
 *
 * One pass without recursion: what is open is a stack of bits. The details are
 * PostgreSQL's, a parse error names what was expected and the token that was found. */
#include "core/text.h"
#include "pgwire/read.h"

#include <stdio.h>

enum { DEPTH_MAX = 8192, CONTEXT_MAX = 50 };

enum state {
    WANT_VALUE,
    WANT_ELEMENT, /* behind '[': a value, or the end */
    WANT_MEMBER,  /* behind '{': a name, or the end */
    WANT_NAME,    /* behind ',' in an object */
    WANT_COLON,
    WANT_MORE, /* ',' or the end of what is open */
    WANT_END
};

enum token { TOKEN_NONE, TOKEN_STRING, TOKEN_SCALAR, TOKEN_PUNCTUATION };

struct json {
    const struct reading *reading;
    const char *start, *end; /* of the token */
    const char *limit;       /* of the text */
    bool jsonb;
    enum state state;
    unsigned depth;
    uint8_t objects[DEPTH_MAX / 8]; /* is the n-th that is open an object? */
};

/* ---- what is wrong ---- */

/* "JSON data, line 1: …", up to the end of the token, at most 50 bytes of it. */
static void put_context(struct json *json)
{
    const char *line = json->reading->text.data, *cut = "";
    unsigned number = 1;
    for (const char *at = line; at < json->end; at++) {
        if (*at == '\n') {
            line = at + 1;
            number++;
        }
    }
    if (json->end - line > CONTEXT_MAX) {
        line = json->end - CONTEXT_MAX;
        while (((uint8_t)*line & 0xc0) == 0x80)
            line++;
        cut = "...";
    }
    bool more = json->end < json->limit && *json->end != '\n' && *json->end != '\r';
    (void)snprintf(json->reading->err->context, sizeof json->reading->err->context,
                   "JSON data, line %u: %s%.*s%s", number, cut, (int)(json->end - line),
                   line, more ? "..." : "");
}

static bool bad(struct json *json, const char *sqlstate, const char *format, ...)
    PRINTF_LIKE(3, 4);

static bool bad(struct json *json, const char *sqlstate, const char *format, ...)
{
    va_list args;
    bool escape = strcmp(sqlstate, "22P05") == 0;
    (void)reading_fail(json->reading, sqlstate, "%s",
                       escape ? "unsupported Unicode escape sequence"
                              : "invalid input syntax for type json");
    va_start(args, format);
    text_format(json->reading->err->detail, sizeof json->reading->err->detail, format,
                args);
    va_end(args);
    put_context(json);
    return false;
}

static bool bad_token(struct json *json)
{
    struct slice token = {json->start, (size_t)(json->end - json->start)};
    return bad(json, "22P02", "Token \"%.*s\" is invalid.", reading_quoted(token),
               token.data);
}

static bool unexpected(struct json *json)
{
    static const char *const wanted[] = {[WANT_VALUE] = "JSON value",
                                         [WANT_ELEMENT] = "JSON value",
                                         [WANT_MEMBER] = "string or \"}\"",
                                         [WANT_NAME] = "string",
                                         [WANT_COLON] = "\":\"",
                                         [WANT_MORE] = "\",\" or \"]\"",
                                         [WANT_END] = "end of input"};
    struct slice token = {json->start, (size_t)(json->end - json->start)};
    bool in_object =
        json->depth > 0 &&
        (json->objects[(json->depth - 1) / 8] >> ((json->depth - 1) % 8) & 1);
    if (token.len == 0)
        return bad(json, "22P02", "The input string ended unexpectedly.");
    return bad(json, "22P02", "Expected %s, but found \"%.*s\".",
               json->state == WANT_MORE && in_object ? "\",\" or \"}\""
                                                     : wanted[json->state],
               reading_quoted(token), token.data);
}

/* ---- tokens ---- */

static bool is_wordy(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || (uint8_t)c >= 0x80;
}

static bool is_digit(const struct json *json)
{
    return json->end < json->limit && *json->end >= '0' && *json->end <= '9';
}

static bool take(struct json *json, char a, char b)
{
    if (json->end == json->limit || (*json->end != a && *json->end != b))
        return false;
    json->end++;
    return true;
}

static bool take_digits(struct json *json)
{
    bool any = is_digit(json);
    while (is_digit(json))
        json->end++;
    return any;
}

static bool take_number(struct json *json)
{
    (void)take(json, '-', '-');
    bool good = take(json, '0', '0') || take_digits(json);
    if (take(json, '.', '.'))
        good = take_digits(json) && good;
    if (take(json, 'e', 'E')) {
        (void)take(json, '-', '+');
        good = take_digits(json) && good;
    }
    for (; json->end < json->limit && is_wordy(*json->end); json->end++)
        good = false;
    return good || bad_token(json);
}

static bool take_word(struct json *json)
{
    static const char *const words[] = {"true", "false", "null"};
    while (json->end < json->limit && is_wordy(*json->end))
        json->end++;
    struct slice word = {json->start, (size_t)(json->end - json->start)};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (slice_equal(word, slice_of(words[i])))
            return true;
    }
    if (word.len == 0)
        json->end++;
    return bad_token(json);
}

/* The end of the token is the end of the character that it stands on. */
static void end_character(struct json *json)
{
    json->end++;
    while (json->end < json->limit && ((uint8_t)*json->end & 0xc0) == 0x80)
        json->end++;
}

/* The four digits behind \u. */
static bool take_code(struct json *json, unsigned *code)
{
    *code = 0;
    for (unsigned i = 0; i < 4; i++, json->end++) {
        static const char digits[] = "0123456789abcdef";
        char c = json->end < json->limit ? *json->end : '\0';
        const char *digit = c ? strchr(digits, c >= 'A' ? c | 0x20 : c) : NULL;
        if (json->end == json->limit)
            return bad_token(json);
        if (!digit) {
            end_character(json);
            return bad(json, "22P02",
                       "\"\\u\" must be followed by four hexadecimal digits.");
        }
        *code = *code << 4 | (unsigned)(digit - digits);
    }
    return true;
}

/* A jsonb holds characters: no zero, and surrogates in pairs. *high is the one that
 * waits for its other half. */
static bool check_code(struct json *json, unsigned code, bool *high)
{
    bool is_high = code >= 0xd800 && code < 0xdc00;
    bool is_low = code >= 0xdc00 && code < 0xe000;
    if (!json->jsonb)
        return true;
    if (code == 0)
        return bad(json, "22P05", "\\u0000 cannot be converted to text.");
    if (is_high && *high)
        return bad(json, "22P02",
                   "Unicode high surrogate must not follow a high surrogate.");
    if (is_low != *high)
        return bad(json, "22P02",
                   "Unicode low surrogate must follow a high surrogate.");
    *high = is_high;
    return true;
}

/* Behind a backslash. */
static bool take_escape(struct json *json, bool *high)
{
    unsigned code;
    if (json->end == json->limit)
        return bad_token(json);
    if (take(json, 'u', 'u'))
        return take_code(json, &code) && check_code(json, code, high);
    if (*high)
        return bad(json, "22P02",
                   "Unicode low surrogate must follow a high surrogate.");
    if (strchr("\"\\/bfnrt", *json->end)) {
        json->end++;
        return true;
    }
    const char *character = json->end;
    end_character(json);
    return bad(json, "22P02", "Escape sequence \"\\%.*s\" is invalid.",
               (int)(json->end - character), character);
}

static bool take_string(struct json *json)
{
    bool high = false;
    json->end++;
    while (json->end < json->limit) {
        uint8_t c = (uint8_t)*json->end;
        if (c < 0x20)
            return bad(json, "22P02", "Character with value 0x%02x must be escaped.",
                       c);
        if (c != '\\' && high)
            return end_character(json),
                   bad(json, "22P02",
                       "Unicode low surrogate must follow a high surrogate.");
        json->end++;
        if (c == '"')
            return true;
        if (c == '\\' && !take_escape(json, &high))
            return false;
    }
    return bad_token(json);
}

static bool next_token(struct json *json, enum token *token)
{
    const char *at = json->end;
    while (at < json->limit &&
           (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    json->start = json->end = at;
    *token = TOKEN_NONE;
    if (at == json->limit)
        return true;
    if (strchr("{}[],:", *at)) {
        json->end++;
        *token = TOKEN_PUNCTUATION;
        return true;
    }
    *token = *at == '"' ? TOKEN_STRING : TOKEN_SCALAR;
    if (*at == '"')
        return take_string(json);
    return *at == '-' || is_digit(json) ? take_number(json) : take_word(json);
}

/* ---- structure ---- */

static bool open_nested(struct json *json, char c)
{
    unsigned at = json->depth;
    if (at == DEPTH_MAX)
        return reading_fail(json->reading, "54001", "stack depth limit exceeded");
    uint8_t bit = (uint8_t)(1u << at % 8);
    json->objects[at / 8] = (uint8_t)(c == '{' ? json->objects[at / 8] | bit
                                               : json->objects[at / 8] & ~bit);
    json->depth++;
    json->state = c == '{' ? WANT_MEMBER : WANT_ELEMENT;
    return true;
}

static bool close_nested(struct json *json, char c)
{
    unsigned at = json->depth - 1;
    bool object = json->depth > 0 && (json->objects[at / 8] >> (at % 8) & 1);
    bool may_end = json->state == WANT_MORE || json->state == WANT_MEMBER ||
                   json->state == WANT_ELEMENT;
    if (!may_end || json->depth == 0 || object != (c == '}'))
        return unexpected(json);
    json->depth--;
    json->state = json->depth > 0 ? WANT_MORE : WANT_END;
    return true;
}

static bool take_punctuation(struct json *json, char c)
{
    bool value = json->state == WANT_VALUE || json->state == WANT_ELEMENT;
    unsigned at = json->depth - 1;
    if ((c == '{' || c == '[') && value)
        return open_nested(json, c);
    if (c == '}' || c == ']')
        return close_nested(json, c);
    if (c == ':' && json->state == WANT_COLON)
        json->state = WANT_VALUE;
    else if (c == ',' && json->state == WANT_MORE)
        json->state = json->objects[at / 8] >> (at % 8) & 1 ? WANT_NAME : WANT_VALUE;
    else
        return unexpected(json);
    return true;
}

static bool take_scalar(struct json *json, bool is_string)
{
    bool name = json->state == WANT_MEMBER || json->state == WANT_NAME;
    bool value = json->state == WANT_VALUE || json->state == WANT_ELEMENT;
    if (name && is_string)
        json->state = WANT_COLON;
    else if (value)
        json->state = json->depth > 0 ? WANT_MORE : WANT_END;
    else
        return unexpected(json);
    return true;
}

bool read_json(const struct reading *reading, bool jsonb)
{
    struct json json = {.reading = reading,
                        .end = reading->text.data,
                        .limit = reading->text.data + reading->text.len,
                        .jsonb = jsonb};
    enum token token;
    while (next_token(&json, &token)) {
        if (token == TOKEN_NONE)
            return json.state == WANT_END || unexpected(&json);
        bool good = token == TOKEN_PUNCTUATION
                        ? take_punctuation(&json, *json.start)
                        : take_scalar(&json, token == TOKEN_STRING);
        if (!good)
            return false;
    }
    return false;
}
