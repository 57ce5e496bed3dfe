/* duckdb_alias.c - PostgreSQL's types that the engine lacks, as aliases of its own.
 *
 * An alias is a type of its own to the engine: casts are told for it, operators are
 * found through its implicit casts, and a value keeps it through lists, unions and
 * aggregates. The OIDs are numbers; those of a reg* type read and write as the names of
 * what they stand for. The engine knows `oid` and "char" as its own BIGINT and VARCHAR:
 * here they are pg_oid and pg_char, and statements are rewritten to that. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/duckdb/duckdb_catalog.h"
#include "engine/duckdb/duckdb_function.h"

static const struct alias {
    const char *name;
    duckdb_type of; /* UINTEGER or VARCHAR */
    uint32_t oid, array_oid;
    bool reads_names; /* a reg* type */
} aliases[] = {
    {"pg_oid", DUCKDB_TYPE_UINTEGER, 26, 1028, false},
    {"xid", DUCKDB_TYPE_UINTEGER, 28, 1011, false},
    {"cid", DUCKDB_TYPE_UINTEGER, 29, 1012, false},
    {"regproc", DUCKDB_TYPE_UINTEGER, 24, 1008, true},
    {"regprocedure", DUCKDB_TYPE_UINTEGER, 2202, 2207, true},
    {"regclass", DUCKDB_TYPE_UINTEGER, 2205, 2210, true},
    {"regtype", DUCKDB_TYPE_UINTEGER, 2206, 2211, true},
    {"regnamespace", DUCKDB_TYPE_UINTEGER, 4089, 4090, true},
    {"regrole", DUCKDB_TYPE_UINTEGER, 4096, 4097, true},
    {"name", DUCKDB_TYPE_VARCHAR, 19, 1003, false},
    {"pg_char", DUCKDB_TYPE_VARCHAR, 18, 1002, false},
    {"tid", DUCKDB_TYPE_VARCHAR, 27, 1010, false},
    {"int2vector", DUCKDB_TYPE_VARCHAR, 22, 1006, false},
    {"oidvector", DUCKDB_TYPE_VARCHAR, 30, 1013, false},
    {"pg_node_tree", DUCKDB_TYPE_VARCHAR, 194, 0, false},
    {"aclitem", DUCKDB_TYPE_VARCHAR, 1033, 1034, false},
    {"anyarray", DUCKDB_TYPE_VARCHAR, 2277, 0, false},
    {"void", DUCKDB_TYPE_VARCHAR, 2278, 0, false},
};

static duckdb_logical_type make_type(const struct alias *alias)
{
    duckdb_logical_type type = duckdb_create_logical_type(alias->of);
    duckdb_logical_type_set_alias(type, alias->name);
    return type;
}

static const struct alias *find_alias(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
        if (strcmp(aliases[i].name, name) == 0)
            return &aliases[i];
    }
    return NULL;
}

duckdb_logical_type duckdb_alias_type(const char *name)
{
    const struct alias *alias = find_alias(name);
    return alias ? make_type(alias) : NULL;
}

/* ---- results ---- */

void duckdb_alias_apply(const struct duckdb_names *names, const char *name,
                        struct type *out)
{
    const struct alias *alias = find_alias(name);
    enum type_id of =
        alias && alias->of == DUCKDB_TYPE_UINTEGER ? TYPE_UINT32 : TYPE_TEXT;
    if (!alias || out->id != of)
        return;
    out->oid = alias->oid;
    out->array_oid = alias->array_oid;
    out->name = alias->name;
    if (of == TYPE_UINT32)
        out->id = TYPE_OID;
    if (alias->reads_names)
        out->value_names = duckdb_catalog_value_names(names->catalog, alias->oid);
}

/* ---- casts ---- */

/* What a cast's function gets as its extra information. */
struct cast {
    struct duckdb_catalog *catalog;
    const struct alias *alias;
};

static bool oid_to_oid(duckdb_function_info info, idx_t count, duckdb_vector input,
                       duckdb_vector output)
{
    const uint32_t *from = duckdb_vector_get_data(input);
    uint32_t *to = duckdb_vector_get_data(output);
    (void)info;
    for (idx_t row = 0; row < count; row++) {
        if (duckdb_function_is_null(input, row))
            duckdb_function_set_null(output, row);
        else
            to[row] = from[row];
    }
    return true;
}

static bool oid_to_bigint(duckdb_function_info info, idx_t count, duckdb_vector input,
                          duckdb_vector output)
{
    const uint32_t *from = duckdb_vector_get_data(input);
    int64_t *to = duckdb_vector_get_data(output);
    (void)info;
    for (idx_t row = 0; row < count; row++) {
        if (duckdb_function_is_null(input, row))
            duckdb_function_set_null(output, row);
        else
            to[row] = from[row];
    }
    return true;
}

static bool text_to_text(duckdb_function_info info, idx_t count, duckdb_vector input,
                         duckdb_vector output)
{
    duckdb_string_t *from = duckdb_vector_get_data(input);
    (void)info;
    for (idx_t row = 0; row < count; row++) {
        if (duckdb_function_is_null(input, row))
            duckdb_function_set_null(output, row);
        else
            duckdb_vector_assign_string_element_len(output, row,
                                                    duckdb_string_t_data(&from[row]),
                                                    duckdb_string_t_length(from[row]));
    }
    return true;
}

