/* value.c - names and values as SET writes them.
 *
 * Source: PostgreSQL documentation 4.1 (identifiers, string constants), SET. */
#include "sql/value.h"

#include "core/attr.h"
#include "sql/classify_parts.h"
#include "sql/string.h"
#include "sql/token.h"

/* Text that grows up to a size that is known. */
struct text {
    char *data;
    size_t len, size;
};

static bool append(struct text *out, struct slice text)
{
    if (out->len + text.len >= out->size)
        return false;
    if (text.len)
        memcpy(out->data + out->len, text.data, text.len);
    out->len += text.len;
    return true;
}

static bool append_char(struct text *out, char c)
{
    return append(out, (struct slice){&c, 1});
}

/* Append the inside of a quoted token, doubled quotes halved. */
static bool unquote(struct text *out, struct slice text)
{
    char quote = text.data[0];
    for (size_t i = 1; i + 1 < text.len; i++) {
        if (text.data[i] == quote && i + 2 < text.len)
            i++;
        if (!append_char(out, text.data[i]))
            return false;
    }
    return true;
}

static bool append_lower(struct text *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (!append_char(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c))
            return false;
    }
    return true;
}

bool sql_identifier(struct slice written, char *out, size_t size)
{
    struct text text = {out, 0, size};
    for (;;) {
        struct token token = token_next(&written);
        bool done = token.kind == TOKEN_WORD ? append_lower(&text, token.text)
                    : token.kind == TOKEN_QUOTED && !token.unterminated
                        ? unquote(&text, token.text)
                        : false;
        if (!done)
            return false;
        token = token_next(&written);
        if (token.kind == TOKEN_END)
            break;
        if (!token_is_symbol(&token, '.') || !append(&text, token.text))
            return false;
    }
    out[text.len] = '\0';
    return text.len > 0;
}

/* ---- strings ---- */

static bool append_string(struct text *out, const struct token *token)
{
    size_t len;
    if (out->len + token->text.len >= out->size ||
        !sql_string_decode(token, out->data + out->len, &len))
        return false;
    out->len += len;
    return true;
}

/* Strings with a line's end between them are one. */
static bool append_strings(struct text *out, struct token token, struct slice *rest)
{
    for (;;) {
        if (!append_string(out, &token))
            return false;
        const char *end = token.text.data + token.text.len;
        struct token next = sql_peek(*rest);
        if (next.kind != TOKEN_STRING || next.text.data[0] != '\'' ||
            !memchr(end, '\n', (size_t)(next.text.data - end)))
            return true;
        token = token_next(rest);
    }
}

/* ---- values ---- */

/* Words that are nobody's name: PostgreSQL documentation, appendix C. */
static const char *const reserved[] = {"all",
                                       "analyse",
                                       "analyze",
                                       "and",
                                       "any",
                                       "array",
                                       "as",
                                       "asc",
                                       "asymmetric",
                                       "both",
                                       "case",
                                       "cast",
                                       "check",
                                       "collate",
                                       "column",
                                       "constraint",
                                       "create",
                                       "current_catalog",
                                       "current_date",
                                       "current_role",
                                       "current_time",
                                       "current_timestamp",
                                       "current_user",
                                       "default",
                                       "deferrable",
                                       "desc",
                                       "distinct",
                                       "do",
                                       "else",
                                       "end",
                                       "except",
                                       "fetch",
                                       "for",
                                       "foreign",
                                       "from",
                                       "grant",
                                       "group",
                                       "having",
                                       "in",
                                       "initially",
                                       "intersect",
                                       "into",
                                       "lateral",
                                       "leading",
                                       "limit",
                                       "localtime",
                                       "localtimestamp",
                                       "not",
                                       "null",
                                       "offset",
                                       "only",
                                       "or",
                                       "order",
                                       "placing",
                                       "primary",
                                       "references",
                                       "returning",
                                       "select",
                                       "session_user",
                                       "some",
                                       "symmetric",
                                       "table",
                                       "then",
                                       "to",
                                       "trailing",
                                       "union",
                                       "unique",
                                       "user",
                                       "using",
                                       "variadic",
                                       "when",
                                       "where",
                                       "window",
                                       "with"};

