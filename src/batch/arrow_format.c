/* arrow_format.c - Arrow's format strings: one table.
 *
 * Source: "The Arrow C data interface", Data type description. What is not in the table
 * has no meaning that is known here. */
#include <errno.h>
#include <stdlib.h>

#include "batch/arrow_field.h"

/* ---- what stands behind the colon ---- */

/* An integer, all digits of it; *rest moves behind it. */
static bool take_int(const char **rest, int32_t *out)
{
    char *end;
    bool starts = **rest == '-' || (**rest >= '0' && **rest <= '9');
    errno = 0;
    long value = starts ? strtol(*rest, &end, 10) : 0;
    if (!starts || errno || end == *rest || value > INT32_MAX || value < INT32_MIN)
        return false;
    *rest = end;
    *out = (int32_t)value;
    return true;
}

static bool take_comma(const char **rest)
{
    if (**rest != ',')
        return false;
    ++*rest;
    return true;
}

/* PostgreSQL's numeric has every digit, if the scale is brought into 0 … 76. */
static bool fit_decimal(int32_t precision, int32_t bits, struct arrow_field *field)
{
    static const enum layout layouts[] = {[4] = LAYOUT_FIXED4,
                                          [8] = LAYOUT_FIXED8,
                                          [16] = LAYOUT_FIXED16,
                                          [32] = LAYOUT_FIXED32};
    static const int32_t precisions[] = {[4] = 9, [8] = 18, [16] = 38, [32] = 76};
    enum { DIGITS_MAX = 76 };
    int32_t scale = field->scale;
    if (bits != 32 && bits != 64 && bits != 128 && bits != 256)
        return false;
    field->width = (size_t)bits / 8;
    if (precision < 1 || precision > precisions[field->width] || scale > DIGITS_MAX ||
        scale < precision - DIGITS_MAX)
        return false;
    if (scale >= 0 && (scale <= precision || bits == 256)) {
        field->layout = layouts[field->width];
        field->import = arrow_import_fixed;
    }
    field->type.precision = (uint8_t)(scale < 0 ? precision - scale : precision);
    field->type.scale = (uint8_t)(scale < 0 ? 0 : scale);
    return true;
}

static bool parse_decimal(const char *rest, struct arrow_field *field)
{
    int32_t precision, bits = 128;
    if (!take_int(&rest, &precision) || !take_comma(&rest) ||
        !take_int(&rest, &field->scale))
        return false;
    if (*rest && (!take_comma(&rest) || !take_int(&rest, &bits)))
        return false;
    return !*rest && fit_decimal(precision, bits, field);
}

/* How many bytes, or elements, a row has. */
static bool parse_width(const char *rest, struct arrow_field *field)
{
    int32_t width;
    if (!take_int(&rest, &width) || *rest || width < 0)
        return false;
    field->width = (size_t)width;
    field->type.array_length = (size_t)width;
    return true;
}

/* A time zone changes nothing but that there is one: values are in UTC. */
static bool parse_zone(const char *rest, struct arrow_field *field)
{
    if (*rest)
        field->type.id = TYPE_TIMESTAMPTZ;
    return true;
}

/* The type ids of the members, in the order of these. */
static bool parse_members(const char *rest, struct arrow_field *field)
{
    uint8_t *members = field->members;
    int32_t id;
    memset(members, ARROW_NO_MEMBER, ARROW_TYPE_IDS);
    while (*rest) {
        if ((field->member_count > 0 && !take_comma(&rest)) || !take_int(&rest, &id) ||
            id < 0 || id >= ARROW_TYPE_IDS || members[id] != ARROW_NO_MEMBER)
            return false;
        members[id] = (uint8_t)field->member_count++;
    }
    return field->member_count > 0;
}

/* ---- the table ---- */

#define SCALAR(text, id, unit, layout, width, import, name)                            \
    {                                                                                  \
        text, name, id, unit, layout, width, 2, true, false, 0, NULL,                  \
            arrow_import_##import                                                      \
    }
#define PARSED(text, id, unit, layout, width, parse, import, name)                     \
    {                                                                                  \
        text, name, id, unit, layout, width, 2, true, false, 0, parse,                 \
            arrow_import_##import                                                      \
    }
