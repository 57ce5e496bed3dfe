/* copy_from.h - COPY … FROM STDIN: data from the client into a table.
 *
 *     CopyData ── copy_lines | copy_binary ──> fields ── copy_stage ──> batches
 *              ── INSERT INTO t SELECT … FROM wirehouse_staged() [WHERE …]
 *
 * So defaults, constraints, casts, and the condition are an INSERT's, and so are its
 * transaction, settings and interrupts. What is in memory is a few thousand rows and an
 * unfinished one. Without a transaction around it, it is one of its own. */
#ifndef SERVER_COPY_FROM_H
#define SERVER_COPY_FROM_H

#include <pgwire/pgwire.h>

#include "server/query.h"

struct copy_from;

/* Look up the table, the options and the columns: out->from is moved out. WAIT: nothing
 * was done. */
enum pgw_status copy_from_execute(struct query_session *session,
                                  const struct query *query, struct query_result *out,
                                  struct error *err);

/* Whose settings say how values read; before the first data. */
void copy_from_begin(struct copy_from *copy, pgw_session *session);
size_t copy_from_columns(const struct copy_from *copy);
bool copy_from_is_binary(const struct copy_from *copy);

/* WAIT: call again with the same data. */
enum pgw_status copy_from_data(struct copy_from *copy, struct slice data,
                               struct pgw_error *err);
/* All data has come: *rows were copied. */
enum pgw_status copy_from_done(struct copy_from *copy, int64_t *rows,
                               struct pgw_error *err);
void copy_from_free(struct copy_from *copy); /* NULL is allowed */

#endif
