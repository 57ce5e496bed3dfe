/* spool.c - rows kept for later: memory, then a file.
 *
 *     append ──> first … last ──> file ──> late        read in this order
 *                (memory)                  (one batch that found no room, in memory)
 *
 * Memory is used as long as there is nothing in the file, so that the order is kept.
 * A batch that has been taken from the engine cannot be given back: when the file does
 * not take it, it stays in memory as the last one, and the spool is closed until it has
 * been read. */
#include "spool/spool.h"

#include <stdlib.h>

#include "spool/kept.h"
#include "spool/spool_file.h"

struct spool {
    struct spool_budget *budget;
    const struct type *const *types;
    size_t column_count;
    size_t bytes; /* of the batches in memory */
    struct kept *first, *last;
    struct spool_file *file; /* NULL: none was needed */
    struct kept *late;       /* NULL: everything found room */
    bool lost;               /* a batch found no room at all */
    struct error why;        /* of `late` and `lost` */
    struct kept *lent;       /* what the last spool_next gave out */
    struct arena from_file;  /* or this */
};

struct spool *spool_new(struct spool_budget *budget, const struct type *const *types,
                        size_t column_count)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (!spool)
        return NULL;
    spool->budget = budget;
    spool->types = types;
    spool->column_count = column_count;
    return spool;
}

/* ---- batches in memory ---- */

static void free_kept(struct spool *spool, struct kept *kept)
{
    if (kept)
        spool->bytes -= kept->bytes;
    kept_free(spool->budget, kept);
}

/* NULL: out of memory. */
static struct kept *keep(struct spool *spool, const struct batch *batch)
{
    struct kept *kept = kept_new(spool->budget, batch, spool->types);
    if (kept)
        spool->bytes += kept->bytes;
    return kept;
}

static bool append_in_memory(struct spool *spool, const struct batch *batch)
{
    bool room = spool->bytes < spool->budget->limits.memory &&
                budget_has_memory(spool->budget) &&
                (!spool->file || spool_file_is_read(spool->file));
    struct kept *kept = room ? keep(spool, batch) : NULL;
    if (!kept)
        return false;
    if (spool->first)
        spool->last->next = kept;
    else
        spool->first = kept;
    spool->last = kept;
    return true;
}

/* ---- both ---- */

void spool_free(struct spool *spool)
{
    if (!spool)
        return;
    free_kept(spool, spool->lent);
    free_kept(spool, spool->late);
    while (spool->first) {
        struct kept *kept = spool->first;
        spool->first = kept->next;
        free_kept(spool, kept);
    }
    arena_free(&spool->from_file);
    spool_file_free(spool->file);
    free(spool);
}

static bool append_to_file(struct spool *spool, const struct batch *batch,
                           struct error *err)
{
    if (!spool->file)
        spool->file = spool_file_new(spool->budget, err);
    return spool->file && spool_file_append(spool->file, batch, err);
}

bool spool_append(struct spool *spool, const struct batch *batch, struct error *err)
{
    if (append_in_memory(spool, batch) || append_to_file(spool, batch, err))
        return true;
    spool->late = keep(spool, batch);
    spool->lost = !spool->late;
    spool->why = *err;
    return false;
}

bool spool_takes_more(const struct spool *spool, struct error *err)
{
    if (!spool->late && !spool->lost)
        return true;
    *err = spool->why;
    return false;
}

static enum spool_next next_in_memory(struct spool *spool, struct kept *kept,
                                      struct batch *out)
{
    spool->lent = kept;
    *out = kept->batch;
    return SPOOL_BATCH;
}

enum spool_next spool_next(struct spool *spool, struct batch *out, struct error *err)
{
    struct kept *kept = spool->first;
    free_kept(spool, spool->lent);
    spool->lent = NULL;
    arena_reset(&spool->from_file);
    if (kept) {
        spool->first = kept->next;
        return next_in_memory(spool, kept, out);
    }
    if (spool->file && !spool_file_is_read(spool->file)) {
        const struct spool_columns columns = {spool->types, spool->column_count};
        if (spool_file_next(spool->file, &columns, &spool->from_file, out, err))
            return SPOOL_BATCH;
        spool->lost = true;
        spool->why = *err;
        return SPOOL_ERROR;
    }
    if (spool->lost) {
        *err = spool->why;
        return SPOOL_ERROR;
    }
    kept = spool->late;
    spool->late = NULL;
    return kept ? next_in_memory(spool, kept, out) : SPOOL_END;
}
