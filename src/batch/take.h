/* take.h - the rows of a column in another order: spread out, repeated, left out. */
#ifndef BATCH_TAKE_H
#define BATCH_TAKE_H

#include "batch/batch.h"
#include "core/arena.h"

enum { TAKE_NULL = -1 }; /* a row that is NULL */

/* out's row i is from's row rows[i]. Text, bytes and the elements of lists stay where
 * they are; the rest is copied to the arena. False: out of memory. */
bool column_take(struct arena *arena, const struct column *from, const int64_t *rows,
                 size_t count, struct column *out) MUST_CHECK;

#endif
