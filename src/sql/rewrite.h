/* rewrite.h - a statement in PostgreSQL's words as the engine reads it.
 *
 * Stands between classify and the engine. Works on tokens: a table of small rules
 * looks at every token and changes a few of them; everything else, DuckDB's own
 * syntax included, stays byte for byte. A statement without a word that could concern
 * a rule is given back as it came. */
#ifndef SQL_REWRITE_H
#define SQL_REWRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/slice.h"

/* What is ours under pg_catalog, without quotes, in any case. */
struct sql_catalog {
    const char *schema;   /* where it is for the engine */
    const char *own;      /* the engine's database that holds it */
    const char *database; /* the name under which clients know theirs */
    bool (*has_relation)(struct slice name);
    bool (*has_function)(struct slice name);
    /* Can a literal of this reg* type be read without asking the catalogue? */
    bool (*is_builtin)(struct slice type, struct slice literal);
    /* What PostgreSQL's tables have beside their columns (ctid) is meant. */
    bool system_columns;
};

/* A stretch of the text made: in the original it begins at `from`; copied as it is, or
 * put in the place of something. */
struct sql_stretch {
    size_t to, from; /* bytes */
    bool copied;
};

struct sql_rewritten {
    struct slice text;
    const struct sql_stretch *stretches; /* NULL: the text is the original */
    size_t count;
    struct slice refused; /* what of the catalogue's it would change; empty = nothing */
};

/* False: out of memory. What is made lives in the arena. */
bool sql_rewrite(struct slice statement, const struct sql_catalog *catalog,
                 struct arena *arena, struct sql_rewritten *out);

/* A character of the text made, from 1, as one of the original. */
int32_t sql_rewrite_origin(const struct sql_rewritten *rewritten,
                           struct slice statement, int32_t position);

#endif
