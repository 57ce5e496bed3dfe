/* duckdb_statement.c - connections and prepared statements. */
#include <stdlib.h>

#include "engine/duckdb/duckdb_helpers.h"

enum {
    HEAVY_BYTES = 256 << 10
}; /* of values: then a plan costs less than to hold them */

struct duckdb_statement {
    struct engine_stmt base;
    struct duckdb_conn *conn;
    duckdb_prepared_statement prepared;
    struct arena arena; /* text, types, columns */
    struct slice sql;
    bool sets_threads;
};

/* ---- statements ---- */

static bool run(struct duckdb_statement *statement, const struct batch *params,
                struct engine_cursor **out, struct error *err)
{
    struct duckdb_conn *conn = statement->conn;
    duckdb_result result;
    statement->base.is_heavy = duckdb_bind_size(params) > HEAVY_BYTES;
    conn->base.has_heavy = conn->base.has_heavy || statement->base.is_heavy;
    if (!duckdb_bind_batch(statement->prepared, statement->base.param_count, params,
                           statement->sql, err))
        return false;
    duckdb_names_executed(conn, duckdb_prepared_statement_type(statement->prepared));
    duckdb_helpers_enter(conn, true);
    duckdb_state state =
        duckdb_execute_prepared_streaming(statement->prepared, &result);
    duckdb_helpers_leave(conn);
    if (state != DuckDBSuccess) {
        duckdb_error_set(err, duckdb_result_error(&result), statement->sql);
        duckdb_destroy_result(&result);
        return false;
    }
    *out = duckdb_cursor_new(conn, &result, statement->sql, err);
    return *out != NULL;
}

static bool execute(struct engine_stmt *base, const struct batch *params,
                    struct engine_cursor **out, struct error *err)
{
    struct duckdb_statement *statement = (struct duckdb_statement *)base;
    struct duckdb_helpers *helpers = statement->conn->helpers;
    if (!statement->sets_threads || !helpers)
        return run(statement, params, out, err);
    duckdb_helpers_withdraw(helpers);
    bool done = run(statement, params, out, err);
    duckdb_helpers_return(helpers);
    return done;
}

static void close_statement(struct engine_stmt *base)
{
    struct duckdb_statement *statement = (struct duckdb_statement *)base;
    duckdb_destroy_prepare(&statement->prepared);
    arena_free(&statement->arena);
    free(statement);
}

static const struct engine_stmt_ops statement_ops = {.execute = execute,
                                                     .close = close_statement};

static bool describe_params(struct duckdb_statement *statement)
{
    size_t count = duckdb_nparams(statement->prepared);
    const struct type **types = arena_calloc(&statement->arena, count, sizeof *types);
    if (!types)
        return false;
    for (size_t i = 0; i < count; i++) {
        duckdb_logical_type type =
            duckdb_param_logical_type(statement->prepared, i + 1);
        types[i] = duckdb_type_new(&statement->arena, type, statement->conn->names);
        duckdb_destroy_logical_type(&type);
        if (!types[i])
            return false;
    }
    statement->base.param_count = count;
    statement->base.param_types = types;
    return true;
}

static bool describe_column(struct duckdb_statement *statement, size_t i,
                            struct engine_column *out)
{
    const char *name = duckdb_prepared_statement_column_name(statement->prepared, i);
    duckdb_logical_type type =
        duckdb_prepared_statement_column_logical_type(statement->prepared, i);
    out->name = arena_string(&statement->arena, slice_of(name ? name : ""));
    out->type = duckdb_type_new(&statement->arena, type, statement->conn->names);
    duckdb_destroy_logical_type(&type);
    duckdb_free((void *)(uintptr_t)name);
    return out->name && out->type;
}

static bool describe_columns(struct duckdb_statement *statement)
{
    size_t count = duckdb_prepared_statement_column_count(statement->prepared);
    struct engine_column *columns =
        arena_calloc(&statement->arena, count, sizeof *columns);
    if (!columns)
        return false;
    statement->base.columns_known = true;
    for (size_t i = 0; i < count; i++) {
        if (!describe_column(statement, i, &columns[i]))
            return false;
        if (columns[i].type->id == TYPE_UNKNOWN)
            statement->base.columns_known = false;
    }
    statement->base.column_count = count;
    statement->base.columns = columns;
    return true;
}

