/* duckdb_staged.c - wirehouse_staged(): rows that the session has in hand, as a table.
 *
 *     COPY ── batches ──> wirehouse_staged() ──> INSERT INTO … SELECT
 *
 * Vectors get the cells of the batches as they are; text and bytes are not copied:
 * their strings point into the batches, which live until the statement has ended. */
#include <stdlib.h>

#include "batch/layout.h"
#include "core/int128.h"
#include "engine/duckdb/duckdb_session.h"

/* ---- cells ---- */

static void fill_validity(duckdb_vector vector, const struct column *column,
                          size_t rows)
{
    if (!column->validity && column->layout != LAYOUT_NULL)
        return;
    duckdb_vector_ensure_validity_writable(vector);
    uint64_t *to = duckdb_vector_get_validity(vector);
    if (column->layout == LAYOUT_NULL)
        memset(to, 0, (rows + 63) / 64 * sizeof *to);
    else
        memcpy(to, column->validity, (rows + 63) / 64 * sizeof *to);
}

/* The engine's strings, short ones inside and longer ones by a pointer. */
static void fill_strings(duckdb_vector vector, const struct column *column, size_t rows)
{
    duckdb_string_t *to = duckdb_vector_get_data(vector);
    for (size_t row = 0; row < rows; row++) {
        struct slice text = column_is_valid(column, row) ? column_slice(column, row)
                                                         : (struct slice){"", 0};
        memset(&to[row], 0, sizeof to[row]);
        to[row].value.inlined.length = (uint32_t)text.len;
        if (text.len <= sizeof to[row].value.inlined.inlined) {
            memcpy(to[row].value.inlined.inlined, text.data, text.len);
        } else {
            memcpy(to[row].value.pointer.prefix, text.data, 4);
            memcpy(&to[row].value.pointer.ptr, &text.data, sizeof text.data);
        }
    }
}

/* The engine orders UUIDs as signed numbers. */
static void fill_uuids(duckdb_vector vector, const struct column *column, size_t rows)
{
    uint128 *to = duckdb_vector_get_data(vector);
    const uint8_t *from = column->data;
    for (size_t row = 0; row < rows; row++) {
        uint128 number = 0;
        for (size_t i = 0; i < 16; i++)
            number = number << 8 | from[row * 16 + i];
        to[row] = number ^ (uint128)1 << 127;
    }
}

/* Follows the nesting of lists, at most that of PostgreSQL's arrays. False: out of
 * memory, or a layout that nobody stages. */
static bool fill(duckdb_vector vector, const struct column *column, size_t rows)
{
    size_t width = column->layout == LAYOUT_STRING16 ? sizeof(duckdb_string_t)
                                                     : layout_width(column->layout);
    fill_validity(vector, column, rows);
    if (column->layout == LAYOUT_NULL || rows == 0)
        return true;
    if (column->layout == LAYOUT_UUID_BYTES)
        fill_uuids(vector, column, rows);
    else if (width > 0)
        memcpy(duckdb_vector_get_data(vector), column->data, rows * width);
    else if (layout_is_string(column->layout))
        fill_strings(vector, column, rows);
    else
        return false;
    if (column->layout != LAYOUT_LIST_ENTRIES)
        return true;
    size_t count = column_child_rows(column, rows);
    return duckdb_list_vector_reserve(vector, count) == DuckDBSuccess &&
           duckdb_list_vector_set_size(vector, count) == DuckDBSuccess &&
           fill(duckdb_list_vector_get_child(vector), &column->children[0], count);
}

/* ---- the function ---- */

static const struct engine_staged *staged_of(const struct duckdb_conn *conn)
{
    return conn && conn->base.caller_ops && conn->base.caller_ops->staged
               ? conn->base.caller_ops->staged(conn->base.caller)
               : NULL;
}

static void bind(duckdb_bind_info info)
{
    struct duckdb_conns *conns = duckdb_bind_get_extra_info(info);
    duckdb_client_context context;
    duckdb_table_function_get_client_context(info, &context);
    struct duckdb_conn *conn = duckdb_conns_find(conns, context);
    const struct engine_staged *staged = staged_of(conn);
    if (!staged) {
        duckdb_bind_set_error(info, "SQLSTATE 55000: no rows are staged");
        return;
    }
    for (size_t i = 0; i < staged->column_count; i++) {
        duckdb_logical_type type = duckdb_type_make(staged->columns[i].type);
        duckdb_bind_add_result_column(info, staged->columns[i].name, type);
        duckdb_destroy_logical_type(&type);
    }
    duckdb_bind_set_bind_data(info, conn, NULL);
}

struct scan {
    const struct engine_staged *staged;
    size_t next; /* batch */
};

static void init(duckdb_init_info info)
{
    struct scan *scan = calloc(1, sizeof *scan);
    const struct engine_staged *staged = staged_of(duckdb_init_get_bind_data(info));
    if (!scan || !staged) {
        duckdb_init_set_error(info, scan ? "SQLSTATE 55000: no rows are staged"
                                         : "SQLSTATE 53200: out of memory");
        free(scan);
        return;
    }
    scan->staged = staged;
    duckdb_init_set_init_data(info, scan, free);
}

static void next_rows(duckdb_function_info info, duckdb_data_chunk output)
{
    struct scan *scan = duckdb_function_get_init_data(info);
    if (scan->next == scan->staged->batch_count) {
        duckdb_data_chunk_set_size(output, 0);
        return;
    }
    const struct batch *batch = &scan->staged->batches[scan->next++];
    for (size_t i = 0; i < batch->column_count; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(output, i);
        if (fill(vector, &batch->columns[i], batch->rows))
            continue;
        duckdb_function_set_error(info, "SQLSTATE 53200: out of memory");
        return;
    }
    duckdb_data_chunk_set_size(output, batch->rows);
}

bool duckdb_staged(duckdb_connection connection, struct duckdb_conns *conns,
                   struct error *err)
{
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, ENGINE_STAGED);
    duckdb_table_function_set_extra_info(function, conns, NULL);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, init);
    duckdb_table_function_set_function(function, next_rows);
    bool done = duckdb_register_table_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_table_function(&function);
    return done || error_set(err, "XX000", "the engine refuses " ENGINE_STAGED);
}
