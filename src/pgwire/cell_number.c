/* cell_number.c - cells of numbers and booleans.
 *
 * The X-macros make one writer per physical width. */
#include "pgwire/cell_write.h"

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
    uint8_t *cell_text_##name(const struct cell *cell, size_t row, uint8_t *to)        \
    {                                                                                  \
        ctype value = ((const ctype *)cell->data)[row];                                \
        return cell_length(to, value_int_text(to + 4, value));                         \
    }                                                                                  \
    uint8_t *cell_bare_##name(const struct cell *cell, size_t row, uint8_t *to)        \
    {                                                                                  \
        return value_int_text(to, ((const ctype *)cell->data)[row]);                   \
    }                                                                                  \
    uint8_t *cell_binary_##name(const struct cell *cell, size_t row, uint8_t *to)      \
    {                                                                                  \
        ctype value = ((const ctype *)cell->data)[row];                                \
        return put(value_put32(to, sizeof(wire)), (wire)value);                        \
    }
INTEGER_LAYOUTS(X)
#undef X

/* An OID reads as the name of what it stands for, where its type says so. */
uint8_t *cell_text_name(const struct cell *cell, size_t row, uint8_t *to)
{
    const struct value_names *names = cell->column->type->value_names;
    uint32_t value = ((const uint32_t *)cell->data)[row];
    size_t len =
        names ? names->write(names, value, (char *)to + 4, VALUE_NAME_BYTES) : 0;
    return len ? cell_length(to, to + 4 + len) : cell_text_oid(cell, row, to);
}

uint8_t *cell_text_uint64(const struct cell *cell, size_t row, uint8_t *to)
{
    return cell_length(to,
                       value_uint_text(to + 4, ((const uint64_t *)cell->data)[row]));
}

uint8_t *cell_binary_uint64(const struct cell *cell, size_t row, uint8_t *to)
{
    uint64_t value = ((const uint64_t *)cell->data)[row];
    return cell_length(to, value_udecimal_binary(to + 4, value, false, 0));
}

static int128 load128(const struct cell *cell, size_t row)
{
    int128 value;
    memcpy(&value, (const char *)cell->data + row * sizeof value, sizeof value);
    return value;
}

uint8_t *cell_text_uint128(const struct cell *cell, size_t row, uint8_t *to)
{
    return cell_length(to, value_uint128_text(to + 4, (uint128)load128(cell, row)));
}

uint8_t *cell_binary_uint128(const struct cell *cell, size_t row, uint8_t *to)
{
    uint128 value = (uint128)load128(cell, row);
    return cell_length(to, value_udecimal_binary(to + 4, value, false, 0));
}

/* ---- decimals (and 128-bit integers, whose scale is 0) ---- */

#define DECIMAL_LAYOUTS(X)                                                             \
    X(16, int16_t)                                                                     \
    X(32, int32_t)                                                                     \
    X(64, int64_t)

#define X(name, ctype)                                                                 \
    uint8_t *cell_text_decimal##name(const struct cell *cell, size_t row, uint8_t *to) \
    {                                                                                  \
        ctype value = ((const ctype *)cell->data)[row];                                \
        return cell_length(to, value_decimal64_text(to + 4, value, cell->scale));      \
    }                                                                                  \
    uint8_t *cell_bare_decimal##name(const struct cell *cell, size_t row, uint8_t *to) \
    {                                                                                  \
        ctype value = ((const ctype *)cell->data)[row];                                \
        return value_decimal64_text(to, value, cell->scale);                           \
    }                                                                                  \
    uint8_t *cell_binary_decimal##name(const struct cell *cell, size_t row,            \
                                       uint8_t *to)                                    \
    {                                                                                  \
        ctype value = ((const ctype *)cell->data)[row];                                \
        return cell_length(to, value_decimal64_binary(to + 4, value, cell->scale));    \
    }
DECIMAL_LAYOUTS(X)
#undef X

