/* duckdb_load.c - the rows of a file in one of the engine's formats, as a cursor.
 *
 *     path ── read_parquet() ──> cursor, in a database of its own
 *
 * The database that is served can reach no files but those that are served, whoever
 * asks; so another one, in memory, with nothing in it and one thread, reads the file
 * that came from a client. The cursor owns it. */
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "engine/duckdb/duckdb_internal.h"

struct file_cursor {
    struct engine_cursor base;
    duckdb_database database;
    struct duckdb_conn conn;
    struct arena arena; /* of the text */
    struct engine_cursor *rows;
};

static enum engine_next next(struct engine_cursor *base, struct batch *out,
                             struct error *err)
{
    struct file_cursor *cursor = (struct file_cursor *)base;
    return cursor->rows->ops->next(cursor->rows, out, err);
}

static void close_cursor(struct engine_cursor *base)
{
    struct file_cursor *cursor = (struct file_cursor *)base;
    if (cursor->rows)
        cursor->rows->ops->close(cursor->rows);
    duckdb_disconnect(&cursor->conn.connection);
    duckdb_close(&cursor->database);
    arena_free(&cursor->arena);
    free(cursor);
}

static const struct engine_cursor_ops ops = {.next = next, .close = close_cursor};

/* ---- the statement ---- */

static bool append(struct buf *sql, const char *text)
{
    return buf_append(sql, text, strlen(text));
}

static bool append_name(struct buf *sql, const char *name)
{
    bool done = append(sql, "\"");
    for (; done && *name; name++)
        done = buf_append(sql, name, 1) && (*name != '"' || buf_append(sql, name, 1));
    return done && append(sql, "\"");
}

/* What the engine casts better from text: as in COPY's other formats. */
static bool append_column(struct buf *sql, const struct engine_column *column)
{
    enum type_id id = column->type->id;
    bool is_nested = id == TYPE_STRUCT || id == TYPE_MAP || id == TYPE_UNION;
    return append(sql, is_nested ? "to_json(" : "") && append_name(sql, column->name) &&
           append(sql, is_nested         ? ")"
                       : id == TYPE_ENUM ? "::varchar"
                                         : "");
}

static bool write_select(const struct engine_load *load, struct buf *sql)
{
    bool done = true;
    for (size_t i = 0; done && i < load->column_count; i++)
        done =
            append(sql, i ? ", " : "select ") && append_column(sql, &load->columns[i]);
    return done && append(sql, " from read_parquet('") && append(sql, load->path) &&
           append(sql, "')");
}

static bool execute(struct file_cursor *cursor, struct slice sql, struct error *err)
{
    duckdb_prepared_statement prepared = NULL;
    duckdb_result result = {0};
    bool done =
        duckdb_prepare(cursor->conn.connection, sql.data, &prepared) == DuckDBSuccess ||
        duckdb_error_set(err, duckdb_prepare_error(prepared), sql);
    if (done && duckdb_execute_prepared_streaming(prepared, &result) != DuckDBSuccess) {
        done = duckdb_error_set(err, duckdb_result_error(&result), sql);
        duckdb_destroy_result(&result);
    }
    duckdb_destroy_prepare(&prepared);
    if (done)
        cursor->rows = duckdb_cursor_new(&cursor->conn, &result, sql, err);
    return cursor->rows != NULL;
}

static bool open_file(struct file_cursor *cursor, const struct engine_load *load,
                      struct error *err)
{
    struct buf sql = {0};
    bool done = write_select(load, &sql);
    struct slice text = {NULL, buf_len(&sql)};
    if (done)
        text.data =
            arena_string(&cursor->arena,
                         (struct slice){(const char *)buf_data(&sql), buf_len(&sql)});
    buf_free(&sql);
    if (!text.data)
        return error_no_memory(err);
    if (!duckdb_private_open(&cursor->database, err))
        return false;
    return (duckdb_connect(cursor->database, &cursor->conn.connection) ==
                DuckDBSuccess ||
            error_set(err, "53000", "the engine takes no more connections")) &&
           execute(cursor, text, err);
}

bool duckdb_load(struct duckdb_names *names, const struct engine_load *load,
                 struct engine_cursor **out, struct error *err)
{
    struct file_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor)
        return error_no_memory(err);
    cursor->base.ops = &ops;
    cursor->conn.names = names;
    if (!open_file(cursor, load, err) || !cursor->rows) {
        close_cursor(&cursor->base);
        return false;
    }
    cursor->base.columns = cursor->rows->columns;
    cursor->base.column_count = cursor->rows->column_count;
    cursor->base.rows_changed = -1;
    *out = &cursor->base;
    return true;
}
