/* rewrite_rules.h - what the rules of a rewriting see and do: rewrite.c, rewrite_*.c.
 */
#ifndef SQL_REWRITE_RULES_H
#define SQL_REWRITE_RULES_H

#include "sql/rewrite.h"
#include "sql/token.h"

/* A token, and what shall stand in its place. */
struct piece {
    struct token token;
    struct slice before, text, after;
    size_t parent;  /* the bracket that it stands in; REWRITE_NONE */
    size_t partner; /* of a bracket: the other one; REWRITE_NONE */
};

#define REWRITE_NONE ((size_t)-1)

struct rewrite {
    struct arena *arena;
    const struct sql_catalog *catalog;
    struct piece *pieces;
    size_t count;
    bool of_catalog;    /* names a relation or function of the catalogue */
    bool public_is_own; /* something in the statement itself is called public */
    bool no_memory;
};

/* A rule at token i; true: it has changed something. */
typedef bool rewrite_rule(struct rewrite *rewrite, size_t i);

rewrite_rule rewrite_operator, rewrite_collation, rewrite_regex,
    rewrite_ctid;                            /* rewrite_syntax.c */
rewrite_rule rewrite_array;                  /* rewrite_array.c */
rewrite_rule rewrite_bytes, rewrite_numeric; /* rewrite_literal.c */
rewrite_rule rewrite_qualified, rewrite_public, rewrite_type,
    rewrite_reg; /* …names.c */

/* Would the statement change something of the catalogue's? rewrite_guard.c */
bool rewrite_refuses(const struct rewrite *rewrite, struct slice *object);

/* ---- tokens; beyond either end there is one that is nothing ---- */

const struct token *rewrite_token(const struct rewrite *rewrite, size_t i);
bool rewrite_is_symbol(const struct rewrite *rewrite, size_t i, char symbol);
/* A name, quoted or not: unquoted without case. */
bool rewrite_is_name(const struct rewrite *rewrite, size_t i, const char *name);
bool rewrite_is_any_name(const struct rewrite *rewrite, size_t i);
/* Without its quotes; a doubled quote inside is not undone. */
struct slice rewrite_name(const struct rewrite *rewrite, size_t i);
/* The two colons of a cast. */
bool rewrite_is_cast(const struct rewrite *rewrite, size_t i);
/* The first token of a type's name: behind ::, or behind AS within CAST. */
bool rewrite_is_type(const struct rewrite *rewrite, size_t i);
/* rewrite_literal.c: the first token of the type that a literal is cast to, through
 * brackets around it; REWRITE_NONE: it is not cast. */
size_t rewrite_literal_type(const struct rewrite *rewrite, size_t i);
/* … and its text between the quotes, doubled ones included, as if it had been written
 * without E''; false: it is not such a literal, or has escapes of numbers. */
bool rewrite_literal_text(struct rewrite *rewrite, size_t i, struct slice *inside);
/* The digits that a decimal number needs, and those of them behind its point. */
bool rewrite_count_digits(struct slice text, int *digits, int *scale);
/* A numeric of so many digits in the place of the type at that token, if there is one.
 */
bool rewrite_decimal(struct rewrite *rewrite, size_t type, int digits, int scale);
/* From the token behind an operand to its first, and from its first to the one behind
 * its last, casts included. */
size_t rewrite_operand_start(const struct rewrite *rewrite, size_t end);
size_t rewrite_operand_end(const struct rewrite *rewrite, size_t start);

/* ---- changes ---- */

void rewrite_drop(struct rewrite *rewrite, size_t from, size_t to); /* [from, to) */
void rewrite_put(struct rewrite *rewrite, size_t i, const char *text);
/* Around what is already put there. */
void rewrite_before(struct rewrite *rewrite, size_t i, const char *text);
void rewrite_after(struct rewrite *rewrite, size_t i, const char *text);

#endif
