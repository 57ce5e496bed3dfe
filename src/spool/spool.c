/* spool.c - rows kept for later, in memory: a queue of copied batches. */
#include "spool/spool.h"

#include <stdlib.h>

#include "batch/copy.h"

struct kept {
    struct arena arena; /* all of the batch */
    struct batch batch;
    size_t bytes;
    struct kept *next;
};

struct spool {
    size_t limit, bytes;
    const struct type *const *types;
    struct kept *first, *last;
    struct kept *lent; /* what the last spool_next gave out */
};

struct spool *spool_new(size_t limit_bytes, const struct type *const *types)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (!spool)
        return NULL;
    spool->limit = limit_bytes;
    spool->types = types;
    return spool;
}

static void free_kept(struct spool *spool, struct kept *kept)
{
    if (!kept)
        return;
    spool->bytes -= kept->bytes;
    arena_free(&kept->arena);
    free(kept);
}

void spool_free(struct spool *spool)
{
    if (!spool)
        return;
    free_kept(spool, spool->lent);
    while (spool->first) {
        struct kept *kept = spool->first;
        spool->first = kept->next;
        free_kept(spool, kept);
    }
    free(spool);
}

bool spool_append(struct spool *spool, const struct batch *batch, struct error *err)
{
    struct kept *kept = calloc(1, sizeof *kept);
    if (!kept)
        return error_no_memory(err);
    bool copied =
        batch_copy(&kept->arena, batch, spool->types, &kept->batch, &kept->bytes);
    spool->bytes += kept->bytes;
    if (!copied) {
        free_kept(spool, kept);
        return error_no_memory(err);
    }
    if (spool->last && spool->first)
        spool->last->next = kept;
    else
        spool->first = kept;
    spool->last = kept;
    return true;
}

bool spool_is_full(const struct spool *spool)
{
    return spool->bytes >= spool->limit;
}

bool spool_full_error(const struct spool *spool, struct error *err)
{
    error_set(err, "53200", "the rows of a suspended portal do not fit into %zu KB",
              spool->limit >> 10);
    error_hint(err,
               "Fetch all rows of the portal, or close it, before the next statement.");
    return false;
}

bool spool_next(struct spool *spool, struct batch *out)
{
    free_kept(spool, spool->lent);
    spool->lent = spool->first;
    if (!spool->first)
        return false;
    spool->first = spool->first->next;
    *out = spool->lent->batch;
    return true;
}

size_t spool_bytes(const struct spool *spool)
{
    return spool->bytes;
}
