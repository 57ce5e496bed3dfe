/* duckdb_bind.c - a batch of one row as the values of a prepared statement.
 *
 * A row per type makes the engine's value of a cell; lists are made of the values of
 * their cells. The engine copies what a value points to, so that nothing of the batch
 * is needed when the statement runs. */
#include <stdlib.h>

#include "core/int128.h"
#include "engine/duckdb/duckdb_internal.h"

/* NULL: it cannot be made, or there is no memory. */
typedef duckdb_value value_maker(const struct column *, size_t row);

#define CELL(ctype) (((const ctype *)column->data)[row])
#define MAKER(name, ctype, made)                                                       \
    static duckdb_value make_##name(const struct column *column, size_t row)           \
    {                                                                                  \
        ctype cell = CELL(ctype);                                                      \
        return made;                                                                   \
    }

MAKER(bool, uint8_t, duckdb_create_bool(cell != 0))
MAKER(int8, int8_t, duckdb_create_int8(cell))
MAKER(int16, int16_t, duckdb_create_int16(cell))
MAKER(int32, int32_t, duckdb_create_int32(cell))
MAKER(int64, int64_t, duckdb_create_int64(cell))
MAKER(float, float, duckdb_create_float(cell))
MAKER(double, double, duckdb_create_double(cell))
MAKER(date, int32_t, duckdb_create_date((duckdb_date){cell}))
MAKER(time, int64_t, duckdb_create_time((duckdb_time){cell}))
MAKER(timetz, uint64_t, duckdb_create_time_tz_value((duckdb_time_tz){cell}))
MAKER(timestamp, int64_t, duckdb_create_timestamp((duckdb_timestamp){cell}))
MAKER(timestamptz, int64_t, duckdb_create_timestamp_tz((duckdb_timestamp){cell}))
MAKER(interval, duckdb_interval, duckdb_create_interval(cell))

static duckdb_value make_text(const struct column *column, size_t row)
{
    struct slice text = column_slice(column, row);
    return duckdb_create_varchar_length(text.data, text.len);
}

static duckdb_value make_bytes(const struct column *column, size_t row)
{
    struct slice bytes = column_slice(column, row);
    return duckdb_create_blob((const uint8_t *)bytes.data, bytes.len);
}

static duckdb_value make_bits(const struct column *column, size_t row)
{
    struct slice bits = column_slice(column, row);
    return duckdb_create_bit(
        (duckdb_bit){(uint8_t *)(uintptr_t)bits.data, (idx_t)bits.len});
}

/* The C API's value of a UUID is the number as people write it. */
static duckdb_value make_uuid(const struct column *column, size_t row)
{
    const uint8_t *bytes = (const uint8_t *)column->data + row * 16;
    duckdb_uhugeint number = {0, 0};
    for (unsigned at = 0; at < 8; at++) {
        number.upper = number.upper << 8 | bytes[at];
        number.lower = number.lower << 8 | bytes[at + 8];
    }
    return duckdb_create_uuid(number);
}

static duckdb_value make_decimal(const struct column *column, size_t row)
{
    int128 cell;
    memcpy(&cell, (const char *)column->data + row * sizeof cell, sizeof cell);
    return duckdb_create_decimal((duckdb_decimal){
        column->type->precision, column->type->scale,
        (duckdb_hugeint){(uint64_t)(uint128)cell, (int64_t)(cell >> 64)}});
}

/* The magnitude, most significant byte first (duckdb.h has it the other way round),
 * without the header. */
static duckdb_value make_bignum(const struct column *column, size_t row)
{
    enum { HEADER = 3 };
    struct slice cell = column_slice(column, row);
    if (cell.len <= HEADER)
        return NULL;
    size_t len = cell.len - HEADER;
    bool negative = !(cell.data[0] & 0x80);
    uint8_t *magnitude = malloc(len);
    if (!magnitude)
        return NULL;
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = (uint8_t)cell.data[HEADER + i];
        magnitude[i] = (uint8_t)(negative ? ~byte : byte);
    }
    duckdb_value value =
        duckdb_create_bignum((duckdb_bignum){magnitude, (idx_t)len, negative});
    free(magnitude);
    return value;
}

static duckdb_value make_list(const struct column *column, size_t row);

