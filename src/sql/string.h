/* string.h - string constants: what they mean.
 *
 * Source: PostgreSQL documentation 4.1.2. */
#ifndef SQL_STRING_H
#define SQL_STRING_H

#include "core/arena.h"
#include "core/attr.h"
#include "sql/token.h"

/* The bytes that a token of kind TOKEN_STRING stands for: 'x', E'\x41', $a$x$a$. `out`
 * has room for as many as the token has. False: malformed, unterminated, or a zero byte
 * in it. */
bool sql_string_decode(const struct token *token, char *out, size_t *len) MUST_CHECK;

#endif
