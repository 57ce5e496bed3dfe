/* pg_type.c - under which of PostgreSQL's types a logical type is declared. */
#include "pgwire/pg_type.h"

#include <pgwire/types.h>

#include "core/attr.h"
#include "pgwire/output_style.h"

static const struct pg_type rows[] = {
#define X(identifier, type_name, type_oid, type_len, array, type_category)             \
    {type_oid, type_name, type_len, array, type_category},
    PGW_TYPES(X)
#undef X
};

static const char *const array_names[] = {
#define X(identifier, type_name, type_oid, type_len, array, type_category)             \
    "_" type_name,
    PGW_TYPES(X)
#undef X
};

static const uint32_t oids[] = {
    [TYPE_UNKNOWN] = PGW_TEXTOID,
    [TYPE_BOOL] = PGW_BOOLOID,
    [TYPE_INT8] = PGW_INT2OID,
    [TYPE_INT16] = PGW_INT2OID,
    [TYPE_INT32] = PGW_INT4OID,
    [TYPE_INT64] = PGW_INT8OID,
    [TYPE_INT128] = PGW_NUMERICOID,
    [TYPE_UINT8] = PGW_INT2OID,
    [TYPE_UINT16] = PGW_INT4OID,
    [TYPE_UINT32] = PGW_INT8OID,
    [TYPE_UINT64] = PGW_NUMERICOID,
    [TYPE_UINT128] = PGW_NUMERICOID,
    [TYPE_OID] = PGW_OIDOID,
    [TYPE_FLOAT32] = PGW_FLOAT4OID,
    [TYPE_FLOAT64] = PGW_FLOAT8OID,
    [TYPE_BIGNUM] = PGW_NUMERICOID,
    [TYPE_DECIMAL] = PGW_NUMERICOID,
    [TYPE_TEXT] = PGW_TEXTOID,
    [TYPE_JSON] = PGW_JSONOID,
    [TYPE_BYTES] = PGW_BYTEAOID,
    [TYPE_BIT] = PGW_VARBITOID,
    [TYPE_UUID] = PGW_UUIDOID,
    [TYPE_DATE] = PGW_DATEOID,
    [TYPE_TIME] = PGW_TIMEOID,
    [TYPE_TIMETZ] = PGW_TIMETZOID,
    [TYPE_TIMESTAMP] = PGW_TIMESTAMPOID,
    [TYPE_TIMESTAMPTZ] = PGW_TIMESTAMPTZOID,
    [TYPE_INTERVAL] = PGW_INTERVALOID,
    [TYPE_ENUM] = PGW_TEXTOID, /* those that have a name carry an OID */
    [TYPE_LIST] = 0,           /* the array of what is in it */
    [TYPE_ARRAY] = 0,
    [TYPE_STRUCT] = PGW_JSONOID, /* or a record */
    [TYPE_MAP] = PGW_JSONOID,
    [TYPE_UNION] = PGW_JSONOID,
    [TYPE_OTHER] = PGW_TEXTOID,
};

const struct pg_type *pg_type_find(uint32_t oid)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].oid == oid)
            return &rows[i];
    }
    return NULL;
}

const struct pg_type *pg_type_element(uint32_t array_oid)
{
    for (size_t i = 0; array_oid && i < ARRAY_LEN(rows); i++) {
        if (rows[i].array_oid == array_oid)
            return &rows[i];
    }
    return NULL;
}

const struct type *pg_type_innermost(const struct type *type)
{
    while ((type->id == TYPE_LIST || type->id == TYPE_ARRAY) && type->child_count == 1)
        type = &type->children[0];
    return type;
}

/* Of a type that is no list; its array's when `array`. */
static uint32_t element_oid(const struct type *type, bool composites, bool array)
{
    bool is_record = type->id == TYPE_STRUCT && composites;
    bool has_own = type->oid && (type->id != TYPE_STRUCT || composites);
    if (has_own && !array)
        return type->oid;
    if (has_own && type->array_oid)
        return type->array_oid;
    uint32_t oid = is_record ? PGW_RECORDOID : oids[type->id];
    const struct pg_type *row = array ? pg_type_find(oid) : NULL;
    return row ? row->array_oid : oid;
}

uint32_t pg_type_oid(const struct type *type, bool composites)
{
    const struct type *element = pg_type_innermost(type);
    return element_oid(element, composites, element != type);
}

uint32_t plan_type_oid(const struct type *type, const struct pgw_style *style)
{
    return pg_type_oid(type, style && style->composites);
}

const char *plan_type_name(const struct type *type)
{
    uint32_t oid = plan_type_oid(type, NULL);
    const struct type *element = pg_type_innermost(type);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].oid == oid)
            return rows[i].name;
        if (element != type && rows[i].array_oid == oid)
            return array_names[i];
    }
    return element->oid && element->name ? element->name : "text";
}

int32_t plan_type_typmod(const struct type *type)
{
    const struct type *element = pg_type_innermost(type);
    if (element->id != TYPE_DECIMAL || element->precision == 0)
        return 0;
    return ((int32_t)element->precision << 16 | element->scale) + 4 + 1;
}

/* An enum is an OID to PostgreSQL, and so is all that reads as a name. */
int16_t plan_type_typlen(const struct type *type)
{
    if (type->oid == PG_TIDOID)
        return PG_TID_BYTES;
    return type->oid && (type->id == TYPE_ENUM || type->id == TYPE_OID) ? 4 : 0;
}
