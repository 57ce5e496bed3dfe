/* arrow_nested.c - lists, structs, maps and unions: columns that have columns.
 *
 * Of a child only the rows are imported that the parent's window reaches; what points
 * into it is counted from there. */
#include "batch/arrow_field.h"
#include "batch/layout.h"
#include "batch/take.h"

/* Columns for so many children. */
static struct column *new_children(struct arrow_import *in, size_t count,
                                   struct column *out)
{
    struct column *children = arena_calloc(in->memory, count, sizeof *children);
    out->children = children;
    out->child_count = count;
    if (!children)
        (void)error_no_memory(in->err);
    return children;
}

/* ---- lists ---- */

struct entry {
    uint64_t offset, length;
};

/* The rows of the child that some entries reach. */
struct reach {
    uint64_t from, to;
};

static bool import_element(struct arrow_import *in, const struct arrow_field *field,
                           struct arrow_span span, struct reach reach,
                           struct column *out)
{
    struct column *child = new_children(in, 1, out);
    return child && arrow_import_rows(in, &field->children[0], span.array->children[0],
                                      reach.from, reach.to - reach.from, child);
}

/* From the offsets to entries; NULL: *err says why. */
static struct entry *list_entries(struct arrow_import *in,
                                  const struct arrow_field *field,
                                  struct arrow_span span, struct reach *reach)
{
    struct entry *entries = arena_calloc(in->memory, span.rows, sizeof *entries);
    const void *offsets = span.array->buffers[1];
    *reach = (struct reach){0, 0};
    if (!entries)
        (void)error_no_memory(in->err);
    if (!entries || span.rows == 0)
        return entries;
    int64_t first = arrow_load(offsets, field->width, span.at), last = first;
    for (size_t row = 0; row < span.rows; row++) {
        int64_t end = arrow_load(offsets, field->width, span.at + row + 1);
        if (last < 0 || end < last || end > span.array->children[0]->length) {
            (void)arrow_malformed(in->err, field,
                                  "has offsets that go back, or too far");
            return NULL;
        }
        entries[row] = (struct entry){(uint64_t)(last - first), (uint64_t)(end - last)};
        last = end;
    }
    *reach = (struct reach){(uint64_t)first, (uint64_t)last};
    return entries;
}

bool arrow_import_list(struct arrow_import *in, const struct arrow_field *field,
                       struct arrow_span span, struct column *out)
{
    struct reach reach;
    out->data = list_entries(in, field, span, &reach);
    return out->data && import_element(in, field, span, reach, out);
}

/* Offsets and lengths in any order, counted from where the first of them is. */
static bool view_entries(struct arrow_import *in, const struct arrow_field *field,
                         struct arrow_span span, struct entry *entries,
                         const struct column *out)
{
    const void *const *buffers = span.array->buffers;
    int64_t child_rows = span.array->children[0]->length;
    for (size_t row = 0; row < span.rows; row++) {
        if (!column_is_valid(out, row))
            continue;
        int64_t offset = arrow_load(buffers[1], field->width, span.at + row);
        int64_t length = arrow_load(buffers[2], field->width, span.at + row);
        if (offset < 0 || length < 0 || offset > child_rows ||
            length > child_rows - offset)
            return arrow_malformed(in->err, field, "has a list outside of its child");
        entries[row] = (struct entry){(uint64_t)offset, (uint64_t)length};
    }
    return true;
}

static struct reach reach_of(const struct entry *entries, size_t rows)
{
    struct reach reach = {UINT64_MAX, 0};
    for (size_t row = 0; row < rows; row++) {
        if (entries[row].length == 0)
            continue;
        uint64_t end = entries[row].offset + entries[row].length;
        if (entries[row].offset < reach.from)
            reach.from = entries[row].offset;
        if (end > reach.to)
            reach.to = end;
    }
    return reach.to == 0 ? (struct reach){0, 0} : reach;
}

bool arrow_import_list_view(struct arrow_import *in, const struct arrow_field *field,
                            struct arrow_span span, struct column *out)
{
    struct entry *entries = arena_calloc(in->memory, span.rows, sizeof *entries);
    if (!entries)
        return error_no_memory(in->err);
    if (!view_entries(in, field, span, entries, out))
        return false;
    struct reach reach = reach_of(entries, span.rows);
    for (size_t row = 0; row < span.rows; row++)
        entries[row].offset =
            entries[row].length ? entries[row].offset - reach.from : 0;
    out->data = entries;
    return import_element(in, field, span, reach, out);
}

bool arrow_import_array(struct arrow_import *in, const struct arrow_field *field,
                        struct arrow_span span, struct column *out)
{
    uint64_t from = (uint64_t)span.at * field->width;
    struct reach reach = {from, from + (uint64_t)span.rows * field->width};
    return import_element(in, field, span, reach, out);
}

/* ---- structs and maps ---- */

bool arrow_import_struct(struct arrow_import *in, const struct arrow_field *field,
                         struct arrow_span span, struct column *out)
{
    struct column *children = new_children(in, field->child_count, out);
    for (size_t i = 0; children && i < field->child_count; i++) {
        if (!arrow_import_rows(in, &field->children[i], span.array->children[i],
                               span.at, span.rows, &children[i]))
            return false;
    }
    return children;
}

