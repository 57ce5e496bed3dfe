/* chain.c - the output chain.
 *
 * The first block is small, since most answers are, and of a size that malloc keeps at
 * hand; a chain that needs more than the next is a bulk answer and gets large ones. The
 * last block of a chain that has been sent is kept and
 * filled again. */
#include "core/chain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL_BLOCK = 1024, MIDDLE_BLOCK = 8192, LARGE_BLOCK = 64 << 10 };

static void free_block(struct chain_block *block)
{
    if (block->unref)
        block->unref(block->owner);
    free(block);
}

void chain_free(struct chain *chain)
{
    while (chain->head) {
        struct chain_block *block = chain->head;
        chain->head = block->next;
        free_block(block);
    }
    *chain = (struct chain){0};
}

static void link_block(struct chain *chain, struct chain_block *block)
{
    if (chain->tail)
        chain->tail->next = block;
    else
        chain->head = block;
    chain->tail = block;
}

/* An empty block of the chain that is too small is of no more use. */
static void drop_empty(struct chain *chain)
{
    if (chain->tail && chain->bytes == 0) {
        assert(chain->head == chain->tail);
        free_block(chain->tail);
        chain->head = chain->tail = NULL;
    }
}

/* The smallest that is larger than the last one. */
static size_t block_size(const struct chain *chain, size_t bytes)
{
    static const size_t sizes[] = {SMALL_BLOCK, MIDDLE_BLOCK, LARGE_BLOCK};
    size_t last = chain->tail ? chain->tail->size : 0, size = 0;
    for (size_t i = 0; i < ARRAY_LEN(sizes) && (size < bytes || size <= last); i++)
        size = sizes[i] - sizeof(struct chain_block);
    return size < bytes ? bytes : size;
}

uint8_t *chain_grow(struct chain *chain, size_t bytes)
{
    size_t size = block_size(chain, bytes);
    if (size > SIZE_MAX - sizeof(struct chain_block))
        return NULL;
    struct chain_block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    drop_empty(chain);
    *block = (struct chain_block){.size = size};
    block->data = (uint8_t *)(block + 1);
    link_block(chain, block);
    return block->data;
}

bool chain_append(struct chain *chain, const void *data, size_t bytes)
{
    const uint8_t *from = data;
    while (bytes > 0) {
        size_t room = chain_room(chain);
        if (room == 0) {
            if (!chain_grow(chain, bytes < LARGE_BLOCK / 2 ? bytes : LARGE_BLOCK / 2))
                return false;
            room = chain_room(chain);
        }
        size_t part = bytes < room ? bytes : room;
        memcpy(chain->tail->data + chain->tail->used, from, part);
        chain_commit(chain, part);
        from += part;
        bytes -= part;
    }
    return true;
}

struct chain_block *chain_block_lent(const uint8_t *data, size_t bytes,
                                     void (*unref)(void *owner), void *owner)
{
    struct chain_block *block = malloc(sizeof *block);
    if (!block)
        return NULL;
    *block = (struct chain_block){
        .used = bytes, .size = bytes, .unref = unref, .owner = owner};
    memcpy(&block->data, &data, sizeof data); /* lent memory is never written to */
    return block;
}

void chain_link(struct chain *chain, struct chain_block *block)
{
    drop_empty(chain);
    link_block(chain, block);
    chain->bytes += block->used;
    chain->appended += block->used;
}

bool chain_lend(struct chain *chain, const uint8_t *data, size_t bytes,
                void (*unref)(void *owner), void *owner)
{
    struct chain_block *block = chain_block_lent(data, bytes, unref, owner);
    if (block)
        chain_link(chain, block);
    return block != NULL;
}

struct chain_mark chain_mark(const struct chain *chain)
{
    return (struct chain_mark){chain->tail, chain->tail ? chain->tail->used : 0,
                               chain->bytes, chain->appended};
}

void chain_rollback(struct chain *chain, struct chain_mark mark)
{
    struct chain_block *block = mark.bytes > 0 ? mark.block->next : chain->head;
    while (block) {
        struct chain_block *next = block->next;
        free_block(block);
        block = next;
    }
    if (mark.bytes == 0) { /* the marked block may have been replaced */
        chain->head = chain->tail = NULL;
    } else {
        chain->tail = mark.block;
        chain->tail->next = NULL;
        chain->tail->used = mark.used;
    }
    chain->bytes = mark.bytes;
    chain->appended = mark.appended;
}

size_t chain_iov(const struct chain *chain, struct iovec *iov, size_t max)
{
    size_t count = 0;
    for (struct chain_block *block = chain->head; block && count < max;
         block = block->next) {
        if (block->used > block->start)
            iov[count++] =
                (struct iovec){block->data + block->start, block->used - block->start};
    }
    return count;
}

static bool is_lent(const struct chain_block *block)
{
    return block->data != (const uint8_t *)(block + 1);
}

/* Keep the last block for the next answer, unless its memory is lent. */
static void recycle(struct chain *chain)
{
    struct chain_block *block = chain->head;
    if (block && !is_lent(block)) {
        block->start = block->used = 0;
    } else if (block) {
        free_block(block);
        chain->head = chain->tail = NULL;
    }
}

void chain_consume(struct chain *chain, size_t bytes)
{
    assert(bytes <= chain->bytes);
    chain->bytes -= bytes;
    while (chain->head) {
        struct chain_block *block = chain->head;
        size_t held = block->used - block->start;
        if (bytes < held) {
            block->start += bytes;
            return;
        }
        bytes -= held;
        if (!block->next)
            break;
        chain->head = block->next;
        free_block(block);
    }
    recycle(chain);
}

void chain_trim(struct chain *chain)
{
    if (chain->bytes == 0)
        chain_free(chain);
}
