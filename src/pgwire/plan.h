/* plan.h - from batches of column views to DataRow messages.
 *
 * A plan is made once per result: one cell writer per column, chosen by (logical type,
 * layout, declared OID, format). Nothing is decided per cell. This is the one place
 * where values become PostgreSQL's text or binary. */
#ifndef PGWIRE_PLAN_H
#define PGWIRE_PLAN_H

#include <pgwire/pgwire.h>

#include "batch/batch.h"
#include "core/arena.h"
#include "pgwire/pg_type.h"

struct plan;

/* How a column of this type is declared; the name is borrowed. */
struct pgw_column plan_column(const char *name, const struct type *type,
                              const struct pgw_style *style);

/* The plan for a result with these column types in the formats that `row` asks for;
 * from the arena. NULL: out of memory, or with err set 0A000 for a type that has no
 * binary form. */
struct plan *plan_new(struct arena *arena, const struct type *const *types,
                      size_t count, const pgw_row *row, struct pgw_error *err);

/* Write rows from *next on, as many as the sink takes; *next says how far it came.
 * PGW_OK: all rows of the batch are written; PGW_MORE: the sink is full; PGW_ERROR.
 * Between calls the batch may have been copied elsewhere, its columns to another
 * address. */
enum pgw_status plan_write(struct plan *plan, pgw_row *row, const struct batch *batch,
                           size_t *next, struct pgw_error *err);

#endif
