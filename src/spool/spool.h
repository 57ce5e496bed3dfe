/* spool.h - rows kept for later: in memory up to a limit, then in a file.
 *
 * A batch is copied in and comes back as a batch of the same rows, in order; what has
 * been read is given back. Used by one thread at a time. */
#ifndef SPOOL_SPOOL_H
#define SPOOL_SPOOL_H

#include "batch/batch.h"
#include "core/attr.h"
#include "core/error.h"
#include "spool/spool_budget.h"

struct spool;

enum spool_next { SPOOL_BATCH, SPOOL_END, SPOOL_ERROR };

/* types: one a column. Both are borrowed as long as the spool lives. */
struct spool *spool_new(struct spool_budget *budget, const struct type *const *types,
                        size_t column_count) MUST_CHECK;
void spool_free(struct spool *spool); /* NULL is allowed */

/* Keep a copy. False: it is kept all the same, but nothing more can be until all has
 * been read, and *err says why: 53400 a limit is reached, 53100 disk full, 53200,
 * 58030. Not to be called again then: ask spool_takes_more first. */
bool spool_append(struct spool *spool, const struct batch *batch,
                  struct error *err) MUST_CHECK;
/* False: why not, as append has said it. */
bool spool_takes_more(const struct spool *spool, struct error *err) MUST_CHECK;

/* The next batch, valid until the following call. ERROR: from here on the rows are lost
 * (there was neither memory nor disk, or the file cannot be read). */
enum spool_next spool_next(struct spool *spool, struct batch *out, struct error *err);

#endif
