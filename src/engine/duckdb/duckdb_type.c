/* duckdb_type.c - DuckDB's logical types and vectors as ours; no value is copied. */
#include <assert.h>

#include "engine/duckdb/duckdb_internal.h"

/* The engine's 16-byte strings are what LAYOUT_STRING16 says. */
static_assert(sizeof(duckdb_string_t) == 16, "duckdb_string_t is not 16 bytes");

static const struct mapping {
    duckdb_type from;
    enum type_id id;
    enum layout layout; /* of a vector; LAYOUT_NULL = by width, below */
    enum time_unit unit;
    const char *name;
} mappings[] = {
    {DUCKDB_TYPE_BOOLEAN, TYPE_BOOL, LAYOUT_BOOL8, 0, "BOOLEAN"},
    {DUCKDB_TYPE_TINYINT, TYPE_INT8, LAYOUT_FIXED1, 0, "TINYINT"},
    {DUCKDB_TYPE_SMALLINT, TYPE_INT16, LAYOUT_FIXED2, 0, "SMALLINT"},
    {DUCKDB_TYPE_INTEGER, TYPE_INT32, LAYOUT_FIXED4, 0, "INTEGER"},
    {DUCKDB_TYPE_BIGINT, TYPE_INT64, LAYOUT_FIXED8, 0, "BIGINT"},
    {DUCKDB_TYPE_HUGEINT, TYPE_INT128, LAYOUT_FIXED16, 0, "HUGEINT"},
    {DUCKDB_TYPE_UTINYINT, TYPE_UINT8, LAYOUT_FIXED1, 0, "UTINYINT"},
    {DUCKDB_TYPE_USMALLINT, TYPE_UINT16, LAYOUT_FIXED2, 0, "USMALLINT"},
    {DUCKDB_TYPE_UINTEGER, TYPE_UINT32, LAYOUT_FIXED4, 0, "UINTEGER"},
    {DUCKDB_TYPE_UBIGINT, TYPE_UINT64, LAYOUT_FIXED8, 0, "UBIGINT"},
    {DUCKDB_TYPE_UHUGEINT, TYPE_UINT128, LAYOUT_FIXED16, 0, "UHUGEINT"},
    {DUCKDB_TYPE_FLOAT, TYPE_FLOAT32, LAYOUT_FLOAT4, 0, "FLOAT"},
    {DUCKDB_TYPE_DOUBLE, TYPE_FLOAT64, LAYOUT_FLOAT8, 0, "DOUBLE"},
    {DUCKDB_TYPE_DECIMAL, TYPE_DECIMAL, LAYOUT_NULL, 0, "DECIMAL"},
    {DUCKDB_TYPE_VARCHAR, TYPE_TEXT, LAYOUT_STRING16, 0, "VARCHAR"},
    {DUCKDB_TYPE_BLOB, TYPE_BYTES, LAYOUT_STRING16, 0, "BLOB"},
    {DUCKDB_TYPE_BIT, TYPE_BIT, LAYOUT_STRING16, 0, "BIT"},
    {DUCKDB_TYPE_BIGNUM, TYPE_BIGNUM, LAYOUT_STRING16, 0, "BIGNUM"},
    {DUCKDB_TYPE_UUID, TYPE_UUID, LAYOUT_UUID_FLIPPED, 0, "UUID"},
    {DUCKDB_TYPE_DATE, TYPE_DATE, LAYOUT_FIXED4, 0, "DATE"},
    {DUCKDB_TYPE_TIME, TYPE_TIME, LAYOUT_FIXED8, UNIT_MICRO, "TIME"},
    {DUCKDB_TYPE_TIME_NS, TYPE_TIME, LAYOUT_FIXED8, UNIT_NANO, "TIME_NS"},
    {DUCKDB_TYPE_TIME_TZ, TYPE_TIMETZ, LAYOUT_TIMETZ40, 0, "TIME WITH TIME ZONE"},
    {DUCKDB_TYPE_TIMESTAMP, TYPE_TIMESTAMP, LAYOUT_FIXED8, UNIT_MICRO, "TIMESTAMP"},
    {DUCKDB_TYPE_TIMESTAMP_S, TYPE_TIMESTAMP, LAYOUT_FIXED8, UNIT_SECOND,
     "TIMESTAMP_S"},
    {DUCKDB_TYPE_TIMESTAMP_MS, TYPE_TIMESTAMP, LAYOUT_FIXED8, UNIT_MILLI,
     "TIMESTAMP_MS"},
    {DUCKDB_TYPE_TIMESTAMP_NS, TYPE_TIMESTAMP, LAYOUT_FIXED8, UNIT_NANO,
     "TIMESTAMP_NS"},
    {DUCKDB_TYPE_TIMESTAMP_TZ, TYPE_TIMESTAMPTZ, LAYOUT_FIXED8, UNIT_MICRO,
     "TIMESTAMP WITH TIME ZONE"},
    {DUCKDB_TYPE_INTERVAL, TYPE_INTERVAL, LAYOUT_INTERVAL, 0, "INTERVAL"},
    {DUCKDB_TYPE_ENUM, TYPE_ENUM, LAYOUT_NULL, 0, "ENUM"},
    {DUCKDB_TYPE_LIST, TYPE_LIST, LAYOUT_LIST_ENTRIES, 0, "LIST"},
    {DUCKDB_TYPE_ARRAY, TYPE_ARRAY, LAYOUT_LIST_FIXED, 0, "ARRAY"},
    {DUCKDB_TYPE_STRUCT, TYPE_STRUCT, LAYOUT_STRUCT, 0, "STRUCT"},
    {DUCKDB_TYPE_MAP, TYPE_MAP, LAYOUT_LIST_ENTRIES, 0, "MAP"},
    {DUCKDB_TYPE_UNION, TYPE_UNION, LAYOUT_UNION, 0, "UNION"},
    {DUCKDB_TYPE_SQLNULL, TYPE_TEXT, LAYOUT_NULL, 0, "NULL"},
    {DUCKDB_TYPE_INVALID, TYPE_UNKNOWN, LAYOUT_NULL, 0, "unknown"},
    {DUCKDB_TYPE_ANY, TYPE_UNKNOWN, LAYOUT_NULL, 0, "ANY"},
};

