/* flat.h - a FlatBuffer, built from its end to its start, as much of it as Arrow needs.
 *
 * What is pointed to is written before what points to it: strings, vectors and tables
 * answer a place, which a field or an element names later. Source: FlatBuffers'
 * internals, https://flatbuffers.dev/internals. */
#ifndef ENCODE_FLAT_H
#define ENCODE_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/slice.h"

/* Where something starts, in bytes from the end. */
typedef uint32_t flat_place;

enum { FLAT_FIELDS_MAX = 8 };

struct flat {
    uint8_t *memory; /* the last `used` bytes of it */
    size_t capacity, used;
    bool failed; /* out of memory: nothing more is written */
    size_t table;
    flat_place fields[FLAT_FIELDS_MAX]; /* of the table being built; 0: not there */
};

/* {0} is an empty one; free leaves one. */
void flat_free(struct flat *flat);
void flat_clear(struct flat *flat); /* keeps the memory */

flat_place flat_string(struct flat *flat, struct slice text);
/* Of places, last to first as they shall be read first to last. */
flat_place flat_places(struct flat *flat, const flat_place *places, size_t count);
/* Of structs or numbers of `size` bytes whose members have `align`, in their order. */
flat_place flat_vector(struct flat *flat, const void *data, size_t count, size_t size,
                       size_t align);

/* Fields in any order, by their number in the schema; nothing else meanwhile. */
void flat_begin(struct flat *flat);
void flat_number(struct flat *flat, unsigned field, int64_t value, size_t size);
void flat_at(struct flat *flat, unsigned field, flat_place place); /* 0: no field */
flat_place flat_end(struct flat *flat);

/* With this table as its root, it is done. False: out of memory. */
bool flat_finish(struct flat *flat, flat_place root, struct slice *out) MUST_CHECK;

#endif
