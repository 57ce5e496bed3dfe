/* flat.c - a FlatBuffer, built from its end to its start.
 *
 * Numbers are little endian, at addresses that their size divides, counted from the
 * end; the whole is padded so that they are counted from the start as well. */
#include "encode/flat.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN_MAX = 8, PLACE_BYTES = sizeof(flat_place) };

void flat_free(struct flat *flat)
{
    free(flat->memory);
    *flat = (struct flat){0};
}

void flat_clear(struct flat *flat)
{
    flat->used = 0;
    flat->failed = false;
}

static bool grow(struct flat *flat, size_t bytes)
{
    size_t wanted = flat->capacity ? flat->capacity : 256;
    while (wanted - flat->used < bytes)
        wanted *= 2;
    uint8_t *memory = wanted <= INT32_MAX ? malloc(wanted) : NULL;
    if (!memory) {
        flat->failed = true;
        return false;
    }
    if (flat->used)
        memcpy(memory + wanted - flat->used, flat->memory + flat->capacity - flat->used,
               flat->used);
    free(flat->memory);
    flat->memory = memory;
    flat->capacity = wanted;
    return true;
}

/* In front of what is there; data NULL: zeros. */
static void put(struct flat *flat, const void *data, size_t bytes)
{
    if (flat->failed || (flat->capacity - flat->used < bytes && !grow(flat, bytes)))
        return;
    flat->used += bytes;
    uint8_t *to = flat->memory + flat->capacity - flat->used;
    if (data && bytes)
        memcpy(to, data, bytes);
    else if (bytes)
        memset(to, 0, bytes);
}

/* So that what comes behind `bytes` more is aligned. */
static void pad(struct flat *flat, size_t bytes, size_t align)
{
    size_t over = (flat->used + bytes) % align;
    put(flat, NULL, over ? align - over : 0);
}

static void put_u32(struct flat *flat, uint32_t value)
{
    put(flat, &value, sizeof value);
}

/* Places are told as the way from where they stand. */
static void put_place(struct flat *flat, flat_place place)
{
    put_u32(flat, (uint32_t)flat->used + PLACE_BYTES - place);
}

flat_place flat_string(struct flat *flat, struct slice text)
{
    pad(flat, text.len + 1, PLACE_BYTES);
    put(flat, NULL, 1);
    put(flat, text.data, text.len);
    put_u32(flat, (uint32_t)text.len);
    return (flat_place)flat->used;
}

flat_place flat_places(struct flat *flat, const flat_place *places, size_t count)
{
    pad(flat, count * PLACE_BYTES, PLACE_BYTES);
    for (size_t i = count; i-- > 0;)
        put_place(flat, places[i]);
    put_u32(flat, (uint32_t)count);
    return (flat_place)flat->used;
}

flat_place flat_vector(struct flat *flat, const void *data, size_t count, size_t size,
                       size_t align)
{
    pad(flat, count * size, align > PLACE_BYTES ? align : PLACE_BYTES);
    put(flat, data, count * size);
    put_u32(flat, (uint32_t)count);
    return (flat_place)flat->used;
}

/* ---- tables ---- */

void flat_begin(struct flat *flat)
{
    flat->table = flat->used;
    memset(flat->fields, 0, sizeof flat->fields);
}

void flat_number(struct flat *flat, unsigned field, int64_t value, size_t size)
{
    assert(field < FLAT_FIELDS_MAX);
    pad(flat, size, size);
    put(flat, &value, size); /* the lowest bytes */
    flat->fields[field] = (flat_place)flat->used;
}

void flat_at(struct flat *flat, unsigned field, flat_place place)
{
    assert(field < FLAT_FIELDS_MAX);
    if (!place)
        return;
    pad(flat, PLACE_BYTES, PLACE_BYTES);
    put_place(flat, place);
    flat->fields[field] = (flat_place)flat->used;
}

/* A table begins with the way to where its fields are told, which stands before it. */
flat_place flat_end(struct flat *flat)
{
    uint16_t entry;
    pad(flat, PLACE_BYTES, PLACE_BYTES);
    put_u32(flat, 0);
    flat_place table = (flat_place)flat->used;
    for (unsigned i = FLAT_FIELDS_MAX; i-- > 0;) {
        entry = (uint16_t)(flat->fields[i] ? table - flat->fields[i] : 0);
        put(flat, &entry, sizeof entry);
    }
    entry = (uint16_t)(table - flat->table);
    put(flat, &entry, sizeof entry);
    entry = (uint16_t)((FLAT_FIELDS_MAX + 2) * sizeof entry);
    put(flat, &entry, sizeof entry);
    if (!flat->failed) {
        uint32_t way = (uint32_t)flat->used - table;
        memcpy(flat->memory + flat->capacity - table, &way, sizeof way);
    }
    return table;
}

bool flat_finish(struct flat *flat, flat_place root, struct slice *out)
{
    pad(flat, PLACE_BYTES, ALIGN_MAX);
    put_place(flat, root);
    *out = (struct slice){(const char *)flat->memory + flat->capacity - flat->used,
                          flat->used};
    return !flat->failed;
}
