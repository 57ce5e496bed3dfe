/* command_prepared.c - PREPARE, EXECUTE, DEALLOCATE.
 *
 * The names are the client's protocol's (query_client_ops): what Parse has prepared can
 * be executed by SQL, and what PREPARE has can be bound. An EXECUTE is the statement
 * that it names, in all that it may and may not do. */
#include "core/text.h"
#include "server/command.h"

static bool no_statement(struct slice name, struct error *err)
{
    return error_set(err, "26000", "prepared statement \"%.*s\" does not exist",
                     (int)name.len, name.data);
}

static bool has_statements(const struct query_session *session, struct error *err)
{
    return session->ops->find_statement ||
           error_set(err, "0A000", "this protocol has no prepared statements");
}

/* ---- PREPARE ---- */

/* PostgreSQL's grammar has SELECT, INSERT, UPDATE, DELETE and MERGE here. */
static bool check_class(const struct sql_class *class, struct error *err)
{
    static const char *const tags[] = {"INSERT 0", "UPDATE", "DELETE", "MERGE"};
    bool is_query = class->count == SQL_COUNT_ROWS;
    if (class->kind == SQL_UNSUPPORTED)
        return error_set(err, "0A000", "%s is not supported", class->tag);
    for (size_t i = 0; i < ARRAY_LEN(tags); i++)
        is_query = is_query || strcmp(class->tag, tags[i]) == 0;
    return (class->kind == SQL_ENGINE && is_query) ||
           error_set(err, "42601", "this statement cannot be prepared");
}

enum pgw_status command_prepare(struct query_session *session, struct query *query,
                                struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    struct slice text = query->class.value;
    const struct sql_class class = sql_classify(text);
    out->tag = query->class.tag;
    if (!has_statements(session, err) || !command_name(query, name, err) ||
        !check_class(&class, err))
        return PGW_ERROR;
    enum pgw_status status = session->ops->add_statement(
        session->client, slice_of(name), query->class.types, text, query->text, err);
    if (status == PGW_ERROR && err->position > 0)
        err->position += text_characters(query->text.data, text.data);
    return status;
}

/* ---- EXECUTE ---- */

/* EXPLAIN EXECUTE: the statement behind EXPLAIN and its options. */
static enum pgw_status prepare_explained(struct query_session *session,
                                         struct query *query,
                                         const struct query *statement,
                                         struct query **out, struct error *err)
{
    const struct query_hints casts = {statement->casts, statement->param_count};
    char *text = arena_printf(&query->arena, "explain %.*s %.*s",
                              (int)query->class.prefix.len, query->class.prefix.data,
                              (int)statement->text.len, statement->text.data);
    if (!text) {
        error_no_memory(err);
        return PGW_ERROR;
    }
    enum pgw_status status = query_prepare(session, slice_of(text), &casts, out, err);
    err->position = 0; /* counted in a text that is not the client's */
    return status;
}

/* What it executes: one reference more. 26000 */
static enum pgw_status find(struct query_session *session, struct query *query,
                            struct query **out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    if (!has_statements(session, err) || !command_name(query, name, err))
        return PGW_ERROR;
    struct query *statement =
        session->ops->find_statement(session->client, slice_of(name));
    if (!statement)
        return command_status(no_statement(slice_of(name), err));
    if (query->class.prefix.data)
        return prepare_explained(session, query, statement, out, err);
    *out = query_ref(statement);
    return PGW_OK;
}

/* A statement that is not there yet may be so when it is executed. */
enum pgw_status command_execute_describe(struct query_session *session,
                                         struct query *query,
                                         const struct query_hints *hints,
                                         struct error *err)
{
    struct query *statement = NULL;
    (void)hints;
    enum pgw_status status = find(session, query, &statement, err);
    if (status == PGW_ERROR && strcmp(err->sqlstate, "26000") == 0)
        return PGW_OK;
    if (status != PGW_OK)
        return status;
    bool done = command_columns_of(query, statement, err);
    query_free(statement);
    return command_status(done);
}

/* Within enter and leave, so that nothing waits any more. */
static enum pgw_status run(struct query_session *session, const struct query *query,
                           struct query *statement, struct query_result *out,
                           struct error *err)
{
    struct arena arena = {0};
    struct batch values = {0};
    enum pgw_status status = query_revalidate(session, statement, err);
    if (status == PGW_OK)
        status = command_status(
            command_columns_agree(query, statement, err) &&
            command_values(session, query, statement, &arena, &values, err));
    if (status == PGW_OK)
        status = query_execute(session, statement,
                               values.column_count > 0 ? &values : NULL, out, err);
    if (status == PGW_OK && out->rows)
        rows_keep_query(out->rows, statement);
    arena_free(&arena);
    if (status == PGW_ERROR)
        err->position = 0; /* likewise */
    return status;
}

enum pgw_status command_execute_prepared(struct query_session *session,
                                         struct query *query, struct query_result *out,
                                         struct error *err)
{
    struct query *statement = NULL;
    enum pgw_status status = find(session, query, &statement, err);
    if (status != PGW_OK)
        return status;
    status = query_session_enter(session, err);
    if (status == PGW_OK) {
        status = run(session, query, statement, out, err);
        if (session->live)
            query_session_pause(session);
        else
            query_session_leave(session);
    }
    query_free(statement);
    return status;
}

/* ---- DEALLOCATE ---- */

bool command_drop_statements(struct query_session *session, struct slice name,
                             struct error *err)
{
    if (!has_statements(session, err))
        return false;
    return session->ops->drop_statement(session->client, name) || name.len == 0 ||
           no_statement(name, err);
}

enum pgw_status command_deallocate(struct query_session *session, struct query *query,
                                   struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    bool all = slice_equal_nocase(query->class.name, SLICE("all"));
    out->tag = query->class.tag;
    if (!all && !command_name(query, name, err))
        return PGW_ERROR;
    return command_status(
        command_drop_statements(session, all ? SLICE("") : slice_of(name), err));
}
