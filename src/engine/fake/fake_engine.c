/* fake_engine.c - an engine for tests: see the header for what it understands. */
#include "engine/fake/fake_engine.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "core/strmap.h"
#include "engine/fake/fake_sql.h"

enum { DEFAULT_BATCH_ROWS = 3 };

struct fake_engine {
    struct engine base;
    struct fake_options options;
    pthread_mutex_t lock; /* guards all below */
    unsigned calls[FAKE_POINTS];
    struct strmap tables; /* of all connections */
};

struct fake_conn {
    struct engine_conn base;
    struct fake_engine *engine;
    pthread_mutex_t lock; /* guards sleeping and interrupted */
    pthread_cond_t wake;
    bool sleeping, interrupted;
};

struct fake_stmt {
    struct engine_stmt base;
    struct fake_conn *conn;
    struct arena arena;
    struct fake_sql sql;
};

struct fake_cursor {
    struct engine_cursor base;
    struct fake_stmt *stmt;
    const struct batch *params;
    struct arena arena; /* of the current batch */
    int64_t next, left;
    struct column columns[16];
};

/* ---- faults ---- */

static bool injected(struct fake_engine *engine, enum fake_point point,
                     struct error *err)
{
    pthread_mutex_lock(&engine->lock);
    bool fails = ++engine->calls[point] == engine->options.fail_at[point];
    pthread_mutex_unlock(&engine->lock);
    if (fails)
        error_set(err,
                  engine->options.fail_sqlstate ? engine->options.fail_sqlstate
                                                : "58030",
                  "a fault was injected");
    return fails;
}

/* ---- sleeping ---- */

/* False: it was interrupted. */
static bool sleep_for(struct fake_conn *conn, int64_t seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&conn->lock);
    conn->sleeping = true;
    conn->interrupted = false;
    while (!conn->interrupted &&
           pthread_cond_timedwait(&conn->wake, &conn->lock, &until) != ETIMEDOUT)
        ;
    conn->sleeping = false;
    bool done = !conn->interrupted;
    pthread_mutex_unlock(&conn->lock);
    return done;
}

static void interrupt(struct engine_conn *base)
{
    struct fake_conn *conn = (struct fake_conn *)base;
    pthread_mutex_lock(&conn->lock);
    conn->interrupted = conn->sleeping; /* forgotten, unless something runs */
    pthread_cond_signal(&conn->wake);
    pthread_mutex_unlock(&conn->lock);
}

/* ---- rows ---- */

static const struct storage {
    enum type_id type;
    size_t width;
    enum layout layout;
} storages[] = {
    {TYPE_BOOL, 1, LAYOUT_BOOL8},     {TYPE_INT16, 2, LAYOUT_FIXED2},
    {TYPE_INT32, 4, LAYOUT_FIXED4},   {TYPE_INT64, 8, LAYOUT_FIXED8},
    {TYPE_FLOAT64, 8, LAYOUT_FLOAT8}, {TYPE_TEXT, sizeof(struct slice), LAYOUT_SLICES}};

static const struct storage *storage_of(enum type_id type)
{
    size_t i = 0;
    while (i + 1 < ARRAY_LEN(storages) && storages[i].type != type)
        i++;
    return &storages[i];
}

/* Integers are little endian: the low bytes of 64 are the narrower value. */
static void store(const struct fake_value *value, enum type_id type, void *to)
{
    if (type == TYPE_TEXT)
        memcpy(to, &value->text, sizeof value->text);
    else if (type == TYPE_FLOAT64)
        memcpy(to, &value->real, sizeof value->real);
    else
        memcpy(to, &value->number, storage_of(type)->width);
}

static bool fill_column(struct fake_cursor *cursor, const struct fake_item *item,
                        size_t rows, struct column *out, struct error *err)
{
    size_t width = storage_of(item->type)->width;
    char *data = arena_calloc(&cursor->arena, rows, width);
    uint64_t *validity = arena_calloc(&cursor->arena, rows / 64 + 1, sizeof *validity);
    if (!data || !validity)
        return error_no_memory(err);
    for (size_t row = 0; row < rows; row++) {
        struct fake_value value;
        if (!fake_sql_eval(item->node, cursor->params, cursor->next + (int64_t)row,
                           &cursor->arena, &value, err))
            return false;
        if (!value.is_null)
            validity[row / 64] |= UINT64_C(1) << row % 64;
        store(&value, item->type, data + row * width);
    }
    *out = (struct column){.type = fake_sql_type(item->type),
                           .layout = storage_of(item->type)->layout,
                           .validity = validity,
                           .data = data};
    return true;
}

