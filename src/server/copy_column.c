/* copy_column.c - the types of columns that are copied into: a row each. */
#include "server/copy_column.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "batch/layout.h"
#include "pgwire/plan.h"

enum { LIST_DEPTH_MAX = PGW_ARRAY_DIMENSIONS_MAX };

/* ---- readers ---- */

static enum pgw_status no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory");
}

static enum pgw_status read_param(const struct copy_column *column,
                                  const struct param_source *source,
                                  const struct pgw_value *value, void *cell,
                                  struct pgw_error *err)
{
    return column->param->read(source, value, cell, err);
}

static enum pgw_status read_string(const struct copy_column *column,
                                   const struct param_source *source,
                                   const struct pgw_value *value, void *cell,
                                   struct pgw_error *err)
{
    struct slice text = {"", 0};
    if (value->raw.len > UINT32_MAX / 2)
        return pgw_fail(err, "54000", "a value of %zu bytes is too long",
                        value->raw.len);
    enum pgw_status status = column->param->read(source, value, &text, err);
    copy_put_string(text, cell);
    return status;
}

/* An integer of fewer bits than PostgreSQL's, or without a sign. */
static enum pgw_status read_narrow(const struct copy_column *column,
                                   const struct param_source *source,
                                   const struct pgw_value *value, void *cell,
                                   struct pgw_error *err)
{
    int64_t number = 0;
    (void)source;
    enum pgw_status status = pgw_get_int(value, &number, err);
    if (status != PGW_OK)
        return status;
    if (number < column->least || number > column->most)
        return pgw_value_fail(value, err, "22003",
                              "value \"%" PRId64 "\" is out of range for type %s",
                              number, column->type->name);
    memcpy(cell, &number, column->width); /* little endian */
    return PGW_OK;
}

static enum pgw_status overflow(const struct copy_column *column, struct pgw_error *err)
{
    (void)pgw_fail(err, "22003", "numeric field overflow");
    int whole = column->type->precision - column->type->scale;
    (void)snprintf(err->detail, sizeof err->detail,
                   "A field with precision %u, scale %u must round to an absolute "
                   "value less than %s%.0d.",
                   column->type->precision, column->type->scale, whole ? "10^" : "1",
                   whole);
    return PGW_ERROR;
}

static enum pgw_status read_decimal(const struct copy_column *column,
                                    const struct param_source *source,
                                    const struct pgw_value *value, void *cell,
                                    struct pgw_error *err)
{
    struct pgw_slice text = {"", 0};
    bool overflows = false;
    enum pgw_status status = pgw_get_numeric(source->session, value, &text, err);
    if (status != PGW_OK)
        return status;
    if (copy_decimal(column, (struct slice){text.data, text.len}, &overflows, cell))
        return PGW_OK;
    if (!overflows)
        return pgw_fail(err, "22003", "the engine's numbers have no %.*s",
                        (int)text.len, text.data);
    return overflow(column, err);
}

/* Integers beyond 64 bits: as their digits, which the engine casts. */
static enum pgw_status read_digits(const struct copy_column *column,
                                   const struct param_source *source,
                                   const struct pgw_value *value, void *cell,
                                   struct pgw_error *err)
{
    struct pgw_slice text = {"", 0};
    (void)column;
    enum pgw_status status = pgw_get_numeric(source->session, value, &text, err);
    if (status != PGW_OK)
        return status;
    const char *copy = arena_copy(source->arena, text.data, text.len);
    if (!copy)
        return no_memory(err);
    copy_put_string((struct slice){copy, text.len}, cell);
    return PGW_OK;
}

static enum pgw_status read_time(const struct copy_column *column,
                                 const struct param_source *source,
                                 const struct pgw_value *value, void *cell,
                                 struct pgw_error *err)
{
    int64_t us = 0;
    enum pgw_status status = column->param->read(source, value, &us, err);
    if (status != PGW_OK)
        return status;
    bool is_finite = us != INT64_MAX && us != -INT64_MAX;
    if (is_finite && column->staged.unit == UNIT_NANO &&
        __builtin_mul_overflow(us, INT64_C(1000), &us))
        return pgw_value_fail(value, err, "22008", "timestamp out of range");
    if (is_finite && column->scale > 1)
        us =
            us >= 0 ? us / column->scale : -((-us + column->scale - 1) / column->scale);
    memcpy(cell, &us, sizeof us);
    return PGW_OK;
}

