/* duckdb_function.h - what all C functions that the engine is given have in common. */
#ifndef ENGINE_DUCKDB_FUNCTION_H
#define ENGINE_DUCKDB_FUNCTION_H

#include <duckdb.h>

/* The types of result and parameters, a letter each: t text, n int4, i int8, d float8,
 * b boolean, s timestamptz, o oid, L list of text. */
void duckdb_function_describe(duckdb_scalar_function function, const char *types);

bool duckdb_function_is_null(duckdb_vector vector, idx_t row);
/* The result of this row is NULL. */
void duckdb_function_set_null(duckdb_vector result, idx_t row);

#endif
