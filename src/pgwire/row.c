/* row.c - the row sink: rows begun and ended, and the bulk path for whole messages.
 *
 * The first failure is kept; at the end of the row what was put of it is taken back. */
#include "pgwire/row.h"

#include <stdio.h>

#include "core/attr.h"
#include "pgwire/value.h"

void row_fail(pgw_row *row, const char *sqlstate, const char *text)
{
    if (!row->failed)
        (void)pgw_fail(&row->error, sqlstate, "%s", text);
    row->failed = true;
}

void row_no_memory(pgw_row *row)
{
    row_fail(row, "53200", "out of memory");
}

enum pgw_format pgw_row_format(const pgw_row *row, size_t column)
{
    if (row->format_count == 0)
        return PGW_TEXT_FORMAT;
    return (enum pgw_format)row->formats[row->format_count == 1 ? 0 : column];
}

size_t pgw_row_limit(const pgw_row *row)
{
    if (row->out->bytes >= row->high_water)
        return 0;
    return row->limit - row->written;
}

/* ---- whole messages ---- */

uint8_t *pgw_row_reserve(pgw_row *row, size_t bytes)
{
    uint8_t *room = chain_reserve(row->out, bytes);
    if (!room)
        row_no_memory(row);
    return room;
}

bool pgw_row_commit(pgw_row *row, size_t bytes, size_t rows)
{
    chain_commit(row->out, bytes);
    row->written += rows;
    return pgw_row_limit(row) > 0;
}

bool pgw_row_lend(pgw_row *row, struct pgw_slice messages, size_t rows,
                  void (*unref)(void *block), void *block)
{
    if (!chain_lend(row->out, (const uint8_t *)messages.data, messages.len, unref,
                    block)) {
        unref(block);
        row_no_memory(row);
        return false;
    }
    row->written += rows;
    return pgw_row_limit(row) > 0;
}

/* ---- a row by puts ---- */

void pgw_row_begin(pgw_row *row)
{
    if (row->copy) {
        copy_row_begin(row);
        return;
    }
    uint8_t *header = chain_reserve(row->out, 7);
    row->start = chain_mark(row->out);
    row->next_column = 0;
    row->depth = 0;
    if (!header) {
        row_no_memory(row);
        return;
    }
    row->length = header + 1;
    header[0] = 'D';
    (void)value_put16(header + 5, (uint16_t)row->column_count);
    chain_commit(row->out, 7);
}

bool pgw_row_end(pgw_row *row)
{
    if (row->copy)
        copy_row_end(row);
    uint64_t length = row->out->appended - row->start.appended - 1;
    if (row->next_column != row->column_count || row->depth > 0)
        row_fail(row, "XX000", "a row was put with too few or too many columns");
    if (length > INT32_MAX)
        row_fail(row, "54000", "a row is too large for the protocol");
    if (row->failed) {
        chain_rollback(row->out, row->start);
        return false;
    }
    (void)value_put32(row->length, (uint32_t)length);
    row->written++;
    return pgw_row_limit(row) > 0;
}

/* ---- values ---- */

uint32_t row_next(pgw_row *row, enum pgw_format *format)
{
    if (row->depth > 0) {
        *format = nest_format(row);
        return nest_next_oid(row);
    }
    size_t column = row->next_column++;
    *format = PGW_TEXT_FORMAT;
    if (column >= row->column_count)
        return 0;
    *format = pgw_row_format(row, column);
    return row->columns[column].type_oid;
}

/* What is short stays with its length in one block. */
enum { TOGETHER_MAX = 1024 };

void row_put(pgw_row *row, const void *data, size_t len)
{
    uint8_t length[4];
    if (row->failed)
        return;
    if (len > INT32_MAX) {
        row_fail(row, "54000", "a value is too large for the protocol");
        return;
    }
    if (row->depth > 0) {
        nest_put(row, data, len);
        return;
    }
    if (row_is_bare(row)) {
        copy_row_put(row, data, len);
        return;
    }
    uint8_t *to = len <= TOGETHER_MAX ? chain_reserve(row->out, 4 + len) : NULL;
    if (LIKELY(to != NULL)) {
        to = value_put32(to, data ? (uint32_t)len : UINT32_MAX);
        value_copy(to, data, data ? len : 0);
        chain_commit(row->out, 4 + (data ? len : 0));
        return;
    }
    (void)value_put32(length, data ? (uint32_t)len : UINT32_MAX);
    if (!chain_append(row->out, length, sizeof length) ||
        (data && !chain_append(row->out, data, len)))
        row_no_memory(row);
}

void row_mismatch(pgw_row *row, const char *what)
{
    char text[128];
    (void)snprintf(text, sizeof text,
                   "column %zu was given a value of another type: %s", row->next_column,
                   what);
    row_fail(row, "42804", text);
}

void pgw_put_null(pgw_row *row)
{
    enum pgw_format format;
    (void)row_next(row, &format);
    row_put(row, NULL, 0);
}
