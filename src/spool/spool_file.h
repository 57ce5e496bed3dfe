/* spool_file.h - batches in a file that has no name: appended, then read in order, or
 * at their places.
 *
 * The file is made when it is needed and goes with its descriptor, also when the
 * process dies. Used by one thread at a time. */
#ifndef SPOOL_SPOOL_FILE_H
#define SPOOL_SPOOL_FILE_H

#include "batch/batch.h"
#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "spool/spool_budget.h"

struct spool_file;

/* The budget is borrowed as long as the file lives. 53000 no more descriptors, 53100
 * disk full, 58030. */
struct spool_file *spool_file_new(struct spool_budget *budget,
                                  struct error *err) MUST_CHECK;
void spool_file_free(struct spool_file *file); /* NULL is allowed */

/* All of the batch, or nothing: 53400 when a limit is reached, 53100 when the disk is
 * full, 58030 for what else goes wrong. What is in the file stays readable. */
bool spool_file_append(struct spool_file *file, const struct batch *batch,
                       struct error *err) MUST_CHECK;

/* Has everything been read? */
bool spool_file_is_read(const struct spool_file *file);

/* Where the next batch will be. */
uint64_t spool_file_end(const struct spool_file *file);

/* What batches are made of: borrowed, the types as long as the batches. */
struct spool_columns {
    const struct type *const *types; /* one a column */
    size_t count;
};

/* The next batch, in the arena; there must be one. 53200, 58030; then the file is over.
 * What has been read to the end leaves the disk. */
bool spool_file_next(struct spool_file *file, const struct spool_columns *columns,
                     struct arena *arena, struct batch *out,
                     struct error *err) MUST_CHECK;

/* The batch at a place that spool_file_end has told, likewise; it stays, as long as no
 * other is taken by spool_file_next. */
bool spool_file_read(const struct spool_file *file, uint64_t at,
                     const struct spool_columns *columns, struct arena *arena,
                     struct batch *out, struct error *err) MUST_CHECK;

#endif
