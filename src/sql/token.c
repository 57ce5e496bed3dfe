/* token.c - the lexical structure of SQL. */
#include "sql/token.h"

#include <strings.h>

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters, the underscore, and every byte of a character beyond ASCII. */
static bool starts_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool continues_word(char c)
{
    return starts_word(c) || is_digit(c) || c == '$';
}

static char at(struct slice sql, size_t i)
{
    return i < sql.len ? sql.data[i] : '\0';
}

static void skip(struct slice *sql, size_t bytes)
{
    sql->data += bytes;
    sql->len -= bytes;
}

static size_t line_comment(struct slice sql)
{
    size_t i = 2;
    while (i < sql.len && sql.data[i] != '\n' && sql.data[i] != '\r')
        i++;
    return i;
}

/* Comments nest. */
static size_t block_comment(struct slice sql)
{
    size_t depth = 1, i = 2;
    while (i < sql.len && depth > 0) {
        if (at(sql, i) == '/' && at(sql, i + 1) == '*') {
            depth++;
            i += 2;
        } else if (at(sql, i) == '*' && at(sql, i + 1) == '/') {
            depth--;
            i += 2;
        } else {
            i++;
        }
    }
    return i;
}

bool token_skip_blank(struct slice *sql)
{
    for (;;) {
        if (sql->len > 0 && is_blank(sql->data[0]))
            skip(sql, 1);
        else if (at(*sql, 0) == '-' && at(*sql, 1) == '-')
            skip(sql, line_comment(*sql));
        else if (at(*sql, 0) == '/' && at(*sql, 1) == '*')
            skip(sql, block_comment(*sql));
        else
            return sql->len > 0;
    }
}

/* From the opening quote at `i` to behind the closing one; a doubled quote stands for
 * itself, and a backslash takes the meaning of what follows it where it may. */
static size_t quoted(struct slice sql, size_t i, bool backslash, bool *unterminated)
{
    char quote = sql.data[i++];
    while (i < sql.len) {
        if (backslash && sql.data[i] == '\\') {
            i += 2;
        } else if (sql.data[i] != quote) {
            i++;
        } else if (at(sql, i + 1) == quote) {
            i += 2;
        } else {
            return i + 1;
        }
    }
    *unterminated = true;
    return sql.len;
}

/* The length of $tag$ or $$, 0 if that is not what stands here. */
static size_t dollar_tag(struct slice sql)
{
    size_t i = 1;
    if (starts_word(at(sql, 1))) {
        while (continues_word(at(sql, i)) && at(sql, i) != '$')
            i++;
    }
    return at(sql, i) == '$' ? i + 1 : 0;
}

static size_t dollar_quoted(struct slice sql, size_t tag, bool *unterminated)
{
    for (size_t i = tag; i + tag <= sql.len; i++) {
        if (memcmp(sql.data + i, sql.data, tag) == 0)
            return i + tag;
    }
    *unterminated = true;
    return sql.len;
}

static size_t number(struct slice sql)
{
    size_t i = 0;
    while (is_digit(at(sql, i)) || at(sql, i) == '.')
        i++;
    if ((at(sql, i) | 0x20) == 'e') {
        size_t sign = at(sql, i + 1) == '+' || at(sql, i + 1) == '-';
        if (is_digit(at(sql, i + 1 + sign))) {
            i += 1 + sign;
            while (is_digit(at(sql, i)))
                i++;
        }
    }
    return i;
}

static size_t word(struct slice sql)
{
    size_t i = 1;
    while (i < sql.len && continues_word(sql.data[i]))
        i++;
    return i;
}

static size_t dollar(struct slice sql, struct token *token)
{
    size_t tag = dollar_tag(sql);
    if (tag) {
        token->kind = TOKEN_STRING;
        return dollar_quoted(sql, tag, &token->unterminated);
    }
    if (!is_digit(at(sql, 1)))
        return 1;
    token->kind = TOKEN_PARAM;
    size_t i = 1;
    while (is_digit(at(sql, i)))
        i++;
    return i;
}

/* The kind and the length of the token that starts here. */
static size_t scan(struct slice sql, struct token *token)
{
    char c = sql.data[0];
    if ((c | 0x20) == 'e' && at(sql, 1) == '\'') {
        token->kind = TOKEN_STRING;
        return quoted(sql, 1, true, &token->unterminated);
    }
    if (c == '\'' || c == '"') {
        token->kind = c == '"' ? TOKEN_QUOTED : TOKEN_STRING;
        return quoted(sql, 0, false, &token->unterminated);
    }
    if (c == '$')
        return dollar(sql, token);
    if (starts_word(c)) {
        token->kind = TOKEN_WORD;
        return word(sql);
    }
    if (is_digit(c) || (c == '.' && is_digit(at(sql, 1)))) {
        token->kind = TOKEN_NUMBER;
        return number(sql);
    }
    return 1;
}

struct token token_next(struct slice *sql)
{
    struct token token = {.kind = TOKEN_END, .text = {sql->data, 0}};
    if (!token_skip_blank(sql)) {
        token.text.data = sql->data;
        return token;
    }
    token.kind = TOKEN_SYMBOL;
    size_t len = scan(*sql, &token);
    if (len > sql->len) /* a backslash at the very end */
        len = sql->len;
    token.text = (struct slice){sql->data, len};
    skip(sql, len);
    return token;
}

bool token_is_word(const struct token *token, const char *word)
{
    size_t len = strlen(word);
    return token->kind == TOKEN_WORD && token->text.len == len &&
           strncasecmp(token->text.data, word, len) == 0;
}

bool token_is_symbol(const struct token *token, char symbol)
{
    return token->kind == TOKEN_SYMBOL && token->text.data[0] == symbol;
}
