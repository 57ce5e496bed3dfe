/* arrow_body.c - the body of a record batch: columns as Arrow's buffers, depth first.
 *
 *     column ──> node (length, nulls), validity, its own buffers ──> children
 *
 * The rows of a child are picked by its parent: lists of an engine lie anywhere in
 * their child, Arrow's lie one behind the other. A row that a NULL parent has no child
 * for is NO_ROW, and NULL. */
#include "encode/arrow_body.h"

#include <string.h>

#include "core/arena.h"
#include "encode/arrow_form.h"
#include "pgwire/array.h"
#include "pgwire/render.h"

enum { ALIGNMENT = 8 };
#define NO_ROW SIZE_MAX

/* Which rows of a column. */
struct picked {
    const size_t *rows; /* NULL: first, first + 1, … */
    size_t first, count;
};

static inline size_t pick(const struct picked *picked, size_t i)
{
    return picked->rows ? picked->rows[i] : picked->first + i;
}

static inline bool has_value(const struct column *column, size_t row)
{
    return row != NO_ROW && column_is_valid(column, row);
}

/* ---- buffers ---- */

static bool add_buffer(struct arrow_body *body, size_t start)
{
    static const char zeros[ALIGNMENT] = {0};
    size_t end = buf_len(&body->bytes);
    struct arrow_buffer buffer = {(int64_t)start, (int64_t)(end - start)};
    size_t over = end % ALIGNMENT;
    return buf_append(&body->buffers, &buffer, sizeof buffer) &&
           (over == 0 || buf_append(&body->bytes, zeros, ALIGNMENT - over));
}

static bool add_empty(struct arrow_body *body)
{
    return add_buffer(body, buf_len(&body->bytes));
}

static bool add_node(struct arrow_body *body, size_t length, size_t nulls)
{
    struct arrow_node node = {(int64_t)length, (int64_t)nulls};
    return buf_append(&body->nodes, &node, sizeof node);
}

static size_t count_nulls(const struct column *column, const struct picked *picked)
{
    size_t nulls = 0;
    if (!picked->rows && !column->validity && column->layout != LAYOUT_NULL)
        return 0;
    for (size_t i = 0; i < picked->count; i++)
        nulls += !has_value(column, pick(picked, i));
    return nulls;
}

/* The node, and which of its rows are there: none need be said if all are. */
static bool add_validity(struct arrow_body *body, const struct column *column,
                         const struct picked *picked)
{
    size_t nulls = count_nulls(column, picked), start = buf_len(&body->bytes);
    size_t bytes = (picked->count + 7) / 8;
    if (!add_node(body, picked->count, nulls))
        return false;
    if (nulls == 0)
        return add_empty(body);
    uint8_t *bits = buf_reserve(&body->bytes, bytes);
    if (!bits)
        return false;
    memset(bits, 0, bytes);
    for (size_t i = 0; i < picked->count; i++)
        bits[i / 8] |= (uint8_t)(has_value(column, pick(picked, i)) << i % 8);
    buf_commit(&body->bytes, bytes);
    return add_buffer(body, start);
}

/* ---- values without children ---- */

static const size_t layout_width[LAYOUT_UNION + 1] = {
    [LAYOUT_FIXED1] = 1,   [LAYOUT_FIXED2] = 2,   [LAYOUT_FIXED4] = 4,
    [LAYOUT_FIXED8] = 8,   [LAYOUT_FIXED16] = 16, [LAYOUT_FIXED32] = 32,
    [LAYOUT_FLOAT4] = 4,   [LAYOUT_FLOAT8] = 8,   [LAYOUT_UUID_BYTES] = 16,
    [LAYOUT_INTERVAL] = 16};

