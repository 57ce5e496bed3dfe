/* plan_copy.c - from batches to the lines of COPY … TO STDOUT, text and csv.
 *
 * The cells are those of DataRow messages: each puts a length in front of its text,
 * over the last bytes of what precedes it, which are put back. */
#include "pgwire/plan_state.h"
#include "pgwire/value.h"

/* Types whose text is made of digits, letters and a few signs, whatever the value. */
static const bool simple[TYPE_OTHER + 1] = {
    [TYPE_BOOL] = true,        [TYPE_INT8] = true,    [TYPE_INT16] = true,
    [TYPE_INT32] = true,       [TYPE_INT64] = true,   [TYPE_INT128] = true,
    [TYPE_UINT8] = true,       [TYPE_UINT16] = true,  [TYPE_UINT32] = true,
    [TYPE_UINT64] = true,      [TYPE_UINT128] = true, [TYPE_FLOAT32] = true,
    [TYPE_FLOAT64] = true,     [TYPE_BIGNUM] = true,  [TYPE_DECIMAL] = true,
    [TYPE_BIT] = true,         [TYPE_UUID] = true,    [TYPE_DATE] = true,
    [TYPE_TIME] = true,        [TYPE_TIMETZ] = true,  [TYPE_TIMESTAMP] = true,
    [TYPE_TIMESTAMPTZ] = true, [TYPE_INTERVAL] = true};

static enum plan_field choose_field(const struct plan *plan, size_t i,
                                    const struct column *column)
{
    const struct copy_out *copy = plan->copy;
    const struct cell *cell = &plan->cells[i];
    if (column->layout == LAYOUT_NULL)
        return FIELD_NULL;
    if (copy_is_forced(copy, i))
        return FIELD_FORCED;
    if (cell_is_copy(cell))
        return FIELD_COPIED;
    if (!copy->is_plain || !simple[column->type->id])
        return FIELD_SCANNED;
    return plan->bare[i] ? FIELD_BARE : FIELD_PLAIN;
}

void plan_copy_field(struct plan *plan, size_t i, const struct column *column)
{
    plan->bare[i] = cell_bare(&plan->cells[i]);
    plan->fields[i] = choose_field(plan, i, column);
    plan->fixed_bytes += COPY_FIELD_BYTES(0) + plan->copy->null.len + 1;
}

/* A value without its length. NULL: it cannot be written. */
static inline uint8_t *put_value(const struct cell *cell, size_t row, uint8_t *to)
{
    uint32_t before;
    memcpy(&before, to - 4, sizeof before);
    uint8_t *end = cell->write(cell, row, to - 4);
    memcpy(to - 4, &before, sizeof before);
    return end;
}

static inline uint8_t *put_null(const struct copy_out *copy, uint8_t *to)
{
    value_copy(to, copy->null.data, copy->null.len);
    return to + copy->null.len;
}

/* What is written first, and then made a field. */
static uint8_t *put_scanned(const struct plan *plan, size_t i, size_t row, uint8_t *to)
{
    uint8_t *end = put_value(&plan->cells[i], row, to);
    bool forced = plan->fields[i] == FIELD_FORCED;
    return end ? copy_field(plan->copy, forced, to, end) : NULL;
}

static inline uint8_t *put_field(const struct plan *plan, size_t i, size_t row,
                                 uint8_t *to)
{
    const struct cell *cell = &plan->cells[i];
    switch (plan->fields[i]) {
    case FIELD_BARE:
        return plan->bare[i](cell, row, to);
    case FIELD_COPIED:
        return copy_text(plan->copy, column_slice(cell->column, row), to);
    case FIELD_PLAIN:
        return put_value(cell, row, to);
    case FIELD_SCANNED:
    case FIELD_FORCED:
        return put_scanned(plan, i, row, to);
    case FIELD_NULL:
        break;
    }
    return put_null(plan->copy, to);
}

uint8_t *plan_copy_line(const struct plan *plan, size_t row, uint8_t *to)
{
    uint8_t *start = to, delimiter = plan->copy->delimiter;
    *to = 'd';
    to += 5;
    for (size_t i = 0; i < plan->count; i++) {
        to = plan_is_null(&plan->cells[i], row) ? put_null(plan->copy, to)
                                                : put_field(plan, i, row, to);
        if (UNLIKELY(!to))
            return NULL;
        *to++ = delimiter;
    }
    if (plan->count == 0)
        to++;
    to[-1] = '\n';
    (void)value_put32(start + 1, (uint32_t)(to - start - 1));
    return to;
}
