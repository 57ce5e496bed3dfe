/* plan.c - from batches of column views to DataRow and CopyData messages.
 *
 *     batch ── prepare ──> cells (one writer a column) ──┬─ rows ──> DataRow …
 *                                                        └─ plan_copy.c ──> CopyData
 *
 * Prepared once per batch: cells point into the batch, and a writer is looked up again
 * only because a layout may differ from one batch to the next. Per row there is one
 * check for room, whatever the number of columns. */
#include "pgwire/plan.h"

#include <stdio.h>

#include "batch/layout.h"
#include "core/attr.h"
#include "pgwire/plan_state.h"
#include "pgwire/value.h"

/* A row's text columns are given the room of the longest in the batch, if that is not
 * above SPARE_BYTES, so that rows need not be measured. */
enum { HEADER_BYTES = 7, RESERVE_BYTES = 32 << 10, SPARE_BYTES = 1 << 10 };

struct pgw_column plan_column(const char *name, const struct type *type,
                              const struct pgw_style *style)
{
    return (struct pgw_column){.name = name,
                               .type_oid = plan_type_oid(type, style),
                               .typmod = plan_type_typmod(type),
                               .typlen = plan_type_typlen(type)};
}

/* ---- the plan ---- */

static void free_renderings(void *self)
{
    struct plan *plan = self;
    for (size_t i = 0; i < plan->count; i++)
        rendering_free(&plan->renderings[i]);
}

struct plan *plan_new(struct arena *arena, const struct type *const *types,
                      size_t count, const pgw_row *row, struct pgw_error *err)
{
    if (row->copy && row->copy->format == PGW_COPY_RAW) {
        (void)pgw_fail(err, "0A000", "the rows of a raw copy are put one by one");
        return NULL;
    }
    struct plan *plan = arena_calloc(arena, 1, sizeof *plan);
    if (!plan)
        goto no_memory;
    plan->types = types;
    plan->count = count;
    plan->copy = row->copy;
    plan->message = row->copy ? 'd' : 'D';
    plan->formats = arena_calloc(arena, count, sizeof *plan->formats);
    plan->cells = arena_calloc(arena, count, sizeof *plan->cells);
    plan->memories = arena_calloc(arena, count, sizeof *plan->memories);
    plan->variable = arena_calloc(arena, count, sizeof(struct cell *));
    plan->composites = arena_calloc(arena, count, sizeof *plan->composites);
    plan->renderings = arena_calloc(arena, count, sizeof *plan->renderings);
    plan->fields = arena_calloc(arena, count, sizeof *plan->fields);
    plan->bare = arena_calloc(arena, count, sizeof(cell_writer *));
    if (!plan->bare || !plan->fields || !plan->formats || !plan->composites ||
        !plan->cells || !plan->memories || !plan->variable || !plan->renderings ||
        !arena_on_reset(arena, free_renderings, plan))
        goto no_memory;
    for (size_t i = 0; i < count; i++) {
        plan->formats[i] = pgw_row_format(row, i);
        plan->composites[i] =
            row->columns && row->columns[i].type_oid != pg_type_oid(types[i], false);
    }
    return plan;
no_memory:
    (void)pgw_fail(err, "53200", "out of memory");
    return NULL;
}

static enum pgw_status failed(const struct plan *plan, const char *sqlstate,
                              size_t column, struct pgw_error *err)
{
    static const struct {
        const char *sqlstate, *text, *hint;
    } texts[] = {
        {"22003", "is out of range", ""},
        {"22008", "is out of range", ""},
        {"2202E",
         "has lists of different lengths, or NULL among them, which no array can have",
         "Cast the column to JSON."},
        {"54000", "is larger, or has more dimensions, than an array can have",
         "Cast the column to JSON."},
        {"", "cannot be sent", "Cast the column to VARCHAR."}};
    const char *name =
        plan->types[column]->name ? plan->types[column]->name : "unknown";
    size_t i = 0;
    if (strcmp(sqlstate, "53200") == 0)
        return pgw_fail(err, sqlstate, "out of memory");
    while (texts[i].sqlstate[0] && strcmp(texts[i].sqlstate, sqlstate) != 0)
        i++;
    (void)pgw_fail(err, sqlstate, "a value of type %s in column %zu %s", name,
                   column + 1, texts[i].text);
    (void)snprintf(err->hint, sizeof err->hint, "%s", texts[i].hint);
    return PGW_ERROR;
}