static const char *write_fixed(const struct column *column,
                               const struct arrow_form *form,
                               const struct picked *picked, uint8_t *to)
{
    const uint8_t *data = column->data;
    size_t width = form->width;
    bool as_it_lies = !form->convert && column->layout != LAYOUT_NULL;
    if (as_it_lies && layout_width[column->layout] != width)
        return "0A000";
    if (as_it_lies && !picked->rows) {
        memcpy(to, data + picked->first * width, picked->count * width);
        return NULL;
    }
    for (size_t i = 0; i < picked->count; i++, to += width) {
        size_t row = pick(picked, i);
        const char *failure = NULL;
        if (!has_value(column, row))
            memset(to, 0, width);
        else if (as_it_lies)
            memcpy(to, data + row * width, width);
        else if (form->convert)
            failure = form->convert(column, row, to);
        if (failure)
            return failure;
    }
    return NULL;
}

static const char *put_fixed(struct arrow_body *body, const struct column *column,
                             const struct arrow_form *form, const struct picked *picked)
{
    size_t start = buf_len(&body->bytes), bytes = picked->count * form->width;
    uint8_t *to = buf_reserve(&body->bytes, bytes);
    if (!to)
        return "53200";
    const char *failure = write_fixed(column, form, picked, to);
    buf_commit(&body->bytes, bytes);
    return failure ? failure : add_buffer(body, start) ? NULL : "53200";
}

static bool is_true(const struct column *column, size_t row)
{
    const uint8_t *bytes = column->data;
    return column->layout == LAYOUT_BITS ? bytes[row / 8] >> (row % 8) & 1
                                         : bytes[row] != 0;
}

static const char *put_bits(struct arrow_body *body, const struct column *column,
                            const struct picked *picked)
{
    size_t start = buf_len(&body->bytes), bytes = (picked->count + 7) / 8;
    uint8_t *bits = buf_reserve(&body->bytes, bytes);
    if (!bits)
        return "53200";
    memset(bits, 0, bytes);
    for (size_t i = 0; i < picked->count; i++) {
        size_t row = pick(picked, i);
        if (has_value(column, row))
            bits[i / 8] |= (uint8_t)(is_true(column, row) << i % 8);
    }
    buf_commit(&body->bytes, bytes);
    return add_buffer(body, start) ? NULL : "53200";
}

/* ---- values of any length: offsets, then what they point to ---- */

/* Offsets of `count` rows, to be filled in; where they begin in the body. */
static bool begin_offsets(struct arrow_body *body, size_t count, size_t *start)
{
    size_t bytes = (count + 1) * sizeof(int32_t);
    uint8_t *offsets = buf_reserve(&body->bytes, bytes);
    *start = buf_len(&body->bytes);
    if (!offsets)
        return false;
    memset(offsets, 0, sizeof(int32_t));
    buf_commit(&body->bytes, bytes);
    return add_buffer(body, *start);
}

static const char *set_offset(struct arrow_body *body, size_t start, size_t i,
                              size_t value)
{
    int32_t offset = (int32_t)value;
    if (value > INT32_MAX)
        return "54000";
    memcpy(body->bytes.memory + body->bytes.start + start + i * sizeof offset, &offset,
           sizeof offset);
    return NULL;
}

static const char *slice_of_value(struct arrow_body *body, const struct column *column,
                                  size_t row, bool is_rendered, struct slice *out)
{
    if (!is_rendered) {
        *out = column_slice(column, row);
        return NULL;
    }
    buf_consume(&body->text, buf_len(&body->text));
    const char *failure = render_text(&body->text, column, row);
    *out = (struct slice){(const char *)buf_data(&body->text), buf_len(&body->text)};
    return failure;
}

static bool is_string_layout(enum layout layout)
{
    return layout == LAYOUT_STRING16 || layout == LAYOUT_OFFSETS32 ||
           layout == LAYOUT_OFFSETS64 || layout == LAYOUT_SLICES ||
           layout == LAYOUT_NULL;
}

