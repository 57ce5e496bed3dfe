/* array.h - lists as PostgreSQL's arrays: their shape, their quotes.
 *
 * Lists within lists are dimensions of one array, so all of one level must have the
 * same length, and none may be NULL. Source: PostgreSQL documentation 8.15. */
#ifndef PGWIRE_ARRAY_H
#define PGWIRE_ARRAY_H

#include "batch/batch.h"

enum { ARRAY_DIMENSIONS_MAX = 6 };

struct array_shape {
    unsigned dimensions; /* 0: there is no element at all */
    size_t lengths[ARRAY_DIMENSIONS_MAX];
};

struct array_range {
    size_t start, count; /* rows of the child */
};

/* Where a list's elements are in its child. */
struct array_range array_range(const struct column *list, size_t row);

/* Is this a list, and not a map? */
bool array_is_list(const struct type *type);

/* The column that holds the elements, behind all lists. */
const struct column *array_leaf(const struct column *list);

/* NULL, or a SQLSTATE: 2202E lists of different lengths, 54000 too many dimensions. */
const char *array_measure(const struct column *list, size_t row,
                          struct array_shape *shape);

/* Dimensions, flags, element type and lengths, as array_send has them. */
enum { ARRAY_HEADER_MAX = 12 + 8 * ARRAY_DIMENSIONS_MAX };
uint8_t *array_put_header(uint8_t *to, const struct array_shape *shape, bool has_nulls,
                          uint32_t element_oid);

/* Quote the text [start, end) in place as an array's element, or as a record's field,
 * where that is needed; at most 2 + 2 * its length. Returns the new end. */
uint8_t *array_quote_element(uint8_t *start, uint8_t *end);
uint8_t *array_quote_field(uint8_t *start, uint8_t *end);

#endif