/* A list of pairs here, two lists of the same shape there. */
bool arrow_import_map(struct arrow_import *in, const struct arrow_field *field,
                      struct arrow_span span, struct column *out)
{
    struct reach reach;
    struct column pairs;
    out->data = list_entries(in, field, span, &reach);
    if (!out->data ||
        !arrow_import_rows(in, &field->children[0], span.array->children[0], reach.from,
                           reach.to - reach.from, &pairs))
        return false;
    out->children = pairs.children;
    out->child_count = pairs.child_count;
    return true;
}

/* ---- unions ---- */

/* The tags of the rows: numbers of members. */
static uint8_t *import_tags(struct arrow_import *in, const struct arrow_field *field,
                            struct arrow_span span)
{
    uint8_t *tags = arena_calloc(in->memory, span.rows, 1);
    const uint8_t *ids = span.array->buffers[0];
    if (!tags)
        (void)error_no_memory(in->err);
    for (size_t row = 0; tags && row < span.rows; row++) {
        uint8_t id = ids[span.at + row];
        tags[row] = id < ARROW_TYPE_IDS ? field->members[id] : ARROW_NO_MEMBER;
        if (tags[row] == ARROW_NO_MEMBER) {
            (void)arrow_malformed(in->err, field, "has a type id of no member");
            return NULL;
        }
    }
    return tags;
}

/* A union has no validity of its own: it is NULL where its member is. */
static bool union_validity(struct arrow_import *in, const uint8_t *tags, size_t rows,
                           struct column *out)
{
    uint64_t *bits = arena_calloc(in->memory, (rows + 63) / 64, sizeof *bits);
    if (!bits)
        return error_no_memory(in->err);
    for (size_t row = 0; row < rows; row++) {
        if (column_is_valid(&out->children[1 + tags[row]], row))
            bits[row / 64] |= UINT64_C(1) << (row % 64);
    }
    out->validity = bits;
    return true;
}

/* The tag and room for the members; NULL: *err says why. */
static const uint8_t *begin_union(struct arrow_import *in,
                                  const struct arrow_field *field,
                                  struct arrow_span span, struct column **members,
                                  struct column *out)
{
    uint8_t *tags = import_tags(in, field, span);
    struct column *children =
        tags ? new_children(in, 1 + field->child_count, out) : NULL;
    if (!children)
        return NULL;
    children[0] =
        (struct column){.type = &layout_tag, .layout = LAYOUT_FIXED1, .data = tags};
    *members = children + 1;
    return tags;
}

bool arrow_import_sparse(struct arrow_import *in, const struct arrow_field *field,
                         struct arrow_span span, struct column *out)
{
    struct column *members;
    const uint8_t *tags = begin_union(in, field, span, &members, out);
    for (size_t i = 0; tags && i < field->child_count; i++) {
        if (!arrow_import_rows(in, &field->children[i], span.array->children[i],
                               span.at, span.rows, &members[i]))
            return false;
    }
    return tags && union_validity(in, tags, span.rows, out);
}

/* Which row of the member stands where it is meant, counted from the first of them. */
static bool member_rows(struct arrow_span span, const uint8_t *tags, size_t member,
                        int64_t *rows, struct reach *reach)
{
    int64_t length = span.array->children[member]->length;
    *reach = (struct reach){UINT64_MAX, 0};
    for (size_t row = 0; row < span.rows; row++) {
        rows[row] = TAKE_NULL;
        if (tags[row] != member)
            continue;
        rows[row] = arrow_load(span.array->buffers[1], 4, span.at + row);
        if (rows[row] < 0 || rows[row] >= length)
            return false;
        if ((uint64_t)rows[row] < reach->from)
            reach->from = (uint64_t)rows[row];
        if ((uint64_t)rows[row] >= reach->to)
            reach->to = (uint64_t)rows[row] + 1;
    }
    if (reach->to == 0)
        reach->from = 0;
    for (size_t row = 0; row < span.rows; row++)
        rows[row] -= rows[row] == TAKE_NULL ? 0 : (int64_t)reach->from;
    return true;
}

bool arrow_import_dense(struct arrow_import *in, const struct arrow_field *field,
                        struct arrow_span span, struct column *out)
{
    struct column *members, packed;
    struct reach reach;
    const uint8_t *tags = begin_union(in, field, span, &members, out);
    int64_t *rows = tags ? arena_calloc(in->memory, span.rows, sizeof *rows) : NULL;
    if (!rows)
        return tags && error_no_memory(in->err);
    for (size_t i = 0; i < field->child_count; i++) {
        if (!member_rows(span, tags, i, rows, &reach))
            return arrow_malformed(in->err, field, "has an offset outside of a member");
        if (!arrow_import_rows(in, &field->children[i], span.array->children[i],
                               reach.from, reach.to - reach.from, &packed))
            return false;
        if (!column_take(in->memory, &packed, rows, span.rows, &members[i]))
            return error_no_memory(in->err);
    }
    return union_validity(in, tags, span.rows, out);
}
