/* query.c - the way of a statement: classify, prepare, execute (query_execute.c).
 *
 *     text ── sql/classify ──┬─ the server's own (command.c, transaction.c)
 *                            └─ the engine's: slot → connection → plan → cursor → rows
 *
 * Types are known before execution (query_infer.c): where the engine cannot infer, they
 * are written into the text as casts and the statement is prepared again; it is never
 * executed to find out. */
#include "server/query.h"

#include <stdlib.h>
#include <string.h>

#include "batch/type.h"
#include "catalog/catalog.h"
#include "server/database.h"
#include "server/query_infer.h"
#include "server/query_rights.h"
#include "server/query_session.h"
#include "sql/column_names.h"
#include "sql/params.h"
#include "sql/value.h"

enum {
    PARAM_MAX = 65535 /* the protocol counts them in 16 bits */,
    DECIMAL_DIGITS = 38
};

/* ---- prepare ---- */

bool query_refuse_when_failed(const struct query_session *session,
                              const struct sql_class *class, struct error *err)
{
    if (session->transaction != TRANSACTION_FAILED || class->allowed_when_failed)
        return false;
    error_set(err, "25P02",
              "current transaction is aborted, commands ignored until end of "
              "transaction block");
    return true;
}

/* PostgreSQL's catalogue, and how its names are known in a text. */
static bool rewrite(const struct query_session *session, struct slice text,
                    bool system_columns, struct arena *arena, struct sql_rewritten *out)
{
    const struct sql_catalog catalog = {.system_columns = system_columns,
                                        .schema = CATALOG_SCHEMA,
                                        .own = CATALOG_DATABASE,
                                        .database = session->database->name,
                                        .has_relation = catalog_has_relation,
                                        .has_function = catalog_has_function,
                                        .is_builtin = catalog_is_builtin};
    return sql_rewrite(text, &catalog, arena, out);
}

bool query_rewrite(const struct query_session *session, struct slice text,
                   struct arena *arena, struct sql_rewritten *out)
{
    return rewrite(session, text, false, arena, out);
}

int32_t query_origin(const struct query *query, const char *const *casts, size_t count,
                     int32_t position)
{
    position = sql_params_origin(query->source.text, casts, count, position);
    return sql_rewrite_origin(&query->source, query->text, position);
}

/* An engine that has rewritten text in hand counts characters in that. */
static bool prepare_text(struct query_session *session, const struct query *query,
                         const struct query_hints *casts, struct engine_stmt **stmt,
                         struct error *err)
{
    if (pool_prepare(session->conn, query->engine_text, stmt, err))
        return true;
    if (err->position > 0)
        err->position = query_origin(query, casts->casts, casts->count, err->position);
    return false;
}

/* Plan it with the casts that the query has now. */
static bool plan_with(struct query_session *session, struct query *query,
                      const char *const *casts, struct engine_stmt **stmt,
                      struct error *err)
{
    const struct query_hints all = {casts, query->param_count};
    if (!sql_params_cast(query->source.text, casts, query->param_count, &query->arena,
                         &query->engine_text))
        return error_no_memory(err);
    return prepare_text(session, query, &all, stmt, err);
}

static bool is_open(const struct query *query, size_t i)
{
    return !query->casts[i] && query->param_types[i]->id == TYPE_UNKNOWN;
}

/* Nothing is known of some: they are text, or else the first guess that makes sense to
 * the engine. The error told is that of text. */
static bool plan_guessing(struct query_session *session, struct query *query,
                          struct engine_stmt **stmt, struct error *err)
{
    struct error later;
    const char **casts = arena_calloc(&query->arena, query->param_count, sizeof *casts);
    if (!casts)
        return error_no_memory(err);
    bool done = false, any = false;
    for (size_t attempt = 0; !done && query_infer_guess(attempt); attempt++) {
        for (size_t i = 0; i < query->param_count; i++) {
            any = any || is_open(query, i);
            casts[i] = is_open(query, i) ? query_infer_guess(attempt) : query->casts[i];
        }
        struct error *told = attempt ? &later : err;
        done = plan_with(session, query, casts, stmt, told);
        if (!done && query_infer_is_broken_off(told)) {
            *err = *told;
            break;
        }
        if (!any)
            break;
    }
    query->casts = casts;
    return done;
}

