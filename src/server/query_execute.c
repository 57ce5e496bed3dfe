/* query_execute.c - from a prepared statement and its parameters to rows.
 *
 * The plan is looked up by the text, casts included. A numeric parameter brings the
 * scale of its value: the cast is written with it, so that no digit is lost and none
 * appears, and each scale has a plan of its own; so has each depth of an array. */
#include <string.h>

#include "batch/type.h"
#include "server/query_rights.h"
#include "server/query_session.h"
#include "sql/params.h"

/* ---- columns ---- */

static const struct type *innermost(const struct type *type)
{
    while (type->id == TYPE_LIST && type->child_count == 1)
        type = &type->children[0];
    return type;
}

/* Equal but for what the values of parameters decide: the scale of numerics, integers
 * beyond them, the depth of arrays. To the client these are one type. */
static bool type_agrees(const struct type *a, const struct type *b)
{
    if ((a->id == TYPE_LIST) != (b->id == TYPE_LIST))
        return false;
    a = innermost(a);
    b = innermost(b);
    if (a->id == TYPE_DECIMAL)
        return b->id == TYPE_DECIMAL || b->id == TYPE_BIGNUM;
    return type_equal(a, b);
}

static bool is_loose(const struct query *query)
{
    return query->has_decimals || query->has_arrays;
}

bool query_columns_agree(const struct query *query, size_t count,
                         const struct engine_column *columns)
{
    if (count != query->column_count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct type *told = query->columns[i].type, *is = columns[i].type;
        if (is_loose(query) ? !type_agrees(told, is) : !type_equal(told, is))
            return false;
    }
    return true;
}

bool query_is_stale(struct error *err)
{
    static const char routine[] = "RevalidateCachedQuery";
    (void)error_set(err, "0A000", "cached plan must not change result type");
    memcpy(err->routine, routine, sizeof routine);
    return false;
}

/* ---- the text to execute ---- */

/* The cast as the value needs it: decimal(38,s) or bignum for decimal(38,0), one []
 * for each dimension. NULL: out of memory. */
static const char *exact_cast(const char *cast, const struct type *type,
                              struct arena *arena)
{
    static const char brackets[] = "[][][][][][]";
    const struct type *inner = innermost(type);
    size_t len = strcspn(cast, "[\"");
    int depth = 0;
    if (*cast == '"') /* the name of an enum */
        len = (size_t)(strrchr(cast, '"') - cast) + 1;
    for (; type != inner && depth < (int)sizeof brackets - 1; depth += 2)
        type = &type->children[0];
    if (strncmp(cast, "decimal(", 8) != 0)
        return arena_printf(arena, "%.*s%.*s", (int)len, cast, depth, brackets);
    if (inner->id == TYPE_BIGNUM)
        return arena_printf(arena, "bignum%.*s", depth, brackets);
    return arena_printf(arena, "decimal(38,%u)%.*s", inner->scale, depth, brackets);
}

/* casts[i] becomes what the value asks for; false: out of memory. */
static bool recast(const struct query *query, const struct batch *params,
                   struct arena *arena, const char **casts, bool *changed)
{
    for (size_t i = 0; i < query->param_count; i++) {
        const struct type *type = params->columns[i].type;
        casts[i] = query->casts[i];
        if (!casts[i] || (type->id != TYPE_LIST && type->id != TYPE_DECIMAL &&
                          type->id != TYPE_BIGNUM))
            continue;
        const char *exact = exact_cast(casts[i], type, arena);
        if (!exact)
            return false;
        *changed = *changed || strcmp(exact, casts[i]) != 0;
        casts[i] = exact;
    }
    return true;
}

static bool text_to_execute(const struct query *query, const struct batch *params,
                            struct arena *arena, struct slice *out)
{
    bool changed = false;
    *out = query->engine_text;
    if (!is_loose(query) || !params || params->column_count != query->param_count)
        return true;
    const char **casts = arena_calloc(arena, query->param_count, sizeof *casts);
    if (!casts || !recast(query, params, arena, casts, &changed))
        return false;
    return !changed ||
           sql_params_cast(query->source.text, casts, query->param_count, arena, out);
}

/* ---- execution ---- */

static bool open_rows(struct query_session *session, struct query *query,
                      const struct engine_stmt *stmt, struct engine_cursor *cursor,
                      struct query_result *out, struct error *err)
{
    out->columns = query->columns;
    out->column_count = query->column_count;
    out->rows =
        rows_from_cursor(session, is_loose(query) ? NULL : query->column_types, cursor);
    if (!out->rows)
        return error_no_memory(err);
    if (stmt->changes_rows)
        rows_announce_change(out->rows);
    if (query->is_lazy || rows_prefetch(out->rows, err) != PGW_ERROR)
        return true;
    query_rows_close(out->rows);
    out->rows = NULL;
    return false;
}

/* The engine's word for it leaves out what EXPLAIN ANALYZE executes. */
static bool changes_something(const struct query *query, const struct engine_stmt *stmt)
{
    return stmt->changes_rows || stmt->changes_catalogue || query->class.writes;
}