static const struct {
    enum type_id id;
    enum layout layout; /* LAYOUT_NULL: any that the maker can read */
    value_maker *make;
    duckdb_type type; /* of a list of such; INVALID: logical_type knows more */
} makers[] = {
    {TYPE_BOOL, LAYOUT_BOOL8, make_bool, DUCKDB_TYPE_BOOLEAN},
    {TYPE_INT8, LAYOUT_FIXED1, make_int8, DUCKDB_TYPE_TINYINT},
    {TYPE_INT16, LAYOUT_FIXED2, make_int16, DUCKDB_TYPE_SMALLINT},
    {TYPE_INT32, LAYOUT_FIXED4, make_int32, DUCKDB_TYPE_INTEGER},
    {TYPE_INT64, LAYOUT_FIXED8, make_int64, DUCKDB_TYPE_BIGINT},
    {TYPE_FLOAT32, LAYOUT_FLOAT4, make_float, DUCKDB_TYPE_FLOAT},
    {TYPE_FLOAT64, LAYOUT_FLOAT8, make_double, DUCKDB_TYPE_DOUBLE},
    {TYPE_DATE, LAYOUT_FIXED4, make_date, DUCKDB_TYPE_DATE},
    {TYPE_TIME, LAYOUT_FIXED8, make_time, DUCKDB_TYPE_TIME},
    {TYPE_TIMETZ, LAYOUT_TIMETZ40, make_timetz, DUCKDB_TYPE_TIME_TZ},
    {TYPE_TIMESTAMP, LAYOUT_FIXED8, make_timestamp, DUCKDB_TYPE_TIMESTAMP},
    {TYPE_TIMESTAMPTZ, LAYOUT_FIXED8, make_timestamptz, DUCKDB_TYPE_TIMESTAMP_TZ},
    {TYPE_INTERVAL, LAYOUT_INTERVAL, make_interval, DUCKDB_TYPE_INTERVAL},
    {TYPE_TEXT, LAYOUT_NULL, make_text, DUCKDB_TYPE_VARCHAR},
    {TYPE_JSON, LAYOUT_NULL, make_text, DUCKDB_TYPE_VARCHAR},
    {TYPE_BYTES, LAYOUT_NULL, make_bytes, DUCKDB_TYPE_BLOB},
    {TYPE_BIT, LAYOUT_NULL, make_bits, DUCKDB_TYPE_BIT},
    {TYPE_BIGNUM, LAYOUT_NULL, make_bignum, DUCKDB_TYPE_BIGNUM},
    {TYPE_UUID, LAYOUT_UUID_BYTES, make_uuid, DUCKDB_TYPE_UUID},
    {TYPE_DECIMAL, LAYOUT_FIXED16, make_decimal, DUCKDB_TYPE_INVALID},
    {TYPE_LIST, LAYOUT_LIST_ENTRIES, make_list, DUCKDB_TYPE_INVALID},
};

static duckdb_value make_value(const struct column *column, size_t row)
{
    if (!column_is_valid(column, row))
        return duckdb_create_null_value();
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        if (makers[i].id == column->type->id &&
            (makers[i].layout == LAYOUT_NULL || makers[i].layout == column->layout))
            return makers[i].make(column, row);
    }
    return NULL;
}

/* ---- lists ---- */

static duckdb_logical_type simple_type(enum type_id id)
{
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        if (makers[i].id == id)
            return duckdb_create_logical_type(makers[i].type);
    }
    return duckdb_create_logical_type(DUCKDB_TYPE_INVALID);
}

/* Follows the nesting of a parameter, at most that of PostgreSQL's arrays. */
static duckdb_logical_type logical_type(const struct type *type)
{
    if (type->id == TYPE_DECIMAL)
        return duckdb_create_decimal_type(type->precision, type->scale);
    if (type->id != TYPE_LIST)
        return simple_type(type->id);
    duckdb_logical_type child = logical_type(&type->children[0]);
    duckdb_logical_type list = duckdb_create_list_type(child);
    duckdb_destroy_logical_type(&child);
    return list;
}

static duckdb_value make_list(const struct column *column, size_t row)
{
    const uint64_t *entry = (const uint64_t *)column->data + row * 2;
    size_t offset = (size_t)entry[0], count = (size_t)entry[1], made = 0;
    duckdb_value *values = calloc(count + 1, sizeof(duckdb_value)), list = NULL;
    if (!values)
        return NULL;
    while (made < count &&
           (values[made] = make_value(&column->children[0], offset + made)))
        made++;
    if (made == count) {
        duckdb_logical_type child = logical_type(&column->type->children[0]);
        list = duckdb_create_list_value(child, values, count);
        duckdb_destroy_logical_type(&child);
    }
    for (size_t i = 0; i < made; i++)
        duckdb_destroy_value(&values[i]);
    free(values);
    return list;
}

/* ---- all of them ---- */

static bool bind_one(duckdb_prepared_statement prepared, size_t i,
                     const struct column *column, struct slice sql, struct error *err)
{
    duckdb_value value = make_value(column, 0);
    if (!value)
        return error_set(err, "0A000", "parameter $%zu has a type that cannot be bound",
                         i + 1);
    duckdb_state state = duckdb_bind_value(prepared, i + 1, value);
    duckdb_destroy_value(&value);
    if (state == DuckDBSuccess)
        return true;
    const char *message = duckdb_prepare_error(prepared);
    return duckdb_error_set(err, message && *message ? message : "cannot bind", sql);
}

bool duckdb_bind_batch(duckdb_prepared_statement prepared, size_t param_count,
                       const struct batch *params, struct slice sql, struct error *err)
{
    size_t count = params ? params->column_count : 0;
    if (count != param_count)
        return error_set(err, "08P01", "the statement takes %zu parameters, not %zu",
                         param_count, count);
    for (size_t i = 0; i < count; i++) {
        if (!bind_one(prepared, i, &params->columns[i], sql, err))
            return false;
    }
    return true;
}

/* ---- what they weigh ---- */

/* Follows the nesting of a parameter, at most that of PostgreSQL's arrays. */
static size_t value_size(const struct column *column, size_t row)
{
    size_t size = sizeof(struct slice);
    if (!column_is_valid(column, row))
        return size;
    if (column->layout == LAYOUT_SLICES)
        size += ((const struct slice *)column->data)[row].len;
    if (column->type->id != TYPE_LIST)
        return size;
    const uint64_t *entry = (const uint64_t *)column->data + row * 2;
    for (uint64_t i = 0; i < entry[1]; i++)
        size += value_size(&column->children[0], (size_t)(entry[0] + i));
    return size;
}

size_t duckdb_bind_size(const struct batch *params)
{
    size_t size = 0;
    for (size_t i = 0; params && i < params->column_count; i++)
        size += value_size(&params->columns[i], 0);
    return size;
}
