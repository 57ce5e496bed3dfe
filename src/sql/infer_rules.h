/* infer_rules.h - the tables behind the inference of parameter types, and the tokens
 * that its parts look at. */
#ifndef SQL_INFER_RULES_H
#define SQL_INFER_RULES_H

#include "sql/infer.h"
#include "sql/token.h"

/* ---- tokens by index; beyond either end there is one that is nothing ---- */

struct infer_text {
    const struct token *tokens;
    size_t count;
    const size_t *matches; /* of a bracket, the other one; count = none */
    bool has_set_operation;
    size_t into; /* the first INTO; count = none */
};

/* False: out of memory. It lives in the arena, the tokens in the statement. */
bool infer_text_init(struct infer_text *text, struct slice statement,
                     struct arena *arena);

/* No rule looks further than so many tokens: what is searched for each of 65,535
 * parameters must be near. */
enum { INFER_REACH = 1000 };

const struct token *infer_at(const struct infer_text *text, size_t i);
bool infer_is(const struct infer_text *text, size_t i, const char *word);
bool infer_is_symbol(const struct infer_text *text, size_t i, char symbol);
/* A word that stands in front of an expression, not for a value or a function. */
bool infer_is_keyword(const struct infer_text *text, size_t i);
struct slice infer_slice(const struct infer_text *text, size_t from, size_t to);

/* infer_operand.c: from the token behind an operand to its first (the same: there is
 * none), and from its first to the one behind its last. */
size_t infer_operand_start(const struct infer_text *text, size_t end);
size_t infer_operand_end(const struct infer_text *text, size_t start);
/* From a bracket to the one that closes it, or opened it; beyond the end: none does. */
size_t infer_closing(const struct infer_text *text, size_t open);
size_t infer_opening(const struct infer_text *text, size_t close);

/* infer_operator.c: from the token behind an operator to its first, and from its first
 * to the one behind its last; the same: there is none. */
size_t infer_operator_start(const struct infer_text *text, size_t end);
size_t infer_operator_end(const struct infer_text *text, size_t start);
/* Without NOT, and without the TO of SIMILAR TO. */
struct slice infer_operator_name(const struct infer_text *text, size_t from, size_t to);
/* What an operator that binds so strongly has on its left, up to its first token, and
 * on its right, from the token behind it: with the operators that bind more strongly.
 */
size_t infer_left_operand(const struct infer_text *text, size_t op, int binds);
size_t infer_right_operand(const struct infer_text *text, size_t behind, int binds);

/* ---- infer_rules.c ---- */

/* The name of a type that is written from token i on, any of PostgreSQL's spellings;
 * NULL: not one that clients are told of. */
const char *infer_type_name(const struct infer_text *text, size_t i);

/* What a function takes as its argument: a type's name; "" = the type of its other
 * arguments; NULL: the engine knows. is_alone: it has no others. */
const char *infer_argument(struct slice function, size_t argument, bool is_alone);

/* A literal's type, NULL: it is none, or one of no type of its own. */
const char *infer_literal(const struct infer_text *text, size_t from, size_t to);

/* How strongly an operator binds; 0: it is none. */
int infer_precedence(struct slice operator);

#endif
