/* duckdb_names.c - the names of the user's enums and structs.
 *
 * The engine's logical types know labels and fields, not the name that CREATE TYPE gave
 * them. So the catalog is read, on the connection that is about to prepare (a type may
 * be temporary, or not yet committed), and what it says is kept in the registry of
 * OIDs. It is read again only after a statement that may have changed it. */
#include <stdlib.h>

#include "engine/duckdb/duckdb_internal.h"

/* Enums first: fields of structs may be of such a type. */
static const char names_sql[] =
    "select database_name, schema_name, type_name, logical_type, labels "
    "from duckdb_types() where not internal and logical_type in ('ENUM', 'STRUCT') "
    "order by logical_type, type_oid";

enum { NAME_DATABASE, NAME_SCHEMA, NAME_TYPE, NAME_KIND, NAME_LABELS, NAME_COLUMNS };

/* Statements that leave the catalog as it is. */
static bool is_harmless(duckdb_statement_type type)
{
    static const duckdb_statement_type harmless[] = {
        DUCKDB_STATEMENT_TYPE_SELECT,       DUCKDB_STATEMENT_TYPE_INSERT,
        DUCKDB_STATEMENT_TYPE_UPDATE,       DUCKDB_STATEMENT_TYPE_DELETE,
        DUCKDB_STATEMENT_TYPE_EXPLAIN,      DUCKDB_STATEMENT_TYPE_SET,
        DUCKDB_STATEMENT_TYPE_VARIABLE_SET, DUCKDB_STATEMENT_TYPE_COPY};
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++) {
        if (harmless[i] == type)
            return true;
    }
    return false;
}

void duckdb_names_executed(struct duckdb_conn *conn, duckdb_statement_type type)
{
    bool ends = type == DUCKDB_STATEMENT_TYPE_TRANSACTION;
    if (is_harmless(type) || (ends && !conn->changed_catalog))
        return;
    conn->changed_catalog = !ends; /* others see it when the transaction has ended */
    atomic_fetch_add(&conn->names->changes, 1);
}

/* ---- reading the catalog ---- */

static bool add_enum(struct duckdb_names *names, const struct column *columns,
                     size_t row, struct error *err)
{
    const struct column *labels = &columns[NAME_LABELS];
    uint64_t range[2];
    struct arena arena = {0};
    memcpy(range, (const char *)labels->data + row * sizeof range, sizeof range);
    struct slice *copies = arena_calloc(&arena, (size_t)range[1], sizeof *copies);
    for (size_t i = 0; copies && i < range[1]; i++)
        copies[i] = column_slice(&labels->children[0], (size_t)range[0] + i);
    struct type type = {
        .id = TYPE_ENUM, .labels = copies, .label_count = (size_t)range[1]};
    bool done =
        copies && type_oids_add(names->oids, column_slice(&columns[NAME_TYPE], row),
                                &type) != NULL;
    arena_free(&arena);
    return done || error_no_memory(err);
}

static bool append_quoted(struct buf *sql, struct slice name)
{
    bool done = buf_append(sql, "\"", 1);
    for (size_t i = 0; done && i < name.len; i++)
        done = (name.data[i] != '"' || buf_append(sql, "\"", 1)) &&
               buf_append(sql, &name.data[i], 1);
    return done && buf_append(sql, "\"", 1);
}

/* select null::"database"."schema"."type" */
static bool probe_sql(struct buf *sql, const struct column *columns, size_t row)
{
    bool done = buf_append(sql, "select null::", 13);
    for (unsigned i = NAME_DATABASE; done && i <= NAME_TYPE; i++)
        done = (i == NAME_DATABASE || buf_append(sql, ".", 1)) &&
               append_quoted(sql, column_slice(&columns[i], row));
    return done && buf_append(sql, "", 1);
}

/* What a struct's fields are is told by a statement that casts to it. One that cannot
 * be prepared has no name here. */
static bool add_struct(struct duckdb_conn *conn, const struct column *columns,
                       size_t row, struct error *err)
{
    struct buf sql = {0};
    struct arena arena = {0};
    duckdb_prepared_statement prepared = NULL;
    bool done = probe_sql(&sql, columns, row) || error_no_memory(err);
    if (done && duckdb_prepare(conn->connection, (const char *)buf_data(&sql),
                               &prepared) == DuckDBSuccess) {
        duckdb_logical_type logical =
            duckdb_prepared_statement_column_logical_type(prepared, 0);
        const struct type *type = duckdb_type_new(&arena, logical, conn->names);
        duckdb_destroy_logical_type(&logical);
        done = (type && type_oids_add(conn->names->oids,
                                      column_slice(&columns[NAME_TYPE], row), type)) ||
               error_no_memory(err);
    }
    duckdb_destroy_prepare(&prepared);
    buf_free(&sql);
    arena_free(&arena);
    return done;
}

static bool add_row(struct duckdb_conn *conn, const struct column *columns, size_t row,
                    struct error *err)
{
    if (slice_equal(column_slice(&columns[NAME_KIND], row), SLICE("ENUM")))
        return add_enum(conn->names, columns, row, err);
    return add_struct(conn, columns, row, err);
}

static bool add_chunk(struct duckdb_conn *conn, duckdb_data_chunk chunk,
                      struct error *err)
{
    struct arena arena = {0};
    struct column columns[NAME_COLUMNS];
    bool done = true;
    for (size_t i = 0; done && i < NAME_COLUMNS; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
        duckdb_logical_type logical = duckdb_vector_get_column_type(vector);
        const struct type *type = duckdb_type_new(&arena, logical, conn->names);
        duckdb_destroy_logical_type(&logical);
        done = (type && duckdb_column_view(&arena, type, vector, &columns[i])) ||
               error_no_memory(err);
    }
    for (size_t row = 0; done && row < duckdb_data_chunk_get_size(chunk); row++)
        done = add_row(conn, columns, row, err);
    arena_free(&arena);
    return done;
}

/* The result is collected, not streamed: structs are probed on the same connection. */
static bool read_catalog(struct duckdb_conn *conn, struct error *err)
{
    duckdb_result result;
    duckdb_data_chunk chunk;
    bool done = duckdb_query(conn->connection, names_sql, &result) == DuckDBSuccess;
    if (!done)
        duckdb_error_set(err, duckdb_result_error(&result), SLICE(""));
    while (done && (chunk = duckdb_fetch_chunk(result))) {
        done = add_chunk(conn, chunk, err);
        duckdb_destroy_data_chunk(&chunk);
    }
    duckdb_destroy_result(&result);
    return done;
}

bool duckdb_names_refresh(struct duckdb_conn *conn, struct error *err)
{
    struct duckdb_names *names = conn->names;
    uint64_t changes = atomic_load(&names->changes);
    if (atomic_load(&names->read) == changes)
        return true;
    if (!read_catalog(conn, err))
        return false;
    atomic_store(&names->read, changes);
    return true;
}
