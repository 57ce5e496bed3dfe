/* key_table.h - what each of many keys has used of its rate, in bounded memory.
 *
 * A key is a keyed hash of what it stands for (a user, an address …): nobody who does
 * not know the seed can choose two that meet. What it has used is forgotten as soon as
 * it does not count any more, which is when its arrival time lies in the past: such an
 * entry says the same as none, so its place is free. Where every place is taken by keys
 * that do count, the one that would be forgotten first is: that key is given a fresh
 * burst.
 *
 * Sets of a few entries share two cache lines and a lock that is held for some
 * nanoseconds. A key belongs to one set, or, once that has been full, to one of two.
 * Thread-safe. */
#ifndef LIMIT_KEY_TABLE_H
#define LIMIT_KEY_TABLE_H

#include <stddef.h>

#include "core/attr.h"
#include "limit/gcra.h"

struct key_table;

/* For about so many keys that count at once: some 40 bytes each. NULL: out of memory.
 */
struct key_table *key_table_new(size_t keys) MUST_CHECK;
void key_table_free(struct key_table *table); /* NULL is allowed */

/* gcra_take, gcra_charge and gcra_give_back for the key. */
struct gcra_verdict key_table_take(struct key_table *table, uint64_t key,
                                   const struct gcra *rate, uint64_t tokens,
                                   uint64_t now);
void key_table_charge(struct key_table *table, uint64_t key, const struct gcra *rate,
                      uint64_t tokens, uint64_t now);
void key_table_give_back(struct key_table *table, uint64_t key, const struct gcra *rate,
                         uint64_t tokens);
/* Its arrival time; 0: it has none. */
uint64_t key_table_arrival(struct key_table *table, uint64_t key);

struct key_table_stats {
    uint64_t displaced; /* keys that counted and were forgotten for want of room */
};

struct key_table_stats key_table_stats(const struct key_table *table);

#endif
