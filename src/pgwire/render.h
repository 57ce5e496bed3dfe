/* render.h - values that are made of values: JSON, records, arrays of either.
 *
 * A column of a batch is rendered as a whole into a buffer, and then is a column of
 * bytes, ready to be sent in the format that was asked for. */
#ifndef PGWIRE_RENDER_H
#define PGWIRE_RENDER_H

#include "batch/batch.h"
#include "core/attr.h"
#include "core/buf.h"

struct cell_context;

/* Memory that one column's rendering is kept in, used again from batch to batch. */
struct rendering {
    struct buf text;
    struct slice *slices;
    size_t capacity;
    struct column column; /* what the rendering made */
};

/* Render `rows` rows. NULL, or a SQLSTATE: 53200, 0A000 nested too deep or a layout
 * that is not known, 22008 a time that PostgreSQL cannot hold, 2202E and 54000 lists
 * that are no array. */
const char *render_column(struct rendering *rendering, const struct column *column,
                          size_t rows, const struct cell_context *context) MUST_CHECK;
/* Append one value as JSON, NULL as null. Integers beyond 2^53 and decimals are
 * strings, so that no reader loses digits. The same SQLSTATEs. */
const char *render_json(struct buf *out, const struct column *column,
                        size_t row) MUST_CHECK;

/* Append one scalar that is not NULL as PostgreSQL's text, in its standard style. NULL,
 * or a SQLSTATE: 53200, 0A000 for what is no scalar, 22003, 22008. */
const char *render_text(struct buf *out, const struct column *column,
                        size_t row) MUST_CHECK;

/* Append a JSON string (RFC 8259, section 7). False: out of memory. */
bool render_json_string(struct buf *out, struct slice text) MUST_CHECK;

void rendering_free(struct rendering *rendering);

#endif
