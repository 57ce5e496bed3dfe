/* shelf.h - the rows of a cursor that scrolls: kept in order, read at any place.
 *
 * In memory up to a limit, then in a file, within the budget of spools; unlike a
 * spool's, what has been read stays. Used by one thread at a time. */
#ifndef SPOOL_SHELF_H
#define SPOOL_SHELF_H

#include "batch/batch.h"
#include "core/attr.h"
#include "core/error.h"
#include "spool/spool_budget.h"

struct shelf;

/* types: one a column. Both are borrowed as long as the shelf lives. */
struct shelf *shelf_new(struct spool_budget *budget, const struct type *const *types,
                        size_t column_count) MUST_CHECK;
void shelf_free(struct shelf *shelf); /* NULL is allowed */

/* Keep a copy behind the others. False: nothing of it is kept, what was before stays:
 * 53400 a limit is reached, 53100 disk full, 53200, 58030. */
bool shelf_append(struct shelf *shelf, const struct batch *batch,
                  struct error *err) MUST_CHECK;

uint64_t shelf_rows(const struct shelf *shelf);
uint64_t shelf_bytes(const struct shelf *shelf); /* in memory and on disk */

/* The batch that holds a row, from 1 to shelf_rows, valid until the next call, and the
 * row's place in it. 53200, 58030. */
bool shelf_find(struct shelf *shelf, uint64_t row, struct batch *out, size_t *place,
                struct error *err) MUST_CHECK;

#endif
