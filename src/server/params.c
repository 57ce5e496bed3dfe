/* params.c - PostgreSQL's parameters as a batch of one row for the engine.
 *
 * A row per type that is handed over as what it is; every other type goes as its text
 * and the engine casts it. A numeric goes as text too, so that no digit is lost on the
 * way; what it is cast to has room for 26 digits before the point and 12 behind it. */
#include "server/params.h"

#include "core/attr.h"

enum { EPOCH_DAYS = 10957 }; /* from 1970-01-01 to 2000-01-01 */
static const int64_t epoch_us = INT64_C(946684800000000);

static const struct type type_bool = {.id = TYPE_BOOL, .name = "bool"};
static const struct type type_int2 = {.id = TYPE_INT16, .name = "int2"};
static const struct type type_int4 = {.id = TYPE_INT32, .name = "int4"};
static const struct type type_int8 = {.id = TYPE_INT64, .name = "int8"};
static const struct type type_float4 = {.id = TYPE_FLOAT32, .name = "float4"};
static const struct type type_float8 = {.id = TYPE_FLOAT64, .name = "float8"};
static const struct type type_string = {.id = TYPE_TEXT, .name = "text"};
static const struct type type_bytea = {.id = TYPE_BYTES, .name = "bytea"};
static const struct type type_uuid = {.id = TYPE_UUID, .name = "uuid"};
static const struct type type_date = {.id = TYPE_DATE, .name = "date"};
static const struct type type_timestamp = {
    .id = TYPE_TIMESTAMP, .unit = UNIT_MICRO, .name = "timestamp"};
static const struct type type_timestamptz = {
    .id = TYPE_TIMESTAMPTZ, .unit = UNIT_MICRO, .name = "timestamptz"};

/* The one value of a column. */
union cell {
    uint8_t boolean;
    int16_t int2;
    int32_t int4;
    int64_t int8;
    float float4;
    double float8;
    uint8_t uuid[16];
    struct slice text;
};

struct source {
    struct arena *arena;
    pgw_session *session;
    const struct pgw_value *value;
};

typedef enum pgw_status param_reader(const struct source *, union cell *,
                                     struct pgw_error *);

static enum pgw_status read_bool(const struct source *from, union cell *to,
                                 struct pgw_error *err)
{
    bool value;
    enum pgw_status status = pgw_get_bool(from->value, &value, err);
    to->boolean = status == PGW_OK && value;
    return status;
}

static enum pgw_status read_int2(const struct source *from, union cell *to,
                                 struct pgw_error *err)
{
    int64_t value = 0;
    enum pgw_status status = pgw_get_int(from->value, &value, err);
    to->int2 = (int16_t)value;
    return status;
}

static enum pgw_status read_int4(const struct source *from, union cell *to,
                                 struct pgw_error *err)
{
    int64_t value = 0;
    enum pgw_status status = pgw_get_int(from->value, &value, err);
    to->int4 = (int32_t)value;
    return status;
}

static enum pgw_status read_int8(const struct source *from, union cell *to,
                                 struct pgw_error *err)
{
    return pgw_get_int(from->value, &to->int8, err);
}

static enum pgw_status read_float4(const struct source *from, union cell *to,
                                   struct pgw_error *err)
{
    double value = 0;
    enum pgw_status status = pgw_get_double(from->value, &value, err);
    to->float4 = (float)value;
    return status;
}

static enum pgw_status read_float8(const struct source *from, union cell *to,
                                   struct pgw_error *err)
{
    return pgw_get_double(from->value, &to->float8, err);
}

/* Neither the input buffer nor the session's memory lives until the portal is executed.
 */
static enum pgw_status keep(const struct source *from, struct pgw_slice bytes,
                            union cell *to, struct pgw_error *err)
{
    to->text.len = bytes.len;
    to->text.data = arena_copy(from->arena, bytes.data, bytes.len);
    return to->text.data ? PGW_OK : pgw_fail(err, "53200", "out of memory");
}

static enum pgw_status read_text(const struct source *from, union cell *to,
                                 struct pgw_error *err)
{
    struct pgw_slice bytes;
    enum pgw_status status = pgw_get_text(from->session, from->value, &bytes, err);
    return status == PGW_OK ? keep(from, bytes, to, err) : status;
}

static enum pgw_status read_bytea(const struct source *from, union cell *to,
                                  struct pgw_error *err)
{
    struct pgw_slice bytes;
    enum pgw_status status = pgw_get_bytea(from->session, from->value, &bytes, err);
    return status == PGW_OK ? keep(from, bytes, to, err) : status;
}

static enum pgw_status read_uuid(const struct source *from, union cell *to,
                                 struct pgw_error *err)
{
    return pgw_get_uuid(from->value, to->uuid, err);
}

