/* read.h - values as PostgreSQL's input functions take them: text to C.
 *
 * A reader takes all of a text or fails with PostgreSQL's message and SQLSTATE. The
 * text has been checked to be UTF-8 without zero bytes. Source: PostgreSQL 15,
 * documentation chapter 8 and appendix B. */
#ifndef PGWIRE_READ_H
#define PGWIRE_READ_H

#include <pgwire/pgwire.h>

#include "core/attr.h"
#include "core/slice.h"
#include "pgwire/output_style.h"

/* A text on its way, and where to say what is wrong with it. */
struct reading {
    struct slice text;
    const char *type; /* "integer" */
    const struct pgw_style *style;
    struct pgw_error *err;
};

/* Always false. */
bool reading_fail(const struct reading *reading, const char *sqlstate,
                  const char *format, ...) PRINTF_LIKE(3, 4);
bool reading_no_memory(const struct reading *reading);
/* invalid input syntax for type …: "…" */
bool reading_syntax(const struct reading *reading, const char *sqlstate);
/* As much of a text as a message quotes; for "%.*s". */
int reading_quoted(struct slice text);

/* Without the blanks of C's isspace at both ends, or in front. */
struct slice read_trim(struct slice text);
struct slice read_skip_blanks(struct slice text);

/* ---- read_number.c, read_float.c, read_numeric.c ---- */

bool read_int(const struct reading *reading, int64_t least, int64_t most,
              int64_t *out) MUST_CHECK;
bool read_oid(const struct reading *reading, int64_t *out) MUST_CHECK;
bool read_double(const struct reading *reading, double *out) MUST_CHECK;
bool read_float(const struct reading *reading, float *out) MUST_CHECK;
/* As numeric_out writes it: digits with the scale that the text has, NaN, ±Infinity.
 * The buffer is for the caller to free; NULL on failure. */
char *read_numeric(const struct reading *reading, size_t *len) MUST_CHECK;

/* A binary numeric as text; `to` has room for read_numeric_room bytes. False: it is
 * malformed, *fault says how. */
struct read_fault {
    const char *sqlstate, *message;
};
size_t read_numeric_room(const uint8_t *raw, size_t len);
bool read_numeric_binary(const uint8_t *raw, size_t len, uint8_t *to, uint8_t **end,
                         struct read_fault *fault) MUST_CHECK;

/* ---- read_bytes.c, read_bit.c, read_json.c ---- */

bool read_bool(const struct reading *reading, bool *out) MUST_CHECK;
bool read_uuid(const struct reading *reading, uint8_t out[16]) MUST_CHECK;
/* Both input formats; `to` has room for the length of the text. */
bool read_bytea(const struct reading *reading, uint8_t *to, size_t *len) MUST_CHECK;
/* Most significant bit first, the rest of the last byte zero; `to` has room for half
 * the length of the text and one. */
bool read_bit(const struct reading *reading, uint8_t *to, size_t *bits) MUST_CHECK;
/* Is it JSON? In a jsonb the escapes have to be characters, too. */
bool read_json(const struct reading *reading, bool jsonb) MUST_CHECK;

/* ---- read_date.c, read_clock.c, read_interval.c; since 2000-01-01 ---- */

/* ±infinity are the ends of the range, as in the binary form. */
bool read_date(const struct reading *reading, int32_t *days) MUST_CHECK;
bool read_timestamp(const struct reading *reading, bool with_zone,
                    int64_t *us) MUST_CHECK;
bool read_time(const struct reading *reading, int64_t *us) MUST_CHECK;
bool read_timetz(const struct reading *reading, int64_t *us,
                 int32_t *seconds_east) MUST_CHECK;
bool read_interval(const struct reading *reading, struct pgw_interval *out) MUST_CHECK;

/* ---- ranges, for text and binary alike ---- */

bool read_date_fits(int64_t days);    /* since 2000-01-01, finite */
bool read_timestamp_fits(int64_t us); /* likewise */

#endif