static bool sleep_if_asked(struct fake_cursor *cursor, struct error *err)
{
    const struct fake_sql *sql = &cursor->stmt->sql;
    for (size_t i = 0; i < sql->item_count; i++) {
        const struct fake_node *node = sql->items[i].node;
        if (node->kind == NODE_SLEEP &&
            !sleep_for(cursor->stmt->conn, node->left->constant.number))
            return error_set(err, "57014", "interrupted");
    }
    return true;
}

static enum engine_next next(struct engine_cursor *base, struct batch *out,
                             struct error *err)
{
    struct fake_cursor *cursor = (struct fake_cursor *)base;
    const struct fake_sql *sql = &cursor->stmt->sql;
    size_t rows = cursor->stmt->conn->engine->options.batch_rows;
    arena_reset(&cursor->arena);
    if (cursor->left <= 0)
        return ENGINE_END;
    if (injected(cursor->stmt->conn->engine, FAKE_NEXT, err) ||
        !sleep_if_asked(cursor, err))
        return ENGINE_ERROR;
    if ((int64_t)rows > cursor->left)
        rows = (size_t)cursor->left;
    for (size_t i = 0; i < sql->item_count; i++) {
        if (!fill_column(cursor, &sql->items[i], rows, &cursor->columns[i], err))
            return ENGINE_ERROR;
    }
    cursor->next += (int64_t)rows;
    cursor->left -= (int64_t)rows;
    *out = (struct batch){rows, sql->item_count, cursor->columns};
    return ENGINE_BATCH;
}

static void close_cursor(struct engine_cursor *base)
{
    struct fake_cursor *cursor = (struct fake_cursor *)base;
    arena_free(&cursor->arena);
    free(cursor);
}

static const struct engine_cursor_ops cursor_ops = {.next = next,
                                                    .close = close_cursor};

/* ---- statements ---- */

static bool apply(struct fake_stmt *stmt, struct error *err)
{
    struct fake_engine *engine = stmt->conn->engine;
    struct slice name = stmt->sql.table;
    bool done = true;
    pthread_mutex_lock(&engine->lock);
    bool exists = strmap_get(&engine->tables, name) != NULL;
    if (stmt->sql.kind == FAKE_CREATE && exists)
        done = error_set(err, "42P07", "relation \"%.*s\" already exists",
                         (int)name.len, name.data);
    else if (stmt->sql.kind == FAKE_CREATE)
        done = strmap_put(&engine->tables, name, engine) || error_no_memory(err);
    else if (stmt->sql.kind == FAKE_DROP && !strmap_take(&engine->tables, name))
        done = error_set(err, "42P01", "table \"%.*s\" does not exist", (int)name.len,
                         name.data);
    pthread_mutex_unlock(&engine->lock);
    return done;
}

static int64_t count_rows(const struct fake_sql *sql)
{
    if (sql->from_table)
        return 0;
    return sql->has_series ? sql->last - sql->first + 1 : 1;
}

static bool apply_limit(struct fake_cursor *cursor, struct error *err)
{
    const struct fake_sql *sql = &cursor->stmt->sql;
    struct fake_value limit;
    if (!sql->has_limit)
        return true;
    if (!fake_sql_eval(sql->limit, cursor->params, 0, &cursor->arena, &limit, err))
        return false;
    if (!limit.is_null && limit.number < cursor->left)
        cursor->left = limit.number;
    return true;
}

/* The parameters stay with whoever executes, as long as the cursor. */
static bool execute(struct engine_stmt *base, const struct batch *params,
                    struct engine_cursor **out, struct error *err)
{
    struct fake_stmt *stmt = (struct fake_stmt *)base;
    if (injected(stmt->conn->engine, FAKE_EXECUTE, err) || !apply(stmt, err))
        return false;
    struct fake_cursor *cursor = calloc(1, sizeof *cursor);
    if (!cursor)
        return error_no_memory(err);
    *cursor = (struct fake_cursor){
        .base = {&cursor_ops, base->column_count, base->columns, -1},
        .stmt = stmt,
        .params = params,
        .next = stmt->sql.first};
    if (stmt->sql.kind == FAKE_SELECT)
        cursor->left = count_rows(&stmt->sql);
    else if (stmt->sql.kind == FAKE_CHANGE)
        cursor->base.rows_changed = stmt->sql.changed;
    if (!apply_limit(cursor, err)) {
        close_cursor(&cursor->base);
        return false;
    }
    *out = &cursor->base;
    return true;
}

