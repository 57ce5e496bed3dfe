/* cell.h - one value of a column view as PostgreSQL's bytes.
 *
 * A writer is chosen once per column, by type, layout, format and style; it puts length
 * and value of one row and returns the end, or NULL with *failure set to a SQLSTATE for
 * a value that PostgreSQL cannot hold. There is room for `max` bytes, and for columns
 * of variable length for what cell_size says of the row. NULLs are written by the
 * caller. Lists of scalars are values too: arrays. */
#ifndef PGWIRE_CELL_H
#define PGWIRE_CELL_H

#include <stdint.h>

#include "batch/batch.h"
#include "pgwire/output_style.h"

#include <pgwire/pgwire.h>

struct cell;
typedef uint8_t *cell_writer(const struct cell *cell, size_t row, uint8_t *to);
typedef size_t cell_sizer(const struct cell *cell, size_t row);

struct cell {
    cell_writer *write;
    const uint64_t *validity;
    const void *data;
    const struct column *column;
    size_t max;        /* bytes, length included; of the fixed part */
    unsigned per_byte; /* bytes written for each byte of the value; 0 = fixed */
    cell_sizer *size;  /* of arrays; NULL: per_byte says it */
    unsigned scale;
    bool is_plain;           /* its text needs no quotes within an array */
    int64_t factor, divisor; /* of timestamps that are not in microseconds */
    const struct pgw_style *style;
    struct zone_span *span;     /* where the last timestamp was */
    const struct cell *element; /* of an array */
    uint32_t element_oid;
    const char **failure;
};

/* How the values are wanted. */
struct cell_context {
    enum pgw_format format;
    const struct pgw_style *style;
    bool composites; /* structs are records, as the column was declared */
    const char **failure;
};

/* What a cell keeps beside itself; lives as long as it. */
struct cell_memory {
    struct zone_span span;
    struct cell element;
};

/* The writer for a column in this layout. False: this type is rendered as a whole
 * (render.h), or the layout is not one that the type comes in. */
bool cell_choose(const struct column *column, const struct cell_context *context,
                 struct cell *out, struct cell_memory *memory);

/* The writer of the same text without its length; NULL: there is none. */
cell_writer *cell_bare(const struct cell *cell);

/* Is the text the bytes of the column as they are? */
bool cell_is_copy(const struct cell *cell);

static inline size_t cell_size(const struct cell *cell, size_t row)
{
    if (UNLIKELY(cell->size != NULL))
        return cell->size(cell, row);
    return column_slice(cell->column, row).len * cell->per_byte;
}

/* Is the size of a value the row's? */
static inline bool cell_varies(const struct cell *cell)
{
    return cell->per_byte || cell->size;
}

#endif