static bool take_result(struct query_session *session, struct query *query,
                        const struct engine_stmt *stmt, struct engine_cursor *cursor,
                        struct query_result *out, struct error *err)
{
    if (stmt->changes_catalogue)
        pool_catalogue_changed(session->conn);
    if (stmt->changes_rows || query->class.writes)
        pool_rows_changed(session->conn);
    if (changes_something(query, stmt))
        changes_note(session, query->text);
    out->tag = query->class.tag;
    out->count = query->class.count;
    session->pinned = session->pinned || query->class.pins;
    if (!query->returns_rows) {
        out->affected = cursor->rows_changed;
        cursor->ops->close(cursor);
        return true;
    }
    /* The engine plans anew by itself when its catalogue has changed. */
    if (query_columns_agree(query, cursor->column_count, cursor->columns))
        return open_rows(session, query, stmt, cursor, out, err);
    cursor->ops->close(cursor);
    return query_is_stale(err);
}

struct execution {
    struct query_session *session;
    struct query *query;
    struct slice text;
    const struct batch *params;
    struct engine_stmt *stmt;
};

/* NULL: *err says why. */
static struct engine_cursor *start(struct execution *execution, struct error *err)
{
    struct query_session *session = execution->session;
    struct query *query = execution->query;
    struct engine_stmt *stmt;
    struct engine_cursor *cursor;
    if (!pool_prepare(session->conn, execution->text, &stmt, err))
        return NULL;
    execution->stmt = stmt;
    if (stmt->reads_session && !query_list_take(session, err))
        return NULL;
    stmt->ignores_rows = query->class.ignores_rows;
    if (stmt->columns_known &&
        !query_columns_agree(query, stmt->column_count, stmt->columns)) {
        (void)query_is_stale(err);
        return NULL;
    }
    if (!session->engine_begun && changes_something(query, stmt))
        pool_announce_change(session->conn);
    return stmt->ops->execute(stmt, execution->params, &cursor, err) ? cursor : NULL;
}

/* The engine's snapshot is taken when it executes, the plan was looked up before: when
 * something has changed in between, the plan may count on what no longer is. What only
 * reads is then started again. */
static bool execute_text(struct execution *execution, struct query_result *out,
                         struct error *err)
{
    enum { TRIES = 4 };
    struct query_session *session = execution->session;
    if (!query_session_ready(session, err))
        return false;
    struct notification **told = notify_mark(session);
    for (unsigned try = 1;; try++) {
        uint64_t before = pool_changes(session->conn);
        struct engine_cursor *cursor = start(execution, err);
        if (!cursor)
            return false;
        if (session->engine_begun ||
            changes_something(execution->query, execution->stmt) || try == TRIES ||
            pool_changes(session->conn) == before)
            return take_result(session, execution->query, execution->stmt, cursor, out,
                               err);
        cursor->ops->close(cursor);
        notify_rewind(session, told);
    }
}

static bool run(struct query_session *session, struct query *query,
                const struct batch *params, struct query_result *out, struct error *err)
{
    struct arena arena = {0};
    struct execution execution = {.session = session, .query = query, .params = params};
    bool done = text_to_execute(query, params, &arena, &execution.text)
                    ? execute_text(&execution, out, err)
                    : error_no_memory(err);
    if (!done && !slice_equal(query->engine_text, execution.text))
        err->position = 0; /* counted in a text of this execution's alone */
    else if (!done && err->position > 0)
        err->position =
            query_origin(query, query->casts, query->param_count, err->position);
    arena_free(&arena);
    return done;
}

static enum pgw_status execute_in_engine(struct query_session *session,
                                         struct query *query,
                                         const struct batch *params,
                                         struct query_result *out, struct error *err)
{
    enum pgw_status status = query_session_enter(session, err);
    if (status != PGW_OK)
        return status;
    bool done = run(session, query, params, out, err);
    if (!done || !session->live)
        query_session_settle(session, done);
    if (!out->rows) /* else behind the description of the rows */
        query_session_tell_late(session);
    if (done && session->live)
        query_session_pause(session); /* the next batch is asked for at once */
    else
        query_session_leave(session);
    return done ? PGW_OK : PGW_ERROR;
}

static bool refuse_write(const struct query_session *session, const struct query *query,
                         struct error *err)
{
    if (!query->class.writes ||
        !settings_is_on(&session->settings, SETTING_TRANSACTION_READ_ONLY))
        return false;
    error_set(err, "25006", "cannot execute %s in a read-only transaction",
              query->class.writes);
    return true;
}

enum pgw_status query_execute(struct query_session *session, struct query *query,
                              const struct batch *params, struct query_result *out,
                              struct error *err)
{
    *out = (struct query_result){0};
    if (query_refuse_when_failed(session, &query->class, err))
        return PGW_ERROR;
    if (refuse_write(session, query, err) || query_refuse_right(session, query, err))
        return PGW_ERROR;
    if (query->class.kind == SQL_ENGINE)
        return execute_in_engine(session, query, params, out, err);
    out->bound = params;
    return command_execute(session, query, out, err);
}
