/* frame.h - where a frontend message ends: type, length, body; and which lengths are
 * sane.
 *
 * Source: PostgreSQL documentation 55.7. Every length is checked here, once, before any
 * arithmetic is done with it. A body that is too short for its type is for who reads it
 * to find: that is an error (08P01), and the session goes on. */
#ifndef PGWIRE_FRAME_H
#define PGWIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum { FRAME_STARTUP_MAX = 10000, FRAME_HEADER = 5 };

enum frame_status {
    FRAME_NEED_MORE, /* not all there yet: read on */
    FRAME_COMPLETE,
    FRAME_BAD_TYPE,
    FRAME_BAD_LENGTH
};

/* body points into the input; size is what to consume, header included. */
struct frame {
    char type; /* 0 for a start-up packet */
    const uint8_t *body;
    size_t len;
    size_t size;
};

/* How long the body of a type may be, in bytes. */
struct frame_rule {
    char type;
    size_t max;
};

/* Look at the front of the input. `limit` bounds the types whose rule says SIZE_MAX.
 * With FRAME_NEED_MORE the type and the size are set as soon as they are known, else 0.
 */
enum frame_status frame_peek(const uint8_t *input, size_t len, size_t limit,
                             struct frame *out);
enum frame_status frame_peek_startup(const uint8_t *input, size_t len,
                                     struct frame *out);

#endif
