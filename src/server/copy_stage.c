/* copy_stage.c - rows that were read and wait for the engine: batches of columns. */
#include "server/copy_stage.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = ENGINE_STAGED_ROWS, WORDS = ROWS / 64 };

/* The cells of a column of a chunk, or of the elements of its lists. */
struct cells {
    char *data;
    uint64_t *validity;
    size_t count, room, begun; /* begun: how many there were in front of the row */
    struct cells *elements;
};

struct copy_chunk {
    size_t rows;
    struct arena heap; /* what cells point to */
    struct cells *cells;
    struct column *columns; /* as the engine reads them */
    struct arena own;       /* the above */
};

static enum pgw_status no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory");
}

/* ---- cells ---- */

static void free_cells(struct cells *cells)
{
    for (; cells; cells = cells->elements) {
        free(cells->data);
        free(cells->validity);
    }
}

/* Room for `more`; the cells that it brings are valid, until one is made NULL. */
static bool reserve(struct cells *cells, const struct copy_column *column, size_t more)
{
    size_t wanted = cells->count + more, room = cells->room ? cells->room : ROWS;
    if (wanted <= cells->room)
        return true;
    while (room < wanted)
        room *= 2;
    char *data = realloc(cells->data, room * column->width);
    if (!data)
        return false;
    cells->data = data;
    uint64_t *validity = realloc(cells->validity, room / 64 * sizeof *validity);
    if (!validity)
        return false;
    memset(validity + cells->room / 64, 0xff,
           (room - cells->room) / 64 * sizeof *validity);
    cells->validity = validity;
    cells->room = room;
    return true;
}

static void set_valid(struct cells *cells, size_t row, bool is_valid)
{
    uint64_t bit = UINT64_C(1) << row % 64;
    if (is_valid)
        cells->validity[row / 64] |= bit;
    else
        cells->validity[row / 64] &= ~bit;
}

/* Follows the dimensions of arrays. */
static bool init_cells(struct cells *cells, const struct copy_column *column,
                       struct arena *arena)
{
    for (; column->element; column = column->element) {
        cells->elements = arena_calloc(arena, 1, sizeof *cells);
        if (!cells->elements)
            return false;
        cells = cells->elements;
    }
    return true;
}

/* ---- chunks ---- */

static void free_chunk(const struct copy_stage *stage, struct copy_chunk *chunk)
{
    struct arena own;
    if (!chunk)
        return;
    for (size_t i = 0; chunk->cells && i < stage->column_count; i++)
        free_cells(&chunk->cells[i]);
    arena_free(&chunk->heap);
    own = chunk->own;
    arena_free(&own);
}

static struct copy_chunk *new_chunk(const struct copy_stage *stage)
{
    struct arena own = {0};
    struct copy_chunk *chunk = arena_calloc(&own, 1, sizeof *chunk);
    if (!chunk)
        return NULL;
    size_t count = stage->column_count;
    chunk->cells = arena_calloc(&own, count, sizeof *chunk->cells);
    chunk->columns = arena_calloc(&own, count, sizeof *chunk->columns);
    bool done = chunk->cells && chunk->columns;
    for (size_t i = 0; done && i < count; i++)
        done = init_cells(&chunk->cells[i], &stage->columns[i], &own) &&
               reserve(&chunk->cells[i], &stage->columns[i], ROWS);
    chunk->own = own;
    if (done)
        return chunk;
    free_chunk(stage, chunk);
    return NULL;
}

static struct copy_chunk *current(const struct copy_stage *stage)
{
    return stage->chunks[stage->chunk_count - 1];
}

/* ---- the stage ---- */

bool copy_stage_init(struct copy_stage *stage, const struct copy_column *columns,
                     size_t count, pgw_session *session, struct arena *arena,
                     struct error *err)
{
    *stage = (struct copy_stage){
        .columns = columns, .column_count = count, .session = session};
    stage->staged_columns = arena_calloc(arena, count, sizeof *stage->staged_columns);
    if (!stage->staged_columns)
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        stage->staged_columns[i] =
            (struct engine_column){columns[i].name, &columns[i].staged};
        stage->has_lists = stage->has_lists || columns[i].element;
    }
    stage->staged = (struct engine_staged){.columns = stage->staged_columns,
                                           .column_count = count,
                                           .batches = stage->batches};
    return true;
}

