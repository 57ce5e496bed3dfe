/* param_types.c - the types that a parameter can have: one row each. */
#include "server/param_types.h"

#include <string.h>

#include "core/attr.h"
#include "core/text.h"

enum { EPOCH_DAYS = 10957 }; /* from 1970-01-01 to 2000-01-01 */
static const int64_t epoch_us = INT64_C(946684800000000);

/* ---- readers ---- */

static enum pgw_status no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory");
}

static enum pgw_status read_bool(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    bool yes = false;
    (void)source;
    enum pgw_status status = pgw_get_bool(value, &yes, err);
    *(uint8_t *)cell = yes;
    return status;
}

static enum pgw_status read_int2(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    int64_t number = 0;
    (void)source;
    enum pgw_status status = pgw_get_int(value, &number, err);
    *(int16_t *)cell = (int16_t)number;
    return status;
}

static enum pgw_status read_int4(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    int64_t number = 0;
    (void)source;
    enum pgw_status status = pgw_get_int(value, &number, err);
    *(int32_t *)cell = (int32_t)number;
    return status;
}

static enum pgw_status read_int8(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    (void)source;
    return pgw_get_int(value, cell, err);
}

static enum pgw_status read_float4(const struct param_source *source,
                                   const struct pgw_value *value, void *cell,
                                   struct pgw_error *err)
{
    double number = 0;
    (void)source;
    enum pgw_status status = pgw_get_double(value, &number, err);
    *(float *)cell = (float)number;
    return status;
}

static enum pgw_status read_float8(const struct param_source *source,
                                   const struct pgw_value *value, void *cell,
                                   struct pgw_error *err)
{
    (void)source;
    return pgw_get_double(value, cell, err);
}

/* Neither the input buffer nor the session's memory lives until the portal is executed:
 * this is the one copy. */
static enum pgw_status keep(const struct param_source *source, struct pgw_slice bytes,
                            void *cell, struct pgw_error *err)
{
    struct slice *to = cell;
    to->len = bytes.len;
    to->data = arena_copy(source->arena, bytes.data, bytes.len);
    return to->data ? PGW_OK : no_memory(err);
}

static enum pgw_status read_text(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    struct pgw_slice text = {"", 0};
    enum pgw_status status = pgw_get_text(source->session, value, &text, err);
    return status == PGW_OK ? keep(source, text, cell, err) : status;
}

/* Text is cut where PostgreSQL cuts it; what is too long in binary is an error. */
static enum pgw_status read_name(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    enum { NAME_MAX_BYTES = 63 };
    struct pgw_slice text = {"", 0};
    enum pgw_status status = pgw_get_text(source->session, value, &text, err);
    if (text.len > NAME_MAX_BYTES)
        text.len = text_boundary(text.data, text.len, NAME_MAX_BYTES);
    return status == PGW_OK ? keep(source, text, cell, err) : status;
}

static enum pgw_status read_char(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    struct pgw_slice text = {"", 0};
    enum pgw_status status = pgw_get_text(source->session, value, &text, err);
    if (text.len > 1) { /* the first character */
        size_t end = 1;
        while (end < text.len && ((uint8_t)text.data[end] & 0xc0) == 0x80)
            end++;
        text.len = end;
    }
    return status == PGW_OK ? keep(source, text, cell, err) : status;
}

static enum pgw_status read_json(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    struct pgw_slice text = {"", 0};
    enum pgw_status status = pgw_get_json(source->session, value, &text, err);
    return status == PGW_OK ? keep(source, text, cell, err) : status;
}

static enum pgw_status read_bytea(const struct param_source *source,
                                  const struct pgw_value *value, void *cell,
                                  struct pgw_error *err)
{
    struct pgw_slice bytes = {"", 0};
    enum pgw_status status = pgw_get_bytea(source->session, value, &bytes, err);
    return status == PGW_OK ? keep(source, bytes, cell, err) : status;
}

