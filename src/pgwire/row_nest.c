/* row_nest.c - arrays and records that are put part by part.
 *
 *     begin ── before a part: brace, comma, room for a length
 *              the part: a value, or another nest
 *              behind it: quotes, or the length ── … ── end: a value of its own
 *
 * All nests of a value share one buffer; a part stands where it will stay, and quotes
 * are put around it in place. */
#include <pgwire/types.h>

#include "pgwire/pg_type.h"
#include "pgwire/row.h"
#include "pgwire/value.h"

static struct row_nest *top(pgw_row *row)
{
    return &row->nests[row->depth - 1];
}

enum pgw_format nest_format(const pgw_row *row)
{
    return row->next_column > row->column_count
               ? PGW_TEXT_FORMAT
               : pgw_row_format(row, row->next_column - 1);
}

static bool is_binary(const pgw_row *row)
{
    return nest_format(row) == PGW_BINARY_FORMAT;
}

uint32_t nest_next_oid(pgw_row *row)
{
    const struct row_nest *nest = top(row);
    if (nest->put >= nest->count)
        return 0;
    return nest->is_array ? nest->element_oid : nest->field_oids[nest->put];
}

static void append(pgw_row *row, const void *data, size_t len)
{
    if (!row->failed && !buf_append(row->scratch, data, len))
        row_no_memory(row);
}

static void append_u32(pgw_row *row, uint32_t value)
{
    uint8_t bytes[4];
    (void)value_put32(bytes, value);
    append(row, bytes, sizeof bytes);
}

static void patch_u32(pgw_row *row, size_t place, uint32_t value)
{
    (void)value_put32(row->scratch->memory + row->scratch->start + place, value);
}

/* ---- between the parts ---- */

/* How many braces stand in front of the part with this number, or behind the one
 * before it: one for each dimension whose block starts or ends here. */
static unsigned braces_at(const struct array_shape *shape, size_t part)
{
    unsigned braces = 0;
    size_t block = 1;
    for (unsigned i = shape->dimensions; i-- > 0;) {
        block *= shape->lengths[i];
        braces += part % block == 0;
    }
    return braces;
}

static void before_part(pgw_row *row)
{
    struct row_nest *nest = top(row);
    if (is_binary(row)) {
        if (!nest->is_array)
            append_u32(row, nest->field_oids[nest->put]);
        append_u32(row, UINT32_MAX);
    } else {
        if (nest->put > 0)
            append(row, ",", 1);
        for (unsigned i = nest->is_array ? braces_at(&nest->shape, nest->put) : 0;
             i > 0; i--)
            append(row, "{", 1);
    }
    nest->part = buf_len(row->scratch);
}

static void quote_part(pgw_row *row, const struct row_nest *nest)
{
    size_t len = buf_len(row->scratch) - nest->part;
    uint8_t *end = buf_reserve(row->scratch, len + 2);
    if (!end) {
        row_no_memory(row);
        return;
    }
    uint8_t *quoted = nest->is_array ? array_quote_element(end - len, end)
                                     : array_quote_field(end - len, end);
    buf_commit(row->scratch, (size_t)(quoted - end));
}

static void behind_part(pgw_row *row, bool is_null)
{
    struct row_nest *nest = top(row);
    nest->put++;
    if (row->failed)
        return;
    if (is_binary(row) && is_null && nest->is_array)
        patch_u32(row, nest->flags, 1);
    else if (is_binary(row) && !is_null)
        patch_u32(row, nest->part - 4, (uint32_t)(buf_len(row->scratch) - nest->part));
    else if (!is_binary(row) && is_null && nest->is_array)
        append(row, "NULL", 4);
    else if (!is_binary(row) && !is_null)
        quote_part(row, nest);
    if (is_binary(row) || !nest->is_array)
        return;
    for (unsigned i = braces_at(&nest->shape, nest->put); i > 0; i--)
        append(row, "}", 1);
}

void nest_put(pgw_row *row, const void *data, size_t len)
{
    if (top(row)->put >= top(row)->count) {
        row_fail(row, "XX000", "an array or a record was put with too many parts");
        return;
    }
    before_part(row);
    if (data)
        append(row, data, len);
    behind_part(row, !data);
}

/* ---- begin and end ---- */

/* False: it cannot begin here. */
static bool begin(pgw_row *row, const struct row_nest *nest)
{
    if (row->depth == ROW_DEPTH_MAX)
        row_fail(row, "54000", "arrays and records are nested too deep");
    if (row->failed)
        return false;
    if (row->depth > 0)
        before_part(row);
    else
        buf_consume(row->scratch, buf_len(row->scratch));
    row->nests[row->depth++] = *nest;
    return true;
}

static void end(pgw_row *row, bool is_array)
{
    if (row->failed)
        return;
    if (row->depth == 0 || top(row)->is_array != is_array ||
        top(row)->put != top(row)->count) {
        row_fail(row, "XX000", "an array or a record was put with too few parts");
        return;
    }
    if (!is_array && !is_binary(row))
        append(row, ")", 1);
    row->depth--;
    if (row->depth > 0)
        behind_part(row, false);
    else
        row_put(row, buf_data(row->scratch), buf_len(row->scratch));
}

void pgw_put_array_begin(pgw_row *row, uint32_t element_oid, const int32_t *lengths,
                         unsigned dimensions)
{
    enum pgw_format format;
    uint32_t oid = row_next(row, &format);
    const struct pg_type *element = pg_type_element(oid);
    struct row_nest nest = {.is_array = true, .element_oid = element_oid};
    if (oid == 0 || (element && element->oid != element_oid) ||
        (!element && pg_type_find(oid))) {
        row_mismatch(row, "array");
        return;
    }
    if (dimensions > ARRAY_DIMENSIONS_MAX) {
        row_fail(row, "54000", "an array has at most 6 dimensions");
        return;
    }
    nest.count = dimensions > 0;
    for (unsigned i = 0; i < dimensions; i++) {
        nest.shape.lengths[i] = lengths[i] > 0 ? (size_t)lengths[i] : 0;
        nest.count *= nest.shape.lengths[i];
        if (nest.count > INT32_MAX) {
            row_fail(row, "54000", "an array has too many elements");
            return;
        }
    }
    nest.shape.dimensions = nest.count > 0 ? dimensions : 0;
    if (!begin(row, &nest))
        return;
    if (format == PGW_BINARY_FORMAT) {
        uint8_t header[ARRAY_HEADER_MAX];
        top(row)->flags = buf_len(row->scratch) + 4;
        uint8_t *behind = array_put_header(header, &nest.shape, false, element_oid);
        append(row, header, (size_t)(behind - header));
    } else if (nest.count == 0) {
        append(row, "{}", 2);
    }
}

void pgw_put_array_end(pgw_row *row)
{
    end(row, true);
}

void pgw_put_record_begin(pgw_row *row, const uint32_t *field_oids, size_t count)
{
    enum pgw_format format;
    uint32_t oid = row_next(row, &format);
    struct row_nest nest = {.field_oids = field_oids, .count = count};
    if (oid == 0 || (oid != PGW_RECORDOID && pg_type_find(oid))) {
        row_mismatch(row, "record");
        return;
    }
    if (!begin(row, &nest))
        return;
    if (format == PGW_BINARY_FORMAT)
        append_u32(row, (uint32_t)count);
    else
        append(row, "(", 1);
}

void pgw_put_record_end(pgw_row *row)
{
    end(row, false);
}
