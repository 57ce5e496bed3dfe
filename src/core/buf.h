/* buf.h - a growable, contiguous byte buffer with a read end: the input port of
 * sessions.
 *
 * Bytes are appended at the end and consumed at the start; what is between is one
 * piece. Pointers into it are valid until the next reserve. */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"

struct buf {
    uint8_t *memory;
    size_t start, end, capacity;
};

/* {0} is an empty buffer. free leaves an empty one. */
void buf_free(struct buf *buf);

/* Room for `bytes` more behind the end, or NULL (out of memory, nothing changed).
 * Unread bytes are moved to the front when that is enough, else the memory grows. */
uint8_t *buf_reserve(struct buf *buf, size_t bytes) MUST_CHECK;
void buf_commit(struct buf *buf, size_t bytes); /* at most what was reserved */
bool buf_append(struct buf *buf, const void *data, size_t bytes) MUST_CHECK;

static inline const uint8_t *buf_data(const struct buf *buf)
{
    return buf->memory ? buf->memory + buf->start : buf->memory;
}

static inline size_t buf_len(const struct buf *buf)
{
    return buf->end - buf->start;
}

static inline size_t buf_room(const struct buf *buf)
{
    return buf->capacity - buf->end;
}

/* Drop bytes from the start, at most buf_len. */
void buf_consume(struct buf *buf, size_t bytes);

#endif
