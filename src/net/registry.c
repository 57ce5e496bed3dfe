/* registry.c - the table of connections. */
#include "net/registry.h"

#include <stdlib.h>

bool registry_init(struct registry *registry, size_t capacity, struct net *net)
{
    size_t chunks = (capacity + REGISTRY_CHUNK - 1) / REGISTRY_CHUNK;
    *registry = (struct registry){.net = net};
    registry->chunks = calloc(chunks, sizeof *registry->chunks);
    if (!registry->chunks)
        return false;
    registry->capacity = capacity; /* none without the table */
    (void)pthread_mutex_init(&registry->lock, NULL);
    return true;
}

void registry_free(struct registry *registry)
{
    if (!registry->chunks)
        return;
    for (size_t i = 0; i < registry->places; i++)
        (void)pthread_mutex_destroy(&registry_at(registry, i)->lock);
    for (size_t i = 0; i < registry->places; i += REGISTRY_CHUNK)
        free(atomic_load(&registry->chunks[i / REGISTRY_CHUNK]));
    free(registry->chunks);
    (void)pthread_mutex_destroy(&registry->lock);
    *registry = (struct registry){0};
}

/* Another chunk of free places. */
static bool grow(struct registry *registry)
{
    size_t first = registry->places;
    size_t count = registry->capacity - first;
    if (count > REGISTRY_CHUNK)
        count = REGISTRY_CHUNK;
    struct conn *chunk = count ? calloc(count, sizeof *chunk) : NULL;
    if (!chunk)
        return false;
    for (size_t i = count; i-- > 0;) {
        conn_init(&chunk[i]);
        (void)pthread_mutex_init(&chunk[i].lock, NULL);
        chunk[i].index = (uint32_t)(first + i);
        chunk[i].net = registry->net;
        chunk[i].next = registry->free;
        registry->free = &chunk[i];
    }
    atomic_store_explicit(&registry->chunks[first / REGISTRY_CHUNK], chunk,
                          memory_order_release);
    registry->places = first + count;
    return true;
}

struct conn *registry_take(struct registry *registry)
{
    struct conn *conn = NULL;
    (void)pthread_mutex_lock(&registry->lock);
    if (registry->free || grow(registry)) {
        conn = registry->free;
        registry->free = conn->next;
        conn->next = NULL;
        conn_open(conn);
        unsigned live = atomic_fetch_add(&registry->live, 1) + 1;
        registry->most = live > registry->most ? live : registry->most;
    }
    (void)pthread_mutex_unlock(&registry->lock);
    return conn;
}

/* They are fewer than half of the most there were, and many fewer. */
static bool crowd_has_left(struct registry *registry)
{
    unsigned live = atomic_load(&registry->live);
    bool left = live < registry->most / 2 && registry->most - live >= REGISTRY_CROWD;
    if (left)
        registry->most = live;
    return left;
}

bool registry_put(struct registry *registry, struct conn *conn)
{
    (void)pthread_mutex_lock(&registry->lock);
    conn_retire(conn);
    conn->next = registry->free;
    registry->free = conn;
    atomic_fetch_sub(&registry->live, 1);
    bool left = crowd_has_left(registry);
    (void)pthread_mutex_unlock(&registry->lock);
    return left;
}

struct conn *registry_at(const struct registry *registry, size_t index)
{
    if (index >= registry->capacity)
        return NULL;
    struct conn *chunk = atomic_load_explicit(&registry->chunks[index / REGISTRY_CHUNK],
                                              memory_order_acquire);
    return chunk ? &chunk[index % REGISTRY_CHUNK] : NULL;
}

struct conn *registry_find(const struct registry *registry, conn_handle handle)
{
    return registry_at(registry, conn_handle_index(handle));
}

static const uint32_t place_bits = 20;
static const uint32_t place_mask = ((uint32_t)1 << 20) - 1;
static const uint32_t generation_mask = ((uint32_t)1 << 11) - 1;

uint32_t registry_pid(const struct conn *conn)
{
    uint32_t generation = (uint32_t)(conn_handle_of(conn) >> 32);
    return (generation & generation_mask) << place_bits | (conn->index + 1);
}

struct conn *registry_find_pid(const struct registry *registry, uint32_t pid)
{
    uint32_t place = pid & place_mask;
    struct conn *conn = place ? registry_at(registry, place - 1) : NULL;
    return conn && registry_pid(conn) == pid ? conn : NULL;
}