/* Errors that no cast will mend. */
static bool is_final(const struct error *err)
{
    static const char *const states[] = {"42601", "42P01", "42703", "3F000", "42702",
                                         "53200", "57014", "25006", "42501"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (strcmp(err->sqlstate, states[i]) == 0)
            return true;
    }
    return false;
}

static bool refuse_changes(const struct query *query, struct error *err)
{
    const struct slice *name = &query->source.refused;
    return name->len == 0 ||
           error_set(err, "42501", "permission denied: \"%.*s\" is a system catalog",
                     (int)name->len, name->data);
}

/* Plan the text with the client's casts. */
static bool plan_as_given(struct query_session *session, struct query *query,
                          const struct query_hints *hints, bool system_columns,
                          struct engine_stmt **stmt, struct error *err)
{
    if (!rewrite(session, query->text, system_columns, &query->arena, &query->source) ||
        !sql_params_cast(query->source.text, hints->casts, hints->count, &query->arena,
                         &query->engine_text))
        return error_no_memory(err);
    return refuse_changes(query, err) && prepare_text(session, query, hints, stmt, err);
}

/* Does it lack a column that every table of PostgreSQL's has? */
static bool lacks_system_column(const struct error *err)
{
    return strcmp(err->sqlstate, "42703") == 0 && strstr(err->message, "ctid");
}

/* … then, or with the casts that make its types known. */
static bool plan(struct query_session *session, struct query *query,
                 const struct query_hints *hints, struct engine_stmt **stmt,
                 struct error *err)
{
    struct error second;
    bool done = plan_as_given(session, query, hints, false, stmt, err);
    if (!done && lacks_system_column(err)) {
        done = plan_as_given(session, query, hints, true, stmt, &second);
        if (!done && strcmp(second.sqlstate, "42703") != 0) /* not even a row id */
            *err = second;
    }
    size_t count = sql_param_max(query->text);
    if (done && (*stmt)->param_count != count)
        return error_set(err, "42P18", "could not determine data type of parameter $%u",
                         (unsigned)sql_param_gap(query->text));
    if (count == 0 || (!done && is_final(err)))
        return done;
    if (!query_infer(session, query, hints, done ? *stmt : NULL, count, err))
        return false;
    return plan_guessing(session, query, stmt, err);
}

/* A numeric parameter's scale is its value's, known only when it is bound: a column
 * that is as wide as they come may owe its scale to one, and is described without. */
static void loosen_decimal(const struct query *query, struct type *type)
{
    if (query->has_decimals && type->id == TYPE_DECIMAL &&
        type->precision == DECIMAL_DIGITS)
        type->precision = 0;
}

/* What the casts leave to the values. */
static void find_open_casts(struct query *query, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = query->casts[i] ? strlen(query->casts[i]) : 0;
        if (len > 8 && strncmp(query->casts[i], "decimal(", 8) == 0)
            query->has_decimals = true;
        if (len > 2 && strcmp(query->casts[i] + len - 2, "[]") == 0)
            query->has_arrays = true;
    }
}

/* The types as the engine sees them now; what a cast has said stays where some places
 * keep it from seeing that. */
static bool copy_params(struct query *query, const struct engine_stmt *stmt,
                        struct error *err)
{
    const struct type **types =
        arena_calloc(&query->arena, query->param_count, sizeof *types);
    if (!types)
        return error_no_memory(err);
    for (size_t i = 0; i < query->param_count; i++) {
        const struct type *type = query->param_types[i];
        if (i < stmt->param_count && stmt->param_types[i]->id != TYPE_UNKNOWN)
            type = stmt->param_types[i];
        if (type->id == TYPE_UNKNOWN)
            type = &type_text;
        if (!(types[i] = type_copy(&query->arena, type)))
            return error_no_memory(err);
    }
    query->param_types = types;
    find_open_casts(query, query->param_count);
    return true;
}

/* The engine's names, but for what PostgreSQL calls otherwise. */
static bool copy_names(struct query *query, const struct engine_stmt *stmt,
                       struct engine_column *columns)
{
    struct arena *arena = &query->arena;
    const char **names = arena_calloc(arena, stmt->column_count, sizeof *names);
    if (!names)
        return false;
    for (size_t i = 0; i < stmt->column_count; i++) {
        if (!(names[i] = arena_string(arena, slice_of(stmt->columns[i].name))))
            return false;
    }
    if (!sql_column_names(query->text, arena, names, stmt->column_count))
        return false;
    for (size_t i = 0; i < stmt->column_count; i++)
        columns[i].name = names[i];
    return true;
}

