/* layout.h - what the layouts of columns have in common, for those who walk them. */
#ifndef BATCH_LAYOUT_H
#define BATCH_LAYOUT_H

#include "batch/batch.h"

/* Bytes a row in `data`; 0: not a fixed number of them. */
size_t layout_width(enum layout layout);

/* Is a value text or bytes that column_slice reads? */
bool layout_is_string(enum layout layout);

/* The bytes of the longest value in one of these layouts; NULLs are not looked at. */
size_t column_longest(const struct column *column, size_t rows);

/* How many rows of its children a column of so many rows reaches. */
size_t column_child_rows(const struct column *column, size_t rows);

/* The type of a child of a column of this type. A union's first child is the tag, which
 * is no member: layout_tag. NULL: there is no such child. */
const struct type *layout_child_type(const struct type *type, size_t i);
extern const struct type layout_tag;

#endif
