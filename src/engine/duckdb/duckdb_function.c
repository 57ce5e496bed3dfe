/* duckdb_function.c - what all C functions that the engine is given have in common. */
#include "engine/duckdb/duckdb_function.h"

#include "engine/duckdb/duckdb_catalog.h"

static duckdb_logical_type list_of(duckdb_type type)
{
    duckdb_logical_type child = duckdb_create_logical_type(type);
    duckdb_logical_type list = duckdb_create_list_type(child);
    duckdb_destroy_logical_type(&child);
    return list;
}

static duckdb_logical_type type_of(char letter)
{
    static const struct {
        char letter;
        duckdb_type type;
    } simple[] = {{'t', DUCKDB_TYPE_VARCHAR}, {'n', DUCKDB_TYPE_INTEGER},
                  {'i', DUCKDB_TYPE_BIGINT},  {'b', DUCKDB_TYPE_BOOLEAN},
                  {'d', DUCKDB_TYPE_DOUBLE},  {'s', DUCKDB_TYPE_TIMESTAMP_TZ}};
    for (size_t i = 0; i < ARRAY_LEN(simple); i++) {
        if (simple[i].letter == letter)
            return duckdb_create_logical_type(simple[i].type);
    }
    return letter == 'o' ? duckdb_alias_type("pg_oid") : list_of(DUCKDB_TYPE_VARCHAR);
}

void duckdb_function_describe(duckdb_scalar_function function, const char *types)
{
    for (size_t i = 0; types[i]; i++) {
        duckdb_logical_type type = type_of(types[i]);
        if (i == 0)
            duckdb_scalar_function_set_return_type(function, type);
        else
            duckdb_scalar_function_add_parameter(function, type);
        duckdb_destroy_logical_type(&type);
    }
}

bool duckdb_function_is_null(duckdb_vector vector, idx_t row)
{
    uint64_t *validity = duckdb_vector_get_validity(vector);
    return validity && !duckdb_validity_row_is_valid(validity, row);
}

void duckdb_function_set_null(duckdb_vector result, idx_t row)
{
    duckdb_vector_ensure_validity_writable(result);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(result), row);
}
