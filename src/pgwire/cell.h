/* cell.h - one value of a column view as PostgreSQL's bytes.
 *
 * A writer is chosen once per column; it puts length and value of one row and returns
 * the end, or NULL with *failure set to a SQLSTATE for a value that PostgreSQL cannot
 * hold. There is room for `max` bytes, and for columns of variable length for what
 * cell_size says of the row. NULLs are written by the caller. */
#ifndef PGWIRE_CELL_H
#define PGWIRE_CELL_H

#include <stdint.h>

#include "batch/batch.h"

#include <pgwire/pgwire.h>

struct cell;
typedef uint8_t *cell_writer(const struct cell *cell, size_t row, uint8_t *to);

struct cell {
    cell_writer *write;
    const uint64_t *validity;
    const void *data;
    const struct column *column;
    size_t max;        /* bytes, length included; of the fixed part */
    unsigned per_byte; /* bytes written for each byte of the value; 0 = fixed */
    unsigned scale;
    int64_t factor, divisor; /* of timestamps that are not in microseconds */
    const char **failure;
};

/* The writer for a column in this layout. False: this type is rendered as text first
 * (render.h), or the layout is not one that the type comes in. */
bool cell_choose(const struct column *column, enum pgw_format format, struct cell *out);

static inline size_t cell_size(const struct cell *cell, size_t row)
{
    return column_slice(cell->column, row).len * cell->per_byte;
}

#endif