/* The engine gives everything a column; what it answers by itself is not the user's. */
static const struct row_rule {
    duckdb_statement_type type;
    const char *own_column; /* a single column of this name means no rows; NULL: rows */
} row_rules[] = {
    {DUCKDB_STATEMENT_TYPE_SELECT, NULL},
    {DUCKDB_STATEMENT_TYPE_EXPLAIN, NULL},
    {DUCKDB_STATEMENT_TYPE_RELATION, NULL},
    {DUCKDB_STATEMENT_TYPE_LOGICAL_PLAN, NULL},
    {DUCKDB_STATEMENT_TYPE_CALL, "Success"},
    {DUCKDB_STATEMENT_TYPE_PRAGMA, "Success"},
    {DUCKDB_STATEMENT_TYPE_EXTENSION, "Success"},
    {DUCKDB_STATEMENT_TYPE_INSERT, "Count"},
    {DUCKDB_STATEMENT_TYPE_UPDATE, "Count"},
    {DUCKDB_STATEMENT_TYPE_DELETE, "Count"},
};

static bool returns_rows(const struct duckdb_statement *statement)
{
    const struct engine_stmt *base = &statement->base;
    duckdb_statement_type type = duckdb_prepared_statement_type(statement->prepared);
    for (size_t i = 0; i < ARRAY_LEN(row_rules); i++) {
        if (row_rules[i].type != type)
            continue;
        return !row_rules[i].own_column || base->column_count != 1 ||
               strcmp(base->columns[0].name, row_rules[i].own_column) != 0;
    }
    return false;
}

/* The optimizer takes the least and the greatest value of a column for granted. */
static bool changes_rows(duckdb_prepared_statement prepared)
{
    duckdb_statement_type type = duckdb_prepared_statement_type(prepared);
    return type == DUCKDB_STATEMENT_TYPE_INSERT ||
           type == DUCKDB_STATEMENT_TYPE_UPDATE ||
           type == DUCKDB_STATEMENT_TYPE_DELETE || type == DUCKDB_STATEMENT_TYPE_COPY;
}

/* Everything but reading, writing rows, and what says so of itself. */
static bool changes_catalogue(duckdb_prepared_statement prepared)
{
    static const duckdb_statement_type harmless[] = {
        DUCKDB_STATEMENT_TYPE_SELECT,      DUCKDB_STATEMENT_TYPE_INSERT,
        DUCKDB_STATEMENT_TYPE_UPDATE,      DUCKDB_STATEMENT_TYPE_DELETE,
        DUCKDB_STATEMENT_TYPE_TRANSACTION, DUCKDB_STATEMENT_TYPE_COPY,
        DUCKDB_STATEMENT_TYPE_EXPLAIN,     DUCKDB_STATEMENT_TYPE_ANALYZE,
        DUCKDB_STATEMENT_TYPE_VACUUM,      DUCKDB_STATEMENT_TYPE_RELATION};
    duckdb_statement_type type = duckdb_prepared_statement_type(prepared);
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++) {
        if (harmless[i] == type)
            return false;
    }
    return true;
}

/* MERGE INTO: the engine's number of it, for which the C interface has no name. */
enum { TYPE_MERGE = 30 };

/* What has no row may do anything. CALL is of a table function, EXPLAIN of what can be
 * explained. */
static enum engine_effect effect_of(duckdb_prepared_statement prepared)
{
    static const struct {
        duckdb_statement_type type;
        enum engine_effect effect;
    } effects[] = {{DUCKDB_STATEMENT_TYPE_SELECT, ENGINE_READS},
                   {DUCKDB_STATEMENT_TYPE_EXPLAIN, ENGINE_READS},
                   {DUCKDB_STATEMENT_TYPE_TRANSACTION, ENGINE_READS},
                   {DUCKDB_STATEMENT_TYPE_INSERT, ENGINE_WRITES},
                   {DUCKDB_STATEMENT_TYPE_UPDATE, ENGINE_WRITES},
                   {DUCKDB_STATEMENT_TYPE_DELETE, ENGINE_WRITES},
                   {(duckdb_statement_type)TYPE_MERGE, ENGINE_WRITES},
                   {DUCKDB_STATEMENT_TYPE_CREATE, ENGINE_WRITES},
                   {DUCKDB_STATEMENT_TYPE_CREATE_FUNC, ENGINE_WRITES},
                   {DUCKDB_STATEMENT_TYPE_ALTER, ENGINE_WRITES},
                   {DUCKDB_STATEMENT_TYPE_DROP, ENGINE_WRITES},
                   {DUCKDB_STATEMENT_TYPE_ANALYZE, ENGINE_WRITES},
                   {DUCKDB_STATEMENT_TYPE_VACUUM, ENGINE_WRITES},
                   {DUCKDB_STATEMENT_TYPE_CALL, ENGINE_WRITES},
                   {DUCKDB_STATEMENT_TYPE_SET, ENGINE_CONFIGURES},
                   {DUCKDB_STATEMENT_TYPE_VARIABLE_SET, ENGINE_CONFIGURES}};
    duckdb_statement_type type = duckdb_prepared_statement_type(prepared);
    for (size_t i = 0; i < ARRAY_LEN(effects); i++) {
        if (effects[i].type == type)
            return effects[i].effect;
    }
    return ENGINE_ADMINISTERS;
}

