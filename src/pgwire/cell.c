/* cell.c - which writer for which cell: (logical type, layout, format, style).
 *
 * One table. A row's styled writer takes the place of the text writer when the style
 * has one of the traits that the row names. */
#include "pgwire/array.h"
#include "pgwire/cell_write.h"
#include "pgwire/pg_type.h"

#include <pgwire/types.h>

/* What is unusual about a style. */
enum trait {
    TRAIT_DATE = 1,     /* DateStyle is not ISO */
    TRAIT_ZONE = 2,     /* TimeZone is not UTC */
    TRAIT_INTERVAL = 4, /* IntervalStyle is not postgres */
    TRAIT_FLOAT = 8,    /* extra_float_digits is not above 0 */
    TRAIT_BYTEA = 16    /* bytea_output is escape */
};

static unsigned traits_of(const struct pgw_style *style)
{
    return (style->date != DATE_ISO ? TRAIT_DATE : 0u) |
           (zone_is_utc(style->zone) ? 0u : TRAIT_ZONE) |
           (style->interval != INTERVAL_POSTGRES ? TRAIT_INTERVAL : 0u) |
           (style->float_digits > 0 ? 0u : TRAIT_FLOAT) |
           (style->bytea_escape ? TRAIT_BYTEA : 0u);
}

/* `max` is of the value, whatever the format; the other two are per byte of it. */
struct choice {
    enum layout layout;
    cell_writer *text, *binary;
    size_t max;
    unsigned text_per_byte, binary_per_byte;
    bool is_plain;
    unsigned traits;
    cell_writer *styled;
    unsigned styled_per_byte;
};

enum { LAYOUTS_MAX = 5 };

#define FIXED(layout, kind, max)                                                       \
    {                                                                                  \
        layout, cell_text_##kind, cell_binary_##kind, max, 0, 0, true, 0, NULL, 0      \
    }
#define STYLED(layout, text, binary, max, is_plain, traits, styled)                    \
    {                                                                                  \
        layout, text, binary, max, 0, 0, is_plain, traits, styled, 0                   \
    }
#define STRING(layout, text, binary, max, per_text, per_binary)                        \
    {                                                                                  \
        layout, text, binary, max, per_text, per_binary, false, 0, NULL, 0             \
    }
#define STRINGS(layout_16, text, binary, max, per_text, per_binary)                    \
    STRING(LAYOUT_STRING16, layout_16, layout_16, 16, per_text, per_binary),           \
        STRING(LAYOUT_OFFSETS32, text, binary, max, per_text, per_binary),             \
        STRING(LAYOUT_OFFSETS64, text, binary, max, per_text, per_binary),             \
        STRING(LAYOUT_SLICES, text, binary, max, per_text, per_binary)
#define OWN_STRINGS(text, binary, max, per_text, per_binary, is_plain, traits, styled) \
    {LAYOUT_STRING16, text,     binary, max,    per_text,                              \
     per_binary,      is_plain, traits, styled, 4},                                    \
        {LAYOUT_OFFSETS32, text,     binary, max,    per_text,                         \
         per_binary,       is_plain, traits, styled, 4},                               \
        {LAYOUT_OFFSETS64, text,     binary, max,    per_text,                         \
         per_binary,       is_plain, traits, styled, 4},                               \
    {                                                                                  \
        LAYOUT_SLICES, text, binary, max, per_text, per_binary, is_plain, traits,      \
            styled, 4                                                                  \
    }

