/* arrow_import.c - arrays to columns: what has a layout of its own here.
 *
 * Nothing is copied but validity that does not come in whole words, and buffers that
 * are not aligned. Bits behind the last row are never read. */
#include "batch/arrow_field.h"

enum { WORD_BITS = 64 };

static bool is_aligned(const void *data, size_t width)
{
    uintptr_t align = width < sizeof(uint64_t) ? width : sizeof(uint64_t);
    return align == 0 || (uintptr_t)data % align == 0;
}

/* Bits from `at` on, as words that start with them. */
static const uint64_t *import_words(struct arrow_import *in, const uint8_t *bits,
                                    size_t at, size_t rows)
{
    const uint8_t *from = bits + at / 8;
    unsigned shift = at % 8;
    size_t bytes = (rows + 7) / 8, source = (shift + rows + 7) / 8;
    if (shift == 0 && rows % WORD_BITS == 0 && is_aligned(from, sizeof(uint64_t)))
        return (const uint64_t *)(const void *)from;
    uint64_t *words =
        arena_calloc(in->memory, (rows + WORD_BITS - 1) / WORD_BITS, sizeof *words);
    uint8_t *to = (uint8_t *)words;
    if (words && shift == 0)
        memcpy(to, from, bytes);
    for (size_t i = 0; words && shift > 0 && i < bytes; i++) {
        unsigned next = i + 1 < source ? from[i + 1] : 0;
        to[i] = (uint8_t)(from[i] >> shift | next << (8 - shift));
    }
    if (!words)
        (void)error_no_memory(in->err);
    return words;
}

bool arrow_import_rows(struct arrow_import *in, const struct arrow_field *field,
                       const struct ArrowArray *array, uint64_t start, uint64_t rows,
                       struct column *out)
{
    const struct arrow_span span = {array, (size_t)((uint64_t)array->offset + start),
                                    (size_t)rows};
    *out = (struct column){.type = &field->type, .layout = field->layout};
    if (field->format->has_validity && rows > 0 && array->null_count != 0 &&
        array->buffers[0]) {
        out->validity = import_words(in, array->buffers[0], span.at, span.rows);
        if (!out->validity)
            return false;
    }
    return field->import(in, field, span, out);
}

/* Rows of the first buffer after the validity, in place if they are aligned. */
static bool import_buffer(struct arrow_import *in, struct arrow_span span, size_t width,
                          size_t count, const void **out)
{
    const char *data = count > 0 ? span.array->buffers[1] : NULL;
    *out = "";
    if (!data)
        return true;
    *out = data + span.at * width;
    if (is_aligned(*out, width))
        return true;
    *out = arena_copy(in->memory, *out, count * width);
    return *out || error_no_memory(in->err);
}

bool arrow_import_nothing(struct arrow_import *in, const struct arrow_field *field,
                          struct arrow_span span, struct column *out)
{
    (void)in;
    (void)field;
    (void)span;
    out->data = "";
    return true;
}

bool arrow_import_fixed(struct arrow_import *in, const struct arrow_field *field,
                        struct arrow_span span, struct column *out)
{
    return import_buffer(in, span, field->width, span.rows, &out->data);
}

bool arrow_import_bits(struct arrow_import *in, const struct arrow_field *field,
                       struct arrow_span span, struct column *out)
{
    (void)field;
    out->data = "";
    if (span.rows > 0)
        out->data = import_words(in, span.array->buffers[1], span.at, span.rows);
    return out->data;
}

/* ---- strings ---- */

/* Offsets from 0 on that never go back: of both widths. */
#define X(ctype)                                                                       \
    static bool is_ordered_##ctype(const ctype *ends, size_t rows)                     \
    {                                                                                  \
        bool ordered = ends[0] >= 0;                                                   \
        for (size_t i = 0; i < rows; i++)                                              \
            ordered &= ends[i] <= ends[i + 1];                                         \
        return ordered;                                                                \
    }
X(int32_t)
X(int64_t)
#undef X

bool arrow_import_strings(struct arrow_import *in, const struct arrow_field *field,
                          struct arrow_span span, struct column *out)
{
    const char *bytes = span.array->buffers[2];
    static const int64_t none[2];
    out->data = none;
    out->extra = "";
    if (span.rows == 0)
        return true;
    if (!import_buffer(in, span, field->width, span.rows + 1, &out->data))
        return false;
    if (!(field->width == sizeof(int32_t) ? is_ordered_int32_t(out->data, span.rows)
                                          : is_ordered_int64_t(out->data, span.rows)))
        return arrow_malformed(in->err, field, "has offsets that go back");
    int64_t first = arrow_load(out->data, field->width, 0);
    if (!bytes && arrow_load(out->data, field->width, span.rows) > first)
        return arrow_malformed(in->err, field, "lacks a buffer");
    if (bytes)
        out->extra = bytes;
    else /* all are empty, wherever that is */
        out->data = arena_calloc(in->memory, span.rows + 1, field->width);
    return out->data || error_no_memory(in->err);
}

/* What an Arrow view is: the same but for the pointer in our own. */
struct view {
    int32_t len;
    char start[4]; /* of the text, which goes on if it is short */
    int32_t buffer, offset;
};

enum { VIEW_INLINE = 12, VIEW_BUFFERS = 3 }; /* validity, views, sizes */

static bool import_view(const struct arrow_span *span, size_t row, char entry[16])
{
    struct view view;
    const struct ArrowArray *array = span->array;
    memcpy(entry, (const char *)array->buffers[1] + (span->at + row) * 16, 16);
    memcpy(&view, entry, sizeof view);
    if (view.len <= VIEW_INLINE)
        return view.len >= 0;
    const void *sizes = array->buffers[array->n_buffers - 1];
    if (view.buffer < 0 || view.buffer >= array->n_buffers - VIEW_BUFFERS || !sizes ||
        view.offset < 0)
        return false;
    const char *bytes = array->buffers[2 + view.buffer];
    int64_t size = arrow_load(sizes, sizeof size, (size_t)view.buffer);
    if (!bytes || (int64_t)view.offset + view.len > size)
        return false;
    bytes += view.offset;
    memcpy(entry + 8, &bytes, sizeof bytes);
    return true;
}

bool arrow_import_views(struct arrow_import *in, const struct arrow_field *field,
                        struct arrow_span span, struct column *out)
{
    char(*entries)[16] = arena_calloc(in->memory, span.rows, sizeof *entries);
    if (!entries)
        return error_no_memory(in->err);
    for (size_t row = 0; row < span.rows; row++) {
        if (column_is_valid(out, row) && !import_view(&span, row, entries[row]))
            return arrow_malformed(in->err, field, "has a view of what is not there");
    }
    out->data = entries;
    return true;
}

/* Bytes of one length, one behind the other. */
bool arrow_import_pieces(struct arrow_import *in, const struct arrow_field *field,
                         struct arrow_span span, struct column *out)
{
    struct slice *slices = arena_calloc(in->memory, span.rows, sizeof *slices);
    const char *data = span.array->buffers[1];
    if (!slices)
        return error_no_memory(in->err);
    for (size_t row = 0; row < span.rows; row++)
        slices[row] =
            (struct slice){data + (span.at + row) * field->width, field->width};
    out->data = slices;
    return true;
}
