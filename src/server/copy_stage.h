/* copy_stage.h - rows that were read and wait for the engine: batches of columns.
 *
 * A row is begun, its cells are put one after the other, and it is ended, or begun
 * again if it turned out not to be one. What is full is executed and cleared; the
 * memory stays for the next rows. */
#ifndef SERVER_COPY_STAGE_H
#define SERVER_COPY_STAGE_H

#include "engine/engine.h"
#include "server/copy_column.h"

enum {
    COPY_STAGE_BYTES = 8 << 20, /* then it is full … */
    COPY_STAGE_BATCHES = 60 /* … or then: as many rows as the engine's row groups */
};

struct copy_chunk;

struct copy_stage {
    const struct copy_column *columns; /* borrowed */
    size_t column_count;
    pgw_session *session; /* whose settings say how values read */
    struct copy_chunk *chunks[COPY_STAGE_BATCHES];
    struct batch batches[COPY_STAGE_BATCHES];
    size_t chunk_count; /* those with rows */
    size_t bytes;       /* that they hold, about */
    bool has_lists;     /* among the columns */
    bool row_begun;     /* and not ended */
    struct engine_column *staged_columns;
    struct engine_staged staged; /* what the engine reads */
};

bool copy_stage_init(struct copy_stage *stage, const struct copy_column *columns,
                     size_t count, pgw_session *session, struct arena *arena,
                     struct error *err) MUST_CHECK;
void copy_stage_free(struct copy_stage *stage);

/* Has it to be executed before the next row? */
bool copy_stage_is_full(const struct copy_stage *stage);
bool copy_stage_is_empty(const struct copy_stage *stage);
/* The batches as the engine reads them, until they are cleared. False: out of memory.
 */
bool copy_stage_close(struct copy_stage *stage) MUST_CHECK;
void copy_stage_clear(struct copy_stage *stage);

/* False: out of memory. */
bool copy_stage_begin_row(struct copy_stage *stage) MUST_CHECK;
/* A value of the row: no data is a NULL. The column's name is for the caller to add to
 * the context of an error. */
enum pgw_status copy_stage_put(struct copy_stage *stage, size_t column,
                               struct slice raw, enum pgw_format format,
                               struct pgw_error *err);
void copy_stage_end_row(struct copy_stage *stage);

#endif
