/* strmap.c - a hash map from byte strings to pointers.
 *
 * Open addressing with linear probing and backward-shift deletion, at most 3/4 full.
 * The hash has a key that the peer does not know, so that nobody can choose names that
 * collide. */
#include "core/strmap.h"

#include <stdint.h>
#include <stdlib.h>

#include "core/entropy.h"
#include "core/siphash.h"

enum { FIRST_CAPACITY = 16 };

struct strmap_entry {
    char *key; /* NULL: free */
    size_t len;
    uint64_t hash;
    void *value;
};

static uint64_t hash_of(const struct strmap *map, struct slice key)
{
    const uint64_t seed[2] = {map->seed, ~map->seed};
    return siphash(seed, key);
}

void strmap_free(struct strmap *map)
{
    for (size_t i = 0; i < map->capacity; i++)
        free(map->entries[i].key);
    free(map->entries);
    *map = (struct strmap){0};
}

/* The entry of the key, or the free one where it belongs. */
static struct strmap_entry *find(const struct strmap *map, struct slice key,
                                 uint64_t hash)
{
    size_t at = hash & (map->capacity - 1);
    for (;; at = (at + 1) & (map->capacity - 1)) {
        struct strmap_entry *entry = &map->entries[at];
        if (!entry->key || (entry->hash == hash && entry->len == key.len &&
                            memcmp(entry->key, key.data, key.len) == 0))
            return entry;
    }
}

void *strmap_get(const struct strmap *map, struct slice key)
{
    if (map->count == 0)
        return NULL;
    return find(map, key, hash_of(map, key))->value;
}

static bool grow(struct strmap *map)
{
    struct strmap larger = {.capacity =
                                map->capacity ? map->capacity * 2 : FIRST_CAPACITY,
                            .count = map->count,
                            .seed = map->seed};
    if (!map->seed && !entropy_read(&larger.seed, sizeof larger.seed))
        return false;
    larger.entries = calloc(larger.capacity, sizeof *larger.entries);
    if (!larger.entries)
        return false;
    for (size_t i = 0; i < map->capacity; i++) {
        struct strmap_entry *entry = &map->entries[i];
        if (entry->key)
            *find(&larger, (struct slice){entry->key, entry->len}, entry->hash) =
                *entry;
    }
    free(map->entries);
    *map = larger;
    return true;
}

bool strmap_put(struct strmap *map, struct slice key, void *value)
{
    if ((map->count + 1) * 4 > map->capacity * 3 && !grow(map))
        return false;
    uint64_t hash = hash_of(map, key);
    struct strmap_entry *entry = find(map, key, hash);
    if (!entry->key) {
        char *copy = malloc(key.len + 1);
        if (!copy)
            return false;
        if (key.len)
            memcpy(copy, key.data, key.len);
        *entry = (struct strmap_entry){copy, key.len, hash, NULL};
        map->count++;
    }
    entry->value = value;
    return true;
}

/* Close the gap at `hole`: move back what probing would no longer find. */
static void shift_back(struct strmap *map, size_t hole)
{
    size_t mask = map->capacity - 1;
    for (size_t at = (hole + 1) & mask; map->entries[at].key; at = (at + 1) & mask) {
        size_t home = map->entries[at].hash & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            map->entries[hole] = map->entries[at];
            hole = at;
        }
    }
    map->entries[hole] = (struct strmap_entry){0};
}

void *strmap_take(struct strmap *map, struct slice key)
{
    if (map->count == 0)
        return NULL;
    struct strmap_entry *entry = find(map, key, hash_of(map, key));
    if (!entry->key)
        return NULL;
    void *value = entry->value;
    free(entry->key);
    map->count--;
    shift_back(map, (size_t)(entry - map->entries));
    return value;
}

void *strmap_next(const struct strmap *map, size_t *at, struct slice *key)
{
    while (map->count > 0 && *at < map->capacity) {
        const struct strmap_entry *entry = &map->entries[(*at)++];
        if (entry->key) {
            *key = (struct slice){entry->key, entry->len};
            return entry->value;
        }
    }
    return NULL;
}

void *strmap_any(const struct strmap *map, struct slice *key)
{
    size_t at = 0;
    return strmap_next(map, &at, key);
}
