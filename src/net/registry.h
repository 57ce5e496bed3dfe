/* registry.h - the table of connections: places, handles, process ids.
 *
 * Grows in chunks and never shrinks while the loop lives, so that a handle, however
 * old, leads to valid memory. */
#ifndef NET_REGISTRY_H
#define NET_REGISTRY_H

#include "net/conn.h"

enum { REGISTRY_CHUNK = 256, REGISTRY_MAX = (1 << 20) - 1 };
enum { REGISTRY_CROWD = 1024 };

struct registry {
    _Atomic(struct conn *) *chunks;
    size_t capacity; /* places that there may ever be */
    struct net *net;
    pthread_mutex_t lock; /* of what follows */
    struct conn *free;
    size_t places;
    unsigned most; /* that have lived at once, since a crowd has left */
    _Atomic unsigned live;
};

bool registry_init(struct registry *registry, size_t capacity,
                   struct net *net) MUST_CHECK;
void registry_free(struct registry *registry);

/* A place, OWNED by the caller; NULL: all taken, or out of memory. */
struct conn *registry_take(struct registry *registry) MUST_CHECK;
/* Retires it. True: most of a crowd have gone, and their memory may go too. */
bool registry_put(struct registry *registry, struct conn *conn);

/* The place of a handle, whoever lives there now; NULL: there is no such place. */
struct conn *registry_find(const struct registry *registry, conn_handle handle);
/* Every place there is: from 0 until NULL. */
struct conn *registry_at(const struct registry *registry, size_t index);

/* 31 bits, never zero, unique among the living: the place, and some of the generation
 * so that it differs from the last tenant's. */
uint32_t registry_pid(const struct conn *conn);
struct conn *registry_find_pid(const struct registry *registry, uint32_t pid);

#endif
