/* strmap.h - a hash map from byte strings to pointers: statement and portal names.
 *
 * Keys are copied, values are the caller's. Open addressing, keyed hash (a peer chooses
 * the names). */
#ifndef CORE_STRMAP_H
#define CORE_STRMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/slice.h"

struct strmap_entry;

struct strmap {
    struct strmap_entry *entries;
    size_t count, capacity;
    uint64_t seed;
};

/* {0} is an empty map. free drops the keys only. */
void strmap_free(struct strmap *map);

void *strmap_get(const struct strmap *map, struct slice key);

/* Insert or replace; value must not be NULL. False when out of memory. */
bool strmap_put(struct strmap *map, struct slice key, void *value) MUST_CHECK;

/* Remove and return what was there, or NULL. */
void *strmap_take(struct strmap *map, struct slice key);

/* All entries, in no order: from *at 0 until NULL. An entry that is taken makes way for
 * others: look at the same place again, *at - 1. */
void *strmap_next(const struct strmap *map, size_t *at, struct slice *key);

/* Some entry, NULL when the map is empty: take it, and ask again, to empty the map. */
void *strmap_any(const struct strmap *map, struct slice *key);

#endif
