/* cell_write.h - the cell writers, for the table in cell.c that chooses among them.
 *
 * Each is a few lines around a writer of value.h: load, convert, put the length in
 * front. */
#ifndef PGWIRE_CELL_WRITE_H
#define PGWIRE_CELL_WRITE_H

#include "core/attr.h"
#include "pgwire/cell.h"
#include "pgwire/value.h"

/* Put the length of what was written behind `to` in front of it. */
static inline uint8_t *cell_length(uint8_t *to, uint8_t *end)
{
    (void)value_put32(to, (uint32_t)(end - to - 4));
    return end;
}

static inline uint8_t *cell_fail(const struct cell *cell, const char *sqlstate)
{
    *cell->failure = sqlstate;
    return NULL;
}

/* cell_number.c: also the names of what is in the table */
cell_writer cell_text_int8, cell_text_int16, cell_text_int32, cell_text_int64,
    cell_text_oid, cell_text_name, cell_text_uint8, cell_text_uint16, cell_text_uint32,
    cell_text_uint64, cell_text_uint128;
cell_writer cell_binary_int8, cell_binary_int16, cell_binary_int32, cell_binary_int64,
    cell_binary_oid, cell_binary_uint8, cell_binary_uint16, cell_binary_uint32,
    cell_binary_uint64, cell_binary_uint128;
cell_writer cell_text_decimal16, cell_text_decimal32, cell_text_decimal64,
    cell_text_decimal128, cell_text_decimal256;
cell_writer cell_binary_decimal16, cell_binary_decimal32, cell_binary_decimal64,
    cell_binary_decimal128, cell_binary_decimal256;
cell_writer cell_text_bignum, cell_binary_bignum;
cell_writer cell_text_bool, cell_binary_bool;
cell_writer cell_text_float, cell_text_double, cell_binary_float;
cell_writer cell_rounded_float, cell_rounded_double;

/* Text without a length in front, of what is most often copied: cell_bare. */
cell_writer cell_bare_int8, cell_bare_int16, cell_bare_int32, cell_bare_int64,
    cell_bare_uint8, cell_bare_uint16, cell_bare_uint32, cell_bare_oid;
cell_writer cell_bare_decimal16, cell_bare_decimal32, cell_bare_decimal64;
cell_writer cell_bare_bool, cell_bare_float, cell_bare_double;
cell_writer cell_bare_date, cell_bare_timestamp;

/* cell_time.c */
cell_writer cell_text_date, cell_binary_date, cell_styled_date;
cell_writer cell_text_time, cell_binary_time;
cell_writer cell_text_timetz, cell_binary_timetz;
cell_writer cell_text_timestamp, cell_styled_timestamp, cell_binary_timestamp;
cell_writer cell_text_timestamptz, cell_styled_timestamptz;
cell_writer cell_text_interval, cell_styled_interval, cell_binary_interval;

/* cell_bytes.c */
cell_writer cell_text_uuid, cell_binary_uuid;
cell_writer cell_string16, cell_slice; /* text and binary alike */
cell_writer cell_text_bytes, cell_escape_bytes;
cell_writer cell_text_bit, cell_binary_bit;
cell_writer cell_jsonb, cell_binary_char, cell_binary_tid;
cell_writer cell_enum;
size_t cell_longest_label(const struct type *type);

/* cell_array.c */
cell_writer cell_text_array, cell_binary_array;
cell_sizer cell_text_array_size, cell_binary_array_size;

#endif
