/* plans.h - the prepared plans of one engine connection: an LRU by their text.
 *
 * A plan is good for one version of the catalogue: found under another it is closed.
 * Used by one thread at a time. */
#ifndef ENGINE_PLANS_H
#define ENGINE_PLANS_H

#include "core/strmap.h"
#include "engine/engine.h"

struct plan_entry;

struct plans {
    struct strmap by_text;
    struct plan_entry *newest, *oldest;
    size_t capacity; /* at least 1 */
};

/* {.capacity = n} is an empty one. clear closes every plan. */
void plans_clear(struct plans *plans);

/* Borrowed; NULL: there is none. */
struct engine_stmt *plans_find(struct plans *plans, struct slice text,
                               uint64_t version);

/* Keep a plan under its text; the one used longest ago makes room. The statement is
 * moved in, also on failure: out of memory. */
bool plans_keep(struct plans *plans, struct slice text, uint64_t version,
                struct engine_stmt *stmt) MUST_CHECK;

void plans_forget(struct plans *plans, struct slice text);

#endif