#define STRING(text, id, layout, width, name)                                          \
    {                                                                                  \
        text, name, id, 0, layout, width, 3, true, false, 0, NULL,                     \
            arrow_import_strings                                                       \
    }
#define VIEW(text, id, name)                                                           \
    {                                                                                  \
        text, name, id, 0, LAYOUT_STRING16, 16, 2, true, true, 0, NULL,                \
            arrow_import_views                                                         \
    }
#define NESTED(text, id, layout, width, buffers, valid, children, parse, import, name) \
    {                                                                                  \
        text, name, id, 0, layout, width, buffers, valid, false, children, parse,      \
            arrow_import_##import                                                      \
    }

static const struct arrow_format formats[] = {
    NESTED("n", TYPE_TEXT, LAYOUT_NULL, 0, 0, false, 0, NULL, nothing, "null"),
    SCALAR("b", TYPE_BOOL, 0, LAYOUT_BITS, 0, bits, "bool"),
    SCALAR("c", TYPE_INT8, 0, LAYOUT_FIXED1, 1, fixed, "int8"),
    SCALAR("C", TYPE_UINT8, 0, LAYOUT_FIXED1, 1, fixed, "uint8"),
    SCALAR("s", TYPE_INT16, 0, LAYOUT_FIXED2, 2, fixed, "int16"),
    SCALAR("S", TYPE_UINT16, 0, LAYOUT_FIXED2, 2, fixed, "uint16"),
    SCALAR("i", TYPE_INT32, 0, LAYOUT_FIXED4, 4, fixed, "int32"),
    SCALAR("I", TYPE_UINT32, 0, LAYOUT_FIXED4, 4, fixed, "uint32"),
    SCALAR("l", TYPE_INT64, 0, LAYOUT_FIXED8, 8, fixed, "int64"),
    SCALAR("L", TYPE_UINT64, 0, LAYOUT_FIXED8, 8, fixed, "uint64"),
    SCALAR("e", TYPE_FLOAT32, 0, LAYOUT_FLOAT4, 2, half, "halffloat"),
    SCALAR("f", TYPE_FLOAT32, 0, LAYOUT_FLOAT4, 4, fixed, "float"),
    SCALAR("g", TYPE_FLOAT64, 0, LAYOUT_FLOAT8, 8, fixed, "double"),
    PARSED("d:", TYPE_DECIMAL, 0, LAYOUT_FIXED32, 16, parse_decimal, decimal,
           "decimal"),
    STRING("u", TYPE_TEXT, LAYOUT_OFFSETS32, 4, "utf8"),
    STRING("U", TYPE_TEXT, LAYOUT_OFFSETS64, 8, "large_utf8"),
    VIEW("vu", TYPE_TEXT, "utf8_view"),
    STRING("z", TYPE_BYTES, LAYOUT_OFFSETS32, 4, "binary"),
    STRING("Z", TYPE_BYTES, LAYOUT_OFFSETS64, 8, "large_binary"),
    VIEW("vz", TYPE_BYTES, "binary_view"),
    PARSED("w:", TYPE_BYTES, 0, LAYOUT_SLICES, 0, parse_width, pieces,
           "fixed_size_binary"),
    SCALAR("tdD", TYPE_DATE, 0, LAYOUT_FIXED4, 4, fixed, "date32"),
    SCALAR("tdm", TYPE_DATE, UNIT_MILLI, LAYOUT_FIXED4, 8, date64, "date64"),
    SCALAR("tts", TYPE_TIME, UNIT_SECOND, LAYOUT_FIXED8, 4, time, "time32[s]"),
    SCALAR("ttm", TYPE_TIME, UNIT_MILLI, LAYOUT_FIXED8, 4, time, "time32[ms]"),
    SCALAR("ttu", TYPE_TIME, UNIT_MICRO, LAYOUT_FIXED8, 8, time, "time64[us]"),
    SCALAR("ttn", TYPE_TIME, UNIT_NANO, LAYOUT_FIXED8, 8, time, "time64[ns]"),
    PARSED("tss:", TYPE_TIMESTAMP, UNIT_SECOND, LAYOUT_FIXED8, 8, parse_zone, fixed,
           "timestamp[s]"),
    PARSED("tsm:", TYPE_TIMESTAMP, UNIT_MILLI, LAYOUT_FIXED8, 8, parse_zone, fixed,
           "timestamp[ms]"),
    PARSED("tsu:", TYPE_TIMESTAMP, UNIT_MICRO, LAYOUT_FIXED8, 8, parse_zone, fixed,
           "timestamp[us]"),
    PARSED("tsn:", TYPE_TIMESTAMP, UNIT_NANO, LAYOUT_FIXED8, 8, parse_zone, fixed,
           "timestamp[ns]"),
    SCALAR("tDs", TYPE_INTERVAL, UNIT_SECOND, LAYOUT_INTERVAL, 8, interval,
           "duration[s]"),
    SCALAR("tDm", TYPE_INTERVAL, UNIT_MILLI, LAYOUT_INTERVAL, 8, interval,
           "duration[ms]"),
    SCALAR("tDu", TYPE_INTERVAL, UNIT_MICRO, LAYOUT_INTERVAL, 8, interval,
           "duration[us]"),
    SCALAR("tDn", TYPE_INTERVAL, UNIT_NANO, LAYOUT_INTERVAL, 8, interval,
           "duration[ns]"),
    SCALAR("tiM", TYPE_INTERVAL, 0, LAYOUT_INTERVAL, 4, interval, "month_interval"),
    SCALAR("tiD", TYPE_INTERVAL, 0, LAYOUT_INTERVAL, 8, interval, "day_time_interval"),
    SCALAR("tin", TYPE_INTERVAL, 0, LAYOUT_INTERVAL, 16, interval,
           "month_day_nano_interval"),
    NESTED("+l", TYPE_LIST, LAYOUT_LIST_ENTRIES, 4, 2, true, 1, NULL, list, "list"),
    NESTED("+L", TYPE_LIST, LAYOUT_LIST_ENTRIES, 8, 2, true, 1, NULL, list,
           "large_list"),
    NESTED("+vl", TYPE_LIST, LAYOUT_LIST_ENTRIES, 4, 3, true, 1, NULL, list_view,
           "list_view"),
    NESTED("+vL", TYPE_LIST, LAYOUT_LIST_ENTRIES, 8, 3, true, 1, NULL, list_view,
           "large_list_view"),
    NESTED("+w:", TYPE_ARRAY, LAYOUT_LIST_FIXED, 0, 1, true, 1, parse_width, array,
           "fixed_size_list"),
    NESTED("+s", TYPE_STRUCT, LAYOUT_STRUCT, 0, 1, true, ARROW_ANY_CHILDREN, NULL,
           struct, "struct"),
    NESTED("+m", TYPE_MAP, LAYOUT_LIST_ENTRIES, 4, 2, true, 1, NULL, map, "map"),
    NESTED("+us:", TYPE_UNION, LAYOUT_UNION, 1, 1, false, ARROW_ANY_CHILDREN,
           parse_members, sparse, "sparse_union"),
    NESTED("+ud:", TYPE_UNION, LAYOUT_UNION, 1, 2, false, ARROW_ANY_CHILDREN,
           parse_members, dense, "dense_union"),
    NESTED("+r", TYPE_UNKNOWN, LAYOUT_NULL, 0, 0, false, 2, NULL, runs,
           "run_end_encoded"),
};

static const struct arrow_format *find(const char *text, const char **rest)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        size_t len = strlen(formats[i].text);
        *rest = text + len;
        if (formats[i].parse ? strncmp(text, formats[i].text, len) == 0
                             : strcmp(text, formats[i].text) == 0)
            return &formats[i];
    }
    return NULL;
}

bool arrow_format_parse(const char *format, struct arrow_field *field)
{
    const char *rest;
    const struct arrow_format *found = find(format, &rest);
    if (!found)
        return false;
    field->format = found;
    field->layout = found->layout;
    field->import = found->import;
    field->width = found->width;
    field->type = (struct type){.id = found->id, .name = found->name};
    field->type.unit = found->id == TYPE_TIME ? UNIT_MICRO : found->unit;
    return !found->parse || found->parse(rest, field);
}
