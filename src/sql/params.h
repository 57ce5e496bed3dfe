/* params.h - parameters in a statement's text: how many, and casts around them. */
#ifndef SQL_PARAMS_H
#define SQL_PARAMS_H

#include <stdint.h>

#include "core/arena.h"
#include "core/slice.h"

struct token;

/* n of a token $n, from 1; 0: it is no parameter, 65536: beyond what the protocol can
 * carry. */
uint32_t sql_param_number(const struct token *token);

/* The highest $n in the text outside quotes and comments; 0 = none, 65536 = one beyond
 * what the protocol can carry. */
uint32_t sql_param_max(struct slice statement);

/* The character, from 1, at which the first $n stands, and its n; 0: there is none. */
int32_t sql_param_first(struct slice statement, uint32_t *number);

/* The lowest $n that the text leaves out below its highest; 0 = none. */
uint32_t sql_param_gap(struct slice statement);

/* The text with every $n whose casts[n - 1] is not NULL written as `$n::cast`. A cast
 * in the text itself gives way where the value knows better: a numeric of any scale
 * (`$1::numeric`, `cast($1 as numeric[])`) to the decimal or bignum that it is, the
 * brackets of an array to as many as it has dimensions. False: out of memory. */
bool sql_params_cast(struct slice statement, const char *const *casts, size_t count,
                     struct arena *arena, struct slice *out);

/* A character of the text that sql_params_cast has made, from 1, as the character of
 * `statement` that it comes from; what stands in a cast comes from its parameter. */
int32_t sql_params_origin(struct slice statement, const char *const *casts,
                          size_t count, int32_t position);

#endif
