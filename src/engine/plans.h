/* plans.h - the prepared plans of one engine connection: an LRU by their text.
 *
 * A plan is good for one version of the catalogue, and of the rows unless it ignores
 * them: found under another it is closed. What they hold is bounded by the length of
 * their texts, too, but the one in use may be longer by itself.
 * Used by one thread at a time. */
#ifndef ENGINE_PLANS_H
#define ENGINE_PLANS_H

#include "core/strmap.h"
#include "engine/engine.h"

struct plan_entry;

enum { PLANS_TEXT_MAX = 1 << 20 }; /* bytes of all texts */

/* What a plan was made of. */
struct plan_basis {
    uint64_t catalogue, rows; /* their versions */
};

struct plans {
    struct strmap by_text;
    struct plan_entry *newest, *oldest;
    size_t bytes;    /* of their texts */
    size_t capacity; /* at least 1 */
};

/* {.capacity = n} is an empty one. clear closes every plan. */
void plans_clear(struct plans *plans);

/* Borrowed; NULL: there is none. */
struct engine_stmt *plans_find(struct plans *plans, struct slice text,
                               struct plan_basis basis);

/* Keep a plan under its text; the one used longest ago makes room. The statement is
 * moved in, also on failure: out of memory. */
bool plans_keep(struct plans *plans, struct slice text, struct plan_basis basis,
                struct engine_stmt *stmt) MUST_CHECK;

void plans_forget(struct plans *plans, struct slice text);

/* Nothing is executed any more: the texts within their bound, all of them; heavy: those
 * that hold values are dropped. */
void plans_trim(struct plans *plans);
void plans_drop_heavy(struct plans *plans);

#endif
