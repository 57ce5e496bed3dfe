/* reader.h - a sticky reader over the body of one message: ten gets, one check.
 *
 * A get beyond the end gives zero or emptiness and makes the reader fail for good. What
 * it returns points into the message. Integers are in network order. */
#ifndef PGWIRE_READER_H
#define PGWIRE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgwire/pgwire.h>

struct reader {
    const uint8_t *at, *end;
    bool failed;
};

struct reader reader_of(const uint8_t *body, size_t len);

uint8_t reader_u8(struct reader *reader);
uint16_t reader_u16(struct reader *reader);
int32_t reader_i32(struct reader *reader);
uint32_t reader_u32(struct reader *reader);
struct pgw_slice reader_bytes(struct reader *reader, size_t len);

/* Up to a NUL, which is taken but not counted: the data is NUL-terminated. */
struct pgw_slice reader_string(struct reader *reader);

/* Nothing failed and nothing is left. */
bool reader_done(const struct reader *reader);

#endif