/* SET, RESET and PRAGMA of how many threads there are, and of a few settings more. */
static bool sets_threads(const struct duckdb_statement *statement)
{
    duckdb_statement_type type = duckdb_prepared_statement_type(statement->prepared);
    return (type == DUCKDB_STATEMENT_TYPE_SET ||
            type == DUCKDB_STATEMENT_TYPE_PRAGMA) &&
           statement->sql.data && strcasestr(statement->sql.data, "threads");
}

static bool check(struct engine_conn *base, struct slice sql, struct error *err)
{
    struct duckdb_conn *conn = (struct duckdb_conn *)base;
    duckdb_extracted_statements extracted = NULL;
    char *text = strndup(sql.data, sql.len);
    if (!text)
        return error_no_memory(err);
    bool done = duckdb_extract_statements(conn->connection, text, &extracted) > 0 ||
                duckdb_error_set(err, duckdb_extract_statements_error(extracted), sql);
    duckdb_destroy_extracted(&extracted);
    free(text);
    return done;
}

/* The end of a transaction names no types, and in an aborted one they cannot be read.
 */
static bool know_names(struct duckdb_statement *statement, struct error *err)
{
    return duckdb_prepared_statement_type(statement->prepared) ==
               DUCKDB_STATEMENT_TYPE_TRANSACTION ||
           duckdb_names_refresh(statement->conn, err);
}

static bool prepare(struct engine_conn *base, struct slice sql,
                    struct engine_stmt **out, struct error *err)
{
    struct duckdb_conn *conn = (struct duckdb_conn *)base;
    struct duckdb_statement *statement = calloc(1, sizeof *statement);
    if (!statement)
        return error_no_memory(err);
    statement->base.ops = &statement_ops;
    statement->conn = conn;
    statement->sql = (struct slice){arena_string(&statement->arena, sql), sql.len};
    bool done = statement->sql.data != NULL;
    conn->reads_session = false;
    if (!done || memchr(sql.data, '\0', sql.len)) {
        done = done ? error_set(err, "22021", "a statement cannot contain a zero byte")
                    : error_no_memory(err);
    } else if (duckdb_prepare(conn->connection, statement->sql.data,
                              &statement->prepared) != DuckDBSuccess) {
        done = duckdb_error_set(err, duckdb_prepare_error(statement->prepared), sql);
    } else {
        done = know_names(statement, err) &&
               ((describe_params(statement) && describe_columns(statement)) ||
                error_no_memory(err));
    }
    if (!done) {
        close_statement(&statement->base);
        return false;
    }
    statement->base.reads_session = conn->reads_session;
    statement->base.returns_rows = returns_rows(statement);
    statement->base.effect = (uint8_t)effect_of(statement->prepared);
    statement->base.changes_catalogue = changes_catalogue(statement->prepared);
    statement->base.changes_rows = changes_rows(statement->prepared);
    statement->sets_threads = sets_threads(statement);
    *out = &statement->base;
    return true;
}

/* ---- connections ---- */

static void interrupt(struct engine_conn *base)
{
    duckdb_interrupt(((struct duckdb_conn *)base)->connection);
}

static void close_conn(struct engine_conn *base)
{
    struct duckdb_conn *conn = (struct duckdb_conn *)base;
    duckdb_conns_remove(conn);
    duckdb_disconnect(&conn->connection);
    free(conn);
}

const struct engine_conn_ops duckdb_conn_ops = {.configure = duckdb_configure,
                                                .check = check,
                                                .prepare = prepare,
                                                .drop_temporary = duckdb_drop_temporary,
                                                .interrupt = interrupt,
                                                .close = close_conn};