uint8_t *cell_text_decimal128(const struct cell *cell, size_t row, uint8_t *to)
{
    int128 value = load128(cell, row);
    return cell_length(to, value_decimal_text(to + 4, value, cell->scale));
}

uint8_t *cell_binary_decimal128(const struct cell *cell, size_t row, uint8_t *to)
{
    int128 value = load128(cell, row);
    return cell_length(to, value_decimal_binary(to + 4, value, cell->scale));
}

static const uint8_t *load256(const struct cell *cell, size_t row)
{
    return (const uint8_t *)cell->data + row * 32;
}

uint8_t *cell_text_decimal256(const struct cell *cell, size_t row, uint8_t *to)
{
    return cell_length(to,
                       value_decimal256_text(to + 4, load256(cell, row), cell->scale));
}

uint8_t *cell_binary_decimal256(const struct cell *cell, size_t row, uint8_t *to)
{
    return cell_length(
        to, value_decimal256_binary(to + 4, load256(cell, row), cell->scale));
}

/* ---- integers of any size ---- */

uint8_t *cell_text_bignum(const struct cell *cell, size_t row, uint8_t *to)
{
    struct slice bytes = column_slice(cell->column, row);
    uint8_t *end = value_bignum_text(to + 4, (const uint8_t *)bytes.data, bytes.len);
    return end ? cell_length(to, end) : cell_fail(cell, "22003");
}

uint8_t *cell_binary_bignum(const struct cell *cell, size_t row, uint8_t *to)
{
    struct slice bytes = column_slice(cell->column, row);
    uint8_t *end = value_bignum_binary(to + 4, (const uint8_t *)bytes.data, bytes.len);
    return end ? cell_length(to, end) : cell_fail(cell, "22003");
}

/* ---- booleans and floats ---- */

static bool bool_at(const struct cell *cell, size_t row)
{
    const uint8_t *bytes = cell->data;
    return cell->column->layout == LAYOUT_BITS ? bytes[row / 8] >> (row % 8) & 1
                                               : bytes[row] != 0;
}

uint8_t *cell_text_bool(const struct cell *cell, size_t row, uint8_t *to)
{
    to = value_put32(to, 1);
    *to = bool_at(cell, row) ? 't' : 'f';
    return to + 1;
}

uint8_t *cell_bare_bool(const struct cell *cell, size_t row, uint8_t *to)
{
    *to = bool_at(cell, row) ? 't' : 'f';
    return to + 1;
}

uint8_t *cell_binary_bool(const struct cell *cell, size_t row, uint8_t *to)
{
    to = value_put32(to, 1);
    *to = bool_at(cell, row);
    return to + 1;
}

uint8_t *cell_text_float(const struct cell *cell, size_t row, uint8_t *to)
{
    return cell_length(to, value_float_text(to + 4, ((const float *)cell->data)[row]));
}

uint8_t *cell_bare_float(const struct cell *cell, size_t row, uint8_t *to)
{
    return value_float_text(to, ((const float *)cell->data)[row]);
}

uint8_t *cell_binary_float(const struct cell *cell, size_t row, uint8_t *to)
{
    return value_put32(value_put32(to, 4), ((const uint32_t *)cell->data)[row]);
}

uint8_t *cell_text_double(const struct cell *cell, size_t row, uint8_t *to)
{
    return cell_length(to,
                       value_double_text(to + 4, ((const double *)cell->data)[row]));
}

uint8_t *cell_bare_double(const struct cell *cell, size_t row, uint8_t *to)
{
    return value_double_text(to, ((const double *)cell->data)[row]);
}

uint8_t *cell_rounded_float(const struct cell *cell, size_t row, uint8_t *to)
{
    float value = ((const float *)cell->data)[row];
    return cell_length(to,
                       value_float_rounded(to + 4, value, cell->style->float_digits));
}

uint8_t *cell_rounded_double(const struct cell *cell, size_t row, uint8_t *to)
{
    double value = ((const double *)cell->data)[row];
    return cell_length(to,
                       value_double_rounded(to + 4, value, cell->style->float_digits));
}
