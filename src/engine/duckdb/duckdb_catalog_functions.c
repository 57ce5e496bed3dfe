/* duckdb_catalog_functions.c - what the catalogue's SQL asks of C.
 *
 * A row per function: name, types, and what it makes of one row of arguments. NULL
 * begets NULL, but for arguments that say otherwise. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/duckdb/duckdb_catalog.h"
#include "engine/duckdb/duckdb_function.h"

enum { ARGUMENTS_MAX = 3 };

struct call {
    struct duckdb_catalog *catalog;
    duckdb_vector arguments[ARGUMENTS_MAX];
    duckdb_vector result;
    idx_t row;
    const char *failure; /* set it: the statement fails */
};

/* False: the result is NULL. */
typedef bool row_function(struct call *call);

/* ---- arguments and results ---- */

static struct slice text_at(duckdb_vector vector, idx_t row)
{
    duckdb_string_t *strings = duckdb_vector_get_data(vector);
    return (struct slice){duckdb_string_t_data(&strings[row]),
                          duckdb_string_t_length(strings[row])};
}

static struct slice text(const struct call *call, size_t argument)
{
    return text_at(call->arguments[argument], call->row);
}

static uint32_t oid(const struct call *call, size_t argument)
{
    return ((uint32_t *)duckdb_vector_get_data(call->arguments[argument]))[call->row];
}

static int32_t number(const struct call *call, size_t argument)
{
    return ((int32_t *)duckdb_vector_get_data(call->arguments[argument]))[call->row];
}

static bool give_oid(const struct call *call, uint32_t value)
{
    ((uint32_t *)duckdb_vector_get_data(call->result))[call->row] = value;
    return true;
}

static bool give_number(const struct call *call, int32_t value)
{
    ((int32_t *)duckdb_vector_get_data(call->result))[call->row] = value;
    return true;
}

static bool give_text(const struct call *call, struct slice value)
{
    duckdb_vector_assign_string_element_len(call->result, call->row, value.data,
                                            value.len);
    return true;
}

/* ---- names ---- */

static bool builtin_type(struct call *call)
{
    struct catalog_name name;
    uint32_t found =
        catalog_name_parse(text(call, 0), &name) ? catalog_type_named(&name) : 0;
    return found && give_oid(call, found);
}

static bool name_schema(struct call *call)
{
    struct catalog_name name;
    return catalog_name_parse(text(call, 0), &name) && name.schema[0] &&
           give_text(call, slice_of(name.schema));
}

static bool name_itself(struct call *call)
{
    struct catalog_name name;
    return catalog_name_parse(text(call, 0), &name) &&
           give_text(call, slice_of(name.name));
}

static bool name_is_array(struct call *call)
{
    struct catalog_name name;
    bool *result = duckdb_vector_get_data(call->result);
    if (!catalog_name_parse(text(call, 0), &name))
        return false;
    result[call->row] = name.is_array;
    return true;
}

/* An OID that nobody knows is shown as question marks, none at all as a dash. */
static bool format_type(struct call *call)
{
    enum { REGTYPEOID = 2206 };
    char written[CATALOG_NAME_BYTES * 2 + 8];
    uint32_t type = oid(call, 0);
    if (catalog_type_format(type, number(call, 1), written, sizeof written))
        return give_text(call, slice_of(written));
    size_t len = duckdb_catalog_oid_text(call->catalog, REGTYPEOID, type, written,
                                         sizeof written);
    return give_text(call, len ? (struct slice){written, len} : SLICE("???"));
}

/* ---- objects and the user's types ---- */

static bool object_oid(struct call *call)
{
    const struct duckdb_object *object =
        duckdb_oids_add(duckdb_catalog_oids(call->catalog), text(call, 0),
                        text(call, 1), text(call, 2));
    if (!object)
        call->failure = "out of memory";
    return object && give_oid(call, object->oid);
}

/* Of a relation, a row type, or what is built in. */
static bool oid_schema(struct call *call)
{
    bool is_array;
    uint32_t which = oid(call, 0);
    const struct duckdb_object *object =
        duckdb_oids_find(duckdb_catalog_oids(call->catalog), which);
    if (catalog_class_name(which) || catalog_type_find(which, &is_array))
        return give_text(call, SLICE("pg_catalog"));
    return object && give_text(call, object->schema);
}

static const struct type_entry *entry_of(const struct call *call)
{
    return type_oids_find(duckdb_catalog_names(call->catalog)->oids, oid(call, 0));
}

/* The labels of the row are those of the enum. */
static bool same_labels(const struct call *call, const struct type *type)
{
    duckdb_vector labels = call->arguments[1], child;
    duckdb_list_entry entry =
        ((duckdb_list_entry *)duckdb_vector_get_data(labels))[call->row];
    if (type->label_count != entry.length)
        return false;
    child = duckdb_list_vector_get_child(labels);
    for (size_t i = 0; i < type->label_count; i++) {
        if (!slice_equal(text_at(child, entry.offset + i), type->labels[i]))
            return false;
    }
    return true;
}

/* An enum by name and labels, a struct (labels are NULL) by name: what was read last of
 * that name is what it is now. */