static bool copy_columns(struct query *query, const struct engine_stmt *stmt,
                         struct error *err)
{
    struct engine_column *columns =
        arena_calloc(&query->arena, stmt->column_count, sizeof *columns);
    const struct type **types =
        arena_calloc(&query->arena, stmt->column_count, sizeof *types);
    if (!columns || !types || !copy_names(query, stmt, columns))
        return error_no_memory(err);
    for (size_t i = 0; i < stmt->column_count; i++) {
        struct type *type = type_copy(&query->arena, stmt->columns[i].type);
        if (!type)
            return error_no_memory(err);
        loosen_decimal(query, type);
        columns[i].type = types[i] = type;
    }
    query->column_types = types;
    query->columns = columns;
    query->column_count = stmt->column_count;
    return true;
}

static bool describe_rows(struct query_session *session, struct query *query,
                          const struct engine_stmt *stmt, struct error *err)
{
    struct engine_stmt *other = NULL;
    if (!stmt->columns_known && !query_infer_columns(session, query, &other, err))
        return false;
    const struct engine_stmt *told = other ? other : stmt;
    query->returns_rows = told->returns_rows;
    bool done = copy_columns(query, told, err);
    if (other)
        other->ops->close(other);
    return done;
}

static enum pgw_status prepare_in_engine(struct query_session *session,
                                         struct query *query,
                                         const struct query_hints *hints,
                                         struct error *err)
{
    struct engine_stmt *stmt = NULL;
    if (query_refuse_unseen(session, query, err))
        return PGW_ERROR;
    enum pgw_status status = query_session_enter(session, err);
    if (status != PGW_OK)
        return status;
    bool done =
        query_session_ready(session, err) && plan(session, query, hints, &stmt, err);
    if (done)
        done = stmt && copy_params(query, stmt, err) &&
               describe_rows(session, query, stmt, err);
    if (done) {
        query->catalogue = pool_conn_catalogue(session->conn);
        query->effect = stmt->effect;
    }
    query_session_leave(session);
    return done ? PGW_OK : PGW_ERROR;
}

static bool still_valid(struct query_session *session, struct query *query,
                        struct error *err)
{
    const struct query_hints casts = {query->casts, query->param_count};
    struct engine_stmt *stmt;
    if (!query_session_ready(session, err) ||
        !prepare_text(session, query, &casts, &stmt, err))
        return false;
    if (stmt->columns_known &&
        !query_columns_agree(query, stmt->column_count, stmt->columns))
        return query_is_stale(err);
    query->catalogue = pool_conn_catalogue(session->conn);
    return true;
}

enum pgw_status query_revalidate(struct query_session *session, struct query *query,
                                 struct error *err)
{
    struct sql_class class = query->class;
    if (class.kind == SQL_EMPTY) /* may be asked for, but not be bound */
        class.allowed_when_failed = false;
    if (query_refuse_when_failed(session, &class, err))
        return PGW_ERROR;
    if (query->class.kind != SQL_ENGINE ||
        query->catalogue == pool_catalogue(session->database->pool))
        return PGW_OK;
    enum pgw_status status = query_session_enter(session, err);
    if (status != PGW_OK)
        return status;
    bool valid = still_valid(session, query, err);
    query_session_leave(session);
    return valid ? PGW_OK : PGW_ERROR;
}

/* Is it a setting of ours, or one that SET may make? Others may be the engine's. */
static bool names_setting(const struct query_session *session,
                          const struct sql_class *class)
{
    char name[SQL_NAME_BYTES];
    if (!sql_identifier(class->name, name, sizeof name) ||
        slice_equal_nocase(class->name, SLICE("all")))
        return true;
    return settings_exists(&session->settings, name) ||
           (class->kind != SQL_SHOW && strchr(name, '.'));
}

/* SHOW of something that is no setting may mean something to the engine (SHOW TABLES);
 * if it does not, the user meant a setting that does not exist. */
