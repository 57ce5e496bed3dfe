/* registry.c - connections by handle: an index and a generation.
 *
 * Connections live in chunks that are never given back while the loop exists, so that a
 * stale handle can always be looked at, and finds another generation. */
#include <stdlib.h>

#include "net/loop.h"

enum { PID_INDEX_BITS = 20, PID_GENERATION_MASK = 0x7ff };

bool registry_init(struct registry *registry, size_t max)
{
    *registry = (struct registry){.max = max};
    registry->chunk_count = (max + REGISTRY_CHUNK - 1) / REGISTRY_CHUNK;
    registry->chunks = calloc(registry->chunk_count, sizeof *registry->chunks);
    return registry->chunks && pthread_mutex_init(&registry->lock, NULL) == 0;
}

void registry_free(struct registry *registry)
{
    for (size_t i = 0; i < registry->used; i++)
        pthread_mutex_destroy(&registry_at(registry, i)->lock);
    for (size_t i = 0; registry->chunks && i < registry->chunk_count; i++)
        free(registry->chunks[i]);
    free(registry->chunks);
    pthread_mutex_destroy(&registry->lock);
}

struct conn *registry_at(struct registry *registry, size_t i)
{
    struct conn *chunk =
        i < registry->max ? registry->chunks[i / REGISTRY_CHUNK] : NULL;
    return chunk ? &chunk[i % REGISTRY_CHUNK] : NULL;
}

/* With the lock held: one that was never used. */
static struct conn *make(struct registry *registry, struct net *net)
{
    size_t i = registry->used;
    if (i == registry->max)
        return NULL;
    if (i % REGISTRY_CHUNK == 0 && !registry->chunks[i / REGISTRY_CHUNK]) {
        struct conn *chunk = calloc(REGISTRY_CHUNK, sizeof *chunk);
        if (!chunk)
            return NULL;
        for (size_t j = 0; j < REGISTRY_CHUNK; j++) {
            chunk[j].net = net;
            chunk[j].index = (uint32_t)(i + j);
        }
        registry->chunks[i / REGISTRY_CHUNK] = chunk;
    }
    struct conn *conn = registry_at(registry, i);
    if (pthread_mutex_init(&conn->lock, NULL) != 0)
        return NULL;
    registry->used++;
    return conn;
}

struct conn *registry_add(struct registry *registry, struct net *net)
{
    pthread_mutex_lock(&registry->lock);
    struct conn *conn = registry->free;
    if (conn)
        registry->free = conn->next;
    else
        conn = make(registry, net);
    if (conn) {
        registry->live++;
        conn->next = NULL;
        conn->generation = (conn->generation + 1) & INT32_MAX;
        atomic_store(&conn->handle,
                     (uint64_t)conn->generation << 32 | (conn->index + 1u));
    }
    pthread_mutex_unlock(&registry->lock);
    return conn;
}

void registry_remove(struct registry *registry, struct conn *conn)
{
    pthread_mutex_lock(&registry->lock);
    registry->live--;
    conn->next = registry->free;
    registry->free = conn;
    pthread_mutex_unlock(&registry->lock);
}

struct conn *registry_find(struct registry *registry, uint64_t handle)
{
    size_t index = (uint32_t)handle;
    pthread_mutex_lock(&registry->lock);
    struct conn *conn = index > 0 ? registry_at(registry, index - 1) : NULL;
    pthread_mutex_unlock(&registry->lock);
    return conn && atomic_load(&conn->handle) == handle ? conn : NULL;
}

/* Positive, as a process id is. */
uint32_t registry_pid(const struct conn *conn)
{
    return (conn->generation & PID_GENERATION_MASK) << PID_INDEX_BITS |
           (conn->index + 1);
}

uint64_t registry_handle_of_pid(struct registry *registry, uint32_t pid)
{
    size_t index = pid & ((1u << PID_INDEX_BITS) - 1);
    pthread_mutex_lock(&registry->lock);
    struct conn *conn = index > 0 ? registry_at(registry, index - 1) : NULL;
    uint64_t handle =
        conn && registry_pid(conn) == pid ? atomic_load(&conn->handle) : 0;
    pthread_mutex_unlock(&registry->lock);
    return handle;
}
