/* row.h - the inside of a row sink: where a portal's DataRow messages go.
 *
 * Made by the session for each call of a row source, filled by the puts or by a plan.
 */
#ifndef PGWIRE_ROW_H
#define PGWIRE_ROW_H

#include <pgwire/pgwire.h>

#include "core/chain.h"
#include "pgwire/output_style.h"

struct pgw_row {
    struct chain *out;
    const struct pgw_column *columns;
    size_t column_count;
    const int16_t *formats; /* as Bind gave them: none, one for all, one each */
    size_t format_count;
    const struct pgw_style *style;
    size_t limit;           /* rows that may still be written */
    size_t high_water;      /* bytes in `out` at which a step ends */
    size_t written;         /* rows */
    struct pgw_error error; /* the first failure, when failed */
    bool failed;
    struct chain_mark start; /* of the row being put */
    uint8_t *length;         /* where its length belongs */
    size_t next_column;
};

/* The first failure counts; what has been put of the row is taken back at its end. */
void row_fail(pgw_row *row, const char *sqlstate, const char *text);

#endif
