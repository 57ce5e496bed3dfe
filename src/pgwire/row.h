/* row.h - the inside of a row sink: where a portal's DataRow or CopyData messages go.
 *
 * Made by the session for each call of a row source, filled by the puts or by a plan.
 * Values go to the chain as they are put; those of an array or a record are gathered
 * first, since their quotes and lengths are known at its end (row_nest.c). */
#ifndef PGWIRE_ROW_H
#define PGWIRE_ROW_H

#include <pgwire/pgwire.h>

#include "core/buf.h"
#include "core/chain.h"
#include "pgwire/array.h"
#include "pgwire/copy_out.h"
#include "pgwire/output_style.h"

enum { ROW_DEPTH_MAX = 8 };

/* An array or a record that is being put. */
struct row_nest {
    bool is_array;
    uint32_t element_oid;       /* of an array */
    struct array_shape shape;   /* likewise */
    const uint32_t *field_oids; /* of a record: the host's */
    size_t count, put;          /* parts */
    size_t flags;               /* where an array's flags are, in binary */
    size_t part;                /* where the part being put starts, behind its length */
};

struct pgw_row {
    struct chain *out;
    const struct pgw_style *style;
    struct copy_out *copy; /* NULL: DataRow messages */
    const struct pgw_column *columns;
    size_t column_count;
    const int16_t *formats; /* as Bind gave them: none, one for all, one each */
    size_t format_count;
    size_t limit;           /* rows that may still be written */
    size_t high_water;      /* bytes in `out` at which a step ends */
    size_t written;         /* rows */
    struct pgw_error error; /* the first failure, when failed */
    bool failed;
    struct chain_mark start; /* of the row being put */
    uint8_t *length;         /* where its length belongs */
    size_t next_column;
    struct buf *scratch; /* the session's: what the outermost nest has gathered */
    unsigned depth;
    struct row_nest nests[ROW_DEPTH_MAX];
};

/* Do values stand in it without their lengths? */
static inline bool row_is_bare(const pgw_row *row)
{
    return row->copy && row->copy->format != PGW_COPY_BINARY;
}

/* The first failure counts; what has been put of the row is taken back at its end. */
void row_fail(pgw_row *row, const char *sqlstate, const char *text);
void row_no_memory(pgw_row *row);
/* 42804, naming what was put. */
void row_mismatch(pgw_row *row, const char *what);

/* The declared type and the format of the value that is put next; 0: there is none. */
uint32_t row_next(pgw_row *row, enum pgw_format *format);
/* Put it; NULL data: a NULL. */
void row_put(pgw_row *row, const void *data, size_t len);

/* ---- row_nest.c ---- */
uint32_t nest_next_oid(pgw_row *row);
enum pgw_format nest_format(const pgw_row *row);
void nest_put(pgw_row *row, const void *data, size_t len);

#endif