static bool is_plain_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    struct token token = {.kind = TOKEN_WORD, .text = name};
    return name.len > 0 && !sql_word_in(&token, reserved, ARRAY_LEN(reserved)) &&
           !token_is_word(&token, "true") && !token_is_word(&token, "false");
}

/* Put quotes around what has been appended since `start`, if it is not a plain name. */
static bool quote_name(struct text *out, size_t start)
{
    struct slice name = {out->data + start, out->len - start};
    if (is_plain_name(name))
        return true;
    size_t quotes = 2;
    for (size_t i = 0; i < name.len; i++)
        quotes += name.data[i] == '"';
    if (out->len + quotes >= out->size)
        return false;
    char *end = out->data + out->len + quotes;
    out->len += quotes;
    *--end = '"';
    for (size_t i = name.len; i-- > 0;) {
        *--end = name.data[i];
        if (*end == '"')
            *--end = '"';
    }
    *--end = '"';
    return true;
}

/* INTERVAL '…' and what may stand behind it. */
static bool append_interval(struct text *out, struct slice *rest)
{
    static const char *const fields[] = {"hour", "to", "minute", "second"};
    struct token token = token_next(rest);
    if (token.kind != TOKEN_STRING || !append(out, SLICE("interval '")) ||
        !append_strings(out, token, rest) || !append_char(out, '\''))
        return false;
    for (token = sql_peek(*rest); sql_word_in(&token, fields, ARRAY_LEN(fields));
         token = sql_peek(*rest))
        (void)token_next(rest);
    return true;
}

/* A word right behind a number is junk: 64MB must be a string. */
static bool append_number(struct text *out, const struct token *token,
                          struct slice rest)
{
    struct token next = sql_peek(rest);
    bool junk =
        sql_is_name(&next) && next.text.data == token->text.data + token->text.len;
    return !junk && append(out, token->text);
}

static bool append_value(struct text *out, struct slice *rest)
{
    struct token token = token_next(rest);
    bool negative = token_is_symbol(&token, '-');
    if (negative || token_is_symbol(&token, '+')) {
        token = token_next(rest);
        return token.kind == TOKEN_NUMBER && (!negative || append_char(out, '-')) &&
               append_number(out, &token, *rest);
    }
    if (token.kind == TOKEN_NUMBER)
        return append_number(out, &token, *rest);
    if (token.kind == TOKEN_STRING)
        return append_strings(out, token, rest);
    if (token.kind == TOKEN_QUOTED)
        return !token.unterminated && token.text.len > 2 && unquote(out, token.text);
    if (token_is_word(&token, "interval") && sql_peek(*rest).kind == TOKEN_STRING)
        return append_interval(out, rest);
    return token.kind == TOKEN_WORD &&
           !sql_word_in(&token, reserved, ARRAY_LEN(reserved)) &&
           append_lower(out, token.text);
}

enum sql_value sql_setting_value(struct slice written, enum sql_list list,
                                 struct arena *arena, char **out)
{
    struct text text = {NULL, 0, written.len * 2 + 32};
    struct token comma;
    text.data = arena_alloc(arena, text.size);
    if (!text.data)
        return SQL_VALUE_NO_MEMORY;
    for (;;) {
        size_t start = text.len;
        if (!append_value(&text, &written) ||
            (list == SQL_NAMES && !quote_name(&text, start)))
            return SQL_VALUE_MALFORMED;
        comma = token_next(&written);
        if (comma.kind == TOKEN_END)
            break;
        if (!token_is_symbol(&comma, ','))
            return SQL_VALUE_MALFORMED;
        if (list == SQL_SINGLE)
            return SQL_VALUE_SEVERAL;
        if (!append(&text, SLICE(", ")))
            return SQL_VALUE_MALFORMED;
    }
    text.data[text.len] = '\0';
    *out = text.data;
    return SQL_VALUE_OK;
}