static enum pgw_status read_uuid(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    (void)source;
    return pgw_get_uuid(value, cell, err);
}

/* From padding at the end to padding in front, whose bits are set. */
static enum pgw_status read_bits(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    struct pgw_slice bytes = {"", 0};
    size_t bits = 0;
    enum pgw_status status = pgw_get_bits(source->session, value, &bytes, &bits, err);
    if (status != PGW_OK)
        return status;
    unsigned padding = (unsigned)((8 - bits % 8) % 8), carry = 0xff;
    uint8_t *to = arena_alloc(source->arena, bytes.len + 1);
    if (!to)
        return no_memory(err);
    *(struct slice *)cell = (struct slice){(const char *)to, bytes.len + 1};
    *to++ = (uint8_t)padding;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned pair = carry << 8 | (uint8_t)bytes.data[i];
        to[i] = (uint8_t)(pair >> padding);
        carry = (uint8_t)bytes.data[i];
    }
    return PGW_OK;
}

/* PostgreSQL's infinities are the ends of the range, a batch's are symmetric. */
static enum pgw_status read_date(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    int32_t days = 0, *to = cell;
    (void)source;
    enum pgw_status status = pgw_get_date(value, &days, err);
    if (status != PGW_OK)
        return status;
    if (days == INT32_MAX)
        *to = INT32_MAX;
    else if (days == INT32_MIN)
        *to = -INT32_MAX;
    else
        *to = days + EPOCH_DAYS;
    return PGW_OK;
}

static enum pgw_status read_timestamp(const struct param_source *source,
                                      const struct pgw_value *value, void *cell,
                                      struct pgw_error *err)
{
    int64_t us = 0, *to = cell;
    (void)source;
    enum pgw_status status = pgw_get_timestamp(value, &us, err);
    if (status != PGW_OK)
        return status;
    if (us == INT64_MAX || us == INT64_MIN)
        *to = us == INT64_MAX ? INT64_MAX : -INT64_MAX;
    else if (__builtin_add_overflow(us, epoch_us, to))
        return pgw_value_fail(value, err, "22008", "timestamp out of range");
    return PGW_OK;
}

static enum pgw_status read_time(const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    (void)source;
    return pgw_get_time(value, cell, err);
}

/* 40 bits of microseconds, 24 bits that fall as the offset grows. */
static enum pgw_status read_timetz(const struct param_source *source,
                                   const struct pgw_value *value, void *cell,
                                   struct pgw_error *err)
{
    enum { OFFSET_MAX = 16 * 3600 - 1 };
    int64_t us = 0;
    int32_t seconds_east = 0;
    (void)source;
    enum pgw_status status = pgw_get_timetz(value, &us, &seconds_east, err);
    *(uint64_t *)cell = (uint64_t)us << 24 | (uint64_t)(OFFSET_MAX - seconds_east);
    return status;
}

static enum pgw_status read_interval(const struct param_source *source,
                                     const struct pgw_value *value, void *cell,
                                     struct pgw_error *err)
{
    (void)source; /* a batch's interval has the same members in the same places */
    return pgw_get_interval(value, cell, err);
}

/* ---- the table ---- */

#define TYPE(label, type_id)                                                           \
    static const struct type type_##label = {                                          \
        .id = type_id, .unit = UNIT_MICRO, .name = #label}
TYPE(boolean, TYPE_BOOL);
TYPE(int2, TYPE_INT16);
TYPE(int4, TYPE_INT32);
TYPE(int8, TYPE_INT64);
TYPE(float4, TYPE_FLOAT32);
TYPE(float8, TYPE_FLOAT64);
TYPE(string, TYPE_TEXT);
TYPE(bytea, TYPE_BYTES);
TYPE(uuid, TYPE_UUID);
TYPE(bit, TYPE_BIT);
TYPE(date, TYPE_DATE);
TYPE(time, TYPE_TIME);
TYPE(timetz, TYPE_TIMETZ);
TYPE(timestamp, TYPE_TIMESTAMP);
TYPE(timestamptz, TYPE_TIMESTAMPTZ);
TYPE(interval, TYPE_INTERVAL);
TYPE(numeric, TYPE_DECIMAL);
#undef TYPE

