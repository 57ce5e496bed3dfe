/* copy_generated.h - generated columns, which COPY neither reads nor writes. */
#ifndef SERVER_COPY_GENERATED_H
#define SERVER_COPY_GENERATED_H

#include "core/buf.h"
#include "server/query_session.h"
#include "sql/copy_statement.h"

/* Is one of these columns of a table generated? The engine tells it only by refusing to
 * insert into them: an INSERT is prepared, and never executed. In a slot. */
bool copy_has_generated(struct query_session *session, struct slice relation,
                        const struct copy_names *names);

/* 42P10, as PostgreSQL says it; always false. */
bool copy_refuse_generated(struct slice name, struct error *err);

/* Names in double quotes, commas between them. False: out of memory. */
bool copy_append_names(struct buf *sql, const struct copy_names *names) MUST_CHECK;

#endif
