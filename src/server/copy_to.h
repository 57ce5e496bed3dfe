/* copy_to.h - COPY … TO STDOUT: whose rows, and what their data looks like.
 *
 *     COPY t (a, b) TO STDOUT       select "a", "b" from t ──┐
 *     COPY (query) TO STDOUT        query ───────────────────┴─> query_result, with
 * copy
 *
 * The rows are those of a statement of its own, with all that belongs to one: settings,
 * transaction, interrupts, what may not be written. */
#ifndef SERVER_COPY_TO_H
#define SERVER_COPY_TO_H

#include <pgwire/pgwire.h>

#include "server/query.h"
#include "spool/spool_blob.h"
#include "sql/copy_statement.h"

struct copy_to {
    struct arena arena; /* of what the options say */
    struct query *source;
    struct copy_options options;
    struct pgw_copy_style style; /* of the formats that libpgwire writes */
    struct spool_blob *file;     /* FORMAT parquet: all of it; else NULL */
};

/* FORMAT parquet: write what `out` has into copy->file, in place of its rows;
 * out->affected says how many. Within enter and leave. copy_to_file.c */
bool copy_to_save(struct query_session *session, struct copy_to *copy,
                  const struct copy_statement *statement, struct query_result *out,
                  struct error *err);

void copy_to_free(struct copy_to *copy); /* NULL is allowed */

/* Execute it; `query` is the whole of it, query->copy what it says. WAIT: nothing was
 * done. */
enum pgw_status copy_to_execute(struct query_session *session,
                                const struct query *query, struct query_result *out,
                                struct error *err);

#endif
