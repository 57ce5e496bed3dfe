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

void plan_copy_field(struct plan *plan, size_t i, const struct column *column)
{
    const struct copy_out *copy = plan->copy;
    enum plan_field field = FIELD_SCANNED;
    if (column->layout == LAYOUT_NULL)
        field = FIELD_NULL;
    else if (copy_is_forced(copy, i))
        field = FIELD_FORCED;
    else if (copy->is_plain && simple[column->type->id])
        field = FIELD_PLAIN;
    plan->fields[i] = field;
    plan->fixed_bytes += COPY_FIELD_BYTES(0) + copy->null.len + 1;
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

uint8_t *plan_copy_line(const struct plan *plan, size_t row, uint8_t *to)
{
    const struct copy_out *copy = plan->copy;
    const struct cell *cell = plan->cells;
    uint8_t *start = to, delimiter = copy->delimiter;
    *to = 'd';
    to += 5;
    for (size_t i = 0; i < plan->count; i++, cell++) {
        enum plan_field field = plan->fields[i];
        if (field == FIELD_NULL || plan_is_null(cell, row)) {
            to = put_null(copy, to);
        } else {
            uint8_t *end = put_value(cell, row, to);
            if (UNLIKELY(!end))
                return NULL;
            to = field == FIELD_PLAIN
                     ? end
                     : copy_field(copy, field == FIELD_FORCED, to, end);
        }
        *to++ = delimiter;
    }
    if (plan->count == 0)
        to++;
    to[-1] = '\n';
    (void)value_put32(start + 1, (uint32_t)(to - start - 1));
    return to;
}
