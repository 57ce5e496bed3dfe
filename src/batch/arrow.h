/* arrow.h - arrays of the Arrow C data interface as batches.
 *
 *     ArrowSchema ──> reader: columns ── begin(ArrowArray) ──> next: batch, batch …
 *
 * The second way into column views, beside an engine's vectors. A batch is a window of
 * up to ARROW_WINDOW_ROWS rows, so that what a reader allocates does not depend on the
 * length of an array. Bytes of text are never copied, nor is what has a layout of its
 * own; what PostgreSQL does not know (half floats, milliseconds of a day, durations …)
 * is converted, and dictionaries, runs and dense unions are spread out row by row.
 *
 * Arrays are checked as far as the interface allows: counts, lengths, offsets, indexes
 * and type ids must fit to each other and to the schema. It does not tell the sizes of
 * buffers: that they are as long as the lengths say is the producer's word, and so are
 * UTF-8 and the text's NUL at the end of a format. */
#ifndef BATCH_ARROW_H
#define BATCH_ARROW_H

#include <pgwire/arrow_c.h>

#include "batch/batch.h"
#include "core/attr.h"
#include "core/error.h"

enum {
    ARROW_WINDOW_ROWS = 2048,
    ARROW_DEPTH_MAX = 48,     /* of a schema: less than what can be rendered */
    ARROW_COLUMNS_MAX = 32767 /* of a table: what a RowDescription can count */
};

struct arrow_reader;

/* Borrowed from the reader. */
struct arrow_columns {
    size_t count;
    const char *const *names;
    const struct type *const *types;
};

/* Reads the schema of a table, a struct's; it may be released afterwards. NULL: 0A000
 * for what cannot be represented, with its format; XX001 for what is no schema; 54011;
 * 53200. */
struct arrow_reader *arrow_reader_new(const struct ArrowSchema *schema,
                                      struct error *err) MUST_CHECK;
void arrow_reader_free(struct arrow_reader *reader); /* NULL is allowed */
const struct arrow_columns *arrow_reader_columns(const struct arrow_reader *reader);

/* Read this array from now on. It is borrowed until the next begin, or free. False:
 * XX001, it is not what the schema says; 53200. */
bool arrow_reader_begin(struct arrow_reader *reader, const struct ArrowArray *array,
                        struct error *err) MUST_CHECK;
/* The next rows, good until the next call; none: the array is read. False: XX001;
 * 22003 and 22008, a value that PostgreSQL's types do not reach; 53200. */
bool arrow_reader_next(struct arrow_reader *reader, struct batch *out,
                       struct error *err) MUST_CHECK;

#endif
