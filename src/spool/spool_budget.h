/* spool_budget.h - how much all spools of a database may keep, in memory and in files.
 *
 * Shared by the sessions: thread-safe but for the limits, which are set once. */
#ifndef SPOOL_SPOOL_BUDGET_H
#define SPOOL_SPOOL_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct spool_limits {
    uint64_t memory, disk;             /* bytes of one spool */
    uint64_t memory_total, disk_total; /* bytes of all spools together */
    const char *directory; /* for the files, made if it is missing; borrowed */
};

struct spool_budget {
    struct spool_limits limits;
    _Atomic uint64_t memory, disk; /* what is kept now */
};

/* Memory may be passed by the batch that reaches a limit: its size is known when it has
 * been copied. Beyond the limit rows go to a file, so nothing fails. */
static inline bool budget_has_memory(const struct spool_budget *budget)
{
    return atomic_load(&budget->memory) < budget->limits.memory_total;
}

static inline void budget_add_memory(struct spool_budget *budget, uint64_t bytes)
{
    atomic_fetch_add(&budget->memory, bytes);
}

static inline void budget_sub_memory(struct spool_budget *budget, uint64_t bytes)
{
    atomic_fetch_sub(&budget->memory, bytes);
}

/* Disk is asked for before it is used, and never passed. */
static inline bool budget_take_disk(struct spool_budget *budget, uint64_t bytes)
{
    uint64_t total = budget->limits.disk_total;
    uint64_t before = atomic_fetch_add(&budget->disk, bytes);
    if (before <= total && bytes <= total - before)
        return true;
    atomic_fetch_sub(&budget->disk, bytes);
    return false;
}

static inline void budget_sub_disk(struct spool_budget *budget, uint64_t bytes)
{
    atomic_fetch_sub(&budget->disk, bytes);
}

#endif