/* PostgreSQL's infinities are the ends of the range, a batch's are symmetric. */
static enum pgw_status read_date(const struct source *from, union cell *to,
                                 struct pgw_error *err)
{
    int32_t days = 0;
    enum pgw_status status = pgw_get_date(from->value, &days, err);
    if (days == INT32_MAX)
        to->int4 = INT32_MAX;
    else if (days == INT32_MIN)
        to->int4 = -INT32_MAX;
    else
        to->int4 = days + EPOCH_DAYS;
    return status;
}

static enum pgw_status read_timestamp(const struct source *from, union cell *to,
                                      struct pgw_error *err)
{
    int64_t us = 0;
    enum pgw_status status = pgw_get_timestamp(from->value, &us, err);
    if (status != PGW_OK)
        return status;
    if (us == INT64_MAX || us == INT64_MIN)
        to->int8 = us == INT64_MAX ? INT64_MAX : -INT64_MAX;
    else if (__builtin_add_overflow(us, epoch_us, &to->int8))
        return pgw_fail(err, "22008", "timestamp out of range");
    return PGW_OK;
}

static const struct param_type {
    uint32_t oid;
    const char *cast;
    const struct type *type;
    enum layout layout;
    param_reader *read;
} param_types[] = {
    {PGW_BOOLOID, "bool", &type_bool, LAYOUT_BOOL8, read_bool},
    {PGW_INT2OID, "int2", &type_int2, LAYOUT_FIXED2, read_int2},
    {PGW_INT4OID, "int4", &type_int4, LAYOUT_FIXED4, read_int4},
    {PGW_INT8OID, "int8", &type_int8, LAYOUT_FIXED8, read_int8},
    {PGW_OIDOID, "int8", &type_int8, LAYOUT_FIXED8, read_int8},
    {PGW_FLOAT4OID, "float4", &type_float4, LAYOUT_FLOAT4, read_float4},
    {PGW_FLOAT8OID, "float8", &type_float8, LAYOUT_FLOAT8, read_float8},
    {PGW_TEXTOID, "text", &type_string, LAYOUT_SLICES, read_text},
    {PGW_VARCHAROID, "text", &type_string, LAYOUT_SLICES, read_text},
    {PGW_BPCHAROID, "text", &type_string, LAYOUT_SLICES, read_text},
    {PGW_NAMEOID, "text", &type_string, LAYOUT_SLICES, read_text},
    {PGW_BYTEAOID, "bytea", &type_bytea, LAYOUT_SLICES, read_bytea},
    {PGW_UUIDOID, "uuid", &type_uuid, LAYOUT_UUID_BYTES, read_uuid},
    {PGW_DATEOID, "date", &type_date, LAYOUT_FIXED4, read_date},
    {PGW_TIMESTAMPOID, "timestamp", &type_timestamp, LAYOUT_FIXED8, read_timestamp},
    {PGW_TIMESTAMPTZOID, "timestamptz", &type_timestamptz, LAYOUT_FIXED8,
     read_timestamp},
    {PGW_NUMERICOID, "numeric(38,12)", &type_string, LAYOUT_SLICES, read_text},
    {PGW_TIMEOID, "time", &type_string, LAYOUT_SLICES, read_text},
    {PGW_TIMETZOID, "timetz", &type_string, LAYOUT_SLICES, read_text},
    {PGW_INTERVALOID, "interval", &type_string, LAYOUT_SLICES, read_text},
    {PGW_JSONOID, "json", &type_string, LAYOUT_SLICES, read_text},
    {PGW_JSONBOID, "json", &type_string, LAYOUT_SLICES, read_text},
};

static const struct param_type as_text = {0, NULL, &type_string, LAYOUT_SLICES,
                                          read_text};

static const struct param_type *find(uint32_t oid)
{
    for (size_t i = 0; i < ARRAY_LEN(param_types); i++) {
        if (param_types[i].oid == oid)
            return &param_types[i];
    }
    return &as_text;
}

const char *params_cast(uint32_t oid)
{
    return find(oid)->cast;
}

static enum pgw_status read_column(const struct source *from, struct column *column,
                                   union cell *cell, struct pgw_error *err)
{
    const struct param_type *type = find(from->value->oid);
    *column = (struct column){.type = type->type, .layout = type->layout, .data = cell};
    if (from->value->is_null) {
        column->layout = LAYOUT_NULL;
        return PGW_OK;
    }
    return type->read(from, cell, err);
}

enum pgw_status params_batch(struct arena *arena, pgw_session *session,
                             const struct pgw_value *values, size_t count,
                             struct batch *out, struct pgw_error *err)
{
    struct column *columns = arena_calloc(arena, count, sizeof *columns);
    union cell *cells = arena_calloc(arena, count, sizeof *cells);
    if (!columns || !cells)
        return pgw_fail(err, "53200", "out of memory");
    for (size_t i = 0; i < count; i++) {
        struct source from = {arena, session, &values[i]};
        enum pgw_status status = read_column(&from, &columns[i], &cells[i], err);
        if (status != PGW_OK)
            return status;
    }
    *out = (struct batch){1, count, columns};
    return PGW_OK;
}
