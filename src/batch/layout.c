/* layout.c - what the layouts of columns have in common. */
#include "batch/layout.h"

const struct type layout_tag = {.id = TYPE_UINT8, .name = "tag"};

size_t layout_width(enum layout layout)
{
    static const unsigned char widths[] = {
        [LAYOUT_BOOL8] = 1,         [LAYOUT_FIXED1] = 1,
        [LAYOUT_FIXED2] = 2,        [LAYOUT_FIXED4] = 4,
        [LAYOUT_FIXED8] = 8,        [LAYOUT_FIXED16] = 16,
        [LAYOUT_FLOAT4] = 4,        [LAYOUT_FLOAT8] = 8,
        [LAYOUT_UUID_BYTES] = 16,   [LAYOUT_TIMETZ40] = 8,
        [LAYOUT_UUID_FLIPPED] = 16, [LAYOUT_INTERVAL] = 16,
        [LAYOUT_LIST_ENTRIES] = 16, [LAYOUT_FIXED32] = 32};
    return layout < sizeof widths ? widths[layout] : 0;
}

bool layout_is_string(enum layout layout)
{
    return layout == LAYOUT_STRING16 || layout == LAYOUT_SLICES ||
           layout == LAYOUT_OFFSETS32 || layout == LAYOUT_OFFSETS64;
}

size_t column_longest(const struct column *column, size_t rows)
{
    size_t longest = 0;
    if (column->layout == LAYOUT_STRING16 && !column->validity) {
        const char *entries = column->data;
        uint32_t most = 0, len;
        for (size_t row = 0; row < rows; row++) {
            memcpy(&len, entries + row * 16, sizeof len);
            most = len > most ? len : most;
        }
        return most;
    }
    for (size_t row = 0; row < rows; row++) {
        size_t len = column_is_valid(column, row) ? column_slice(column, row).len : 0;
        longest = len > longest ? len : longest;
    }
    return longest;
}

size_t column_child_rows(const struct column *column, size_t rows)
{
    size_t most = 0;
    if (column->layout == LAYOUT_LIST_FIXED)
        return rows * column->type->array_length;
    if (column->layout != LAYOUT_LIST_ENTRIES)
        return rows;
    for (size_t row = 0; row < rows; row++) {
        uint64_t entry[2];
        memcpy(entry, (const char *)column->data + row * sizeof entry, sizeof entry);
        if (column_is_valid(column, row) && entry[0] + entry[1] > most)
            most = (size_t)(entry[0] + entry[1]);
    }
    return most;
}

const struct type *layout_child_type(const struct type *type, size_t i)
{
    if (type->id == TYPE_UNION && i == 0)
        return &layout_tag;
    size_t child = type->id == TYPE_UNION ? i - 1 : i;
    return child < type->child_count ? &type->children[child] : NULL;
}