static const struct mapping *find_mapping(duckdb_type from)
{
    for (size_t i = 0; i < ARRAY_LEN(mappings); i++) {
        if (mappings[i].from == from)
            return &mappings[i];
    }
    return NULL;
}

/* ---- types ---- */

struct filler {
    struct arena *arena;
    const struct duckdb_names *names;
};

static bool fill_type(struct filler *filler, duckdb_logical_type from,
                      struct type *out);

/* The child is destroyed here, also on failure. */
static bool fill_child(struct filler *filler, duckdb_logical_type from,
                       struct type *out)
{
    bool done = fill_type(filler, from, out);
    duckdb_destroy_logical_type(&from);
    return done;
}

static bool keep_name(struct arena *arena, char *from, struct slice *out)
{
    out->len = from ? strlen(from) : 0;
    out->data = arena_string(arena, (struct slice){from, out->len});
    duckdb_free(from);
    return out->data != NULL;
}

static bool fill_element(struct filler *filler, duckdb_logical_type from,
                         struct type *out)
{
    struct type *child = arena_calloc(filler->arena, 1, sizeof *child);
    if (!child)
        return false;
    out->children = child;
    out->child_count = 1;
    if (out->id == TYPE_LIST) {
        if (!fill_child(filler, duckdb_list_type_child_type(from), child))
            return false;
        out->name = arena_printf(filler->arena, "%s[]", child->name);
    } else {
        out->array_length = duckdb_array_type_array_size(from);
        if (!fill_child(filler, duckdb_array_type_child_type(from), child))
            return false;
        out->name =
            arena_printf(filler->arena, "%s[%zu]", child->name, out->array_length);
    }
    return out->name != NULL;
}

static bool fill_map(struct filler *filler, duckdb_logical_type from, struct type *out)
{
    struct type *children = arena_calloc(filler->arena, 2, sizeof *children);
    out->children = children;
    out->child_count = 2;
    return children &&
           fill_child(filler, duckdb_map_type_key_type(from), &children[0]) &&
           fill_child(filler, duckdb_map_type_value_type(from), &children[1]);
}

