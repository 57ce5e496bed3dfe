/* take.c - the rows of a column in another order.
 *
 * Strings become slices, lists entries: both point to what they pointed to. Fields of
 * structs and members of unions have their row's number, and are taken along. The
 * recursion follows the type, whose depth its maker has bounded. */
#include "batch/take.h"

#include "batch/layout.h"

struct taking {
    struct arena *arena;
    const int64_t *rows;
    size_t count;
};

static bool is_there(const struct taking *taking, const struct column *from, size_t i)
{
    return taking->rows[i] >= 0 && column_is_valid(from, (size_t)taking->rows[i]);
}

static bool take_validity(const struct taking *taking, const struct column *from,
                          struct column *out)
{
    uint64_t *bits = arena_calloc(taking->arena, (taking->count + 63) / 64, 8);
    bool all = true;
    if (!bits)
        return false;
    for (size_t i = 0; i < taking->count; i++) {
        if (is_there(taking, from, i))
            bits[i / 64] |= UINT64_C(1) << (i % 64);
        else
            all = false;
    }
    out->validity = all ? NULL : bits;
    return true;
}

static bool take_fixed(const struct taking *taking, const struct column *from,
                       size_t width, struct column *out)
{
    char *data = arena_calloc(taking->arena, taking->count, width);
    const char *source = from->data;
    if (!data)
        return false;
    for (size_t i = 0; i < taking->count; i++) {
        if (is_there(taking, from, i))
            memcpy(data + i * width, source + (size_t)taking->rows[i] * width, width);
    }
    out->data = data;
    return true;
}

static bool take_strings(const struct taking *taking, const struct column *from,
                         struct column *out)
{
    struct slice *slices = arena_alloc(taking->arena, taking->count * sizeof *slices);
    if (!slices)
        return false;
    for (size_t i = 0; i < taking->count; i++)
        slices[i] = is_there(taking, from, i)
                        ? column_slice(from, (size_t)taking->rows[i])
                        : (struct slice){"", 0};
    out->layout = LAYOUT_SLICES;
    out->data = slices;
    out->extra = NULL;
    return true;
}

static bool take_bits(const struct taking *taking, const struct column *from,
                      struct column *out)
{
    uint8_t *bytes = arena_calloc(taking->arena, taking->count, 1);
    const uint8_t *bits = from->data;
    if (!bytes)
        return false;
    for (size_t i = 0; i < taking->count; i++) {
        size_t row = (size_t)taking->rows[i];
        if (is_there(taking, from, i))
            bytes[i] = bits[row / 8] >> (row % 8) & 1;
    }
    out->layout = LAYOUT_BOOL8;
    out->data = bytes;
    return true;
}

static bool take_fixed_lists(const struct taking *taking, const struct column *from,
                             struct column *out)
{
    uint64_t(*entries)[2] = arena_calloc(taking->arena, taking->count, sizeof *entries);
    uint64_t length = from->type->array_length;
    if (!entries)
        return false;
    for (size_t i = 0; i < taking->count; i++) {
        if (!is_there(taking, from, i))
            continue;
        entries[i][0] = (uint64_t)taking->rows[i] * length;
        entries[i][1] = length;
    }
    out->layout = LAYOUT_LIST_ENTRIES;
    out->data = entries;
    return true;
}

static bool take_children(const struct taking *taking, const struct column *from,
                          struct column *out)
{
    struct column *children =
        arena_calloc(taking->arena, from->child_count, sizeof *children);
    if (!children)
        return false;
    for (size_t i = 0; i < from->child_count; i++) {
        if (!column_take(taking->arena, &from->children[i], taking->rows, taking->count,
                         &children[i]))
            return false;
    }
    out->children = children;
    return true;
}

bool column_take(struct arena *arena, const struct column *from, const int64_t *rows,
                 size_t count, struct column *out)
{
    const struct taking taking = {arena, rows, count};
    size_t width = layout_width(from->layout);
    *out = *from;
    if (from->layout == LAYOUT_NULL)
        return true;
    if (!take_validity(&taking, from, out))
        return false;
    if (layout_is_string(from->layout))
        return take_strings(&taking, from, out);
    if (from->layout == LAYOUT_BITS)
        return take_bits(&taking, from, out);
    if (from->layout == LAYOUT_LIST_FIXED)
        return take_fixed_lists(&taking, from, out);
    if (width > 0)
        return take_fixed(&taking, from, width, out);
    return take_children(&taking, from, out);
}