static void close_stmt(struct engine_stmt *base)
{
    struct fake_stmt *stmt = (struct fake_stmt *)base;
    arena_free(&stmt->arena);
    free(stmt);
}

static const struct engine_stmt_ops stmt_ops = {.execute = execute,
                                                .close = close_stmt};

static bool describe(struct fake_stmt *stmt, struct error *err)
{
    const struct fake_sql *sql = &stmt->sql;
    struct engine_column *columns =
        arena_calloc(&stmt->arena, sql->item_count, sizeof *columns);
    const struct type **params =
        arena_calloc(&stmt->arena, sql->param_count, sizeof(struct type *));
    if (!columns || !params)
        return error_no_memory(err);
    stmt->base.columns_known = true;
    for (size_t i = 0; i < sql->item_count; i++) {
        columns[i] = (struct engine_column){sql->items[i].name,
                                            fake_sql_type(sql->items[i].type)};
        if (sql->items[i].type == TYPE_UNKNOWN)
            stmt->base.columns_known = false;
    }
    for (size_t i = 0; i < sql->param_count; i++)
        params[i] = fake_sql_type(sql->params[i]);
    stmt->base.returns_rows = sql->kind == FAKE_SELECT;
    stmt->base.columns = columns;
    stmt->base.column_count = sql->item_count;
    stmt->base.param_types = params;
    stmt->base.param_count = sql->param_count;
    return true;
}

static bool table_exists(struct fake_stmt *stmt, struct error *err)
{
    struct fake_engine *engine = stmt->conn->engine;
    struct slice name = stmt->sql.table;
    if (!stmt->sql.from_table)
        return true;
    pthread_mutex_lock(&engine->lock);
    bool exists = strmap_get(&engine->tables, name) != NULL;
    pthread_mutex_unlock(&engine->lock);
    return exists || error_set(err, "42P01", "relation \"%.*s\" does not exist",
                               (int)name.len, name.data);
}

static bool prepare(struct engine_conn *base, struct slice sql,
                    struct engine_stmt **out, struct error *err)
{
    struct fake_conn *conn = (struct fake_conn *)base;
    if (injected(conn->engine, FAKE_PREPARE, err))
        return false;
    struct fake_stmt *stmt = calloc(1, sizeof *stmt);
    if (!stmt)
        return error_no_memory(err);
    stmt->base.ops = &stmt_ops;
    stmt->conn = conn;
    char *text = arena_string(&stmt->arena, sql);
    bool done = text != NULL || error_no_memory(err);
    done = done &&
           fake_sql_parse(&stmt->arena, (struct slice){text, sql.len}, &stmt->sql, err);
    if (!done || !table_exists(stmt, err) || !describe(stmt, err)) {
        close_stmt(&stmt->base);
        return false;
    }
    *out = &stmt->base;
    return true;
}

/* ---- connections ---- */

static void close_conn(struct engine_conn *base)
{
    struct fake_conn *conn = (struct fake_conn *)base;
    pthread_cond_destroy(&conn->wake);
    pthread_mutex_destroy(&conn->lock);
    free(conn);
}

static const struct engine_conn_ops conn_ops = {
    .prepare = prepare, .interrupt = interrupt, .close = close_conn};

static bool connect_engine(struct engine *base, struct engine_conn **out,
                           struct error *err)
{
    struct fake_engine *engine = (struct fake_engine *)base;
    if (injected(engine, FAKE_CONNECT, err))
        return false;
    struct fake_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        return error_no_memory(err);
    conn->base.ops = &conn_ops;
    conn->engine = engine;
    pthread_mutex_init(&conn->lock, NULL);
    pthread_cond_init(&conn->wake, NULL);
    *out = &conn->base;
    return true;
}

static void free_engine(struct engine *base)
{
    struct fake_engine *engine = (struct fake_engine *)base;
    strmap_free(&engine->tables);
    pthread_mutex_destroy(&engine->lock);
    free(engine);
}

static const struct engine_ops engine_ops = {.connect = connect_engine,
                                             .free = free_engine};

struct engine *fake_engine_new(const struct fake_options *options)
{
    struct fake_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return NULL;
    engine->base = (struct engine){.ops = &engine_ops, .name = "fake"};
    if (options)
        engine->options = *options;
    if (!engine->options.batch_rows)
        engine->options.batch_rows = DEFAULT_BATCH_ROWS;
    pthread_mutex_init(&engine->lock, NULL);
    return &engine->base;
}