static bool fill_members(struct filler *filler, duckdb_logical_type from,
                         struct type *out)
{
    bool is_union = out->id == TYPE_UNION;
    size_t count = is_union ? duckdb_union_type_member_count(from)
                            : duckdb_struct_type_child_count(from);
    struct type *children = arena_calloc(filler->arena, count, sizeof *children);
    struct slice *names = arena_calloc(filler->arena, count, sizeof *names);
    if (!children || !names)
        return false;
    out->children = children;
    out->child_names = names;
    out->child_count = count;
    for (size_t i = 0; i < count; i++) {
        char *name = is_union ? duckdb_union_type_member_name(from, i)
                              : duckdb_struct_type_child_name(from, i);
        duckdb_logical_type child = is_union ? duckdb_union_type_member_type(from, i)
                                             : duckdb_struct_type_child_type(from, i);
        bool named = keep_name(filler->arena, name, &names[i]);
        if (!fill_child(filler, child, &children[i]) || !named)
            return false;
    }
    return true;
}

static bool fill_labels(struct filler *filler, duckdb_logical_type from,
                        struct type *out)
{
    size_t count = duckdb_enum_dictionary_size(from);
    struct slice *labels = arena_calloc(filler->arena, count, sizeof *labels);
    if (!labels)
        return false;
    out->labels = labels;
    out->label_count = count;
    for (size_t i = 0; i < count; i++) {
        if (!keep_name(filler->arena, duckdb_enum_dictionary_value(from, i),
                       &labels[i]))
            return false;
    }
    return true;
}

static bool fill_decimal(struct filler *filler, duckdb_logical_type from,
                         struct type *out)
{
    out->precision = duckdb_decimal_width(from);
    out->scale = duckdb_decimal_scale(from);
    out->name =
        arena_printf(filler->arena, "DECIMAL(%u,%u)", out->precision, out->scale);
    return out->name != NULL;
}

/* JSON is a VARCHAR with a name, and so are PostgreSQL's types. */
static void apply_alias(const struct filler *filler, duckdb_logical_type from,
                        struct type *out)
{
    char *alias = duckdb_logical_type_get_alias(from);
    if (alias && out->id == TYPE_TEXT && strcmp(alias, "JSON") == 0) {
        out->id = TYPE_JSON;
        out->name = "JSON";
    } else if (alias) {
        duckdb_alias_apply(filler->names, alias, out);
    }
    duckdb_free(alias);
}

/* The name that CREATE TYPE gave to these labels or fields, if any. */
static void apply_name(const struct filler *filler, struct type *out)
{
    const struct type_entry *entry = type_oids_like(filler->names->oids, out);
    if (!entry)
        return;
    out->oid = entry->oid;
    out->array_oid = entry->array_oid;
    out->name = entry->name; /* lives as long as the engine */
}

static bool fill_type(struct filler *filler, duckdb_logical_type from, struct type *out)
{
    const struct mapping *mapping = find_mapping(duckdb_get_type_id(from));
    *out = (struct type){.id = TYPE_OTHER, .name = "a type unknown here"};
    if (!mapping)
        return true;
    out->id = mapping->id;
    out->unit = mapping->unit;
    out->name = mapping->name;
    if (out->id == TYPE_TEXT || out->id == TYPE_UINT32)
        apply_alias(filler, from, out);
    if (out->id == TYPE_DECIMAL)
        return fill_decimal(filler, from, out);
    if (out->id == TYPE_LIST || out->id == TYPE_ARRAY)
        return fill_element(filler, from, out);
    if (out->id == TYPE_MAP)
        return fill_map(filler, from, out);
    if (out->id == TYPE_UNION)
        return fill_members(filler, from, out);
    if (out->id != TYPE_STRUCT && out->id != TYPE_ENUM)
        return true;
    if (out->id == TYPE_STRUCT ? !fill_members(filler, from, out)
                               : !fill_labels(filler, from, out))
        return false;
    apply_name(filler, out);
    return true;
}

const struct type *duckdb_type_new(struct arena *arena, duckdb_logical_type from,
                                   const struct duckdb_names *names)
{
    struct filler filler = {arena, names};
    struct type *type = arena_calloc(arena, 1, sizeof *type);
    return type && fill_type(&filler, from, type) ? type : NULL;
}

/* ---- the other way round ---- */

