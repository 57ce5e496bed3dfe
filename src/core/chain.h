/* chain.h - the output chain: owned blocks and lent ones, sent with one sendmsg.
 *
 * Written at the tail, sent and consumed at the head. Owned blocks never move once they
 * are written, so a length field can be filled in later. A lent block is borrowed
 * memory with a reference: `unref(block)` is called exactly once, when its last byte
 * has been consumed or the chain is freed. Used by one thread at a time. */
#ifndef CORE_CHAIN_H
#define CORE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "core/attr.h"

/* A piece of the chain: memory of its own behind it, or lent memory. */
struct chain_block {
    struct chain_block *next;
    uint8_t *data;
    size_t start, used, size;
    void (*unref)(void *owner); /* lent blocks only */
    void *owner;
};

struct chain {
    struct chain_block *head, *tail;
    size_t bytes;      /* written and not yet consumed */
    uint64_t appended; /* written since init, rollbacks taken off */
};

/* A place in the chain to come back to; valid until something is consumed. */
struct chain_mark {
    struct chain_block *block;
    size_t used, bytes;
    uint64_t appended;
};

/* {0} is an empty chain. free drops all; the chain stays usable. */
void chain_free(struct chain *chain);

/* Contiguous bytes free at the tail without another block. */
static inline size_t chain_room(const struct chain *chain)
{
    return chain->tail ? chain->tail->size - chain->tail->used : 0;
}

/* Contiguous room for at least `bytes` at the tail, NULL when out of memory. Nothing
 * counts until commit says how many of them were written. */
uint8_t *chain_grow(struct chain *chain, size_t bytes) MUST_CHECK;

MUST_CHECK static inline uint8_t *chain_reserve(struct chain *chain, size_t bytes)
{
    return LIKELY(chain_room(chain) >= bytes && chain->tail)
               ? chain->tail->data + chain->tail->used
               : chain_grow(chain, bytes);
}

static inline void chain_commit(struct chain *chain, size_t bytes)
{
    chain->tail->used += bytes;
    chain->bytes += bytes;
    chain->appended += bytes;
}

bool chain_append(struct chain *chain, const void *data, size_t bytes) MUST_CHECK;

/* Lend `bytes` at `data`; on false (out of memory) the reference stays the caller's. */
bool chain_lend(struct chain *chain, const uint8_t *data, size_t bytes,
                void (*unref)(void *block), void *block) MUST_CHECK;

/* The same in two steps, for what must be said when memory is out: a block that is
 * free()d if it is never linked, and moved into the chain if it is. unref may be NULL.
 */
struct chain_block *chain_block_lent(const uint8_t *data, size_t bytes,
                                     void (*unref)(void *owner),
                                     void *owner) MUST_CHECK;
void chain_link(struct chain *chain, struct chain_block *block);

struct chain_mark chain_mark(const struct chain *chain);
void chain_rollback(struct chain *chain, struct chain_mark mark);

/* Fill up to `max` entries with unsent bytes from the head; returns how many. */
size_t chain_iov(const struct chain *chain, struct iovec *iov, size_t max);
void chain_consume(struct chain *chain, size_t bytes);

/* Give the spare memory back; called when a connection goes idle with an empty chain.
 */
void chain_trim(struct chain *chain);

#endif