static void make_room(struct plan *plan, struct cell *cell, size_t rows)
{
    plan->fixed_bytes += plan->stretch * cell->max;
    if (!cell_varies(cell))
        return;
    size_t longest = cell->size ? SIZE_MAX : column_longest(cell->column, rows);
    if (cell->size || longest > SPARE_BYTES / cell->per_byte)
        plan->variable[plan->variable_count++] = cell;
    else
        plan->fixed_bytes += plan->stretch * longest * cell->per_byte;
}

static enum pgw_status prepare_cell(struct plan *plan, size_t i,
                                    const struct batch *batch,
                                    const struct pgw_style *style,
                                    struct pgw_error *err)
{
    const struct column *column = &batch->columns[i];
    struct cell *cell = &plan->cells[i];
    struct cell_context context = {.format = plan->formats[i],
                                   .style = style,
                                   .composites = plan->composites[i],
                                   .failure = &plan->failure};
    if (!cell_choose(column, &context, cell, &plan->memories[i])) {
        struct rendering *rendering = &plan->renderings[i];
        const char *failure = render_column(rendering, column, batch->rows, &context);
        if (failure)
            return failed(plan, failure, i, err);
        context.format = PGW_TEXT_FORMAT; /* the rendering has the format already */
        (void)cell_choose(&rendering->column, &context, cell, &plan->memories[i]);
    }
    if (plan_is_lines(plan))
        plan_copy_field(plan, i, column);
    make_room(plan, cell, batch->rows);
    return PGW_OK;
}

static enum pgw_status prepare(struct plan *plan, const pgw_row *row,
                               const struct batch *batch, struct pgw_error *err)
{
    plan->columns = batch->columns;
    plan->style_version = row->style->version;
    plan->fixed_bytes = HEADER_BYTES;
    plan->stretch = plan_is_lines(plan) ? 2 : 1; /* a field of text may double */
    plan->variable_count = 0;
    plan->failure = NULL;
    for (size_t i = 0; i < plan->count; i++) {
        enum pgw_status status = prepare_cell(plan, i, batch, row->style, err);
        if (status != PGW_OK)
            return status;
    }
    return PGW_OK;
}

static size_t row_bytes(const struct plan *plan, size_t row)
{
    size_t bytes = plan->fixed_bytes;
    for (size_t i = 0; i < plan->variable_count; i++) {
        if (!plan_is_null(plan->variable[i],
                          row)) /* what is behind a NULL is not defined */
            bytes += plan->stretch * cell_size(plan->variable[i], row);
    }
    return bytes;
}

/* One message at `to`, where there is room for it. NULL: plan->failure says why. */
static uint8_t *write_row(const struct plan *plan, size_t row, uint8_t *to)
{
    const struct cell *cell = plan->cells, *end = cell + plan->count;
    uint8_t *start = to;
    to[0] = (uint8_t)plan->message;
    to = value_put16(to + 5, (uint16_t)plan->count);
    for (; cell < end; cell++) {
        to = plan_is_null(cell, row) ? value_put32(to, UINT32_MAX)
                                     : cell->write(cell, row, to);
        if (UNLIKELY(!to))
            return NULL;
    }
    (void)value_put32(start + 1, (uint32_t)(to - start - 1));
    return to;
}

