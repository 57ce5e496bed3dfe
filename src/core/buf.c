/* buf.c - a growable, contiguous byte buffer with a read end. */
#include "core/buf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 1024 };

void buf_free(struct buf *buf)
{
    free(buf->memory);
    *buf = (struct buf){0};
}

static bool grow(struct buf *buf, size_t wanted)
{
    size_t capacity = buf->capacity ? buf->capacity : SMALLEST;
    while (capacity < wanted) {
        if (__builtin_mul_overflow(capacity, (size_t)2, &capacity))
            return false;
    }
    uint8_t *memory = malloc(capacity);
    if (!memory)
        return false;
    if (buf_len(buf))
        memcpy(memory, buf_data(buf), buf_len(buf));
    free(buf->memory);
    *buf = (struct buf){memory, 0, buf_len(buf), capacity};
    return true;
}

uint8_t *buf_reserve(struct buf *buf, size_t bytes)
{
    size_t wanted;
    if (buf->capacity - buf->end >= bytes && buf->memory)
        return buf->memory + buf->end;
    if (__builtin_add_overflow(buf_len(buf), bytes, &wanted))
        return NULL;
    if (buf->memory && wanted <= buf->capacity) {
        memmove(buf->memory, buf_data(buf), buf_len(buf));
        buf->end -= buf->start;
        buf->start = 0;
    } else if (!grow(buf, wanted)) {
        return NULL;
    }
    return buf->memory + buf->end;
}

void buf_commit(struct buf *buf, size_t bytes)
{
    assert(bytes <= buf->capacity - buf->end);
    buf->end += bytes;
}

bool buf_append(struct buf *buf, const void *data, size_t bytes)
{
    uint8_t *room = buf_reserve(buf, bytes);
    if (!room)
        return false;
    if (bytes)
        memcpy(room, data, bytes);
    buf->end += bytes;
    return true;
}

void buf_consume(struct buf *buf, size_t bytes)
{
    assert(bytes <= buf_len(buf));
    buf->start += bytes;
    if (buf->start == buf->end)
        buf->start = buf->end = 0;
}
