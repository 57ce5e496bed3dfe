/* copy.c - a batch that owns its memory.
 *
 * Fixed widths are copied as they are; strings become slices into one block; lists keep
 * their entries and copy the part of the child that the entries reach. The recursion
 * follows the type, whose depth the engine has bounded. */
#include "batch/copy.h"

#include "batch/layout.h"

struct copier {
    struct arena *arena;
    size_t *bytes;
};

static void *take(struct copier *copier, size_t size)
{
    *copier->bytes += size;
    return arena_alloc(copier->arena, size);
}

static bool copy_bytes(struct copier *copier, const void **data, size_t size)
{
    void *copy = take(copier, size);
    if (!copy)
        return false;
    if (size)
        memcpy(copy, *data, size);
    *data = copy;
    return true;
}

static bool copy_strings(struct copier *copier, struct column *column, size_t rows)
{
    struct slice *slices = take(copier, rows * sizeof *slices);
    size_t total = 0;
    for (size_t row = 0; slices && row < rows; row++) {
        bool valid = column_is_valid(column, row);
        slices[row] = valid ? column_slice(column, row) : (struct slice){"", 0};
        total += slices[row].len;
    }
    char *at = slices ? take(copier, total) : NULL;
    if (!at)
        return false;
    for (size_t row = 0; row < rows; row++) {
        memcpy(at, slices[row].data, slices[row].len);
        slices[row].data = at;
        at += slices[row].len;
    }
    column->layout = LAYOUT_SLICES;
    column->data = slices;
    column->extra = NULL;
    return true;
}

static bool copy_column(struct copier *copier, struct column *column,
                        const struct type *type, size_t rows)
{
    size_t child_rows = column->child_count ? column_child_rows(column, rows) : 0;
    size_t width = layout_width(column->layout);
    column->type = type;
    if (column->validity) {
        const void *bits = column->validity;
        if (!copy_bytes(copier, &bits, (rows + 63) / 64 * 8))
            return false;
        column->validity = bits;
    }
    if (layout_is_string(column->layout) && !copy_strings(copier, column, rows))
        return false;
    if (width && !copy_bytes(copier, &column->data, rows * width))
        return false;
    if (column->layout == LAYOUT_BITS &&
        !copy_bytes(copier, &column->data, (rows + 7) / 8))
        return false;
    if (column->child_count == 0)
        return true;
    struct column *children = take(copier, column->child_count * sizeof *children);
    if (!children)
        return false;
    for (size_t i = 0; i < column->child_count; i++) {
        children[i] = column->children[i];
        if (!copy_column(copier, &children[i], layout_child_type(type, i), child_rows))
            return false;
    }
    column->children = children;
    return true;
}

bool batch_copy(struct arena *arena, const struct batch *from,
                const struct type *const *types, struct batch *out, size_t *bytes)
{
    struct copier copier = {arena, bytes};
    struct column *columns = take(&copier, from->column_count * sizeof *columns);
    if (!columns)
        return false;
    for (size_t i = 0; i < from->column_count; i++) {
        columns[i] = from->columns[i];
        if (!copy_column(&copier, &columns[i], types ? types[i] : columns[i].type,
                         from->rows))
            return false;
    }
    *out = (struct batch){from->rows, from->column_count, columns};
    return true;
}
