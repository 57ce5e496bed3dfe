/* duckdb_session_settings.c - wirehouse_settings(): the rows of pg_settings, as text.
 *
 * What the session has set is read when the scan begins. */
#include <stdlib.h>

#include "engine/duckdb/duckdb_session.h"

struct scan {
    struct arena arena;
    const char *const *cells; /* row after row; NULL is NULL */
    size_t rows, next;
};

static void free_scan(void *self)
{
    struct scan *scan = self;
    arena_free(&scan->arena);
    free(scan);
}

static void bind(duckdb_bind_info info)
{
    struct duckdb_conns *conns = duckdb_bind_get_extra_info(info);
    duckdb_client_context context;
    duckdb_logical_type type = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    for (size_t i = 0; i < ENGINE_SETTING_CELLS; i++)
        duckdb_bind_add_result_column(info, engine_setting_cells[i], type);
    duckdb_destroy_logical_type(&type);
    duckdb_table_function_get_client_context(info, &context);
    duckdb_bind_set_bind_data(info, duckdb_conns_find(conns, context), NULL);
}

static bool read_rows(const struct duckdb_conn *conn, struct scan *scan,
                      struct error *err)
{
    if (!conn || !conn->base.caller_ops)
        return error_set(err, "55000", "there is no session");
    return conn->base.caller_ops->settings(conn->base.caller, &scan->arena,
                                           &scan->cells, &scan->rows) ||
           error_no_memory(err);
}

static void init(duckdb_init_info info)
{
    struct error err;
    char raised[DUCKDB_RAISED_BYTES];
    struct scan *scan = calloc(1, sizeof *scan);
    bool done = scan ? read_rows(duckdb_init_get_bind_data(info), scan, &err)
                     : error_no_memory(&err);
    if (scan)
        duckdb_init_set_init_data(info, scan, free_scan);
    if (done)
        return;
    duckdb_raised(&err, raised);
    duckdb_init_set_error(info, raised);
}

static void write_cell(duckdb_vector vector, idx_t row, const char *cell)
{
    if (cell) {
        duckdb_vector_assign_string_element(vector, row, cell);
        return;
    }
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
}

static void next_rows(duckdb_function_info info, duckdb_data_chunk output)
{
    struct scan *scan = duckdb_function_get_init_data(info);
    size_t count = scan->rows - scan->next;
    if (count > duckdb_vector_size())
        count = duckdb_vector_size();
    for (size_t column = 0; column < ENGINE_SETTING_CELLS; column++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(output, column);
        for (size_t row = 0; row < count; row++)
            write_cell(vector, row,
                       scan->cells[(scan->next + row) * ENGINE_SETTING_CELLS + column]);
    }
    scan->next += count;
    duckdb_data_chunk_set_size(output, count);
}

bool duckdb_session_settings(duckdb_connection connection, struct duckdb_conns *conns,
                             struct error *err)
{
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, "wirehouse_settings");
    duckdb_table_function_set_extra_info(function, conns, NULL);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, init);
    duckdb_table_function_set_function(function, next_rows);
    bool done = duckdb_register_table_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_table_function(&function);
    return done || error_set(err, "XX000", "the engine refuses wirehouse_settings");
}
