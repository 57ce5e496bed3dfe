/* arrow_form.c - which form a type has in Arrow: a table, and what a schema says of it.
 */
#include "encode/arrow_form.h"

#include <string.h>

#include "core/attr.h"
#include "core/int128.h"

/* ---- values that are not as they lie ---- */

static void put128(uint8_t *to, int128 value)
{
    memcpy(to, &value, sizeof value);
}

static const char *from_decimal(const struct column *column, size_t row, uint8_t *to)
{
    int128 value;
    if (column->layout == LAYOUT_FIXED2)
        value = ((const int16_t *)column->data)[row];
    else if (column->layout == LAYOUT_FIXED4)
        value = ((const int32_t *)column->data)[row];
    else if (column->layout == LAYOUT_FIXED8)
        value = ((const int64_t *)column->data)[row];
    else if (column->layout == LAYOUT_FIXED16)
        memcpy(&value, (const char *)column->data + row * sizeof value, sizeof value);
    else
        return "0A000";
    put128(to, value);
    return NULL;
}

/* Integers of 128 bits are decimals of 38 digits, as far as they have no more. */
static const char *from_int128(const struct column *column, size_t row, uint8_t *to)
{
    const uint128 limit = (uint128)UINT64_C(10000000000000000000) *
                          UINT64_C(10000000000000000000); /* 10^38 */
    int128 value;
    memcpy(&value, (const char *)column->data + row * sizeof value, sizeof value);
    uint128 magnitude = value < 0 ? -(uint128)value : (uint128)value;
    put128(to, value);
    return magnitude < limit ? NULL : "22003";
}

static const char *from_uint128(const struct column *column, size_t row, uint8_t *to)
{
    memcpy(to, (const char *)column->data + row * 16, 16);
    memset(to + 16, 0, 16);
    return NULL;
}

static const char *from_uuid(const struct column *column, size_t row, uint8_t *to)
{
    const uint8_t *raw = (const uint8_t *)column->data + row * 16;
    if (column->layout == LAYOUT_UUID_BYTES) {
        memcpy(to, raw, 16);
        return NULL;
    }
    for (size_t i = 0; i < 16; i++)
        to[i] = raw[15 - i];
    to[0] ^= 0x80;
    return NULL;
}

static const char *from_time(const struct column *column, size_t row, uint8_t *to)
{
    static const int64_t factors[] = {[UNIT_SECOND] = 1000000,
                                      [UNIT_MILLI] = 1000,
                                      [UNIT_MICRO] = 1,
                                      [UNIT_NANO] = 1};
    int64_t value = ((const int64_t *)column->data)[row] * factors[column->type->unit];
    memcpy(to, &value, sizeof value);
    return NULL;
}

static const char *from_interval(const struct column *column, size_t row, uint8_t *to)
{
    int64_t us, ns;
    memcpy(to, (const char *)column->data + row * 16, 8);
    memcpy(&us, (const char *)column->data + row * 16 + 8, sizeof us);
    if (__builtin_mul_overflow(us, 1000, &ns))
        return "22008";
    memcpy(to + 8, &ns, sizeof ns);
    return NULL;
}

/* ---- the table ---- */