static const char *put_bytes(struct arrow_body *body, const struct column *column,
                             const struct picked *picked, bool is_rendered)
{
    size_t offsets, len = 0;
    const char *failure = NULL;
    if (!is_rendered && !is_string_layout(column->layout))
        return "0A000";
    if (!begin_offsets(body, picked->count, &offsets))
        return "53200";
    size_t start = buf_len(&body->bytes);
    for (size_t i = 0; i < picked->count && !failure; i++) {
        size_t row = pick(picked, i);
        struct slice value = {NULL, 0};
        if (has_value(column, row))
            failure = slice_of_value(body, column, row, is_rendered, &value);
        if (!failure && !buf_append(&body->bytes, value.data, value.len))
            failure = "53200";
        len += value.len;
        if (!failure)
            failure = set_offset(body, offsets, i + 1, len);
    }
    return failure ? failure : add_buffer(body, start) ? NULL : "53200";
}

/* ---- values of values ---- */

static const char *put_column(struct arrow_body *body, const struct column *column,
                              const struct picked *picked);

/* The rows of all lists, one list behind the other. */
static const char *pick_elements(struct arrow_body *body, const struct column *column,
                                 const struct picked *picked, size_t offsets,
                                 struct arena *arena, struct picked *out)
{
    size_t total = 0, put = 0;
    for (size_t i = 0; i < picked->count; i++) {
        size_t row = pick(picked, i);
        total += has_value(column, row) ? array_range(column, row).count : 0;
        const char *failure = set_offset(body, offsets, i + 1, total);
        if (failure)
            return failure;
    }
    size_t *rows = arena_calloc(arena, total, sizeof *rows);
    if (!rows)
        return "53200";
    for (size_t i = 0; i < picked->count; i++) {
        size_t row = pick(picked, i);
        if (!has_value(column, row))
            continue;
        struct array_range range = array_range(column, row);
        for (size_t k = 0; k < range.count; k++)
            rows[put++] = range.start + k;
    }
    *out = (struct picked){rows, 0, total};
    return NULL;
}

static const char *put_lists(struct arrow_body *body, const struct column *column,
                             const struct picked *picked, struct arena *arena)
{
    struct picked elements;
    size_t offsets;
    if (!begin_offsets(body, picked->count, &offsets))
        return "53200";
    const char *failure =
        pick_elements(body, column, picked, offsets, arena, &elements);
    if (failure)
        return failure;
    if (column->type->id == TYPE_MAP) /* whose elements are structs, never NULL */
        failure = add_node(body, elements.count, 0) && add_empty(body) ? NULL : "53200";
    for (size_t i = 0; i < column->child_count && !failure; i++)
        failure = put_column(body, &column->children[i], &elements);
    return failure;
}

static const char *put_fixed_lists(struct arrow_body *body, const struct column *column,
                                   const struct picked *picked, struct arena *arena)
{
    size_t length = column->type->array_length;
    size_t *rows = arena_calloc(arena, picked->count * length, sizeof *rows);
    if (!rows)
        return "53200";
    for (size_t i = 0; i < picked->count; i++) {
        size_t row = pick(picked, i);
        for (size_t k = 0; k < length; k++)
            rows[i * length + k] = has_value(column, row) ? row * length + k : NO_ROW;
    }
    const struct picked elements = {rows, 0, picked->count * length};
    return put_column(body, &column->children[0], &elements);
}

static const char *put_fields(struct arrow_body *body, const struct column *column,
                              const struct picked *picked, struct arena *arena)
{
    struct picked fields = *picked;
    const char *failure = NULL;
    if (column->validity || picked->rows) {
        size_t *rows = arena_calloc(arena, picked->count, sizeof *rows);
        if (!rows)
            return "53200";
        for (size_t i = 0; i < picked->count; i++) {
            size_t row = pick(picked, i);
            rows[i] = has_value(column, row) ? row : NO_ROW;
        }
        fields = (struct picked){rows, 0, picked->count};
    }
    for (size_t i = 0; i < column->child_count && !failure; i++)
        failure = put_column(body, &column->children[i], &fields);
    return failure;
}

