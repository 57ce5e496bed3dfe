/* copy_row.c - a row of COPY … TO STDOUT by puts: one CopyData message.
 *
 * In the binary format it is a DataRow but for its type, and row.c writes it; text and
 * csv are fields with a delimiter between them and a newline behind the last. */
#include "pgwire/row.h"
#include "pgwire/value.h"

void copy_row_open(pgw_row *row)
{
    const struct copy_out *copy = row->copy;
    row->formats = &copy->values;
    row->format_count = 1;
    if (copy->recoder)
        row->out = copy_recoder_chain(copy->recoder);
}

enum pgw_status copy_row_close(pgw_row *row, struct chain *out, struct pgw_error *err)
{
    struct copy_recoder *recoder = row->copy->recoder;
    return recoder ? copy_recode(recoder, out, err) : PGW_OK;
}

void copy_row_begin(pgw_row *row)
{
    struct copy_out *copy = row->copy;
    uint8_t *header = chain_reserve(row->out, 5 + COPY_SIGNATURE_BYTES + 2);
    row->start = chain_mark(row->out);
    row->next_column = 0;
    row->depth = 0;
    if (!header) {
        row_no_memory(row);
        return;
    }
    uint8_t *to = header + 5;
    row->length = header + 1;
    header[0] = 'd';
    if (copy->signature_due)
        to = copy_put_signature(to);
    if (copy->format == PGW_COPY_BINARY)
        to = value_put16(to, (uint16_t)row->column_count);
    chain_commit(row->out, (size_t)(to - header));
}

static void put_field(pgw_row *row, bool forced, const void *data, size_t len)
{
    const struct copy_out *copy = row->copy;
    bool lines = copy_is_lines(copy);
    size_t room = data ? COPY_FIELD_BYTES(len) : copy->null.len;
    uint8_t *start = chain_reserve(row->out, 1 + room), *to = start;
    if (!start) {
        row_no_memory(row);
        return;
    }
    if (lines && row->next_column > 1)
        *to++ = copy->delimiter;
    if (!data) {
        value_copy(to, copy->null.data, copy->null.len);
        to += copy->null.len;
    } else {
        value_copy(to, data, len);
        to = lines ? copy_field(copy, forced, to, to + len) : to + len;
    }
    chain_commit(row->out, (size_t)(to - start));
}

void copy_row_put(pgw_row *row, const void *data, size_t len)
{
    size_t column = row->next_column - 1;
    bool forced = column < row->column_count && copy_is_forced(row->copy, column);
    put_field(row, forced, data, len);
}

void copy_row_end(pgw_row *row)
{
    if (!row->failed && copy_is_lines(row->copy) && !chain_append(row->out, "\n", 1))
        row_no_memory(row);
    if (!row->failed)
        row->copy->signature_due = false;
}

bool copy_row_names(pgw_row *row)
{
    if (!row->copy->has_names || !copy_is_lines(row->copy))
        return true;
    pgw_row_begin(row);
    for (size_t i = 0; i < row->column_count && !row->failed; i++) {
        const char *name = row->columns[i].name ? row->columns[i].name : "";
        row->next_column++;
        put_field(row, false, name, strlen(name));
    }
    (void)pgw_row_end(row);
    return !row->failed;
}
