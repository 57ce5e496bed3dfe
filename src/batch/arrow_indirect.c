/* arrow_indirect.c - values that stand elsewhere: in a dictionary, or once for a run.
 *
 * Both are spread out, row by row. A dictionary is read once per array. The recursion
 * follows the schema. */
#include "batch/arrow_field.h"
#include "batch/take.h"

/* ---- dictionaries ---- */

bool arrow_import_encoded(struct arrow_import *in, const struct arrow_field *field,
                          struct arrow_span span, struct column *out)
{
    bool is_unsigned =
        field->format->id >= TYPE_UINT8 && field->format->id <= TYPE_UINT64;
    uint64_t mask = is_unsigned && field->width < sizeof(uint64_t)
                        ? (UINT64_C(1) << (8 * field->width)) - 1
                        : UINT64_MAX;
    int64_t *rows = arena_calloc(in->memory, span.rows, sizeof *rows);
    if (!rows)
        return error_no_memory(in->err);
    for (size_t row = 0; row < span.rows; row++) {
        rows[row] = TAKE_NULL;
        if (!column_is_valid(out, row))
            continue;
        rows[row] = (int64_t)((uint64_t)arrow_load(span.array->buffers[1], field->width,
                                                   span.at + row) &
                              mask);
        if (rows[row] < 0 || rows[row] >= span.array->dictionary->length)
            return arrow_malformed(in->err, field,
                                   "has an index outside of its dictionary");
    }
    return column_take(in->memory, &field->values, rows, span.rows, out) ||
           error_no_memory(in->err);
}

bool arrow_import_dictionaries(struct arrow_import *in, struct arrow_field *field,
                               const struct ArrowArray *array)
{
    for (size_t i = 0; i < field->child_count; i++) {
        if (!arrow_import_dictionaries(in, &field->children[i], array->children[i]))
            return false;
    }
    return !field->dictionary ||
           (arrow_import_dictionaries(in, field->dictionary, array->dictionary) &&
            arrow_import_rows(in, field->dictionary, array->dictionary, 0,
                              (uint64_t)array->dictionary->length, &field->values));
}

/* ---- runs ---- */

/* The run that row `at` is in: the first that ends behind it. */
static size_t find_run(const struct ArrowArray *ends, size_t width, int64_t at)
{
    size_t low = 0, high = (size_t)ends->length;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (arrow_load(ends->buffers[1], width, (size_t)ends->offset + middle) <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* rows[i]: which run it is in, counted from the first; *last is behind the last. */
static bool run_rows(const struct ArrowArray *ends, size_t width,
                     struct arrow_span span, int64_t *rows, size_t first, size_t *last)
{
    size_t run = first;
    for (size_t row = 0; row < span.rows; row++) {
        while (run < (size_t)ends->length &&
               arrow_load(ends->buffers[1], width, (size_t)ends->offset + run) <=
                   (int64_t)(span.at + row))
            run++;
        if (run == (size_t)ends->length)
            return false;
        rows[row] = (int64_t)(run - first);
    }
    *last = span.rows > 0 ? run + 1 : first;
    return true;
}

bool arrow_import_runs(struct arrow_import *in, const struct arrow_field *field,
                       struct arrow_span span, struct column *out)
{
    const struct ArrowArray *ends = span.array->children[0];
    const struct ArrowArray *values = span.array->children[1];
    struct column runs;
    size_t width = field->children[0].width, last;
    int64_t *rows = arena_calloc(in->memory, span.rows, sizeof *rows);
    if (!rows)
        return error_no_memory(in->err);
    size_t first = find_run(ends, width, (int64_t)span.at);
    if (!run_rows(ends, width, span, rows, first, &last) ||
        last > (size_t)values->length)
        return arrow_malformed(in->err, field, "has runs that end before its rows");
    if (span.rows == 0)
        first = last = 0;
    if (!arrow_import_rows(in, &field->children[1], values, first, last - first, &runs))
        return false;
    return column_take(in->memory, &runs, rows, span.rows, out) ||
           error_no_memory(in->err);
}
