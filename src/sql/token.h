/* token.h - the lexical structure of SQL, as far as PostgreSQL and DuckDB agree on it.
 *
 * Source: PostgreSQL documentation 4.1. Blanks and comments are skipped. Any bytes are
 * accepted, in linear time, without memory. What PostgreSQL calls an operator comes as
 * single characters: nobody here needs to know operators. */
#ifndef SQL_TOKEN_H
#define SQL_TOKEN_H

#include <stdbool.h>

#include "core/slice.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* keyword or identifier without quotes */
    TOKEN_QUOTED, /* "identifier" */
    TOKEN_STRING, /* '…', E'…', $tag$…$tag$ */
    TOKEN_NUMBER,
    TOKEN_PARAM, /* $1 */
    TOKEN_SYMBOL /* one character */
};

struct token {
    enum token_kind kind;
    struct slice text; /* with its quotes */
    bool unterminated; /* a quote or comment that runs to the end */
};

/* Take the next token off *sql. */
struct token token_next(struct slice *sql);

bool token_is_word(const struct token *token, const char *word); /* without case */
bool token_is_symbol(const struct token *token, char symbol);

/* Skip blanks and comments; true when something is left. */
bool token_skip_blank(struct slice *sql);

#endif