/* Which column it was that could not be written. */
static enum pgw_status explain(const struct plan *plan, size_t row, uint8_t *room,
                               struct pgw_error *err)
{
    size_t i = 0;
    while (i + 1 < plan->count && (plan_is_null(&plan->cells[i], row) ||
                                   plan->cells[i].write(&plan->cells[i], row, room)))
        i++;
    return failed(plan, plan->failure, i, err);
}

/* Rows from `first` to before `last`, as many as fit; *to moves on. Returns the first
 * one that was not written: for lack of room, or, with plan->failure set, because it
 * cannot be. What changes stays in registers: behind stores whose addresses depend on
 * what was converted, the processor would wait for it. */
static size_t write_rows(const struct plan *plan, size_t first, size_t last,
                         uint8_t **to, const uint8_t *end)
{
    bool measured = plan->variable_count > 0, lines = plan_is_lines(plan);
    size_t bytes = plan->fixed_bytes, row = first;
    uint8_t *at = *to;
    for (; row < last; row++) {
        if (measured)
            bytes = row_bytes(plan, row);
        uint8_t *behind = NULL;
        if ((size_t)(end - at) >= bytes)
            behind = lines ? plan_copy_line(plan, row, at) : write_row(plan, row, at);
        if (UNLIKELY(!behind))
            break;
        at = behind;
    }
    *to = at;
    return row;
}

/* The first row of a binary copy, which has the signature in front of it. */
static enum pgw_status write_signed(struct plan *plan, pgw_row *row, size_t *next,
                                    struct pgw_error *err)
{
    size_t bytes = row_bytes(plan, *next);
    uint8_t *start = chain_reserve(row->out, COPY_SIGNATURE_BYTES + bytes);
    if (!start)
        return pgw_fail(err, "53200", "out of memory");
    uint8_t *end = write_row(plan, *next, start + COPY_SIGNATURE_BYTES);
    if (!end)
        return explain(plan, *next, start, err);
    start[0] = 'd';
    (void)value_put32(start + 1, (uint32_t)(end - start - 1));
    (void)copy_put_signature(start + 5);
    row->copy->signature_due = false;
    (void)pgw_row_commit(row, (size_t)(end - start), 1);
    *next += 1;
    return PGW_OK;
}

/* Rows that fit into one piece of the chain; *next moves on. */
static enum pgw_status write_piece(struct plan *plan, pgw_row *row,
                                   const struct batch *batch, size_t *next,
                                   size_t limit, struct pgw_error *err)
{
    size_t bytes = row_bytes(plan, *next), rows = batch->rows - *next;
    if (bytes > INT32_MAX)
        return pgw_fail(err, "54000", "row %zu is too large for the protocol",
                        *next + 1);
    if (row->copy && row->copy->signature_due)
        return write_signed(plan, row, next, err);
    rows = rows < limit ? rows : limit;
    size_t wanted = rows < RESERVE_BYTES / bytes ? rows * bytes : RESERVE_BYTES;
    uint8_t *start = pgw_row_reserve(row, bytes > wanted ? bytes : wanted), *to = start;
    if (!start)
        return PGW_ERROR; /* the sink has failed, and says why */
    size_t first = *next;
    *next = write_rows(plan, first, first + rows, &to, start + chain_room(row->out));
    (void)pgw_row_commit(row, (size_t)(to - start), *next - first);
    return plan->failure ? explain(plan, *next, to, err) : PGW_OK;
}

enum pgw_status plan_write(struct plan *plan, pgw_row *row, const struct batch *batch,
                           size_t *next, struct pgw_error *err)
{
    if (*next == 0 || plan->columns != batch->columns ||
        plan->style_version != row->style->version) {
        enum pgw_status status = prepare(plan, row, batch, err);
        if (status != PGW_OK)
            return status;
    }
    while (*next < batch->rows) {
        size_t limit = pgw_row_limit(row);
        if (limit == 0)
            return PGW_MORE;
        enum pgw_status status = write_piece(plan, row, batch, next, limit, err);
        if (status != PGW_OK)
            return status;
    }
    return PGW_OK;
}
