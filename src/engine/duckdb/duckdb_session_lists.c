/* duckdb_session_lists.c - the tables of what a session has, as text: engine_lists.
 *
 * What the session has is read when the scan begins. */
#include <stdlib.h>

#include "engine/duckdb/duckdb_session.h"

/* What a function knows. */
struct registered {
    enum engine_list which;
    struct duckdb_conns *conns;
};

/* What a statement knows: who is asked, and for what. */
struct bound {
    enum engine_list which;
    struct duckdb_conn *conn; /* NULL: nobody */
};

struct scan {
    struct arena arena;
    const char *const *cells; /* row after row; NULL is NULL */
    size_t width, rows, next;
};

static void free_scan(void *self)
{
    struct scan *scan = self;
    arena_free(&scan->arena);
    free(scan);
}

static void bind(duckdb_bind_info info)
{
    const struct registered *registered = duckdb_bind_get_extra_info(info);
    const struct engine_list_shape *shape = &engine_lists[registered->which];
    duckdb_client_context context;
    duckdb_logical_type type = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    for (size_t i = 0; i < shape->cells; i++)
        duckdb_bind_add_result_column(info, shape->names[i], type);
    duckdb_destroy_logical_type(&type);
    struct bound *bound = calloc(1, sizeof *bound);
    if (!bound) {
        duckdb_bind_set_error(info, "53200: out of memory");
        return;
    }
    duckdb_table_function_get_client_context(info, &context);
    *bound = (struct bound){registered->which,
                            duckdb_conns_find(registered->conns, context)};
    if (bound->conn && bound->which != ENGINE_SETTINGS)
        bound->conn->reads_session = true;
    duckdb_bind_set_bind_data(info, bound, free);
}

static bool read_rows(const struct bound *bound, struct scan *scan, struct error *err)
{
    const struct engine_conn *conn = bound->conn ? &bound->conn->base : NULL;
    if (!conn || !conn->caller_ops)
        return error_set(err, "55000", "there is no session");
    scan->width = engine_lists[bound->which].cells;
    return conn->caller_ops->list(conn->caller, bound->which, &scan->arena,
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
    for (size_t column = 0; column < scan->width; column++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(output, column);
        for (size_t row = 0; row < count; row++)
            write_cell(vector, row,
                       scan->cells[(scan->next + row) * scan->width + column]);
    }
    scan->next += count;
    duckdb_data_chunk_set_size(output, count);
}

static bool register_list(duckdb_connection connection, struct duckdb_conns *conns,
                          enum engine_list which)
{
    struct registered *registered = malloc(sizeof *registered);
    if (!registered)
        return false;
    *registered = (struct registered){which, conns};
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, engine_lists[which].function);
    duckdb_table_function_set_extra_info(function, registered, free);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, init);
    duckdb_table_function_set_function(function, next_rows);
    bool done = duckdb_register_table_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_table_function(&function);
    return done;
}

bool duckdb_session_lists(duckdb_connection connection, struct duckdb_conns *conns,
                          struct error *err)
{
    for (enum engine_list which = 0; which < ENGINE_LISTS; which++) {
        if (!register_list(connection, conns, which))
            return error_set(err, "XX000", "the engine refuses %s",
                             engine_lists[which].function);
    }
    return true;
}
