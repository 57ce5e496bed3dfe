/* duckdb_cursor.c - a streaming result, a chunk at a time. */
#include <stdlib.h>

#include "engine/duckdb/duckdb_helpers.h"

struct duckdb_cursor {
    struct engine_cursor base;
    struct duckdb_conn *conn;
    duckdb_result result;
    duckdb_data_chunk chunk; /* what the last batch points into */
    struct slice sql;        /* for error positions; the statement's */
    struct arena types;      /* column names and types, as long as the cursor */
    struct arena views;      /* of the current chunk */
    struct column *columns;
};

static bool describe(struct duckdb_cursor *cursor, const struct duckdb_names *names)
{
    size_t count = duckdb_column_count(&cursor->result);
    struct engine_column *columns =
        arena_calloc(&cursor->types, count, sizeof *columns);
    cursor->columns = arena_calloc(&cursor->types, count, sizeof *cursor->columns);
    if (!columns || !cursor->columns)
        return false;
    for (size_t i = 0; i < count; i++) {
        duckdb_logical_type type = duckdb_column_logical_type(&cursor->result, i);
        columns[i].name = duckdb_column_name(&cursor->result, i);
        columns[i].type = duckdb_type_new(&cursor->types, type, names);
        duckdb_destroy_logical_type(&type);
        if (!columns[i].type)
            return false;
    }
    cursor->base.columns = columns;
    cursor->base.column_count = count;
    return true;
}

/* Has it a part whose vectors nobody here can read? The depth is the engine's. */
static bool is_opaque(const struct type *type)
{
    bool opaque = type->id == TYPE_OTHER;
    for (size_t i = 0; !opaque && i < type->child_count; i++)
        opaque = is_opaque(&type->children[i]);
    return opaque;
}

static bool check_types(const struct duckdb_cursor *cursor, struct error *err)
{
    for (size_t i = 0; i < cursor->base.column_count; i++) {
        if (!is_opaque(cursor->base.columns[i].type))
            continue;
        error_set(err, "0A000", "column %zu, \"%s\", has a type that cannot be sent",
                  i + 1, cursor->base.columns[i].name);
        error_hint(err, "Cast it to VARCHAR.");
        return false;
    }
    return true;
}

static enum engine_next fail(struct duckdb_cursor *cursor, struct error *err)
{
    const char *message = duckdb_result_error(&cursor->result);
    if (!message || !*message)
        return ENGINE_END;
    duckdb_error_set(err, message, cursor->sql);
    return ENGINE_ERROR;
}

static enum engine_next view(struct duckdb_cursor *cursor, struct batch *out,
                             struct error *err)
{
    for (size_t i = 0; i < cursor->base.column_count; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(cursor->chunk, i);
        if (!duckdb_column_view(&cursor->views, cursor->base.columns[i].type, vector,
                                &cursor->columns[i])) {
            error_no_memory(err);
            return ENGINE_ERROR;
        }
    }
    *out = (struct batch){duckdb_data_chunk_get_size(cursor->chunk),
                          cursor->base.column_count, cursor->columns};
    return ENGINE_BATCH;
}

static enum engine_next next(struct engine_cursor *base, struct batch *out,
                             struct error *err)
{
    struct duckdb_cursor *cursor = (struct duckdb_cursor *)base;
    do { /* empty chunks are of no interest */
        if (cursor->chunk)
            duckdb_destroy_data_chunk(&cursor->chunk);
        arena_reset(&cursor->views);
        duckdb_helpers_enter(cursor->conn, false);
        cursor->chunk = duckdb_fetch_chunk(cursor->result);
        duckdb_helpers_leave(cursor->conn);
        if (!cursor->chunk)
            return fail(cursor, err);
    } while (duckdb_data_chunk_get_size(cursor->chunk) == 0);
    return view(cursor, out, err);
}

static void close_cursor(struct engine_cursor *base)
{
    struct duckdb_cursor *cursor = (struct duckdb_cursor *)base;
    if (cursor->chunk)
        duckdb_destroy_data_chunk(&cursor->chunk);
    duckdb_destroy_result(&cursor->result);
    arena_free(&cursor->views);
    arena_free(&cursor->types);
    free(cursor);
}

duckdb_result *duckdb_cursor_result(struct engine_cursor *base)
{
    return &((struct duckdb_cursor *)base)->result;
}

duckdb_data_chunk duckdb_cursor_chunk(const struct engine_cursor *base)
{
    return ((const struct duckdb_cursor *)base)->chunk;
}

static const struct engine_cursor_ops ops = {
    .next = next, .save = duckdb_save, .close = close_cursor};

/* INSERT and its like answer one number; so does CREATE TABLE AS. The statement has
 * been executed when it is there. */
static bool read_count(struct duckdb_cursor *cursor, struct error *err)
{
    struct batch batch;
    cursor->base.rows_changed = -1;
    if (duckdb_result_return_type(cursor->result) == DUCKDB_RESULT_TYPE_QUERY_RESULT)
        return true;
    enum engine_next got = next(&cursor->base, &batch, err);
    if (got == ENGINE_BATCH && batch.columns[0].layout == LAYOUT_FIXED8)
        memcpy(&cursor->base.rows_changed, batch.columns[0].data, sizeof(int64_t));
    return got != ENGINE_ERROR;
}

struct engine_cursor *duckdb_cursor_new(struct duckdb_conn *conn, duckdb_result *result,
                                        struct slice sql, struct error *err)
{
    struct duckdb_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor) {
        duckdb_destroy_result(result);
        error_no_memory(err);
        return NULL;
    }
    cursor->base.ops = &ops;
    cursor->conn = conn;
    cursor->result = *result;
    cursor->sql = sql;
    *result = (duckdb_result){0};
    bool described = describe(cursor, conn->names) || error_no_memory(err);
    if (described && check_types(cursor, err) && read_count(cursor, err))
        return &cursor->base;
    close_cursor(&cursor->base);
    return NULL;
}
