/* cell.c - the cell writers: (logical type, layout, format) → bytes.
 *
 * Each is a few lines around a writer of value.h: load, convert, put the length in
 * front. The X-macros make one writer per physical width. */
#include "pgwire/cell.h"

#include "core/attr.h"
#include "pgwire/value.h"

/* Put the length of what was written behind `to` in front of it. */
static inline uint8_t *with_length(uint8_t *to, uint8_t *end)
{
    (void)value_put32(to, (uint32_t)(end - to - 4));
    return end;
}

/* ---- integers ---- */

/* name, C type, and the binary form: which put, of how many bytes */
#define INTEGER_LAYOUTS(X)                                                             \
    X(int8, int8_t, value_put16, uint16_t)                                             \
    X(int16, int16_t, value_put16, uint16_t)                                           \
    X(int32, int32_t, value_put32, uint32_t)                                           \
    X(int64, int64_t, value_put64, uint64_t)                                           \
    X(uint8, uint8_t, value_put16, uint16_t)                                           \
    X(uint16, uint16_t, value_put32, uint32_t)                                         \
    X(uint32, uint32_t, value_put64, uint64_t)                                         \
    X(oid, uint32_t, value_put32, uint32_t)

#define X(name, ctype, put, wire)                                                      \
    static uint8_t *text_##name(const struct cell *cell, size_t row, uint8_t *to)      \
    {                                                                                  \
        ctype value = ((const ctype *)cell->data)[row];                                \
        return with_length(to, value_int_text(to + 4, value));                         \
    }                                                                                  \
    static uint8_t *binary_##name(const struct cell *cell, size_t row, uint8_t *to)    \
    {                                                                                  \
        ctype value = ((const ctype *)cell->data)[row];                                \
        return put(value_put32(to, sizeof(wire)), (wire)value);                        \
    }
INTEGER_LAYOUTS(X)
#undef X

static uint8_t *text_uint64(const struct cell *cell, size_t row, uint8_t *to)
{
    return with_length(to,
                       value_uint_text(to + 4, ((const uint64_t *)cell->data)[row]));
}

static uint8_t *numeric_uint64(const struct cell *cell, size_t row, uint8_t *to)
{
    uint64_t value = ((const uint64_t *)cell->data)[row];
    return with_length(to, value_udecimal_binary(to + 4, value, false, 0));
}

static int128 load128(const struct cell *cell, size_t row)
{
    int128 value;
    memcpy(&value, (const char *)cell->data + row * sizeof value, sizeof value);
    return value;
}

static uint8_t *text_uint128(const struct cell *cell, size_t row, uint8_t *to)
{
    return with_length(to, value_uint128_text(to + 4, (uint128)load128(cell, row)));
}

static uint8_t *numeric_uint128(const struct cell *cell, size_t row, uint8_t *to)
{
    uint128 value = (uint128)load128(cell, row);
    return with_length(to, value_udecimal_binary(to + 4, value, false, 0));
}

/* ---- decimals (and 128-bit integers, whose scale is 0) ---- */

#define DECIMAL_LAYOUTS(X)                                                             \
    X(16, int16_t)                                                                     \
    X(32, int32_t)                                                                     \
    X(64, int64_t)

#define X(name, ctype)                                                                 \
    static uint8_t *text_decimal##name(const struct cell *cell, size_t row,            \
                                       uint8_t *to)                                    \
    {                                                                                  \
        ctype value = ((const ctype *)cell->data)[row];                                \
        return with_length(to, value_decimal64_text(to + 4, value, cell->scale));      \
    }                                                                                  \
    static uint8_t *binary_decimal##name(const struct cell *cell, size_t row,          \
                                         uint8_t *to)                                  \
    {                                                                                  \
        ctype value = ((const ctype *)cell->data)[row];                                \
        return with_length(to, value_decimal_binary(to + 4, value, cell->scale));      \
    }
DECIMAL_LAYOUTS(X)
#undef X

static uint8_t *text_decimal128(const struct cell *cell, size_t row, uint8_t *to)
{
    int128 value = load128(cell, row);
    return with_length(to, value_decimal_text(to + 4, value, cell->scale));
}

static uint8_t *binary_decimal128(const struct cell *cell, size_t row, uint8_t *to)
{
    int128 value = load128(cell, row);
    return with_length(to, value_decimal_binary(to + 4, value, cell->scale));
}

/* ---- booleans and floats ---- */

