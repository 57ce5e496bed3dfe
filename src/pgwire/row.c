/* row.c - the row sink: typed puts, and the bulk path for whole messages.
 *
 * A put converts to the column's declared type and the format that the client asked
 * for. The first failure is kept; at the end of the row what was put of it is taken
 * back. */
#include "pgwire/row.h"

#include <math.h>
#include <stdio.h>

#include "core/text.h"
#include "pgwire/value.h"

void row_fail(pgw_row *row, const char *sqlstate, const char *text)
{
    if (!row->failed)
        (void)pgw_fail(&row->error, sqlstate, "%s", text);
    row->failed = true;
}

static void no_memory(pgw_row *row)
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
        no_memory(row);
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
        no_memory(row);
        return false;
    }
    row->written += rows;
    return pgw_row_limit(row) > 0;
}

/* ---- a row by puts ---- */

void pgw_row_begin(pgw_row *row)
{
    uint8_t *header = chain_reserve(row->out, 7);
    row->start = chain_mark(row->out);
    row->next_column = 0;
    if (!header) {
        no_memory(row);
        return;
    }
    row->length = header + 1;
    header[0] = 'D';
    (void)value_put16(header + 5, (uint16_t)row->column_count);
    chain_commit(row->out, 7);
}

bool pgw_row_end(pgw_row *row)
{
    uint64_t length = row->out->appended - row->start.appended - 1;
    if (row->next_column != row->column_count)
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

/* The next column's declared type; 0 beyond the last. */
static uint32_t next_oid(pgw_row *row, enum pgw_format *format)
{
    size_t column = row->next_column++;
    if (column >= row->column_count)
        return 0;
    *format = pgw_row_format(row, column);
    return row->columns[column].type_oid;
}

static void put_cell(pgw_row *row, const void *data, size_t len)
{
    uint8_t length[4];
    if (row->failed)
        return;
    if (len > INT32_MAX) {
        row_fail(row, "54000", "a value is too large for the protocol");
        return;
    }
    (void)value_put32(length, (uint32_t)len);
    if (!chain_append(row->out, length, sizeof length) ||
        !chain_append(row->out, data, len))
        no_memory(row);
}

static void put_until(pgw_row *row, const uint8_t *start, const uint8_t *end)
{
    put_cell(row, start, (size_t)(end - start));
}

static void mismatch(pgw_row *row, const char *what)
{
    char text[128];
    (void)snprintf(text, sizeof text,
                   "column %zu was given a value of another type: %s", row->next_column,
                   what);
    row_fail(row, "42804", text);
}

void pgw_put_null(pgw_row *row)
{
    static const uint8_t null[4] = {0xff, 0xff, 0xff, 0xff};
    row->next_column++;
    if (!row->failed && !chain_append(row->out, null, sizeof null))
        no_memory(row);
}

static bool is_textual(uint32_t oid)
{
    static const uint32_t oids[] = {PGW_TEXTOID,   PGW_VARCHAROID, PGW_BPCHAROID,
                                    PGW_NAMEOID,   PGW_CHAROID,    PGW_JSONOID,
                                    PGW_UNKNOWNOID};
    for (size_t i = 0; i < ARRAY_LEN(oids); i++) {
        if (oids[i] == oid)
            return true;
    }
    return false;
}

void pgw_put_bool(pgw_row *row, bool value)
{
    enum pgw_format format = PGW_TEXT_FORMAT;
    uint8_t binary = value;
    uint32_t oid = next_oid(row, &format);
    if (oid == PGW_BOOLOID && format == PGW_BINARY_FORMAT)
        put_cell(row, &binary, 1);
    else if (oid == PGW_BOOLOID)
        put_cell(row, value ? "t" : "f", 1);
    else if (is_textual(oid))
        put_cell(row, value ? "true" : "false", value ? 4 : 5);
    else
        mismatch(row, "boolean");
}

/* The bytes of an integer type, 0 for other types. */
static unsigned int_width(uint32_t oid)
{
    switch (oid) {
    case PGW_INT2OID:
        return 2;
    case PGW_INT4OID:
    case PGW_OIDOID:
        return 4;
    case PGW_INT8OID:
        return 8;
    default:
        return 0;
    }
}

static bool in_range(int64_t value, uint32_t oid)
{
    switch (oid) {
    case PGW_INT2OID:
        return value >= INT16_MIN && value <= INT16_MAX;
    case PGW_INT4OID:
        return value >= INT32_MIN && value <= INT32_MAX;
    case PGW_OIDOID:
        return value >= 0 && value <= UINT32_MAX;
    default:
        return true;
    }
}

static void put_int_binary(pgw_row *row, int64_t value, unsigned width)
{
    uint8_t raw[8];
    (void)value_put64(raw, (uint64_t)value);
    put_cell(row, raw + 8 - width, width);
}

static void put_float(pgw_row *row, double value, uint32_t oid, enum pgw_format format)
{
    uint8_t text[VALUE_FLOAT_MAX];
    uint32_t single;
    uint64_t bits;
    float narrow = (float)value;
    if (oid == PGW_FLOAT4OID && isinf(narrow) && !isinf(value)) {
        row_fail(row, "22003", "value out of range for type real");
    } else if (format == PGW_TEXT_FORMAT) {
        put_until(row, text,
                  oid == PGW_FLOAT4OID ? value_float_text(text, narrow)
                                       : value_double_text(text, value));
    } else if (oid == PGW_FLOAT4OID) {
        memcpy(&single, &narrow, sizeof single);
        put_until(row, text, value_put32(text, single));
    } else {
        memcpy(&bits, &value, sizeof bits);
        put_until(row, text, value_put64(text, bits));
    }
}

void pgw_put_int(pgw_row *row, int64_t value)
{
    enum pgw_format format = PGW_TEXT_FORMAT;
    uint8_t text[VALUE_NUMERIC_BINARY_MAX];
    uint32_t oid = next_oid(row, &format);
    unsigned width = int_width(oid);
    if (!in_range(value, oid))
        row_fail(row, "22003", "integer out of range");
    else if (oid == PGW_FLOAT4OID || oid == PGW_FLOAT8OID)
        put_float(row, (double)value, oid, format);
    else if (width && format == PGW_BINARY_FORMAT)
        put_int_binary(row, value, width);
    else if (oid == PGW_NUMERICOID && format == PGW_BINARY_FORMAT)
        put_until(row, text, value_decimal_binary(text, value, 0));
    else if (width || oid == PGW_NUMERICOID || is_textual(oid))
        put_until(row, text, value_int_text(text, value));
    else
        mismatch(row, "integer");
}

void pgw_put_double(pgw_row *row, double value)
{
    enum pgw_format format = PGW_TEXT_FORMAT;
    uint8_t text[VALUE_FLOAT_MAX];
    uint32_t oid = next_oid(row, &format);
    if (oid == PGW_FLOAT4OID || oid == PGW_FLOAT8OID)
        put_float(row, value, oid, format);
    else if (is_textual(oid) || (oid == PGW_NUMERICOID && format == PGW_TEXT_FORMAT))
        put_until(row, text, value_double_text(text, value));
    else
        mismatch(row, "double");
}

void pgw_put_text(pgw_row *row, const char *text, size_t len)
{
    enum pgw_format format = PGW_TEXT_FORMAT;
    uint32_t oid = next_oid(row, &format);
    if (is_textual(oid) || (oid && format == PGW_TEXT_FORMAT))
        put_cell(row, text, len); /* the host writes its own text form */
    else
        mismatch(row, "text");
}

void pgw_put_bytea(pgw_row *row, const void *data, size_t len)
{
    enum pgw_format format = PGW_TEXT_FORMAT;
    uint32_t oid = next_oid(row, &format);
    if (oid != PGW_BYTEAOID) {
        mismatch(row, "bytea");
    } else if (format == PGW_BINARY_FORMAT) {
        put_cell(row, data, len);
    } else if (len > INT32_MAX / 2 - 8) {
        row_fail(row, "54000", "a value is too large for the protocol");
    } else {
        uint8_t *room = row->failed ? NULL : chain_reserve(row->out, 4 + 2 + 2 * len);
        if (room) {
            (void)value_bytea_text(value_put32(room, (uint32_t)(2 + 2 * len)), data,
                                   len);
            chain_commit(row->out, 4 + 2 + 2 * len);
        } else {
            no_memory(row);
        }
    }
}

void pgw_put_date(pgw_row *row, int32_t days)
{
    enum pgw_format format = PGW_TEXT_FORMAT;
    uint8_t text[VALUE_DATE_MAX];
    int32_t since_1970 =
        days == INT32_MAX || days == INT32_MIN
            ? (days < 0 ? -INT32_MAX : INT32_MAX)
            : days + (days <= INT32_MAX - VALUE_EPOCH_DAYS ? VALUE_EPOCH_DAYS
                                                           : INT32_MAX - days);
    uint32_t oid = next_oid(row, &format);
    if (oid == PGW_DATEOID && format == PGW_BINARY_FORMAT)
        put_until(row, text, value_put32(text, (uint32_t)days));
    else if (oid == PGW_DATEOID || is_textual(oid))
        put_until(row, text, value_date_text(text, since_1970));
    else
        mismatch(row, "date");
}

void pgw_put_timestamp(pgw_row *row, int64_t us)
{
    enum pgw_format format = PGW_TEXT_FORMAT;
    uint8_t text[VALUE_TIMESTAMP_MAX];
    int64_t since_1970;
    if (us == INT64_MAX || us == INT64_MIN)
        since_1970 = us < 0 ? -INT64_MAX : INT64_MAX;
    else if (__builtin_add_overflow(us, VALUE_EPOCH_US, &since_1970))
        row_fail(row, "22008", "timestamp out of range");
    uint32_t oid = next_oid(row, &format);
    if (row->failed)
        return;
    bool is_timestamp = oid == PGW_TIMESTAMPOID || oid == PGW_TIMESTAMPTZOID;
    if (is_timestamp && format == PGW_BINARY_FORMAT)
        put_until(row, text, value_put64(text, (uint64_t)us));
    else if (is_timestamp || is_textual(oid))
        put_until(row, text,
                  value_timestamp_text(text, since_1970, oid == PGW_TIMESTAMPTZOID));
    else
        mismatch(row, "timestamp");
}

void pgw_put_uuid(pgw_row *row, const uint8_t bytes[16])
{
    enum pgw_format format = PGW_TEXT_FORMAT;
    uint8_t text[VALUE_UUID_MAX];
    uint32_t oid = next_oid(row, &format);
    if (oid == PGW_UUIDOID && format == PGW_BINARY_FORMAT)
        put_cell(row, bytes, 16);
    else if (oid == PGW_UUIDOID || is_textual(oid))
        put_until(row, text, value_uuid_text(text, bytes));
    else
        mismatch(row, "uuid");
}

void pgw_put_decimal(pgw_row *row, int64_t high, uint64_t low, unsigned scale)
{
    enum pgw_format format = PGW_TEXT_FORMAT;
    uint8_t text[VALUE_DECIMAL_MAX];
    int128 value = (int128)((uint128)(uint64_t)high << 64 | low);
    uint32_t oid = next_oid(row, &format);
    if (scale > 38)
        row_fail(row, "22003", "the scale of a decimal is at most 38");
    else if (oid == PGW_NUMERICOID && format == PGW_BINARY_FORMAT)
        put_until(row, text, value_decimal_binary(text, value, scale));
    else if (oid == PGW_NUMERICOID || is_textual(oid))
        put_until(row, text, value_decimal_text(text, value, scale));
    else
        mismatch(row, "numeric");
}