/* Of the array of a type: <pgwire/types.h>. */
enum array_oid {
#define X(identifier, name, oid, typlen, array, category) ARRAY_##identifier = array,
    PGW_TYPES(X)
#undef X
};

#define ROW(identifier, cast, type, layout, ctype, read)                               \
    {                                                                                  \
        PGW_##identifier##OID, ARRAY_##identifier, cast, cast "[]", &type_##type,      \
            layout, sizeof(ctype), read                                                \
    }

static const struct param_type param_types[] = {
    ROW(BOOL, "bool", boolean, LAYOUT_BOOL8, uint8_t, read_bool),
    ROW(INT2, "int2", int2, LAYOUT_FIXED2, int16_t, read_int2),
    ROW(INT4, "int4", int4, LAYOUT_FIXED4, int32_t, read_int4),
    ROW(INT8, "int8", int8, LAYOUT_FIXED8, int64_t, read_int8),
    ROW(OID, "pg_oid", int8, LAYOUT_FIXED8, int64_t, read_int8),
    ROW(FLOAT4, "float4", float4, LAYOUT_FLOAT4, float, read_float4),
    ROW(FLOAT8, "float8", float8, LAYOUT_FLOAT8, double, read_float8),
    /* its scale is the value's: param_numerics, and the cast is made to fit */
    ROW(NUMERIC, "decimal(38,0)", numeric, LAYOUT_FIXED16, uint8_t[16], NULL),
    ROW(TEXT, "text", string, LAYOUT_SLICES, struct slice, read_text),
    ROW(VARCHAR, "text", string, LAYOUT_SLICES, struct slice, read_text),
    ROW(BPCHAR, "text", string, LAYOUT_SLICES, struct slice, read_text),
    ROW(NAME, "name", string, LAYOUT_SLICES, struct slice, read_name),
    ROW(CHAR, "pg_char", string, LAYOUT_SLICES, struct slice, read_char),
    ROW(BYTEA, "bytea", bytea, LAYOUT_SLICES, struct slice, read_bytea),
    ROW(UUID, "uuid", uuid, LAYOUT_UUID_BYTES, uint8_t[16], read_uuid),
    ROW(BIT, "bit", bit, LAYOUT_SLICES, struct slice, read_bits),
    ROW(VARBIT, "bit", bit, LAYOUT_SLICES, struct slice, read_bits),
    ROW(DATE, "date", date, LAYOUT_FIXED4, int32_t, read_date),
    ROW(TIME, "time", time, LAYOUT_FIXED8, int64_t, read_time),
    ROW(TIMETZ, "timetz", timetz, LAYOUT_TIMETZ40, uint64_t, read_timetz),
    ROW(TIMESTAMP, "timestamp", timestamp, LAYOUT_FIXED8, int64_t, read_timestamp),
    ROW(TIMESTAMPTZ, "timestamptz", timestamptz, LAYOUT_FIXED8, int64_t,
        read_timestamp),
    ROW(INTERVAL, "interval", interval, LAYOUT_INTERVAL, struct pgw_interval,
        read_interval),
    ROW(JSON, "json", string, LAYOUT_SLICES, struct slice, read_json),
    ROW(JSONB, "json", string, LAYOUT_SLICES, struct slice, read_json),
};

const struct param_type *param_type_find(uint32_t oid)
{
    for (size_t i = 0; i < ARRAY_LEN(param_types); i++) {
        if (param_types[i].oid == oid)
            return &param_types[i];
    }
    return NULL;
}

const struct param_type *param_type_element(uint32_t array_oid)
{
    for (size_t i = 0; i < ARRAY_LEN(param_types); i++) {
        if (param_types[i].array_oid == array_oid)
            return &param_types[i];
    }
    return NULL;
}