static enum pgw_status read_label(const struct copy_column *column,
                                  const struct param_source *source,
                                  const struct pgw_value *value, void *cell,
                                  struct pgw_error *err)
{
    struct pgw_value as_text = *value;
    struct pgw_slice text = {"", 0};
    const struct type *type = column->type;
    as_text.oid = PGW_TEXTOID;
    enum pgw_status status = pgw_get_text(source->session, &as_text, &text, err);
    if (status != PGW_OK)
        return status;
    for (size_t i = 0; i < type->label_count; i++) {
        if (!slice_equal(type->labels[i], (struct slice){text.data, text.len}))
            continue;
        copy_put_string(type->labels[i], cell);
        return PGW_OK;
    }
    return pgw_value_fail(value, err, "22P02",
                          "invalid input value for enum %s: \"%.*s\"", type->name,
                          text.len > 200 ? 200 : (int)text.len, text.data);
}

/* ---- the table ---- */

static const struct row {
    enum type_id id;
    enum type_id staged;
    enum layout layout;
    uint32_t oid;
    copy_quick *quick;
    copy_reader *read;
    int64_t least, most;
} rows[] = {
    {TYPE_BOOL, TYPE_BOOL, LAYOUT_BOOL8, PGW_BOOLOID, copy_quick_bool, read_param, 0,
     0},
    {TYPE_INT8, TYPE_INT8, LAYOUT_FIXED1, PGW_INT2OID, copy_quick_int, read_narrow,
     INT8_MIN, INT8_MAX},
    {TYPE_INT16, TYPE_INT16, LAYOUT_FIXED2, PGW_INT2OID, copy_quick_int, read_param,
     INT16_MIN, INT16_MAX},
    {TYPE_INT32, TYPE_INT32, LAYOUT_FIXED4, PGW_INT4OID, copy_quick_int, read_param,
     INT32_MIN, INT32_MAX},
    {TYPE_INT64, TYPE_INT64, LAYOUT_FIXED8, PGW_INT8OID, copy_quick_int, read_param,
     INT64_MIN, INT64_MAX},
    {TYPE_UINT8, TYPE_UINT8, LAYOUT_FIXED1, PGW_INT2OID, copy_quick_int, read_narrow, 0,
     UINT8_MAX},
    {TYPE_UINT16, TYPE_UINT16, LAYOUT_FIXED2, PGW_INT4OID, copy_quick_int, read_narrow,
     0, UINT16_MAX},
    {TYPE_UINT32, TYPE_UINT32, LAYOUT_FIXED4, PGW_INT8OID, copy_quick_int, read_narrow,
     0, UINT32_MAX},
    {TYPE_OID, TYPE_UINT32, LAYOUT_FIXED4, PGW_OIDOID, NULL, read_narrow, 0,
     UINT32_MAX},
    {TYPE_INT128, TYPE_TEXT, LAYOUT_STRING16, PGW_NUMERICOID, NULL, read_digits, 0, 0},
    {TYPE_UINT64, TYPE_TEXT, LAYOUT_STRING16, PGW_NUMERICOID, NULL, read_digits, 0, 0},
    {TYPE_UINT128, TYPE_TEXT, LAYOUT_STRING16, PGW_NUMERICOID, NULL, read_digits, 0, 0},
    {TYPE_BIGNUM, TYPE_TEXT, LAYOUT_STRING16, PGW_NUMERICOID, NULL, read_digits, 0, 0},
    {TYPE_FLOAT32, TYPE_FLOAT32, LAYOUT_FLOAT4, PGW_FLOAT4OID, copy_quick_float,
     read_param, 0, 0},
    {TYPE_FLOAT64, TYPE_FLOAT64, LAYOUT_FLOAT8, PGW_FLOAT8OID, copy_quick_double,
     read_param, 0, 0},
    {TYPE_DECIMAL, TYPE_DECIMAL, LAYOUT_FIXED16, PGW_NUMERICOID, copy_quick_decimal,
     read_decimal, 0, 0},
    {TYPE_TEXT, TYPE_TEXT, LAYOUT_STRING16, PGW_TEXTOID, copy_quick_text, read_string,
     0, 0},
    {TYPE_JSON, TYPE_JSON, LAYOUT_STRING16, PGW_JSONOID, NULL, read_string, 0, 0},
    {TYPE_BYTES, TYPE_BYTES, LAYOUT_STRING16, PGW_BYTEAOID, NULL, read_string, 0, 0},
    {TYPE_BIT, TYPE_BIT, LAYOUT_STRING16, PGW_VARBITOID, NULL, read_string, 0, 0},
    {TYPE_UUID, TYPE_UUID, LAYOUT_UUID_BYTES, PGW_UUIDOID, NULL, read_param, 0, 0},
    {TYPE_DATE, TYPE_DATE, LAYOUT_FIXED4, PGW_DATEOID, copy_quick_date, read_param, 0,
     0},
    {TYPE_TIME, TYPE_TIME, LAYOUT_FIXED8, PGW_TIMEOID, NULL, read_time, 0, 0},
    {TYPE_TIMETZ, TYPE_TIMETZ, LAYOUT_TIMETZ40, PGW_TIMETZOID, NULL, read_param, 0, 0},
    {TYPE_TIMESTAMP, TYPE_TIMESTAMP, LAYOUT_FIXED8, PGW_TIMESTAMPOID,
     copy_quick_timestamp, read_time, 0, 0},
    {TYPE_TIMESTAMPTZ, TYPE_TIMESTAMPTZ, LAYOUT_FIXED8, PGW_TIMESTAMPTZOID,
     copy_quick_timestamp, read_time, 0, 0},
    {TYPE_INTERVAL, TYPE_INTERVAL, LAYOUT_INTERVAL, PGW_INTERVALOID, NULL, read_param,
     0, 0},
    {TYPE_ENUM, TYPE_TEXT, LAYOUT_STRING16, PGW_TEXTOID, NULL, read_label, 0, 0},
    /* they are sent as JSON, and read as such */
    {TYPE_STRUCT, TYPE_JSON, LAYOUT_STRING16, PGW_JSONOID, NULL, read_string, 0, 0},
    {TYPE_MAP, TYPE_JSON, LAYOUT_STRING16, PGW_JSONOID, NULL, read_string, 0, 0},
    {TYPE_UNION, TYPE_JSON, LAYOUT_STRING16, PGW_JSONOID, NULL, read_string, 0, 0},
};