void copy_stage_free(struct copy_stage *stage)
{
    for (size_t i = 0; i < COPY_STAGE_BATCHES; i++) {
        free_chunk(stage, stage->chunks[i]);
        stage->chunks[i] = NULL;
    }
}

bool copy_stage_is_empty(const struct copy_stage *stage)
{
    return stage->chunk_count == 0;
}

bool copy_stage_is_full(const struct copy_stage *stage)
{
    return stage->bytes >= COPY_STAGE_BYTES ||
           (stage->chunk_count == COPY_STAGE_BATCHES && current(stage)->rows == ROWS);
}

static void view(struct column *out, const struct cells *cells,
                 const struct copy_column *column, struct arena *arena, bool *failed)
{
    for (;; cells = cells->elements, column = column->element) {
        *out = (struct column){.type = &column->staged,
                               .layout = column->layout,
                               .validity = cells->validity,
                               .data = cells->data};
        struct column *child =
            column->element ? arena_calloc(arena, 1, sizeof *child) : NULL;
        *failed = *failed || (column->element && !child);
        if (!child)
            return;
        out->children = child;
        out->child_count = 1;
        out = child;
    }
}

bool copy_stage_close(struct copy_stage *stage)
{
    bool failed = false;
    for (size_t i = 0; i < stage->chunk_count; i++) {
        struct copy_chunk *chunk = stage->chunks[i];
        for (size_t j = 0; j < stage->column_count; j++)
            view(&chunk->columns[j], &chunk->cells[j], &stage->columns[j], &chunk->heap,
                 &failed);
        stage->batches[i] =
            (struct batch){chunk->rows, stage->column_count, chunk->columns};
    }
    stage->staged.batch_count = stage->chunk_count;
    return !failed;
}

static void clear_cells(struct cells *cells)
{
    for (; cells; cells = cells->elements) {
        memset(cells->validity, 0xff, cells->room / 64 * sizeof *cells->validity);
        cells->count = cells->begun = 0;
    }
}

void copy_stage_clear(struct copy_stage *stage)
{
    for (size_t i = 0; i < stage->chunk_count; i++) {
        struct copy_chunk *chunk = stage->chunks[i];
        for (size_t j = 0; j < stage->column_count; j++)
            clear_cells(&chunk->cells[j]);
        arena_reset(&chunk->heap);
        chunk->rows = 0;
    }
    stage->chunk_count = 0;
    stage->bytes = 0;
    stage->row_begun = false;
    stage->staged.batch_count = 0;
}

/* ---- values ---- */

static enum pgw_status put_value(const struct copy_column *column,
                                 const struct param_source *source,
                                 const struct pgw_value *value, struct cells *cells,
                                 size_t row, struct pgw_error *err)
{
    if (value->is_null)
        set_valid(cells, row, false);
    char *cell = cells->data + row * column->width;
    if (value->is_null) {
        memset(cell, 0, column->width);
        return PGW_OK;
    }
    return column->read(column, source, value, cell, err);
}

/* The elements of all dimensions but the innermost are lists of a length each. */
static bool put_lists(const struct copy_column *column, struct cells *cells,
                      size_t length, size_t count)
{
    size_t first = cells->elements->count;
    if (!reserve(cells, column, count))
        return false;
    uint64_t(*entries)[2] = (uint64_t(*)[2])(void *)cells->data;
    for (size_t i = 0; i < count; i++, cells->count++) {
        entries[cells->count][0] = first + i * length;
        entries[cells->count][1] = length;
    }
    return true;
}

static enum pgw_status put_elements(const struct copy_column *column,
                                    const struct param_source *source,
                                    const struct pgw_array *array, struct cells *cells,
                                    struct pgw_error *err)
{
    if (!reserve(cells, column, array->count))
        return no_memory(err);
    for (size_t i = 0; i < array->count; i++, cells->count++) {
        struct pgw_value value = array->values[i];
        value.oid = column->oid;
        value.element = 0;
        enum pgw_status status =
            put_value(column, source, &value, cells, cells->count, err);
        if (status != PGW_OK)
            return status;
    }
    return PGW_OK;
}

