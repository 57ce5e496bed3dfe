/* cell_array.c - cells of lists whose elements are scalars: arrays.
 *
 *     text    {{1,2},{NULL,"a b"}}
 *     binary  header, then length and value of each element, row by row
 *
 * Elements are written by a cell of their own, straight to where they belong. */
#include "pgwire/array.h"
#include "pgwire/cell_write.h"

/* ---- how much room ---- */

/* What an element takes beside its value: comma and quotes, or the length. */
static size_t element_bytes(const struct cell *element, size_t row, bool text)
{
    size_t bytes = element->max;
    if (cell_varies(element) && column_is_valid(element->column, row))
        bytes += cell_size(element, row);
    return text && !element->is_plain ? 2 * bytes : bytes;
}

static size_t list_bytes(const struct cell *cell, const struct column *list, size_t row,
                         bool text)
{
    const struct cell *element = cell->element;
    const struct column *child = &list->children[0];
    struct array_range range = array_range(list, row);
    size_t bytes = 4; /* braces and comma */
    if (!array_is_list(child->type) && !cell_varies(element))
        return bytes + range.count * element_bytes(element, 0, text);
    for (size_t i = range.start; i < range.start + range.count; i++) {
        if (!array_is_list(child->type))
            bytes += element_bytes(element, i, text);
        else if (column_is_valid(child, i))
            bytes += list_bytes(cell, child, i, text);
    }
    return bytes;
}

size_t cell_text_array_size(const struct cell *cell, size_t row)
{
    return list_bytes(cell, cell->column, row, true);
}

size_t cell_binary_array_size(const struct cell *cell, size_t row)
{
    return list_bytes(cell, cell->column, row, false);
}

/* ---- text ---- */

/* The element's length goes where the last four bytes of what precedes it are, so that
 * its text needs not be moved; they are put back. */
static uint8_t *put_element(const struct cell *element, size_t row, uint8_t *to)
{
    uint32_t before;
    if (!column_is_valid(element->column, row)) {
        memcpy(to, "NULL", 4);
        return to + 4;
    }
    memcpy(&before, to - 4, sizeof before);
    uint8_t *end = element->write(element, row, to - 4);
    memcpy(to - 4, &before, sizeof before);
    if (!end || element->is_plain)
        return end;
    return array_quote_element(to, end);
}

static uint8_t *put_list(const struct cell *cell, const struct column *list, size_t row,
                         uint8_t *to)
{
    const struct column *child = &list->children[0];
    bool is_last_level = !array_is_list(child->type);
    struct array_range range = array_range(list, row);
    *to++ = '{';
    for (size_t i = range.start; to && i < range.start + range.count; i++) {
        if (i > range.start)
            *to++ = ',';
        to = is_last_level ? put_element(cell->element, i, to)
                           : put_list(cell, child, i, to);
    }
    if (to)
        *to++ = '}';
    return to;
}

uint8_t *cell_text_array(const struct cell *cell, size_t row, uint8_t *to)
{
    struct array_shape shape;
    const char *failure = array_measure(cell->column, row, &shape);
    if (failure)
        return cell_fail(cell, failure);
    if (shape.dimensions == 0) {
        to = value_put32(to, 2);
        *to++ = '{';
        *to++ = '}';
        return to;
    }
    uint8_t *end = put_list(cell, cell->column, row, to + 4);
    return end ? cell_length(to, end) : NULL;
}

/* ---- binary ---- */

static uint8_t *put_elements(const struct cell *cell, const struct column *list,
                             size_t row, uint8_t *to)
{
    const struct cell *element = cell->element;
    const struct column *child = &list->children[0];
    bool is_last_level = !array_is_list(child->type);
    struct array_range range = array_range(list, row);
    for (size_t i = range.start; to && i < range.start + range.count; i++) {
        if (!is_last_level)
            to = put_elements(cell, child, i, to);
        else if (column_is_valid(child, i))
            to = element->write(element, i, to);
        else
            to = value_put32(to, UINT32_MAX);
    }
    return to;
}

static bool has_nulls(const struct column *list, size_t row)
{
    const struct column *child = &list->children[0];
    struct array_range range = array_range(list, row);
    bool found = false;
    if (!array_is_list(child->type) && !child->validity && child->layout != LAYOUT_NULL)
        return false;
    for (size_t i = range.start; !found && i < range.start + range.count; i++)
        found = array_is_list(child->type) ? has_nulls(child, i)
                                           : !column_is_valid(child, i);
    return found;
}

uint8_t *cell_binary_array(const struct cell *cell, size_t row, uint8_t *to)
{
    struct array_shape shape;
    const char *failure = array_measure(cell->column, row, &shape);
    if (failure)
        return cell_fail(cell, failure);
    bool nulls = shape.dimensions > 0 && has_nulls(cell->column, row);
    uint8_t *end = array_put_header(to + 4, &shape, nulls, cell->element_oid);
    if (shape.dimensions > 0)
        end = put_elements(cell, cell->column, row, end);
    return end ? cell_length(to, end) : NULL;
}
