/* kept.c - a batch in memory that a spool or a shelf owns. */
#include "spool/kept.h"

#include <stdlib.h>

#include "batch/copy.h"

struct kept *kept_new(struct spool_budget *budget, const struct batch *batch,
                      const struct type *const *types)
{
    struct kept *kept = calloc(1, sizeof *kept);
    if (!kept)
        return NULL;
    bool copied = batch_copy(&kept->arena, batch, types, &kept->batch, &kept->bytes);
    budget_add_memory(budget, kept->bytes);
    if (copied)
        return kept;
    kept_free(budget, kept);
    return NULL;
}

void kept_free(struct spool_budget *budget, struct kept *kept)
{
    if (!kept)
        return;
    budget_sub_memory(budget, kept->bytes);
    arena_free(&kept->arena);
    free(kept);
}