static bool bool_at(const struct cell *cell, size_t row)
{
    const uint8_t *bytes = cell->data;
    return cell->column->layout == LAYOUT_BITS ? bytes[row / 8] >> (row % 8) & 1
                                               : bytes[row] != 0;
}

static uint8_t *text_bool(const struct cell *cell, size_t row, uint8_t *to)
{
    to = value_put32(to, 1);
    *to = bool_at(cell, row) ? 't' : 'f';
    return to + 1;
}

static uint8_t *binary_bool(const struct cell *cell, size_t row, uint8_t *to)
{
    to = value_put32(to, 1);
    *to = bool_at(cell, row);
    return to + 1;
}

static uint8_t *text_float(const struct cell *cell, size_t row, uint8_t *to)
{
    return with_length(to, value_float_text(to + 4, ((const float *)cell->data)[row]));
}

static uint8_t *binary_float(const struct cell *cell, size_t row, uint8_t *to)
{
    return value_put32(value_put32(to, 4), ((const uint32_t *)cell->data)[row]);
}

static uint8_t *text_double(const struct cell *cell, size_t row, uint8_t *to)
{
    return with_length(to,
                       value_double_text(to + 4, ((const double *)cell->data)[row]));
}

/* ---- dates and timestamps ---- */

static uint8_t *out_of_range(const struct cell *cell)
{
    *cell->failure = "22008";
    return NULL;
}

static uint8_t *text_date(const struct cell *cell, size_t row, uint8_t *to)
{
    return with_length(to, value_date_text(to + 4, ((const int32_t *)cell->data)[row]));
}

static uint8_t *binary_date(const struct cell *cell, size_t row, uint8_t *to)
{
    int32_t days = ((const int32_t *)cell->data)[row], since_2000;
    if (days == INT32_MAX || days == -INT32_MAX)
        since_2000 = days < 0 ? INT32_MIN : INT32_MAX;
    else if (__builtin_sub_overflow(days, VALUE_EPOCH_DAYS, &since_2000))
        return out_of_range(cell);
    return value_put32(value_put32(to, 4), (uint32_t)since_2000);
}

/* In microseconds; false: it does not fit. What is finer is cut towards the past. */
static bool microseconds(const struct cell *cell, size_t row, int64_t *us)
{
    int64_t value = ((const int64_t *)cell->data)[row];
    *us = value;
    if (value == INT64_MAX || value == -INT64_MAX)
        return true;
    if (cell->divisor > 1)
        *us = value / cell->divisor - (value % cell->divisor < 0);
    return cell->factor == 1 || !__builtin_mul_overflow(value, cell->factor, us);
}

static uint8_t *text_any_timestamp(const struct cell *cell, size_t row, uint8_t *to,
                                   bool with_zone)
{
    int64_t us;
    if (!microseconds(cell, row, &us))
        return out_of_range(cell);
    return with_length(to, value_timestamp_text(to + 4, us, with_zone));
}

static uint8_t *text_timestamp(const struct cell *cell, size_t row, uint8_t *to)
{
    return text_any_timestamp(cell, row, to, false);
}

static uint8_t *text_timestamptz(const struct cell *cell, size_t row, uint8_t *to)
{
    return text_any_timestamp(cell, row, to, true);
}

static uint8_t *binary_timestamp(const struct cell *cell, size_t row, uint8_t *to)
{
    int64_t us;
    if (!microseconds(cell, row, &us))
        return out_of_range(cell);
    if (us == INT64_MAX || us == -INT64_MAX)
        us = us < 0 ? INT64_MIN : INT64_MAX;
    else if (__builtin_sub_overflow(us, VALUE_EPOCH_US, &us))
        return out_of_range(cell);
    return value_put64(value_put32(to, 8), (uint64_t)us);
}

/* ---- uuid, text, bytes ---- */

static void load_uuid(const struct cell *cell, size_t row, uint8_t out[16])
{
    const uint8_t *raw = (const uint8_t *)cell->data + row * 16;
    if (cell->column->layout == LAYOUT_UUID_BYTES) {
        memcpy(out, raw, 16);
        return;
    }
    for (unsigned i = 0; i < 16; i++)
        out[i] = raw[15 - i];
    out[0] ^= 0x80;
}

static uint8_t *text_uuid(const struct cell *cell, size_t row, uint8_t *to)
{
    uint8_t bytes[16];
    load_uuid(cell, row, bytes);
    return with_length(to, value_uuid_text(to + 4, bytes));
}

static uint8_t *binary_uuid(const struct cell *cell, size_t row, uint8_t *to)
{
    uint8_t *raw = value_put32(to, 16);
    load_uuid(cell, row, raw);
    return raw + 16;
}