static const struct arrow_form forms[TYPE_OTHER + 1] = {
    [TYPE_UNKNOWN] = {ARROW_UTF8, ARROW_AS_BYTES, 0, NULL, false, NULL},
    [TYPE_BOOL] = {ARROW_BOOL, ARROW_AS_BITS, 0, NULL, false, NULL},
    [TYPE_INT8] = {ARROW_INT, ARROW_AS_FIXED, 1, NULL, true, NULL},
    [TYPE_INT16] = {ARROW_INT, ARROW_AS_FIXED, 2, NULL, true, NULL},
    [TYPE_INT32] = {ARROW_INT, ARROW_AS_FIXED, 4, NULL, true, NULL},
    [TYPE_INT64] = {ARROW_INT, ARROW_AS_FIXED, 8, NULL, true, NULL},
    [TYPE_INT128] = {ARROW_DECIMAL, ARROW_AS_FIXED, 16, from_int128, true, NULL},
    [TYPE_UINT8] = {ARROW_INT, ARROW_AS_FIXED, 1, NULL, false, NULL},
    [TYPE_UINT16] = {ARROW_INT, ARROW_AS_FIXED, 2, NULL, false, NULL},
    [TYPE_UINT32] = {ARROW_INT, ARROW_AS_FIXED, 4, NULL, false, NULL},
    [TYPE_UINT64] = {ARROW_INT, ARROW_AS_FIXED, 8, NULL, false, NULL},
    [TYPE_UINT128] = {ARROW_DECIMAL, ARROW_AS_FIXED, 32, from_uint128, false, NULL},
    [TYPE_OID] = {ARROW_INT, ARROW_AS_FIXED, 4, NULL, false, NULL},
    [TYPE_FLOAT32] = {ARROW_FLOAT, ARROW_AS_FIXED, 4, NULL, true, NULL},
    [TYPE_FLOAT64] = {ARROW_FLOAT, ARROW_AS_FIXED, 8, NULL, true, NULL},
    [TYPE_BIGNUM] = {ARROW_UTF8, ARROW_AS_TEXT, 0, NULL, false, NULL},
    [TYPE_DECIMAL] = {ARROW_DECIMAL, ARROW_AS_FIXED, 16, from_decimal, true, NULL},
    [TYPE_TEXT] = {ARROW_UTF8, ARROW_AS_BYTES, 0, NULL, false, NULL},
    [TYPE_JSON] = {ARROW_UTF8, ARROW_AS_BYTES, 0, NULL, false, "arrow.json"},
    [TYPE_BYTES] = {ARROW_BINARY, ARROW_AS_BYTES, 0, NULL, false, NULL},
    [TYPE_BIT] = {ARROW_UTF8, ARROW_AS_TEXT, 0, NULL, false, NULL},
    [TYPE_UUID] = {ARROW_FIXED_BINARY, ARROW_AS_FIXED, 16, from_uuid, false,
                   "arrow.uuid"},
    [TYPE_DATE] = {ARROW_DATE, ARROW_AS_FIXED, 4, NULL, true, NULL},
    [TYPE_TIME] = {ARROW_TIME, ARROW_AS_FIXED, 8, from_time, true, NULL},
    [TYPE_TIMETZ] = {ARROW_UTF8, ARROW_AS_TEXT, 0, NULL, false, NULL},
    [TYPE_TIMESTAMP] = {ARROW_TIMESTAMP, ARROW_AS_FIXED, 8, NULL, true, NULL},
    [TYPE_TIMESTAMPTZ] = {ARROW_TIMESTAMP, ARROW_AS_FIXED, 8, NULL, true, NULL},
    [TYPE_INTERVAL] = {ARROW_INTERVAL, ARROW_AS_FIXED, 16, from_interval, true, NULL},
    [TYPE_ENUM] = {ARROW_UTF8, ARROW_AS_TEXT, 0, NULL, false, NULL},
    [TYPE_LIST] = {ARROW_LIST, ARROW_AS_LIST, 0, NULL, false, NULL},
    [TYPE_ARRAY] = {ARROW_FIXED_LIST, ARROW_AS_FIXED_LIST, 0, NULL, false, NULL},
    [TYPE_STRUCT] = {ARROW_STRUCT, ARROW_AS_STRUCT, 0, NULL, false, NULL},
    [TYPE_MAP] = {ARROW_MAP, ARROW_AS_MAP, 0, NULL, false, NULL},
    [TYPE_UNION] = {ARROW_UNION, ARROW_AS_UNION, 0, NULL, false, NULL},
    [TYPE_OTHER] = {ARROW_UTF8, ARROW_AS_BYTES, 0, NULL, false, NULL},
};

