/* rows.h - columns, row sources, and how a source puts its rows.
 *
 * Rows are pulled: a handler replies with a source, whose `next` is called when the
 * client can take more. It puts values one after the other, each as the C type at hand;
 * the library converts to the column's declared type, in the format (text, binary) that
 * the client asked for and the style of the session. A conversion that is impossible is
 * 42804, a value out of the type's range 22003 or 22008; the first fault is kept and
 * reported when `next` returns, and the row in which it happened is not sent. */
#ifndef PGWIRE_ROWS_H
#define PGWIRE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgwire/error.h>
#include <pgwire/values.h>

PGW_BEGIN_DECLS

/* Where a source puts the rows of one portal; good during one call of `next`. */
typedef struct pgw_row pgw_row;

/* A result column. Zero means unknown for all but the name and the type. */
struct pgw_column {
    const char *name;   /* UTF-8 */
    uint32_t type_oid;  /* of <pgwire/types.h>, or your own */
    uint32_t table_oid; /* the table it comes from */
    int32_t typmod;     /* PostgreSQL's plus one, so that zero means none */
    int16_t attnum;     /* its number in that table, from 1 */
    int16_t typlen; /* 0: what the OID implies, variable if it is not PostgreSQL's */
};

/* A row source. */
struct pgw_rows_ops {
    /* Put rows until pgw_row_end says false, or they end. MORE: there are more; OK:
     * that was the last; WAIT: nothing was put. A row that ends is complete: what was
     * put of another one since is taken back. */
    enum pgw_status (*next)(void *self, pgw_row *row, struct pgw_error *err);
    /* Called exactly once: after the last row, an error, Close, the end of the
     * transaction or of the connection. NULL = nothing to release. */
    void (*release)(void *self);
    void *reserved[4]; /* zero */
};

/* A row source and the state it works on. */
struct pgw_rows {
    const struct pgw_rows_ops *ops; /* NULL = moved or none */
    void *self;
};

/* Begin a row: as many puts follow as there are columns, then pgw_row_end. */
void pgw_row_begin(pgw_row *row);

/* End it. False: enough for now, return PGW_MORE (or PGW_OK, if it was the last). A
 * wrong number of puts is the error XX000. */
bool pgw_row_end(pgw_row *row);

/* How many rows may still be written in this call of `next`: 0 when the client's limit
 * is reached, or as many bytes wait as the session's high-water mark allows. */
size_t pgw_row_limit(const pgw_row *row);

/* ---- typed puts ---- */

/* NULL, for any column. */
void pgw_put_null(pgw_row *row);

/* To bool, or a textual type ("true"). The textual types are text, varchar, bpchar,
 * name, char, json, unknown. */
void pgw_put_bool(pgw_row *row, bool value);

/* To int2, int4, int8, oid, numeric, float4, float8 or a textual type. */
void pgw_put_int(pgw_row *row, int64_t value);

/* To float4, float8, a textual type, or numeric in the text format. */
void pgw_put_double(pgw_row *row, double value);

/* To a textual type or jsonb; in the text format to any type, whose text form it then
 * is. UTF-8, copied. */
void pgw_put_text(pgw_row *row, const char *text, size_t len);

/* To bytea; copied. */
void pgw_put_bytea(pgw_row *row, const void *data, size_t len);

/* To date or a textual type. The ends of the range of int32_t are ±infinity. */
void pgw_put_date(pgw_row *row, int32_t days_since_2000);

/* To timestamp, timestamptz (it is UTC) or a textual type. The ends of the range of
 * int64_t are ±infinity. */
void pgw_put_timestamp(pgw_row *row, int64_t us_since_2000);

/* To time or a textual type: microseconds since midnight, 24:00 included. */
void pgw_put_time(pgw_row *row, int64_t us);

/* To timetz or a textual type: local time, and its zone in seconds east of Greenwich,
 * less than 16 hours. */
void pgw_put_timetz(pgw_row *row, int64_t us, int32_t seconds_east);

/* To interval or a textual type. */
void pgw_put_interval(pgw_row *row, struct pgw_interval value);

/* To uuid or a textual type: most significant byte first. */
void pgw_put_uuid(pgw_row *row, const uint8_t bytes[16]);

/* To bit or varbit: most significant bit first; copied. */
void pgw_put_bits(pgw_row *row, const void *data, size_t bits);

/* To numeric or a textual type: (high * 2^64 + low) / 10^scale, scale 0 to 38. */
void pgw_put_decimal(pgw_row *row, int64_t high, uint64_t low, unsigned scale);

/* To any type: its bytes in the format that pgw_row_format tells; copied, unchecked. */
void pgw_put_raw(pgw_row *row, const void *data, size_t len);

/* ---- arrays and records: put part by part, nested at most eight deep ---- */

/* Begin an array of elements of the type element_oid. lengths has an entry for each
 * dimension, at most PGW_ARRAY_DIMENSIONS_MAX; no dimension = empty. The elements
 * follow in row-major order, by the puts above, then pgw_put_array_end. */
void pgw_put_array_begin(pgw_row *row, uint32_t element_oid, const int32_t *lengths,
                         unsigned dimensions);

/* End it; fewer elements than the lengths say are the error XX000. */
void pgw_put_array_end(pgw_row *row);

/* Begin a record or a named composite. The OIDs of its fields are borrowed until the
 * end. The fields follow, by the puts above, then pgw_put_record_end. */
void pgw_put_record_begin(pgw_row *row, const uint32_t *field_oids, size_t count);

/* End it; fewer fields than were announced are the error XX000. */
void pgw_put_record_end(pgw_row *row);

/* ---- in bulk: whole DataRow messages, framed by the source itself; in the reply to a
 * COPY … TO STDOUT whole CopyData messages, to which the style adds nothing ---- */

/* The format that the client asked for, of the column with that index from 0. */
enum pgw_format pgw_row_format(const pgw_row *row, size_t column);

/* Room for so many bytes, to be written and committed at once; NULL: out of memory. */
uint8_t *pgw_row_reserve(pgw_row *row, size_t bytes);

/* So many bytes of it, whole messages, are that many rows. False: return PGW_MORE. */
bool pgw_row_commit(pgw_row *row, size_t bytes, size_t rows);

/* Send messages from a block of your own, without copying them: it is lent until unref
 * is called for it, once, on whatever thread serves the session, or at once if there is
 * no memory. False: return PGW_MORE. */
bool pgw_row_lend(pgw_row *row, struct pgw_slice messages, size_t rows,
                  void (*unref)(void *block), void *block);

PGW_END_DECLS

#endif
