/* array.c - lists as PostgreSQL's arrays: their shape, their quotes. */
#include "pgwire/array.h"

#include <strings.h>

#include "pgwire/value.h"

bool array_is_list(const struct type *type)
{
    return type->id == TYPE_LIST || type->id == TYPE_ARRAY;
}

struct array_range array_range(const struct column *list, size_t row)
{
    uint64_t entry[2];
    if (list->layout == LAYOUT_LIST_FIXED)
        return (struct array_range){row * list->type->array_length,
                                    list->type->array_length};
    memcpy(entry, (const char *)list->data + row * sizeof entry, sizeof entry);
    return (struct array_range){(size_t)entry[0], (size_t)entry[1]};
}

const struct column *array_leaf(const struct column *list)
{
    while (array_is_list(list->type) && list->child_count == 1)
        list = &list->children[0];
    return list;
}

/* ---- shape ---- */

/* The list at `row` is on this level: all of its level have the same length. The depth
 * is that of the shape. */
static bool measure_level(const struct column *list, size_t row, unsigned level,
                          struct array_shape *shape, bool *seen)
{
    struct array_range range = array_range(list, row);
    const struct column *child = &list->children[0];
    if (seen[level] && shape->lengths[level] != range.count)
        return false;
    seen[level] = true;
    shape->lengths[level] = range.count;
    if (!array_is_list(child->type))
        return true;
    for (size_t i = range.start; i < range.start + range.count; i++) {
        if (!column_is_valid(child, i) ||
            !measure_level(child, i, level + 1, shape, seen))
            return false;
    }
    return true;
}

const char *array_measure(const struct column *list, size_t row,
                          struct array_shape *shape)
{
    bool seen[ARRAY_DIMENSIONS_MAX] = {false};
    *shape = (struct array_shape){0};
    for (const struct column *level = list; array_is_list(level->type);
         level = &level->children[0]) {
        if (++shape->dimensions > ARRAY_DIMENSIONS_MAX)
            return "54000";
    }
    if (!measure_level(list, row, 0, shape, seen))
        return "2202E";
    for (unsigned i = 0; i < shape->dimensions; i++) {
        if (shape->lengths[i] == 0)
            shape->dimensions = 0;
    }
    return NULL;
}

uint8_t *array_put_header(uint8_t *to, const struct array_shape *shape, bool has_nulls,
                          uint32_t element_oid)
{
    to = value_put32(to, shape->dimensions);
    to = value_put32(to, has_nulls);
    to = value_put32(to, element_oid);
    for (unsigned i = 0; i < shape->dimensions; i++) {
        to = value_put32(to, (uint32_t)shape->lengths[i]);
        to = value_put32(to, 1); /* the first index */
    }
    return to;
}

/* ---- quotes ---- */

enum { SPECIAL = 1, ESCAPED = 2 };

/* What asks for quotes, and what is escaped within them. */
struct quoting {
    uint8_t kinds[256];
    uint8_t escape; /* 0: the character itself, twice */
};

#define BLANKS                                                                         \
    [' '] = SPECIAL, ['\t'] = SPECIAL, ['\n'] = SPECIAL, ['\v'] = SPECIAL,             \
    ['\f'] = SPECIAL, ['\r'] = SPECIAL, ['"'] = SPECIAL | ESCAPED,                     \
    ['\\'] = SPECIAL | ESCAPED, [','] = SPECIAL

static const struct quoting element_quoting = {
    .kinds = {BLANKS, ['{'] = SPECIAL, ['}'] = SPECIAL}, .escape = '\\'};
static const struct quoting field_quoting = {
    .kinds = {BLANKS, ['('] = SPECIAL, [')'] = SPECIAL}};

/* From the end, so that nothing is overwritten before it has been moved. */
static uint8_t *quote(uint8_t *start, uint8_t *end, const struct quoting *quoting,
                      bool forced)
{
    unsigned any = forced;
    size_t escaped = 0;
    for (const uint8_t *at = start; at < end; at++) {
        any |= quoting->kinds[*at];
        escaped += quoting->kinds[*at] >> 1;
    }
    if (!any)
        return end;
    uint8_t *out = end + escaped + 2, *result = out;
    *--out = '"';
    while (end > start) {
        uint8_t byte = *--end;
        *--out = byte;
        if (quoting->kinds[byte] & ESCAPED)
            *--out = quoting->escape ? quoting->escape : byte;
    }
    *--out = '"';
    return result;
}

uint8_t *array_quote_element(uint8_t *start, uint8_t *end)
{
    bool is_null_word = end - start == 4 && strncasecmp((char *)start, "null", 4) == 0;
    return quote(start, end, &element_quoting, start == end || is_null_word);
}

uint8_t *array_quote_field(uint8_t *start, uint8_t *end)
{
    return quote(start, end, &field_quoting, start == end);
}
