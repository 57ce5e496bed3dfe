/* type.h - copies and comparison of logical types. */
#ifndef BATCH_TYPE_H
#define BATCH_TYPE_H

#include "batch/batch.h"
#include "core/arena.h"

/* A deep copy that lives in the arena; NULL when out of memory. */
struct type *type_copy(struct arena *arena, const struct type *type) MUST_CHECK;

/* Do values of both read the same? Names of types do not count, names of fields do. */
bool type_equal(const struct type *a, const struct type *b);

/* Text, for columns that the server makes itself. */
extern const struct type type_text;

#endif
