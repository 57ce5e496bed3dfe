/* message_bytes.h - the fuzz targets' own bytes: read and written in network order.
 *
 * What reads and writes in the library is what is tested. */
#ifndef FUZZ_MESSAGE_BYTES_H
#define FUZZ_MESSAGE_BYTES_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { BYTES_MAX = 8192 };

struct bytes {
    uint8_t data[BYTES_MAX];
    size_t len;
};

static void put(struct bytes *to, const void *data, size_t len)
{
    assert(to->len + len <= BYTES_MAX);
    if (len > 0)
        memcpy(to->data + to->len, data, len);
    to->len += len;
}

static void put_number(struct bytes *to, uint32_t number, size_t bytes)
{
    for (size_t i = bytes; i-- > 0;) {
        uint8_t byte = (uint8_t)(number >> 8 * i);
        put(to, &byte, 1);
    }
}

/* A reader of its own: the one of the library is what is tested. */
struct cursor {
    const uint8_t *at, *end;
    bool failed;
};

static const uint8_t *take(struct cursor *from, size_t len)
{
    if (from->failed || (size_t)(from->end - from->at) < len) {
        from->failed = true;
        return NULL;
    }
    from->at += len;
    return from->at - len;
}

static uint32_t take_number(struct cursor *from, size_t bytes)
{
    const uint8_t *data = take(from, bytes);
    uint32_t number = 0;
    for (size_t i = 0; data && i < bytes; i++)
        number = number << 8 | data[i];
    return number;
}

static const char *take_string(struct cursor *from)
{
    size_t left = (size_t)(from->end - from->at);
    const uint8_t *nul = left ? memchr(from->at, '\0', left) : NULL;
    const char *text = (const char *)from->at;
    if (!nul || from->failed) {
        from->failed = true;
        return "";
    }
    from->at = nul + 1;
    return text;
}

static bool is_done(const struct cursor *from)
{
    return !from->failed && from->at == from->end;
}

#endif