static inline uint8_t *put_slice(struct slice text, uint8_t *to)
{
    to = value_put32(to, (uint32_t)text.len);
    memcpy(to, text.data, text.len);
    return to + text.len;
}

/* Short strings are in the entry itself; all of it is copied, the length says what
 * counts. */
static uint8_t *text_string16(const struct cell *cell, size_t row, uint8_t *to)
{
    const char *entry = (const char *)cell->data + row * 16;
    uint32_t len;
    memcpy(&len, entry, sizeof len);
    if (len > 12)
        return put_slice(column_slice(cell->column, row), to);
    to = value_put32(to, len);
    memcpy(to, entry + 4, 12);
    return to + len;
}

static uint8_t *text_slice(const struct cell *cell, size_t row, uint8_t *to)
{
    return put_slice(column_slice(cell->column, row), to);
}

static uint8_t *text_bytes(const struct cell *cell, size_t row, uint8_t *to)
{
    struct slice bytes = column_slice(cell->column, row);
    return with_length(
        to, value_bytea_text(to + 4, (const uint8_t *)bytes.data, bytes.len));
}

/* Labels are in the type; any of them may come, so the longest makes the room. */
static uint8_t *text_enum(const struct cell *cell, size_t row, uint8_t *to)
{
    const struct type *type = cell->column->type;
    uint32_t index =
        cell->column->layout == LAYOUT_FIXED1   ? ((const uint8_t *)cell->data)[row]
        : cell->column->layout == LAYOUT_FIXED2 ? ((const uint16_t *)cell->data)[row]
                                                : ((const uint32_t *)cell->data)[row];
    if (index >= type->label_count) {
        *cell->failure = "XX000";
        return NULL;
    }
    return put_slice(type->labels[index], to);
}

/* An OID reads as the name of what it stands for, where its type says so. */
static uint8_t *text_named(const struct cell *cell, size_t row, uint8_t *to)
{
    const struct value_names *names = cell->column->type->value_names;
    uint32_t value = ((const uint32_t *)cell->data)[row];
    size_t len =
        names ? names->write(names, value, (char *)to + 4, VALUE_NAME_BYTES) : 0;
    return len ? with_length(to, to + 4 + len) : text_oid(cell, row, to);
}

static size_t longest_label(const struct type *type)
{
    size_t longest = 0;
    for (size_t i = 0; i < type->label_count; i++) {
        if (type->labels[i].len > longest)
            longest = type->labels[i].len;
    }
    return longest;
}

/* ---- the choice ---- */

#define STRINGS(id, text, binary, per_text, per_binary)                                \
    {id, LAYOUT_OFFSETS32, text, binary, 16, per_text, per_binary},                    \
        {id, LAYOUT_OFFSETS64, text, binary, 16, per_text, per_binary},                \
    {                                                                                  \
        id, LAYOUT_SLICES, text, binary, 16, per_text, per_binary                      \
    }

