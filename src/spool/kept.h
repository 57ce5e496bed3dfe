/* kept.h - a batch in memory that a spool or a shelf owns, counted in their budget. */
#ifndef SPOOL_KEPT_H
#define SPOOL_KEPT_H

#include "batch/batch.h"
#include "core/arena.h"
#include "core/attr.h"
#include "spool/spool_budget.h"

struct kept {
    struct arena arena; /* all of the batch */
    struct batch batch;
    size_t bytes;
    struct kept *next;
};

/* A copy; types: one a column, borrowed. NULL: out of memory. */
struct kept *kept_new(struct spool_budget *budget, const struct batch *batch,
                      const struct type *const *types) MUST_CHECK;
void kept_free(struct spool_budget *budget, struct kept *kept); /* NULL is allowed */

#endif