static const struct choice choices[TYPE_OTHER + 1][LAYOUTS_MAX] = {
    [TYPE_UNKNOWN] = {STRINGS(cell_string16, cell_slice, cell_slice, 0, 1, 1)},
    [TYPE_BOOL] = {FIXED(LAYOUT_BOOL8, bool, 1), FIXED(LAYOUT_BITS, bool, 1)},
    [TYPE_INT8] = {FIXED(LAYOUT_FIXED1, int8, VALUE_INT_MAX)},
    [TYPE_INT16] = {FIXED(LAYOUT_FIXED2, int16, VALUE_INT_MAX)},
    [TYPE_INT32] = {FIXED(LAYOUT_FIXED4, int32, VALUE_INT_MAX)},
    [TYPE_INT64] = {FIXED(LAYOUT_FIXED8, int64, VALUE_INT_MAX)},
    [TYPE_INT128] = {FIXED(LAYOUT_FIXED16, decimal128, VALUE_DECIMAL_MAX)},
    [TYPE_UINT8] = {FIXED(LAYOUT_FIXED1, uint8, VALUE_INT_MAX)},
    [TYPE_UINT16] = {FIXED(LAYOUT_FIXED2, uint16, VALUE_INT_MAX)},
    [TYPE_UINT32] = {FIXED(LAYOUT_FIXED4, uint32, VALUE_INT_MAX)},
    [TYPE_OID] = {STYLED(LAYOUT_FIXED4, cell_text_name, cell_binary_oid,
                         VALUE_NAME_BYTES, false, 0, NULL)},
    [TYPE_UINT64] = {FIXED(LAYOUT_FIXED8, uint64, VALUE_DECIMAL_MAX)},
    [TYPE_UINT128] = {FIXED(LAYOUT_FIXED16, uint128, VALUE_DECIMAL_MAX)},
    [TYPE_FLOAT32] = {STYLED(LAYOUT_FLOAT4, cell_text_float, cell_binary_float,
                             VALUE_FLOAT_MAX, true, TRAIT_FLOAT, cell_rounded_float)},
    [TYPE_FLOAT64] = {STYLED(LAYOUT_FLOAT8, cell_text_double, cell_binary_int64,
                             VALUE_FLOAT_MAX, true, TRAIT_FLOAT, cell_rounded_double)},
    [TYPE_BIGNUM] = {OWN_STRINGS(cell_text_bignum, cell_binary_bignum, VALUE_BIGNUM_MAX,
                                 VALUE_BIGNUM_PER_BYTE, VALUE_BIGNUM_PER_BYTE, true, 0,
                                 NULL)},
    [TYPE_DECIMAL] = {FIXED(LAYOUT_FIXED2, decimal16, VALUE_DECIMAL_MAX),
                      FIXED(LAYOUT_FIXED4, decimal32, VALUE_DECIMAL_MAX),
                      FIXED(LAYOUT_FIXED8, decimal64, VALUE_DECIMAL_MAX),
                      FIXED(LAYOUT_FIXED16, decimal128, VALUE_DECIMAL_MAX),
                      FIXED(LAYOUT_FIXED32, decimal256, VALUE_DECIMAL256_MAX)},
    [TYPE_TEXT] = {STRINGS(cell_string16, cell_slice, cell_slice, 0, 1, 1)},
    [TYPE_JSON] = {STRINGS(cell_string16, cell_slice, cell_slice, 0, 1, 1)},
    [TYPE_BYTES] = {OWN_STRINGS(cell_text_bytes, cell_slice, 2, 2, 1, false,
                                TRAIT_BYTEA, cell_escape_bytes)},
    [TYPE_BIT] = {OWN_STRINGS(cell_text_bit, cell_binary_bit, 4, 8, 1, true, 0, NULL)},
    [TYPE_UUID] = {FIXED(LAYOUT_UUID_BYTES, uuid, VALUE_UUID_MAX),
                   FIXED(LAYOUT_UUID_FLIPPED, uuid, VALUE_UUID_MAX)},
    [TYPE_DATE] = {STYLED(LAYOUT_FIXED4, cell_text_date, cell_binary_date,
                          VALUE_DATE_MAX, false, TRAIT_DATE, cell_styled_date)},
    [TYPE_TIME] = {FIXED(LAYOUT_FIXED8, time, VALUE_TIME_MAX)},
    [TYPE_TIMETZ] = {FIXED(LAYOUT_TIMETZ40, timetz, VALUE_TIME_MAX)},
    [TYPE_TIMESTAMP] = {STYLED(LAYOUT_FIXED8, cell_text_timestamp,
                               cell_binary_timestamp, VALUE_TIMESTAMP_MAX, false,
                               TRAIT_DATE, cell_styled_timestamp)},
    [TYPE_TIMESTAMPTZ] = {STYLED(LAYOUT_FIXED8, cell_text_timestamptz,
                                 cell_binary_timestamp, VALUE_TIMESTAMP_MAX, false,
                                 TRAIT_DATE | TRAIT_ZONE, cell_styled_timestamptz)},
    [TYPE_INTERVAL] = {STYLED(LAYOUT_INTERVAL, cell_text_interval, cell_binary_interval,
                              VALUE_INTERVAL_MAX, false, TRAIT_INTERVAL,
                              cell_styled_interval)},
    [TYPE_ENUM] = {STYLED(LAYOUT_FIXED1, cell_enum, cell_enum, 0, false, 0, NULL),
                   STYLED(LAYOUT_FIXED2, cell_enum, cell_enum, 0, false, 0, NULL),
                   STYLED(LAYOUT_FIXED4, cell_enum, cell_enum, 0, false, 0, NULL)},
    [TYPE_OTHER] = {STRINGS(cell_string16, cell_slice, cell_slice, 0, 1, 1)},
};