static enum pgw_status prepare_engines_show(struct query_session *session,
                                            struct query *query, struct error *err)
{
    static const struct query_hints none = {0};
    query->class.kind = SQL_ENGINE;
    enum pgw_status status = prepare_in_engine(session, query, &none, err);
    if (status == PGW_ERROR)
        error_set(err, "42704", "unrecognized configuration parameter \"%.*s\"",
                  (int)query->class.name.len, query->class.name.data);
    return status;
}

/* A setting of the engine's stays with the session's connection. An engine that cannot
 * read the statement has no such setting. */
static enum pgw_status prepare_engines_set(struct query_session *session,
                                           struct query *query, struct error *err)
{
    static const struct query_hints none = {0};
    query->class.kind = SQL_ENGINE;
    query->class.pins = true;
    enum pgw_status status = prepare_in_engine(session, query, &none, err);
    if (status == PGW_ERROR && strcmp(err->sqlstate, "42601") == 0)
        error_set(err, "42704", "unrecognized configuration parameter \"%.*s\"",
                  (int)query->class.name.len, query->class.name.data);
    return status;
}

static enum pgw_status prepare(struct query_session *session, struct query *query,
                               const struct query_hints *hints, struct error *err)
{
    query->class = sql_classify(query->text);
    query->engine_text = query->text;
    if (query_refuse_when_failed(session, &query->class, err))
        return PGW_ERROR;
    if (query->class.kind == SQL_SHOW && !names_setting(session, &query->class))
        return prepare_engines_show(session, query, err);
    if ((query->class.kind == SQL_SET || query->class.kind == SQL_RESET) &&
        !names_setting(session, &query->class))
        return prepare_engines_set(session, query, err);
    if (query->class.kind != SQL_ENGINE)
        return command_describe(session, query, hints, err);
    if (sql_param_max(query->text) > PARAM_MAX) {
        error_set(err, "54000", "a statement takes at most %d parameters", PARAM_MAX);
        return PGW_ERROR;
    }
    return prepare_in_engine(session, query, hints, err);
}

enum pgw_status query_prepare(struct query_session *session, struct slice sql,
                              const struct query_hints *hints, struct query **out,
                              struct error *err)
{
    static const struct query_hints none = {0};
    enum pgw_status status = PGW_ERROR;
    struct query *query = calloc(1, sizeof *query);
    *out = NULL;
    if (query && (query->text.data = arena_string(&query->arena, sql))) {
        query->text.len = sql.len;
        status = prepare(session, query, hints ? hints : &none, err);
    } else {
        error_no_memory(err);
    }
    if (status == PGW_OK)
        *out = query;
    else
        query_free(query);
    return status;
}

void query_free(struct query *query)
{
    if (!query || query->references-- > 0)
        return;
    if (query->class.kind == SQL_DECLARE)
        query_free(query->inner); /* an engine's, which has none */
    arena_free(&query->arena);
    free(query);
}

struct query *query_ref(struct query *query)
{
    query->references++;
    return query;
}

/* ---- both at once ---- */

/* A query string brings no parameters (PostgreSQL: "there is no parameter $1"). */
static bool refuse_params(const struct query *query, struct error *err)
{
    uint32_t number;
    if (query->param_count == 0)
        return false;
    int32_t position = sql_param_first(query->text, &number);
    error_set(err, "42P02", "there is no parameter $%u", (unsigned)number);
    err->position = position;
    return true;
}

enum pgw_status query_run(struct query_session *session, struct slice sql,
                          struct query **query, struct query_result *out,
                          struct error *err)
{
    struct sql_class class = sql_classify(sql);
    bool needs_slot =
        class.kind == SQL_ENGINE && !query_refuse_when_failed(session, &class, err);
    enum pgw_status status = needs_slot ? query_session_enter(session, err) : PGW_OK;
    if (status != PGW_OK)
        return status;
    status = query_prepare(session, sql, NULL, query, err);
    if (status == PGW_OK)
        status = refuse_params(*query, err)
                     ? PGW_ERROR
                     : query_execute(session, *query, NULL, out, err);
    if (status != PGW_OK) {
        query_free(*query);
        *query = NULL;
    }
    if (needs_slot && session->live)
        query_session_pause(session);
    else if (needs_slot)
        query_session_leave(session);
    return status;
}