static bool type_oid(struct call *call)
{
    struct type_oids *oids = duckdb_catalog_names(call->catalog)->oids;
    bool is_enum = !duckdb_function_is_null(call->arguments[1], call->row);
    const struct type_entry *entry;
    uint32_t found = 0;
    uint64_t latest = 0;
    for (size_t at = 0; (entry = type_oids_next(oids, &at));) {
        if (entry->element_oid || !slice_equal(slice_of(entry->name), text(call, 0)))
            continue;
        bool fits = is_enum
                        ? entry->type->id == TYPE_ENUM && same_labels(call, entry->type)
                        : entry->type->id == TYPE_STRUCT;
        if (fits && entry->added >= latest) {
            found = entry->oid;
            latest = entry->added;
        }
    }
    return found && give_oid(call, found);
}

static bool array_oid(struct call *call)
{
    const struct type_entry *entry = entry_of(call);
    return entry && give_oid(call, entry->array_oid);
}

static bool field_count(struct call *call)
{
    const struct type_entry *entry = entry_of(call);
    return entry && give_number(call, (int32_t)entry->type->child_count);
}

/* NULL: there is no field of this number, from 1. */
static const struct type *field(const struct call *call, struct slice *name)
{
    const struct type_entry *entry = entry_of(call);
    int32_t n = number(call, 1);
    if (!entry || n < 1 || (size_t)n > entry->type->child_count)
        return NULL;
    *name = entry->type->child_names[n - 1];
    return &entry->type->children[n - 1];
}

static bool field_name(struct call *call)
{
    struct slice name;
    return field(call, &name) && give_text(call, name);
}

static bool field_type(struct call *call)
{
    struct slice name;
    const struct type *type = field(call, &name);
    return type && give_oid(call, duckdb_catalog_declare(call->catalog, type).oid);
}

static bool field_typmod(struct call *call)
{
    struct slice name;
    const struct type *type = field(call, &name);
    return type &&
           give_number(call, duckdb_catalog_declare(call->catalog, type).typmod);
}

/* ---- columns ---- */

static bool column_type(struct call *call)
{
    struct duckdb_declared declared;
    return duckdb_catalog_declared(call->catalog, text(call, 0), &declared) &&
           give_oid(call, declared.oid);
}

static bool column_typmod(struct call *call)
{
    struct duckdb_declared declared;
    return duckdb_catalog_declared(call->catalog, text(call, 0), &declared) &&
           give_number(call, declared.typmod);
}

/* ---- the table ---- */

/* Types: o an OID, t text, l a list of texts, n a number, b a boolean; in upper case:
 * it may be NULL. The first is the result's. */
static const struct function {
    const char *name, *types;
    row_function *call;
} functions[] = {
    {"wirehouse_builtin_type", "ot", builtin_type},
    {"wirehouse_name_schema", "tt", name_schema},
    {"wirehouse_name", "tt", name_itself},
    {"wirehouse_name_is_array", "bt", name_is_array},
    {"wirehouse_format_type", "ton", format_type},
    {"wirehouse_oid", "ottt", object_oid},
    {"wirehouse_oid_schema", "to", oid_schema},
    {"wirehouse_type_oid", "otL", type_oid},
    {"wirehouse_array_oid", "oo", array_oid},
    {"wirehouse_field_count", "no", field_count},
    {"wirehouse_field_name", "ton", field_name},
    {"wirehouse_field_type", "oon", field_type},
    {"wirehouse_field_typmod", "non", field_typmod},
    {"wirehouse_column_type", "ot", column_type},
    {"wirehouse_column_typmod", "nt", column_typmod},
};

struct registered {
    const struct function *function;
    struct duckdb_catalog *catalog;
};

static bool call_row(struct call *call, const struct function *function)
{
    for (size_t i = 1; function->types[i]; i++) {
        if (function->types[i] != 'L' &&
            duckdb_function_is_null(call->arguments[i - 1], call->row))
            return false;
    }
    return function->call(call);
}

static void call_rows(duckdb_function_info info, duckdb_data_chunk input,
                      duckdb_vector output)
{
    const struct registered *registered = duckdb_scalar_function_get_extra_info(info);
    struct call call = {.catalog = registered->catalog, .result = output};
    for (size_t i = 0; registered->function->types[i + 1]; i++)
        call.arguments[i] = duckdb_data_chunk_get_vector(input, i);
    for (call.row = 0; call.row < duckdb_data_chunk_get_size(input); call.row++) {
        if (!call_row(&call, registered->function))
            duckdb_function_set_null(output, call.row);
        if (call.failure) {
            duckdb_scalar_function_set_error(info, call.failure);
            return;
        }
    }
}

static bool register_function(duckdb_connection connection,
                              struct duckdb_catalog *catalog,
                              const struct function *row)
{
    struct registered *registered = malloc(sizeof *registered);
    if (!registered)
        return false;
    *registered = (struct registered){row, catalog};
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, row->name);
    duckdb_function_describe(function, row->types);
    duckdb_scalar_function_set_special_handling(function);
    duckdb_scalar_function_set_extra_info(function, registered, free);
    duckdb_scalar_function_set_function(function, call_rows);
    bool done = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&function);
    return done;
}

bool duckdb_catalog_functions(duckdb_connection connection,
                              struct duckdb_catalog *catalog, struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        if (!register_function(connection, catalog, &functions[i]))
            return error_set(err, "XX000", "the engine refuses the function %s",
                             functions[i].name);
    }
    return true;
}
