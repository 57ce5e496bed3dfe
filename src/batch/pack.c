/* pack.c - a batch as a row of bytes and back.
 *
 *     batch:  rows (8) columns (8) column…
 *     column: head (16) [validity] [data] column… of the children
 *     data:   fixed widths as they are; of strings the lengths (8 each), then all bytes
 *
 * The recursion follows the type, whose depth the engine has bounded. */
#include "batch/pack.h"

#include "batch/layout.h"

struct head {
    uint8_t layout, has_validity, zeroes[6];
    uint64_t child_count;
};

static size_t validity_bytes(size_t rows)
{
    return (rows + 63) / 64 * sizeof(uint64_t);
}

static size_t data_bytes(enum layout layout, size_t rows)
{
    return layout == LAYOUT_BITS ? (rows + 7) / 8 : layout_width(layout) * rows;
}

/* ---- packing ---- */

static bool put(const struct pack_sink *sink, const void *data, size_t len)
{
    return len == 0 || sink->write(sink->self, data, len);
}

/* An invalid row has no bytes: what its entry says is not to be looked at. */
static struct slice string_at(const struct column *column, size_t row)
{
    return column_is_valid(column, row) ? column_slice(column, row)
                                        : (struct slice){"", 0};
}

static bool pack_strings(const struct column *column, size_t rows,
                         const struct pack_sink *sink)
{
    for (size_t row = 0; row < rows; row++) {
        uint64_t len = string_at(column, row).len;
        if (!put(sink, &len, sizeof len))
            return false;
    }
    for (size_t row = 0; row < rows; row++) {
        struct slice bytes = string_at(column, row);
        if (!put(sink, bytes.data, bytes.len))
            return false;
    }
    return true;
}

static bool pack_column(const struct column *column, size_t rows,
                        const struct pack_sink *sink)
{
    bool is_string = layout_is_string(column->layout);
    struct head head = {.layout = (uint8_t)(is_string ? LAYOUT_SLICES : column->layout),
                        .has_validity = column->validity != NULL,
                        .child_count = column->child_count};
    if (!put(sink, &head, sizeof head) ||
        (head.has_validity && !put(sink, column->validity, validity_bytes(rows))) ||
        (is_string && !pack_strings(column, rows, sink)) ||
        (!is_string && !put(sink, column->data, data_bytes(column->layout, rows))))
        return false;
    size_t child_rows = head.child_count ? column_child_rows(column, rows) : 0;
    for (size_t i = 0; i < head.child_count; i++) {
        if (!pack_column(&column->children[i], child_rows, sink))
            return false;
    }
    return true;
}

bool batch_pack(const struct batch *batch, const struct pack_sink *sink)
{
    const uint64_t head[] = {batch->rows, batch->column_count};
    if (!put(sink, head, sizeof head))
        return false;
    for (size_t i = 0; i < batch->column_count; i++) {
        if (!pack_column(&batch->columns[i], batch->rows, sink))
            return false;
    }
    return true;
}

/* ---- unpacking ---- */

struct unpacker {
    const struct pack_source *source;
    struct arena *arena;
};

static enum unpack_result get(const struct unpacker *from, void *data, size_t len)
{
    return len == 0 || from->source->read(from->source->self, data, len)
               ? UNPACK_DONE
               : UNPACK_REFUSED;
}

/* So many bytes in the arena. */
static enum unpack_result take(const struct unpacker *from, size_t len,
                               const void **out)
{
    void *data = arena_alloc(from->arena, len);
    *out = data;
    return data ? get(from, data, len) : UNPACK_NO_MEMORY;
}

static enum unpack_result take_strings(const struct unpacker *from, size_t rows,
                                       struct column *column)
{
    const void *bytes, *read;
    size_t total = 0;
    struct slice *slices = arena_calloc(from->arena, rows, sizeof *slices);
    if (!slices)
        return UNPACK_NO_MEMORY;
    enum unpack_result result = take(from, rows * sizeof(uint64_t), &read);
    if (result != UNPACK_DONE)
        return result;
    const uint64_t *lengths = read;
    for (size_t row = 0; row < rows; row++) {
        slices[row].len = (size_t)lengths[row];
        if (__builtin_add_overflow(total, slices[row].len, &total))
            return UNPACK_MALFORMED;
    }
    result = take(from, total, &bytes);
    const char *at = bytes;
    for (size_t row = 0; result == UNPACK_DONE && row < rows; row++) {
        slices[row].data = at;
        at += slices[row].len;
    }
    column->data = slices;
    return result;
}

static enum unpack_result take_data(const struct unpacker *from, size_t rows,
                                    struct column *column)
{
    if (layout_is_string(column->layout))
        return take_strings(from, rows, column);
    size_t len = data_bytes(column->layout, rows);
    return len ? take(from, len, &column->data) : UNPACK_DONE;
}

static enum unpack_result take_column(const struct unpacker *from,
                                      const struct type *type, size_t rows,
                                      struct column *out);

static enum unpack_result take_children(const struct unpacker *from, size_t rows,
                                        size_t count, struct column *out)
{
    struct column *children = arena_calloc(from->arena, count, sizeof *children);
    enum unpack_result result = children ? UNPACK_DONE : UNPACK_NO_MEMORY;
    size_t child_rows = column_child_rows(out, rows);
    for (size_t i = 0; result == UNPACK_DONE && i < count; i++) {
        const struct type *type = layout_child_type(out->type, i);
        result =
            type ? take_column(from, type, child_rows, &children[i]) : UNPACK_MALFORMED;
    }
    out->children = children;
    out->child_count = count;
    return result;
}

static enum unpack_result take_column(const struct unpacker *from,
                                      const struct type *type, size_t rows,
                                      struct column *out)
{
    struct head head;
    const void *validity = NULL;
    enum unpack_result result = get(from, &head, sizeof head);
    if (result != UNPACK_DONE)
        return result;
    if (head.layout > LAYOUT_UNION || head.has_validity > 1 ||
        head.child_count > type->child_count + 1)
        return UNPACK_MALFORMED;
    *out = (struct column){.type = type, .layout = (enum layout)head.layout};
    if (head.has_validity)
        result = take(from, validity_bytes(rows), &validity);
    out->validity = validity;
    if (result == UNPACK_DONE)
        result = take_data(from, rows, out);
    if (result != UNPACK_DONE || head.child_count == 0)
        return result;
    return take_children(from, rows, (size_t)head.child_count, out);
}

enum unpack_result batch_unpack(const struct pack_source *source,
                                const struct type *const *types, size_t column_count,
                                struct arena *arena, struct batch *out)
{
    const struct unpacker from = {source, arena};
    uint64_t head[2];
    struct column *columns = arena_calloc(arena, column_count, sizeof *columns);
    if (!columns)
        return UNPACK_NO_MEMORY;
    enum unpack_result result = get(&from, head, sizeof head);
    if (result == UNPACK_DONE && head[1] != column_count)
        result = UNPACK_MALFORMED;
    for (size_t i = 0; result == UNPACK_DONE && i < column_count; i++)
        result = take_column(&from, types[i], (size_t)head[0], &columns[i]);
    *out = (struct batch){(size_t)head[0], column_count, columns};
    return result;
}
