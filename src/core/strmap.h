/* strmap.h - a hash map from byte strings to pointers: statement and portal names.
 *
 * Keys are copied, values are the caller's. Open addressing, keyed hash (a peer chooses
 * the names). */
#ifndef CORE_STRMAP_H
#define CORE_STRMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/slice.h"

struct strmap_entry;

struct strmap {
    struct strmap_entry *entries;
    size_t count, capacity;
};

/* {0} is an empty map. free drops the keys only. */
void strmap_free(struct strmap *map);

void *strmap_get(const struct strmap *map, struct slice key);

/* Insert or replace; value must not be NULL. False when out of memory. */
bool strmap_put(struct strmap *map, struct slice key, void *value) MUST_CHECK;

/* Remove and return what was there, or NULL. */
void *strmap_take(struct strmap *map, struct slice key);

/* Walk: start with *cursor 0, until NULL. Taking the entry just returned is allowed. */
void *strmap_next(const struct strmap *map, size_t *cursor, struct slice *key);

#endif