static const struct choice {
    enum type_id id;
    enum layout layout;
    cell_writer *text, *binary;
    size_t max; /* of the value, whatever the format */
    unsigned text_per_byte, binary_per_byte;
} choices[] = {
    {TYPE_BOOL, LAYOUT_BOOL8, text_bool, binary_bool, 1, 0, 0},
    {TYPE_BOOL, LAYOUT_BITS, text_bool, binary_bool, 1, 0, 0},
    {TYPE_INT8, LAYOUT_FIXED1, text_int8, binary_int8, VALUE_INT_MAX, 0, 0},
    {TYPE_INT16, LAYOUT_FIXED2, text_int16, binary_int16, VALUE_INT_MAX, 0, 0},
    {TYPE_INT32, LAYOUT_FIXED4, text_int32, binary_int32, VALUE_INT_MAX, 0, 0},
    {TYPE_INT64, LAYOUT_FIXED8, text_int64, binary_int64, VALUE_INT_MAX, 0, 0},
    {TYPE_UINT8, LAYOUT_FIXED1, text_uint8, binary_uint8, VALUE_INT_MAX, 0, 0},
    {TYPE_UINT16, LAYOUT_FIXED2, text_uint16, binary_uint16, VALUE_INT_MAX, 0, 0},
    {TYPE_UINT32, LAYOUT_FIXED4, text_uint32, binary_uint32, VALUE_INT_MAX, 0, 0},
    {TYPE_OID, LAYOUT_FIXED4, text_named, binary_oid, VALUE_NAME_BYTES, 0, 0},
    {TYPE_UINT64, LAYOUT_FIXED8, text_uint64, numeric_uint64, VALUE_DECIMAL_MAX, 0, 0},
    {TYPE_INT128, LAYOUT_FIXED16, text_decimal128, binary_decimal128, VALUE_DECIMAL_MAX,
     0, 0},
    {TYPE_UINT128, LAYOUT_FIXED16, text_uint128, numeric_uint128, VALUE_DECIMAL_MAX, 0,
     0},
    {TYPE_DECIMAL, LAYOUT_FIXED2, text_decimal16, binary_decimal16, VALUE_DECIMAL_MAX,
     0, 0},
    {TYPE_DECIMAL, LAYOUT_FIXED4, text_decimal32, binary_decimal32, VALUE_DECIMAL_MAX,
     0, 0},
    {TYPE_DECIMAL, LAYOUT_FIXED8, text_decimal64, binary_decimal64, VALUE_DECIMAL_MAX,
     0, 0},
    {TYPE_DECIMAL, LAYOUT_FIXED16, text_decimal128, binary_decimal128,
     VALUE_DECIMAL_MAX, 0, 0},
    {TYPE_FLOAT32, LAYOUT_FLOAT4, text_float, binary_float, VALUE_FLOAT_MAX, 0, 0},
    {TYPE_FLOAT64, LAYOUT_FLOAT8, text_double, binary_int64, VALUE_FLOAT_MAX, 0, 0},
    {TYPE_DATE, LAYOUT_FIXED4, text_date, binary_date, VALUE_DATE_MAX, 0, 0},
    {TYPE_TIMESTAMP, LAYOUT_FIXED8, text_timestamp, binary_timestamp,
     VALUE_TIMESTAMP_MAX, 0, 0},
    {TYPE_TIMESTAMPTZ, LAYOUT_FIXED8, text_timestamptz, binary_timestamp,
     VALUE_TIMESTAMP_MAX, 0, 0},
    {TYPE_UUID, LAYOUT_UUID_BYTES, text_uuid, binary_uuid, VALUE_UUID_MAX, 0, 0},
    {TYPE_UUID, LAYOUT_UUID_FLIPPED, text_uuid, binary_uuid, VALUE_UUID_MAX, 0, 0},
    {TYPE_TEXT, LAYOUT_STRING16, text_string16, text_string16, 16, 1, 1},
    {TYPE_JSON, LAYOUT_STRING16, text_string16, text_string16, 16, 1, 1},
    {TYPE_OTHER, LAYOUT_STRING16, text_string16, text_string16, 16, 1, 1},
    {TYPE_BYTES, LAYOUT_STRING16, text_bytes, text_string16, 16, 2, 1},
    STRINGS(TYPE_TEXT, text_slice, text_slice, 1, 1),
    STRINGS(TYPE_JSON, text_slice, text_slice, 1, 1),
    STRINGS(TYPE_OTHER, text_slice, text_slice, 1, 1),
    STRINGS(TYPE_BYTES, text_bytes, text_slice, 2, 1),
    {TYPE_ENUM, LAYOUT_FIXED1, text_enum, text_enum, 0, 0, 0},
    {TYPE_ENUM, LAYOUT_FIXED2, text_enum, text_enum, 0, 0, 0},
    {TYPE_ENUM, LAYOUT_FIXED4, text_enum, text_enum, 0, 0, 0},
};

static void set_unit(struct cell *cell, enum time_unit unit)
{
    static const struct {
        int64_t factor, divisor;
    } units[] = {[UNIT_SECOND] = {1000000, 1},
                 [UNIT_MILLI] = {1000, 1},
                 [UNIT_MICRO] = {1, 1},
                 [UNIT_NANO] = {1, 1000}};
    cell->factor = units[unit].factor;
    cell->divisor = units[unit].divisor;
}

bool cell_choose(const struct column *column, enum pgw_format format, struct cell *out)
{
    bool binary = format == PGW_BINARY_FORMAT;
    for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
        const struct choice *choice = &choices[i];
        if (choice->id != column->type->id || choice->layout != column->layout)
            continue;
        *out = (struct cell){.write = binary ? choice->binary : choice->text,
                             .validity = column->validity,
                             .data = column->data,
                             .column = column,
                             .max = 4 + choice->max,
                             .per_byte = binary ? choice->binary_per_byte
                                                : choice->text_per_byte,
                             .scale = column->type->scale};
        if (column->type->id == TYPE_ENUM)
            out->max += longest_label(column->type);
        set_unit(out, column->type->unit);
        return true;
    }
    return false;
}
