/* copy.h - a batch that owns its memory. */
#ifndef BATCH_COPY_H
#define BATCH_COPY_H

#include "batch/batch.h"
#include "core/arena.h"

/* A deep copy in the arena, nested columns included. Types are borrowed: `types`, one a
 * column, equal to those of `from` and living longer; NULL keeps the batch's own.
 * *bytes is added what it took. False: out of memory. */
bool batch_copy(struct arena *arena, const struct batch *from,
                const struct type *const *types, struct batch *out,
                size_t *bytes) MUST_CHECK;

#endif