/* Innermost last in the array's lengths, and innermost first here: a list knows where
 * its elements begin before they are there. */
static enum pgw_status put_array(const struct copy_column *column,
                                 const struct param_source *source,
                                 const struct pgw_value *value, struct cells *cells,
                                 size_t row, struct pgw_error *err)
{
    struct pgw_array array;
    const struct copy_column *innermost = column;
    unsigned depth = 0;
    if (value->is_null)
        set_valid(cells, row, false);
    memset(cells->data + row * column->width, 0, column->width);
    if (value->is_null)
        return PGW_OK;
    for (; innermost->element; innermost = innermost->element)
        depth++;
    enum pgw_status status =
        pgw_get_array(source->session, value, innermost->oid, &array, err);
    if (status != PGW_OK || array.dimensions == 0)
        return status;
    if (array.dimensions != depth)
        return pgw_fail(err, "2202E",
                        "an array of %u dimensions does not fit into a column of %u",
                        array.dimensions, depth);
    cells->count = row;
    size_t count = 1;
    for (unsigned i = 0; i < depth; i++) {
        size_t length = (size_t)array.lengths[i];
        if (!put_lists(column, cells, length, count))
            return no_memory(err);
        count *= length;
        cells = cells->elements;
        column = column->element;
    }
    return put_elements(column, source, &array, cells, err);
}

static struct pgw_value value_of(const struct copy_stage *stage, size_t column,
                                 struct slice raw, enum pgw_format format)
{
    return (struct pgw_value){.raw = {raw.data ? raw.data : "", raw.len},
                              .oid = stage->columns[column].oid,
                              .format = format,
                              .is_null = !raw.data,
                              .session = stage->session};
}

enum pgw_status copy_stage_put(struct copy_stage *stage, size_t column,
                               struct slice raw, enum pgw_format format,
                               struct pgw_error *err)
{
    struct copy_chunk *chunk = current(stage);
    const struct copy_column *kind = &stage->columns[column];
    struct cells *cells = &chunk->cells[column];
    size_t row = chunk->rows;
    stage->bytes += kind->width + raw.len;
    if (raw.data && kind->quick && format == PGW_TEXT_FORMAT &&
        kind->quick(kind, raw, &chunk->heap, cells->data + row * kind->width))
        return PGW_OK;
    struct param_source source = {&chunk->heap, stage->session};
    struct pgw_value value = value_of(stage, column, raw, format);
    return kind->element ? put_array(kind, &source, &value, cells, row, err)
                         : put_value(kind, &source, &value, cells, row, err);
}

/* ---- rows ---- */

/* What there was of a row: all cells are valid until one is made NULL. */
static void drop_row(const struct copy_stage *stage, struct copy_chunk *chunk)
{
    for (size_t i = 0; i < stage->column_count; i++) {
        set_valid(&chunk->cells[i], chunk->rows, true);
        for (struct cells *cells = chunk->cells[i].elements; cells;
             cells = cells->elements) {
            for (size_t row = cells->begun; row < cells->count; row++)
                set_valid(cells, row, true);
            cells->count = cells->begun;
        }
    }
}

bool copy_stage_begin_row(struct copy_stage *stage)
{
    if (stage->chunk_count == 0 || current(stage)->rows == ROWS) {
        struct copy_chunk **next = &stage->chunks[stage->chunk_count];
        if (!*next && !(*next = new_chunk(stage)))
            return false;
        stage->chunk_count++;
    }
    if (stage->row_begun)
        drop_row(stage, current(stage));
    stage->row_begun = true;
    return true;
}

void copy_stage_end_row(struct copy_stage *stage)
{
    struct copy_chunk *chunk = current(stage);
    for (size_t i = 0; stage->has_lists && i < stage->column_count; i++) {
        for (struct cells *cells = chunk->cells[i].elements; cells;
             cells = cells->elements)
            cells->begun = cells->count;
    }
    chunk->rows++;
    stage->row_begun = false;
}
