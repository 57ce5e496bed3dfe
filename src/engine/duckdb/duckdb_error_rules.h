/* duckdb_error_rules.h - what the engine's messages mean, a row per case.
 *
 * Source of the codes: PostgreSQL documentation, appendix A. */
#ifndef ENGINE_DUCKDB_ERROR_RULES_H
#define ENGINE_DUCKDB_ERROR_RULES_H

#include <stddef.h>

enum {
    RULE_DETAIL = 1, /* the engine's own text says more: it becomes the detail */
    RULE_NOWHERE = 2 /* the engine points elsewhere than PostgreSQL: no position */
};

/* A pattern begins where the text begins; `%x` is any text, as short as what follows
 * allows, `%w` a word of letters, digits and _, `%d` a number. A part has the name of
 * its letter: in `message` it is put in again (`%0` is all of the text); t, c, n and s
 * of a violated constraint (class 23) are also the error's table, column, constraint
 * and schema. */
struct duckdb_error_rule {
    const char *kind;    /* the engine's exception */
    const char *pattern; /* NULL: any text */
    const char *sqlstate;
    const char *message; /* PostgreSQL's; NULL: the engine's own first line */
    unsigned flags;
};

/* The first that fits wins; the last row of a kind fits all of it. */
extern const struct duckdb_error_rule duckdb_error_rules[];
extern const size_t duckdb_error_rule_count;

#endif
