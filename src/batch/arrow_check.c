/* arrow_check.c - is an array what its field says?
 *
 * Once per array, before a row of it is read: counts, lengths and offsets of the whole
 * tree, so that importers may add and multiply what they find. What the buffers hold is
 * looked at by the importers, row by row. The recursion follows the schema. */
#include <stdio.h>

#include "batch/arrow_field.h"

bool arrow_malformed(struct error *err, const struct arrow_field *field,
                     const char *what)
{
    return error_set(err, "XX001", "malformed Arrow array: \"%s\" (%s) %s", field->name,
                     field->format->name, what);
}

/* Rows of the array that its children must reach. */
static uint64_t rows_reached(const struct ArrowArray *array)
{
    return (uint64_t)array->length + (uint64_t)array->offset;
}

static bool check_numbers(const struct arrow_field *field,
                          const struct ArrowArray *array, struct error *err)
{
    /* Bits are addressed by row too. */
    enum { LARGEST_ROW_BITS = 9 };
    const int64_t rows_max = INT64_MAX >> LARGEST_ROW_BITS;
    if (array->length < 0 || array->length > rows_max)
        return arrow_malformed(err, field, "has an impossible length");
    if (array->offset < 0 || array->offset > rows_max)
        return arrow_malformed(err, field, "has an impossible offset");
    if (field->width > 0 && rows_reached(array) > INT64_MAX / field->width)
        return arrow_malformed(err, field, "has an impossible size");
    if (array->null_count < -1)
        return arrow_malformed(err, field, "has an impossible number of NULLs");
    return true;
}

static bool check_buffers(const struct arrow_field *field,
                          const struct ArrowArray *array, struct error *err)
{
    const struct arrow_format *format = field->format;
    bool fits = format->is_view ? array->n_buffers >= format->buffers
                                : array->n_buffers == format->buffers;
    if (!fits || (format->buffers > 0 && !array->buffers))
        return arrow_malformed(err, field, "has too few or too many buffers");
    if (format->has_validity && array->null_count > 0 && !array->buffers[0])
        return arrow_malformed(err, field, "has NULLs and no validity");
    if (array->length == 0)
        return true;
    bool is_string = format->import == arrow_import_strings; /* perhaps all empty */
    int needed = format->buffers - is_string;
    for (int i = format->has_validity; i < needed; i++) {
        if (!array->buffers[i])
            return arrow_malformed(err, field, "lacks a buffer");
    }
    return true;
}

/* Of what reaches its children by its own row numbers. */
static bool check_reach(const struct arrow_field *field, const struct ArrowArray *array,
                        struct error *err)
{
    uint64_t reached = rows_reached(array);
    bool by_row =
        field->import == arrow_import_struct || field->import == arrow_import_sparse;
    bool by_width = field->import == arrow_import_array;
    if ((!by_row && !by_width) || array->length == 0)
        return true;
    if (by_width && __builtin_mul_overflow(reached, field->width, &reached))
        return arrow_malformed(err, field, "has an impossible size");
    for (size_t i = 0; i < field->child_count; i++) {
        if ((uint64_t)array->children[i]->length < reached)
            return arrow_malformed(err, field, "is longer than its children");
    }
    return true;
}

static bool check_children(const struct arrow_field *field,
                           const struct ArrowArray *array, struct error *err)
{
    if (array->n_children != (int64_t)field->child_count ||
        (field->child_count > 0 && !array->children))
        return arrow_malformed(err, field, "has too few or too many children");
    for (size_t i = 0; i < field->child_count; i++) {
        if (!array->children[i])
            return arrow_malformed(err, field, "lacks a child");
        if (!arrow_check(&field->children[i], array->children[i], err))
            return false;
    }
    return check_reach(field, array, err);
}

bool arrow_check(const struct arrow_field *field, const struct ArrowArray *array,
                 struct error *err)
{
    if (!check_numbers(field, array, err) || !check_buffers(field, array, err) ||
        !check_children(field, array, err))
        return false;
    if (!field->dictionary)
        return true;
    if (!array->dictionary)
        return arrow_malformed(err, field, "lacks its dictionary");
    return arrow_check(field->dictionary, array->dictionary, err);
}
