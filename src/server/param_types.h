/* param_types.h - the types that a parameter can have: one row each. */
#ifndef SERVER_PARAM_TYPES_H
#define SERVER_PARAM_TYPES_H

#include <pgwire/pgwire.h>

#include "batch/batch.h"
#include "core/arena.h"

/* What a reader may need: memory that lives as long as the portal, and one that lives
 * as long as Bind. */
struct param_source {
    struct arena *arena;
    pgw_session *session;
};

/* One value that is not NULL as the cell of a column of the row's layout. */
typedef enum pgw_status param_reader(const struct param_source *,
                                     const struct pgw_value *, void *cell,
                                     struct pgw_error *);

struct param_type {
    uint32_t oid, array_oid;
    const char *cast, *array_cast; /* the engine's names */
    const struct type *type;       /* of the column */
    enum layout layout;
    size_t size; /* of a cell */
    param_reader *read;
};

/* The rows, by OID; NULL: there is none. */
const struct param_type *param_type_find(uint32_t oid);
const struct param_type *param_type_element(uint32_t array_oid);

/* ---- numeric: param_numeric.c ---- */

/* A column of one scale for all values: that of the one with the most digits behind the
 * point, so that none is lost. Integers that are too long for a decimal are a bignum.
 * 22003 for what the engine has no number for. */
enum pgw_status param_numerics(const struct param_source *source,
                               const struct pgw_value *values, size_t count,
                               struct column *out, struct pgw_error *err);

/* Bit i set: values[i] is not NULL. NULL when out of memory. */
const uint64_t *param_validity(struct arena *arena, const struct pgw_value *values,
                               size_t count);

#endif
