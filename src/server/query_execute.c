/* query_execute.c - from a prepared statement and its parameters to rows.
 *
 * The plan is looked up by the text, casts included. A numeric parameter brings the
 * scale of its value: the cast is written with it, so that no digit is lost and none
 * appears, and each scale has a plan of its own. */
#include <string.h>

#include "batch/type.h"
#include "server/query_session.h"
#include "sql/params.h"

/* ---- columns ---- */

/* Equal but for the scale of decimals, which parameters decide. */
static bool type_agrees(const struct type *a, const struct type *b)
{
    if (a->id == TYPE_DECIMAL && b->id == TYPE_DECIMAL)
        return true;
    if (a->id == TYPE_LIST && b->id == TYPE_LIST)
        return type_agrees(&a->children[0], &b->children[0]);
    return type_equal(a, b);
}

bool query_columns_agree(const struct query *query, size_t count,
                         const struct engine_column *columns)
{
    if (count != query->column_count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct type *told = query->columns[i].type, *is = columns[i].type;
        if (query->has_decimals ? !type_agrees(told, is) : !type_equal(told, is))
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

/* decimal(38,s), decimal(38,s)[] …; NULL with *is_decimal set: out of memory. */
static const char *decimal_cast(const struct type *type, struct arena *arena,
                                bool *is_decimal)
{
    static const char brackets[] = "[][][][][][]";
    int depth = 0;
    while (type->id == TYPE_LIST && type->child_count == 1) {
        type = &type->children[0];
        depth++;
    }
    *is_decimal = type->id == TYPE_DECIMAL && depth * 2 < (int)sizeof brackets;
    if (!*is_decimal)
        return NULL;
    return arena_printf(arena, "decimal(38,%u)%.*s", type->scale, depth * 2, brackets);
}

/* casts[i] becomes what the value asks for; false: out of memory. */
static bool recast(const struct query *query, const struct batch *params,
                   struct arena *arena, const char **casts, bool *changed)
{
    for (size_t i = 0; i < query->param_count; i++) {
        bool is_decimal;
        const char *cast = decimal_cast(params->columns[i].type, arena, &is_decimal);
        casts[i] = query->casts[i];
        if (is_decimal && !cast)
            return false;
        if (!is_decimal || !casts[i] || strncmp(casts[i], "decimal(", 8) != 0 ||
            strcmp(cast, casts[i]) == 0)
            continue;
        casts[i] = cast;
        *changed = true;
    }
    return true;
}

static bool text_to_execute(const struct query *query, const struct batch *params,
                            struct arena *arena, struct slice *out)
{
    bool changed = false;
    *out = query->engine_text;
    if (!query->has_decimals || !params || params->column_count != query->param_count)
        return true;
    const char **casts = arena_calloc(arena, query->param_count, sizeof *casts);
    if (!casts || !recast(query, params, arena, casts, &changed))
        return false;
    return !changed ||
           sql_params_cast(query->text, casts, query->param_count, arena, out);
}

/* ---- execution ---- */

static bool open_rows(struct query_session *session, struct query *query,
                      struct engine_cursor *cursor, struct query_result *out,
                      struct error *err)
{
    out->columns = query->columns;
    out->column_count = query->column_count;
    out->rows = rows_from_cursor(
        session, query->has_decimals ? NULL : query->column_types, cursor);
    if (!out->rows)
        return error_no_memory(err);
    if (rows_prefetch(out->rows, err) != PGW_ERROR)
        return true;
    query_rows_close(out->rows);
    out->rows = NULL;
    return false;
}

static bool take_result(struct query_session *session, struct query *query,
                        const struct engine_stmt *stmt, struct engine_cursor *cursor,
                        struct query_result *out, struct error *err)
{
    if (stmt->changes_catalogue)
        pool_catalogue_changed(session->conn);
    out->tag = query->class.tag;
    out->count = query->class.count;
    session->pinned = session->pinned || query->class.pins;
    if (!stmt->returns_rows) {
        out->affected = cursor->rows_changed;
        cursor->ops->close(cursor);
        return true;
    }
    /* The engine plans anew by itself when its catalogue has changed. */
    if (query_columns_agree(query, cursor->column_count, cursor->columns))
        return open_rows(session, query, cursor, out, err);
    cursor->ops->close(cursor);
    return query_is_stale(err);
}

static bool execute_text(struct query_session *session, struct query *query,
                         struct slice text, const struct batch *params,
                         struct query_result *out, struct error *err)
{
    struct engine_stmt *stmt;
    struct engine_cursor *cursor;
    if (!query_session_ready(session, err) ||
        !pool_prepare(session->conn, text, &stmt, err))
        return false;
    if (!query_columns_agree(query, stmt->column_count, stmt->columns))
        return query_is_stale(err);
    if (!stmt->ops->execute(stmt, params, &cursor, err))
        return false;
    return take_result(session, query, stmt, cursor, out, err);
}

static bool run(struct query_session *session, struct query *query,
                const struct batch *params, struct query_result *out, struct error *err)
{
    struct arena arena = {0};
    struct slice text;
    bool done = text_to_execute(query, params, &arena, &text)
                    ? execute_text(session, query, text, params, out, err)
                    : error_no_memory(err);
    if (!done && !slice_equal(query->engine_text, text))
        err->position = 0; /* counted in a text of this execution's alone */
    else if (!done && err->position > 0)
        err->position = sql_params_origin(query->text, query->casts, query->param_count,
                                          err->position);
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
    if (refuse_write(session, query, err))
        return PGW_ERROR;
    if (query->class.kind == SQL_ENGINE)
        return execute_in_engine(session, query, params, out, err);
    return command_execute(session, query, out, err);
}
