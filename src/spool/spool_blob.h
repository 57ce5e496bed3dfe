/* spool_blob.h - bytes in a file without a name, written by somebody who needs a path.
 *
 * What the file has grown by is asked of the budget afterwards, in steps: it may pass
 * the limit by one step. Used by one thread at a time. */
#ifndef SPOOL_SPOOL_BLOB_H
#define SPOOL_SPOOL_BLOB_H

#include <stddef.h>

#include "core/attr.h"
#include "core/error.h"
#include "spool/spool_budget.h"

struct spool_blob;

/* The budget is borrowed as long as it lives. 53000, 53100, 53200, 58030. */
struct spool_blob *spool_blob_new(struct spool_budget *budget,
                                  struct error *err) MUST_CHECK;
void spool_blob_free(struct spool_blob *blob); /* NULL is allowed */

/* A path that leads to it within this process, as long as it lives. */
const char *spool_blob_path(const struct spool_blob *blob);

/* Add to its end. 53100, 58030. */
bool spool_blob_write(struct spool_blob *blob, const void *data, size_t len,
                      struct error *err) MUST_CHECK;

/* Take what it has grown by from the budget: 53400 if that is too much. */
bool spool_blob_account(struct spool_blob *blob, struct error *err) MUST_CHECK;

/* The next bytes, up to `size`; 0 at the end, -1 with *err set. */
ptrdiff_t spool_blob_read(struct spool_blob *blob, void *to, size_t size,
                          struct error *err) MUST_CHECK;

#endif
