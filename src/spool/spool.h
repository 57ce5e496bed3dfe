/* spool.h - rows kept for later, in memory, up to a limit.
 *
 * A batch is copied in and comes back as batches of the same rows, in order; what has
 * been read is given back. Used by one thread at a time. */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include "batch/batch.h"
#include "core/attr.h"
#include "core/error.h"

struct spool;

/* types: one a column, borrowed as long as the spool lives; NULL = the batches' own. */
struct spool *spool_new(size_t limit_bytes, const struct type *const *types) MUST_CHECK;
void spool_free(struct spool *spool); /* NULL is allowed */

/* Keep a copy. 53200 when out of memory; the limit may be
 * passed by this batch, and is then reached: ask spool_is_full before the next. */
bool spool_append(struct spool *spool, const struct batch *batch,
                  struct error *err) MUST_CHECK;
bool spool_is_full(const struct spool *spool);
/* 53200, naming the limit; returns false. */
bool spool_full_error(const struct spool *spool, struct error *err);

/* The next batch, valid until the following call; false: there is none. */
bool spool_next(struct spool *spool, struct batch *out);

size_t spool_bytes(const struct spool *spool);

#endif