static bool oid_to_name(duckdb_function_info info, idx_t count, duckdb_vector input,
                        duckdb_vector output)
{
    const struct cast *cast = duckdb_cast_function_get_extra_info(info);
    const uint32_t *from = duckdb_vector_get_data(input);
    char text[CATALOG_NAME_BYTES * 2 + 8];
    for (idx_t row = 0; row < count; row++) {
        if (duckdb_function_is_null(input, row)) {
            duckdb_function_set_null(output, row);
            continue;
        }
        size_t len = duckdb_catalog_oid_text(cast->catalog, cast->alias->oid, from[row],
                                             text, sizeof text);
        if (!len)
            len = (size_t)snprintf(text, sizeof text, "%u", from[row]);
        duckdb_vector_assign_string_element_len(output, row, text, len);
    }
    return true;
}

static bool name_to_oid(duckdb_function_info info, idx_t count, duckdb_vector input,
                        duckdb_vector output)
{
    const struct cast *cast = duckdb_cast_function_get_extra_info(info);
    duckdb_string_t *from = duckdb_vector_get_data(input);
    uint32_t *to = duckdb_vector_get_data(output);
    bool done = true;
    for (idx_t row = 0; row < count; row++) {
        struct error err;
        struct slice text = {duckdb_string_t_data(&from[row]),
                             duckdb_string_t_length(from[row])};
        if (duckdb_function_is_null(input, row)) {
            duckdb_function_set_null(output, row);
        } else if (!duckdb_catalog_oid_named(cast->catalog, cast->alias->oid, text,
                                             &to[row], &err)) {
            duckdb_cast_function_set_row_error(info, err.message, row, output);
            done = false;
        }
    }
    return done;
}

struct cast_rule {
    duckdb_type of;          /* aliases of this type … */
    bool names_only;         /* … that read names … */
    bool from_engine;        /* cast from, not to, … */
    duckdb_type engine_type; /* … this one */
    int64_t cost;            /* of using it unasked */
    duckdb_cast_function_t function;
};

/* The costs are those of the engine: a cast to another width must cost more than taking
 * a function for any type, some of which would read the alias as that width. */
static const struct cast_rule cast_rules[] = {
    {DUCKDB_TYPE_UINTEGER, false, false, DUCKDB_TYPE_UINTEGER, 1, oid_to_oid},
    {DUCKDB_TYPE_UINTEGER, false, false, DUCKDB_TYPE_BIGINT, 101, oid_to_bigint},
    {DUCKDB_TYPE_VARCHAR, false, false, DUCKDB_TYPE_VARCHAR, 1, text_to_text},
    {DUCKDB_TYPE_UINTEGER, true, false, DUCKDB_TYPE_VARCHAR, 100, oid_to_name},
    {DUCKDB_TYPE_UINTEGER, true, true, DUCKDB_TYPE_VARCHAR, 100, name_to_oid},
};

static bool register_cast(duckdb_connection connection, struct duckdb_catalog *catalog,
                          const struct alias *alias, const struct cast_rule *rule)
{
    struct cast *cast = malloc(sizeof *cast);
    if (!cast)
        return false;
    *cast = (struct cast){catalog, alias};
    duckdb_cast_function function = duckdb_create_cast_function();
    duckdb_logical_type own = make_type(alias);
    duckdb_logical_type engines = duckdb_create_logical_type(rule->engine_type);
    duckdb_cast_function_set_source_type(function, rule->from_engine ? engines : own);
    duckdb_cast_function_set_target_type(function, rule->from_engine ? own : engines);
    duckdb_cast_function_set_implicit_cast_cost(function, rule->cost);
    duckdb_cast_function_set_function(function, rule->function);
    duckdb_cast_function_set_extra_info(function, cast, free);
    bool done = duckdb_register_cast_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_logical_type(&own);
    duckdb_destroy_logical_type(&engines);
    duckdb_destroy_cast_function(&function);
    return done;
}

static bool register_alias(duckdb_connection connection, struct duckdb_catalog *catalog,
                           const struct alias *alias)
{
    duckdb_logical_type type = make_type(alias);
    bool done = duckdb_register_logical_type(connection, type, NULL) == DuckDBSuccess;
    duckdb_destroy_logical_type(&type);
    for (size_t i = 0; done && i < ARRAY_LEN(cast_rules); i++) {
        const struct cast_rule *rule = &cast_rules[i];
        if (rule->of == alias->of && (!rule->names_only || alias->reads_names))
            done = register_cast(connection, catalog, alias, rule);
    }
    return done;
}

/* Every alias of a number is an oid to the operators that take one. */
static bool register_to_oid(duckdb_connection connection, const struct alias *alias)
{
    if (alias->of != DUCKDB_TYPE_UINTEGER || alias == &aliases[0])
        return true;
    duckdb_cast_function function = duckdb_create_cast_function();
    duckdb_logical_type own = make_type(alias), oid = make_type(&aliases[0]);
    duckdb_cast_function_set_source_type(function, own);
    duckdb_cast_function_set_target_type(function, oid);
    duckdb_cast_function_set_implicit_cast_cost(function, 1);
    duckdb_cast_function_set_function(function, oid_to_oid);
    bool done = duckdb_register_cast_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_logical_type(&own);
    duckdb_destroy_logical_type(&oid);
    duckdb_destroy_cast_function(&function);
    return done;
}

bool duckdb_alias_register(duckdb_connection connection, struct duckdb_catalog *catalog,
                           struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
        if (!register_alias(connection, catalog, &aliases[i]) ||
            !register_to_oid(connection, &aliases[i]))
            return error_set(err, "XX000", "the engine refuses the type %s",
                             aliases[i].name);
    }
    return true;
}