static const struct row *find_row(enum type_id id)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].id == id)
            return &rows[i];
    }
    return NULL;
}

static bool init_list(struct copy_column *out, const struct type *type,
                      struct arena *arena, struct error *err)
{
    out->element = arena_calloc(arena, 1, sizeof *out->element);
    if (!out->element)
        return error_no_memory(err);
    out->staged = (struct type){
        .id = TYPE_LIST, .child_count = 1, .children = &out->element->staged};
    out->layout = LAYOUT_LIST_ENTRIES;
    out->width = layout_width(out->layout);
    return copy_column_init(out->element, &type->children[0], arena, err);
}

/* How wide the cells of a decimal are is the engine's business, and by its digits. */
static void init_decimal(struct copy_column *out)
{
    unsigned digits = out->type->precision;
    out->layout = digits <= 4    ? LAYOUT_FIXED2
                  : digits <= 9  ? LAYOUT_FIXED4
                  : digits <= 18 ? LAYOUT_FIXED8
                                 : LAYOUT_FIXED16;
}

static size_t depth_of(const struct type *type)
{
    size_t depth = 0;
    while (type->id == TYPE_LIST || type->id == TYPE_ARRAY) {
        type = &type->children[0];
        depth++;
    }
    return depth;
}

bool copy_column_init(struct copy_column *out, const struct type *type,
                      struct arena *arena, struct error *err)
{
    static const int64_t us_in_unit[] = {[UNIT_SECOND] = 1000000,
                                         [UNIT_MILLI] = 1000,
                                         [UNIT_MICRO] = 1,
                                         [UNIT_NANO] = 1};
    const char *name = out->name;
    *out = (struct copy_column){.name = name, .type = type, .scale = 1};
    out->oid = plan_type_oid(type, NULL);
    const struct row *row = find_row(type->id);
    size_t depth = depth_of(type);
    if (depth > LIST_DEPTH_MAX || (depth == 0 && !row))
        return error_set(err, "0A000", "COPY into a column of type %s is not supported",
                         type->name);
    if (depth > 0)
        return init_list(out, type, arena, err);
    out->staged = *type;
    out->staged.id = row->staged;
    out->layout = row->layout;
    if (type->id == TYPE_DECIMAL)
        init_decimal(out);
    if (type->id == TYPE_TIME || type->id == TYPE_TIMESTAMP)
        out->scale = us_in_unit[type->unit];
    out->width = out->layout == LAYOUT_STRING16 ? 16 : layout_width(out->layout);
    out->oid = row->oid;
    out->least = row->least;
    out->most = row->most;
    out->quick = row->quick;
    out->read = row->read;
    out->param = param_type_find(row->oid);
    return true;
}
