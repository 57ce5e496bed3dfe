/* json.h - results as JSON: column descriptions and rows. */
#ifndef ENCODE_JSON_H
#define ENCODE_JSON_H

#include "batch/batch.h"
#include "core/attr.h"
#include "core/buf.h"

/* {"name":…,"type":…} with PostgreSQL's name of the type. False: out of memory. */
bool json_put_column(struct buf *out, const char *name,
                     const struct type *type) MUST_CHECK;

/* [v,v,…] of one row. NULL, or a SQLSTATE: 53200, 0A000, 22008. */
const char *json_put_row(struct buf *out, const struct batch *batch,
                         size_t row) MUST_CHECK;

bool json_put_text(struct buf *out, const char *text) MUST_CHECK;   /* as it is */
bool json_put_string(struct buf *out, const char *text) MUST_CHECK; /* quoted */

#endif