/* Every member has all rows; what is not its own is NULL there. A NULL is one of the
 * first member. */
static const char *put_members(struct arrow_body *body, const struct column *column,
                               const struct picked *picked, struct arena *arena)
{
    const uint8_t *tags = column->children[0].data;
    size_t start = buf_len(&body->bytes);
    size_t *rows = arena_calloc(arena, picked->count, sizeof *rows);
    uint8_t *numbers = buf_reserve(&body->bytes, picked->count);
    if (!rows || !numbers)
        return "53200";
    for (size_t i = 0; i < picked->count; i++) {
        size_t row = pick(picked, i);
        numbers[i] = has_value(column, row) ? tags[row] : 0;
        if ((size_t)numbers[i] + 1 >= column->child_count)
            return "XX000";
    }
    buf_commit(&body->bytes, picked->count);
    if (!add_buffer(body, start))
        return "53200";
    for (size_t member = 0; member + 1 < column->child_count; member++) {
        const struct picked own = {rows, 0, picked->count};
        for (size_t i = 0; i < picked->count; i++) {
            size_t row = pick(picked, i);
            bool is_own = has_value(column, row) && tags[row] == member;
            rows[i] = is_own ? row : NO_ROW;
        }
        const char *failure = put_column(body, &column->children[member + 1], &own);
        if (failure)
            return failure;
    }
    return NULL;
}

/* Without children where its type has some, a column cannot be read. */
static bool is_whole(const struct column *column)
{
    return column->child_count >= column->type->child_count &&
           (column->layout != LAYOUT_NULL || column->type->child_count == 0);
}

static const char *put_values(struct arrow_body *body, const struct column *column,
                              const struct arrow_form *form,
                              const struct picked *picked, struct arena *arena)
{
    switch (form->way) {
    case ARROW_AS_FIXED:
        return put_fixed(body, column, form, picked);
    case ARROW_AS_BITS:
        return put_bits(body, column, picked);
    case ARROW_AS_BYTES:
        return put_bytes(body, column, picked, false);
    case ARROW_AS_TEXT:
        return put_bytes(body, column, picked, true);
    case ARROW_AS_LIST:
    case ARROW_AS_MAP:
        return put_lists(body, column, picked, arena);
    case ARROW_AS_FIXED_LIST:
        return put_fixed_lists(body, column, picked, arena);
    case ARROW_AS_STRUCT:
        return put_fields(body, column, picked, arena);
    case ARROW_AS_UNION:
        return put_members(body, column, picked, arena);
    }
    return "0A000";
}

static const char *put_column(struct arrow_body *body, const struct column *column,
                              const struct picked *picked)
{
    const struct arrow_form *form = arrow_form_of(column->type);
    struct arena arena = {0}; /* of the rows that its children have */
    if (body->depth == ARROW_DEPTH_MAX || !is_whole(column))
        return "0A000";
    bool done = form->way == ARROW_AS_UNION ? add_node(body, picked->count, 0)
                                            : add_validity(body, column, picked);
    body->depth++;
    const char *failure =
        done ? put_values(body, column, form, picked, &arena) : "53200";
    body->depth--;
    arena_free(&arena);
    return failure;
}

const char *arrow_body_write(struct arrow_body *body, const struct batch *batch,
                             size_t first, size_t count)
{
    const struct picked picked = {NULL, first, count};
    const char *failure = NULL;
    buf_consume(&body->bytes, buf_len(&body->bytes));
    buf_consume(&body->nodes, buf_len(&body->nodes));
    buf_consume(&body->buffers, buf_len(&body->buffers));
    body->depth = 0;
    for (size_t i = 0; i < batch->column_count && !failure; i++)
        failure = put_column(body, &batch->columns[i], &picked);
    return failure;
}

void arrow_body_free(struct arrow_body *body)
{
    buf_free(&body->bytes);
    buf_free(&body->nodes);
    buf_free(&body->buffers);
    buf_free(&body->text);
}
