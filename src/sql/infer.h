/* infer.h - what a statement's own words say of the types of its parameters.
 *
 * An engine knows the type of `i = $1`, not of `$1 + 1` or `i = ANY ($1)`. PostgreSQL
 * takes it from what stands beside the parameter: a cast, the other operand of an
 * operator, the function it is an argument of, the other branches of a CASE. Rules over
 * tokens find that here; where the neighbour is an expression, the engine is asked for
 * its type by a text that is prepared and thrown away (sql_infer_probe). Types have
 * PostgreSQL's names: "int4", "_int4". */
#ifndef SQL_INFER_H
#define SQL_INFER_H

#include <stdint.h>

#include "core/arena.h"
#include "core/slice.h"

enum infer_kind {
    INFER_NOTHING,
    INFER_TYPE,    /* of this name */
    INFER_SAME,    /* as an operand, through the operator between them */
    INFER_ELEMENT, /* an array of the operand's type */
    INFER_COLUMN,  /* as the statement's column */
    INFER_TARGET   /* as the column of the table that is inserted into */
};

enum { INFER_OPERATOR_BYTES = 8 };

/* Slices lie in the statement. */
struct infer_hint {
    enum infer_kind kind;
    bool is_spelled;      /* a cast of the parameter: what the client is told */
    const char *type;     /* INFER_TYPE: static */
    struct slice operand; /* INFER_SAME, INFER_ELEMENT */
    struct slice span;    /* what a probe stands in the place of */
    char operator[INFER_OPERATOR_BYTES]; /* "+", "like"; "" = both have one type */
    bool is_right;                       /* the parameter is the right operand */
    size_t column;                       /* INFER_COLUMN, INFER_TARGET: from 0 */
    struct slice table, columns; /* INFER_TARGET: columns are empty when not listed */
};

/* One hint for each of the parameters $1 to $count, the first that says something of
 * those at its places. False: out of memory. */
bool sql_infer(struct slice statement, struct arena *arena, struct infer_hint *hints,
               size_t count);

/* What is asked of the engine. */
struct infer_probe {
    struct slice statement;
    const struct infer_hint *hints; /* of all parameters */
    uint32_t number;                /* of the parameter that is asked for */
    bool untyped;                   /* see below */
    const char *const *casts;       /* of the other parameters, NULL = not known */
    size_t count;
};

/* The statement with the hint's neighbour compared with the parameter, which is the
 * only one left, as $1: the others are NULLs of their casts. In the place of both
 * stands a value of the neighbour's type or, `untyped`, a NULL of none, which fits
 * where that does not. What the others are compared or computed with goes, too, as
 * long as their types are not known. INFER_TARGET: a query for the columns of the
 * table; INFER_COLUMN: NULL in its place. False: out of memory. */
bool sql_infer_probe(const struct infer_probe *probe, struct arena *arena,
                     struct slice *out);

/* The statement with a NULL of its cast in the place of each parameter. */
bool sql_infer_nulls(struct slice statement, const char *const *casts, size_t count,
                     struct arena *arena, struct slice *out);

/* The parameters in an operand that have no cast yet. */
bool sql_infer_is_open(struct slice operand, const char *const *casts, size_t count);

/* infer_rules.c: the type of a parameter beside an operand of this type: the same, but
 * for a few operators. NULL: there is no such operator. */
const char *sql_infer_operator(const char *operator, bool is_right, const char *type);

#endif