static duckdb_type engines_type(const struct type *type)
{
    bool has_unit = type->id == TYPE_TIME || type->id == TYPE_TIMESTAMP;
    for (size_t i = 0; i < ARRAY_LEN(mappings); i++) {
        if (mappings[i].id == type->id && (!has_unit || mappings[i].unit == type->unit))
            return mappings[i].from;
    }
    return DUCKDB_TYPE_INVALID;
}

duckdb_logical_type duckdb_type_make(const struct type *type)
{
    if (type->id == TYPE_DECIMAL)
        return duckdb_create_decimal_type(type->precision, type->scale);
    if (type->id == TYPE_LIST) {
        duckdb_logical_type child = duckdb_type_make(&type->children[0]);
        duckdb_logical_type list = duckdb_create_list_type(child);
        duckdb_destroy_logical_type(&child);
        return list;
    }
    duckdb_logical_type made =
        duckdb_create_logical_type(type->id == TYPE_JSON  ? DUCKDB_TYPE_VARCHAR
                                   : type->id == TYPE_OID ? DUCKDB_TYPE_UINTEGER
                                                          : engines_type(type));
    if (made && type->id == TYPE_JSON)
        duckdb_logical_type_set_alias(made, "JSON");
    return made;
}

/* ---- vectors ---- */

static enum layout layout_by_width(duckdb_type physical)
{
    static const struct {
        duckdb_type type;
        enum layout layout;
    } widths[] = {
        {DUCKDB_TYPE_UTINYINT, LAYOUT_FIXED1}, {DUCKDB_TYPE_USMALLINT, LAYOUT_FIXED2},
        {DUCKDB_TYPE_UINTEGER, LAYOUT_FIXED4}, {DUCKDB_TYPE_SMALLINT, LAYOUT_FIXED2},
        {DUCKDB_TYPE_INTEGER, LAYOUT_FIXED4},  {DUCKDB_TYPE_BIGINT, LAYOUT_FIXED8},
        {DUCKDB_TYPE_HUGEINT, LAYOUT_FIXED16}};
    for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
        if (widths[i].type == physical)
            return widths[i].layout;
    }
    return LAYOUT_NULL;
}

static enum layout layout_of(duckdb_logical_type from)
{
    duckdb_type id = duckdb_get_type_id(from);
    const struct mapping *mapping = find_mapping(id);
    if (id == DUCKDB_TYPE_DECIMAL)
        return layout_by_width(duckdb_decimal_internal_type(from));
    if (id == DUCKDB_TYPE_ENUM)
        return layout_by_width(duckdb_enum_internal_type(from));
    return mapping ? mapping->layout : LAYOUT_NULL;
}

/* A map is a list of structs of key and value. */
static duckdb_vector child_vector(const struct type *type, duckdb_vector vector,
                                  size_t i)
{
    if (type->id == TYPE_LIST)
        return duckdb_list_vector_get_child(vector);
    if (type->id == TYPE_ARRAY)
        return duckdb_array_vector_get_child(vector);
    if (type->id == TYPE_MAP)
        vector = duckdb_list_vector_get_child(vector);
    return duckdb_struct_vector_get_child(vector, i);
}

/* A union's first child is the tag, then come the members. */
static bool add_children(struct arena *arena, const struct type *type,
                         duckdb_vector vector, struct column *out)
{
    static const struct type tag = {.id = TYPE_UINT8, .name = "tag"};
    bool is_union = type->id == TYPE_UNION;
    size_t count = type->child_count + is_union;
    struct column *children = arena_calloc(arena, count, sizeof *children);
    if (!children)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct type *child =
            is_union && i == 0 ? &tag : &type->children[i - is_union];
        if (!duckdb_column_view(arena, child, child_vector(type, vector, i),
                                &children[i]))
            return false;
    }
    out->children = children;
    out->child_count = count;
    return true;
}

bool duckdb_column_view(struct arena *arena, const struct type *type,
                        duckdb_vector vector, struct column *out)
{
    duckdb_logical_type logical = duckdb_vector_get_column_type(vector);
    *out = (struct column){.type = type,
                           .layout = layout_of(logical),
                           .validity = duckdb_vector_get_validity(vector),
                           .data = duckdb_vector_get_data(vector)};
    duckdb_destroy_logical_type(&logical);
    return type->child_count == 0 || add_children(arena, type, vector, out);
}