cell_writer *cell_bare(const struct cell *cell)
{
    static const struct {
        cell_writer *text, *bare;
    } pairs[] = {{cell_text_int8, cell_bare_int8},
                 {cell_text_int16, cell_bare_int16},
                 {cell_text_int32, cell_bare_int32},
                 {cell_text_int64, cell_bare_int64},
                 {cell_text_uint8, cell_bare_uint8},
                 {cell_text_uint16, cell_bare_uint16},
                 {cell_text_uint32, cell_bare_uint32},
                 {cell_text_oid, cell_bare_oid},
                 {cell_text_decimal16, cell_bare_decimal16},
                 {cell_text_decimal32, cell_bare_decimal32},
                 {cell_text_decimal64, cell_bare_decimal64},
                 {cell_text_bool, cell_bare_bool},
                 {cell_text_float, cell_bare_float},
                 {cell_text_double, cell_bare_double},
                 {cell_text_date, cell_bare_date},
                 {cell_text_timestamp, cell_bare_timestamp}};
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        if (pairs[i].text == cell->write)
            return pairs[i].bare;
    }
    return NULL;
}

bool cell_is_copy(const struct cell *cell)
{
    return cell->write == cell_string16 || cell->write == cell_slice;
}

static const struct choice *find(enum type_id id, enum layout layout)
{
    for (size_t i = 0; i < LAYOUTS_MAX && choices[id][i].text; i++) {
        if (choices[id][i].layout == layout)
            return &choices[id][i];
    }
    return NULL;
}

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

static uint8_t *write_nothing(const struct cell *cell, size_t row, uint8_t *to)
{
    (void)cell;
    (void)row;
    return value_put32(to, UINT32_MAX);
}

/* A column of NULLs alone, or a scalar. */
static bool choose_scalar(const struct column *column,
                          const struct cell_context *context, struct cell *out)
{
    bool binary = context->format == PGW_BINARY_FORMAT;
    const struct choice *choice = find(column->type->id, column->layout);
    if (column->layout == LAYOUT_NULL) {
        out->write = write_nothing;
        out->is_plain = true;
        return true;
    }
    if (!choice)
        return false;
    out->write = binary ? choice->binary : choice->text;
    out->max = 4 + choice->max;
    out->per_byte = binary ? choice->binary_per_byte : choice->text_per_byte;
    out->is_plain = choice->is_plain;
    out->scale = column->type->scale;
    set_unit(out, column->type->unit);
    if (!binary && choice->traits & traits_of(context->style)) {
        out->write = choice->styled;
        out->per_byte = out->per_byte ? choice->styled_per_byte : 0;
    }
    if (column->type->id == TYPE_ENUM)
        out->max += cell_longest_label(column->type);
    if (binary && column->type->oid == PGW_JSONBOID) {
        out->write = cell_jsonb;
        out->max += 1;
    }
    if (binary && column->type->oid == PGW_CHAROID) {
        out->write = cell_binary_char;
        out->max += 1;
    }
    if (binary && column->type->oid == PG_TIDOID) {
        out->write = cell_binary_tid;
        out->max += PG_TID_BYTES;
    }
    return true;
}

/* Lists of lists … of scalars. */
static bool choose_array(const struct column *column,
                         const struct cell_context *context, struct cell *out,
                         struct cell_memory *memory)
{
    bool binary = context->format == PGW_BINARY_FORMAT;
    const struct column *leaf = array_leaf(column);
    if (leaf->child_count > 0)
        return false;
    out->element = &memory->element;
    memory->element = (struct cell){.validity = leaf->validity,
                                    .data = leaf->data,
                                    .column = leaf,
                                    .max = 4,
                                    .style = context->style,
                                    .span = &memory->span,
                                    .failure = context->failure};
    out->element_oid = pg_type_oid(leaf->type, context->composites);
    out->write = binary ? cell_binary_array : cell_text_array;
    out->size = binary ? cell_binary_array_size : cell_text_array_size;
    out->max = 4 + (binary ? ARRAY_HEADER_MAX : 4);
    return choose_scalar(leaf, context, &memory->element);
}

bool cell_choose(const struct column *column, const struct cell_context *context,
                 struct cell *out, struct cell_memory *memory)
{
    memory->span = (struct zone_span){0};
    *out = (struct cell){.validity = column->validity,
                         .data = column->data,
                         .column = column,
                         .max = 4,
                         .style = context->style,
                         .span = &memory->span,
                         .failure = context->failure};
    if (array_is_list(column->type) && column->child_count == 1)
        return choose_array(column, context, out, memory);
    return choose_scalar(column, context, out);
}
