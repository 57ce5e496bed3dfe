/* key_table.c - sets of entries, found by the key's own bits. */
#include "limit/key_table.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SET_BYTES = 128, SET_ENTRIES = 7, SPINS = 64, PLACES_PER_KEY = 2 };

struct entry {
    uint64_t key;
    uint64_t arrival; /* 0: nobody's */
};

struct set {
    _Alignas(SET_BYTES) atomic_flag lock;
    bool was_full; /* some of its keys are in their other set */
    struct entry entries[SET_ENTRIES];
};

_Static_assert(sizeof(struct set) == SET_BYTES, "a set is two cache lines");

struct key_table {
    void *memory;
    struct set *sets; /* in it, where a cache line begins */
    size_t count;
    _Atomic uint64_t displaced;
};

/* ---- making ---- */

/* calloc, since pages that no key has touched cost nothing. */
static bool make_sets(struct key_table *table, size_t sets)
{
    table->memory = calloc(sets + 1, SET_BYTES);
    uintptr_t start =
        ((uintptr_t)table->memory + SET_BYTES - 1) & ~(uintptr_t)(SET_BYTES - 1);
    table->sets = (struct set *)start;
    table->count = sets;
    return table->memory != NULL;
}

struct key_table *key_table_new(size_t keys)
{
    struct key_table *table = calloc(1, sizeof *table);
    if (!table || keys > SIZE_MAX / SET_BYTES / PLACES_PER_KEY ||
        !make_sets(table, 2 + keys * PLACES_PER_KEY / SET_ENTRIES)) {
        free(table);
        return NULL;
    }
    atomic_init(&table->displaced, 0);
    return table;
}

void key_table_free(struct key_table *table)
{
    if (!table)
        return;
    free(table->memory);
    free(table);
}

struct key_table_stats key_table_stats(const struct key_table *table)
{
    return (struct key_table_stats){.displaced = atomic_load(&table->displaced)};
}

/* ---- locks ---- */

static void lock(struct set *set)
{
    for (int spins = 0;
         atomic_flag_test_and_set_explicit(&set->lock, memory_order_acquire); spins++) {
        if (spins % SPINS == SPINS - 1)
            (void)sched_yield(); /* its holder may be waiting for this core */
    }
}

static void unlock(struct set *set)
{
    atomic_flag_clear_explicit(&set->lock, memory_order_release);
}

/* ---- finding ---- */

/* The places where a key may be, locked; second is NULL as long as the first has never
 * been full. */
struct place {
    struct set *first, *second;
    struct entry *entry; /* the key's; NULL: it has none */
};

static struct entry *find(struct set *set, uint64_t key)
{
    for (size_t i = 0; i < SET_ENTRIES; i++) {
        if (set->entries[i].key == key && set->entries[i].arrival)
            return &set->entries[i];
    }
    return NULL;
}

/* Both, in an order that is everybody's. */
static void lock_both(struct place *place)
{
    lock(place->first < place->second ? place->first : place->second);
    lock(place->first < place->second ? place->second : place->first);
}

static void find_in_both(struct place *place, struct set *second, uint64_t key)
{
    unlock(place->first);
    place->second = second;
    lock_both(place);
    place->entry = find(place->first, key);
    if (!place->entry)
        place->entry = find(place->second, key);
}

/* The number of the set that a key's highest bits choose. */
static size_t set_of(const struct key_table *table, uint64_t key)
{
    return (size_t)((uint128)key * table->count >> 64);
}

static struct set *second_set(const struct key_table *table, uint64_t key)
{
    size_t second = set_of(table, key << 32 | key >> 32);
    if (second == set_of(table, key))
        second = second ? second - 1 : 1;
    return &table->sets[second];
}

static struct place place_of(const struct key_table *table, uint64_t key)
{
    struct place place = {.first = &table->sets[set_of(table, key)]};
    lock(place.first);
    place.entry = find(place.first, key);
    if (!place.entry && place.first->was_full)
        find_in_both(&place, second_set(table, key), key);
    return place;
}

static void leave(const struct place *place)
{
    if (place->second)
        unlock(place->second);
    unlock(place->first);
}

/* ---- room for another ---- */

/* One that says nothing any more; NULL: all count. */
static struct entry *find_free(struct set *set, uint64_t now)
{
    for (size_t i = 0; i < SET_ENTRIES; i++) {
        if (set->entries[i].arrival <= now)
            return &set->entries[i];
    }
    return NULL;
}

static struct entry *earliest(struct set *set)
{
    struct entry *found = &set->entries[0];
    for (size_t i = 1; i < SET_ENTRIES; i++) {
        if (set->entries[i].arrival < found->arrival)
            found = &set->entries[i];
    }
    return found;
}

static struct entry *displace(struct key_table *table, const struct place *place)
{
    struct entry *first = earliest(place->first), *second = earliest(place->second);
    atomic_fetch_add_explicit(&table->displaced, 1, memory_order_relaxed);
    return first->arrival < second->arrival ? first : second;
}

/* The key's entry, made if it has none, in sets that are locked until leave. */
static struct entry *enter(struct key_table *table, uint64_t key, uint64_t now,
                           struct place *place)
{
    *place = place_of(table, key);
    struct entry *entry = place->entry ? place->entry : find_free(place->first, now);
    if (!entry && !place->second) {
        place->first->was_full = true;
        find_in_both(place, second_set(table, key), key);
        entry = place->entry ? place->entry : find_free(place->first, now);
    }
    if (!entry)
        entry = find_free(place->second, now);
    if (!entry)
        entry = displace(table, place);
    if (entry != place->entry)
        *entry = (struct entry){.key = key};
    return entry;
}

/* ---- the interface ---- */

struct gcra_verdict key_table_take(struct key_table *table, uint64_t key,
                                   const struct gcra *rate, uint64_t tokens,
                                   uint64_t now)
{
    struct place place;
    struct entry *entry = enter(table, key, now, &place);
    struct gcra_verdict verdict = gcra_take(rate, tokens, now, &entry->arrival);
    leave(&place);
    return verdict;
}

void key_table_charge(struct key_table *table, uint64_t key, const struct gcra *rate,
                      uint64_t tokens, uint64_t now)
{
    struct place place;
    gcra_charge(rate, tokens, now, &enter(table, key, now, &place)->arrival);
    leave(&place);
}

void key_table_give_back(struct key_table *table, uint64_t key, const struct gcra *rate,
                         uint64_t tokens)
{
    struct place place = place_of(table, key);
    if (place.entry)
        gcra_give_back(rate, tokens, &place.entry->arrival);
    leave(&place);
}

uint64_t key_table_arrival(struct key_table *table, uint64_t key)
{
    struct place place = place_of(table, key);
    uint64_t arrival = place.entry ? place.entry->arrival : 0;
    leave(&place);
    return arrival;
}
