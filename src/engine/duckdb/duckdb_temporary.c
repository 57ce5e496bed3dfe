/* duckdb_temporary.c - DISCARD TEMP: the temporary objects of one connection. */
#include <stdlib.h>

#include "engine/duckdb/duckdb_internal.h"

/* Statements, one after the other: views first, which may look at the tables. */
static const char list_sql[] =
    "select coalesce(string_agg('drop ' || kind || ' if exists temp.\"' || "
    "replace(name, '\"', '\"\"') || '\"', ';' order by place), '') from ("
    "select 1 as place, 'view' as kind, view_name as name from duckdb_views() "
    "where temporary and not internal union all "
    "select 2, 'table', table_name from duckdb_tables() "
    "where temporary and not internal union all "
    "select 3, 'sequence', sequence_name from duckdb_sequences() where temporary)";

/* Moved out, from malloc; NULL: *err says why. */
static char *list(duckdb_connection connection, struct error *err)
{
    duckdb_result result;
    char *sql = NULL;
    if (duckdb_query(connection, list_sql, &result) != DuckDBSuccess)
        duckdb_error_set(err, duckdb_result_error(&result), SLICE(list_sql));
    else
        error_no_memory(err);
    duckdb_data_chunk chunk = duckdb_fetch_chunk(result);
    if (chunk) {
        duckdb_string_t *text =
            duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
        sql = strndup(duckdb_string_t_data(text), duckdb_string_t_length(*text));
        duckdb_destroy_data_chunk(&chunk);
    }
    duckdb_destroy_result(&result);
    return sql;
}

bool duckdb_drop_temporary(struct engine_conn *base, struct error *err)
{
    duckdb_connection connection = ((struct duckdb_conn *)base)->connection;
    char *sql = list(connection, err);
    bool done = sql && (!*sql || duckdb_run(connection, sql, err));
    free(sql);
    return done;
}
