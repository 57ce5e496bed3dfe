/* arrow_convert.c - arrays whose values PostgreSQL has in another unit or width. */
#include "batch/arrow_field.h"

#include "core/int128.h"

static const int64_t us_per_day = INT64_C(86400000000);

/* value of a unit in microseconds; what is finer is cut towards the past. */
static bool to_microseconds(int64_t value, enum time_unit unit, int64_t *us)
{
    static const int64_t factors[] = {
        [UNIT_SECOND] = 1000000, [UNIT_MILLI] = 1000, [UNIT_MICRO] = 1};
    if (unit != UNIT_NANO)
        return !__builtin_mul_overflow(value, factors[unit], us);
    *us = value / 1000 - (value % 1000 < 0);
    return true;
}

static bool out_of_range(struct arrow_import *in, const struct arrow_field *field,
                         const char *sqlstate)
{
    return error_set(in->err, sqlstate,
                     "a value of type %s in column %zu is out of range",
                     field->format->name, in->column);
}

static const char *row_data(struct arrow_span span, size_t width, size_t row)
{
    return (const char *)span.array->buffers[1] + (span.at + row) * width;
}

/* ---- half floats ---- */

static float half_to_float(uint16_t half)
{
    enum { BIAS = 127 - 15, NEVER = 0x1f };
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t exponent = half >> 10 & NEVER, fraction = half & 0x3ff, bits;
    float value;
    if (exponent == 0) { /* fraction * 2^-24 is exact */
        value = (float)fraction * 0x1p-24F;
        return sign ? -value : value;
    }
    exponent = exponent == NEVER ? 0xff : exponent + BIAS;
    bits = sign | exponent << 23 | fraction << 13;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool arrow_import_half(struct arrow_import *in, const struct arrow_field *field,
                       struct arrow_span span, struct column *out)
{
    float *values = arena_calloc(in->memory, span.rows, sizeof *values);
    if (!values)
        return error_no_memory(in->err);
    for (size_t row = 0; row < span.rows; row++) {
        uint16_t half;
        memcpy(&half, row_data(span, field->width, row), sizeof half);
        values[row] = half_to_float(half);
    }
    out->data = values;
    return true;
}

/* ---- dates and times ---- */

bool arrow_import_date64(struct arrow_import *in, const struct arrow_field *field,
                         struct arrow_span span, struct column *out)
{
    const int64_t ms_per_day = us_per_day / 1000;
    int32_t *days = arena_calloc(in->memory, span.rows, sizeof *days);
    if (!days)
        return error_no_memory(in->err);
    for (size_t row = 0; row < span.rows; row++) {
        if (!column_is_valid(out, row))
            continue;
        int64_t ms = arrow_load(span.array->buffers[1], 8, span.at + row);
        int64_t day = ms / ms_per_day - (ms % ms_per_day < 0);
        if (day <= -INT32_MAX || day >= INT32_MAX)
            return out_of_range(in, field, "22008");
        days[row] = (int32_t)day;
    }
    out->data = days;
    return true;
}

/* A day has 24 hours, and 24:00 is one of its times. */
bool arrow_import_time(struct arrow_import *in, const struct arrow_field *field,
                       struct arrow_span span, struct column *out)
{
    int64_t *times = arena_calloc(in->memory, span.rows, sizeof *times), us = 0;
    if (!times)
        return error_no_memory(in->err);
    for (size_t row = 0; row < span.rows; row++) {
        if (!column_is_valid(out, row))
            continue;
        int64_t value = arrow_load(span.array->buffers[1], field->width, span.at + row);
        if (!to_microseconds(value, field->format->unit, &us) || us < 0 ||
            us > us_per_day)
            return out_of_range(in, field, "22008");
        times[row] = us;
    }
    out->data = times;
    return true;
}

/* ---- intervals ---- */

struct interval {
    int32_t months, days;
    int64_t us;
};

/* By what stands behind "tD" or "ti" in the format. */
static bool load_interval(const struct arrow_field *field, const char *from,
                          struct interval *out)
{
    int32_t parts[2];
    *out = (struct interval){0};
    if (field->format->text[1] == 'D')
        return to_microseconds(arrow_load(from, 8, 0), field->format->unit, &out->us);
    memcpy(parts, from, field->width < sizeof parts ? field->width : sizeof parts);
    switch (field->format->text[2]) {
    case 'M':
        out->months = parts[0];
        return true;
    case 'D':
        out->days = parts[0];
        return to_microseconds(parts[1], UNIT_MILLI, &out->us);
    default:
        out->months = parts[0];
        out->days = parts[1];
        return to_microseconds(arrow_load(from, 8, 1), UNIT_NANO, &out->us);
    }
}

bool arrow_import_interval(struct arrow_import *in, const struct arrow_field *field,
                           struct arrow_span span, struct column *out)
{
    struct interval *values = arena_calloc(in->memory, span.rows, sizeof *values);
    if (!values)
        return error_no_memory(in->err);
    for (size_t row = 0; row < span.rows; row++) {
        if (column_is_valid(out, row) &&
            !load_interval(field, row_data(span, field->width, row), &values[row]))
            return out_of_range(in, field, "22008");
    }
    out->data = values;
    return true;
}

/* ---- decimals whose scale is negative, or larger than the precision ---- */

enum { LIMBS = 8 }; /* of 32 bits */

static void load_limbs(const char *from, size_t width, uint32_t limbs[LIMBS])
{
    memset(limbs, from[width - 1] < 0 ? 0xff : 0, LIMBS * sizeof *limbs);
    memcpy(limbs, from, width);
}

/* Two's complement, times ten; false: it does not fit. */
static bool times_ten(uint32_t limbs[LIMBS])
{
    bool negative = limbs[LIMBS - 1] >> 31;
    uint64_t carry = 0;
    for (unsigned i = 0; i < LIMBS - 1; i++) {
        carry += (uint64_t)limbs[i] * 10;
        limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    int64_t last = (int64_t)(int32_t)limbs[LIMBS - 1] * 10 + (int64_t)carry;
    limbs[LIMBS - 1] = (uint32_t)last;
    return last >= INT32_MIN && last <= INT32_MAX && (last < 0) == negative;
}

bool arrow_import_decimal(struct arrow_import *in, const struct arrow_field *field,
                          struct arrow_span span, struct column *out)
{
    uint32_t(*values)[LIMBS] = arena_calloc(in->memory, span.rows, sizeof *values);
    if (!values)
        return error_no_memory(in->err);
    for (size_t row = 0; row < span.rows; row++) {
        if (!column_is_valid(out, row))
            continue;
        load_limbs(row_data(span, field->width, row), field->width, values[row]);
        for (int32_t i = field->scale; i < 0; i++) {
            if (!times_ten(values[row]))
                return out_of_range(in, field, "22003");
        }
    }
    out->data = values;
    return true;
}