const struct arrow_form *arrow_form_of(const struct type *type)
{
    static const struct arrow_form named = {ARROW_UTF8, ARROW_AS_TEXT, 0,
                                            NULL,       false,         NULL};
    static const struct arrow_form wide = {ARROW_DECIMAL, ARROW_AS_FIXED, 32,
                                           NULL,          true,           NULL};
    if (type->id == TYPE_OID && type->value_names)
        return &named;
    if (type->id == TYPE_DECIMAL && type->precision > 38)
        return &wide;
    return &forms[type->id];
}

/* ---- what a schema says ---- */

static void put_decimal(struct flat *flat, const struct arrow_form *form,
                        const struct type *type)
{
    int64_t digits = type->id == TYPE_INT128    ? 38
                     : type->id == TYPE_UINT128 ? 39
                     : type->precision          ? type->precision
                                                : 38;
    flat_number(flat, 0, digits, 4);
    flat_number(flat, 1, type->id == TYPE_DECIMAL ? type->scale : 0, 4);
    flat_number(flat, 2, (int64_t)form->width * 8, 4);
}

/* The tag is the member's number. */
static flat_place union_numbers(struct flat *flat, const struct type *type)
{
    int32_t numbers[UINT8_MAX];
    size_t count = type->child_count < UINT8_MAX ? type->child_count : UINT8_MAX;
    for (size_t i = 0; i < count; i++)
        numbers[i] = (int32_t)i;
    return flat_vector(flat, numbers, count, sizeof *numbers, sizeof *numbers);
}

enum { INT_WIDTH, INT_SIGNED };
enum { PRECISION_SINGLE = 1, PRECISION_DOUBLE };
enum { INTERVAL_MONTH_DAY_NANO = 2 };

flat_place arrow_put_type(struct flat *flat, const struct arrow_form *form,
                          const struct type *type)
{
    flat_place inner = 0;
    if (type->id == TYPE_TIMESTAMPTZ)
        inner = flat_string(flat, SLICE("UTC"));
    else if (form->type == ARROW_UNION)
        inner = union_numbers(flat, type);
    flat_begin(flat);
    switch (form->type) {
    case ARROW_INT:
        flat_number(flat, INT_WIDTH, (int64_t)form->width * 8, 4);
        flat_number(flat, INT_SIGNED, form->is_signed, 1);
        break;
    case ARROW_FLOAT:
        flat_number(flat, 0, form->width == 4 ? PRECISION_SINGLE : PRECISION_DOUBLE, 2);
        break;
    case ARROW_DECIMAL:
        put_decimal(flat, form, type);
        break;
    case ARROW_DATE:
        flat_number(flat, 0, 0, 2); /* days */
        break;
    case ARROW_TIME:
        flat_number(flat, 0, type->unit == UNIT_NANO ? UNIT_NANO : UNIT_MICRO, 2);
        flat_number(flat, 1, 64, 4);
        break;
    case ARROW_TIMESTAMP:
        flat_number(flat, 0, type->unit, 2);
        flat_at(flat, 1, inner);
        break;
    case ARROW_INTERVAL:
        flat_number(flat, 0, INTERVAL_MONTH_DAY_NANO, 2);
        break;
    case ARROW_UNION:
        flat_number(flat, 0, 0, 2); /* sparse */
        flat_at(flat, 1, inner);
        break;
    case ARROW_FIXED_BINARY:
        flat_number(flat, 0, (int64_t)form->width, 4);
        break;
    case ARROW_FIXED_LIST:
        flat_number(flat, 0, (int64_t)type->array_length, 4);
        break;
    case ARROW_BINARY:
    case ARROW_UTF8:
    case ARROW_BOOL:
    case ARROW_LIST:
    case ARROW_STRUCT:
    case ARROW_MAP:
        break;
    }
    return flat_end(flat);
}
