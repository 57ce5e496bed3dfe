/* query_check.c - a query string of several statements, parsed as a whole.
 *
 * PostgreSQL parses all of a string before it executes the first statement, so that a
 * slip in the last one costs nothing. What the server answers itself is checked by its
 * class, the rest by the engine's parser. */
#include "core/text.h"
#include "server/query_session.h"
#include "sql/split.h"

static bool check_in_engine(struct query_session *session, struct slice statement,
                            struct error *err)
{
    struct engine_conn *conn = pool_conn_engine(session->conn);
    struct arena arena = {0};
    struct sql_rewritten rewritten;
    if (!query_rewrite(session, statement, &arena, &rewritten)) {
        arena_free(&arena);
        return error_no_memory(err);
    }
    bool done = conn->ops->check(conn, rewritten.text, err);
    if (!done && err->position > 0)
        err->position = sql_rewrite_origin(&rewritten, statement, err->position);
    arena_free(&arena);
    return done;
}

static bool check_copy(struct slice statement, struct error *err)
{
    struct arena arena = {0};
    struct copy_statement copy;
    bool done = copy_statement_parse(statement, &arena, &copy, err);
    arena_free(&arena);
    return done;
}

/* What of a statement the engine reads; of no length: nothing. */
static struct slice engines_part(struct slice statement, const struct sql_class *class)
{
    if (class->kind == SQL_DECLARE || class->kind == SQL_PREPARE)
        return class->value;
    return class->kind == SQL_ENGINE ? statement : (struct slice){statement.data, 0};
}

static bool check_statement(struct query_session *session, struct slice statement,
                            struct error *err)
{
    struct sql_class class = sql_classify(statement);
    if (class.kind == SQL_MALFORMED)
        return error_set(err, "42601", "syntax error in %s", class.tag);
    if (class.kind == SQL_COPY_CLIENT)
        return check_copy(statement, err);
    struct slice part = engines_part(statement, &class);
    if (part.len == 0 || check_in_engine(session, part, err))
        return true;
    if (err->position > 0)
        err->position += text_characters(statement.data, part.data);
    return false;
}

static bool check_all(struct query_session *session, struct slice sql,
                      struct error *err)
{
    const char *start = sql.data;
    struct slice statement;
    while (sql_split(&sql, &statement)) {
        if (check_statement(session, statement, err))
            continue;
        if (err->position > 0)
            err->position += text_characters(start, statement.data);
        return false;
    }
    return true;
}

static bool needs_engine(struct slice sql)
{
    struct slice statement;
    while (sql_split(&sql, &statement)) {
        struct sql_class class = sql_classify(statement);
        if (engines_part(statement, &class).len > 0)
            return true;
    }
    return false;
}

enum pgw_status query_check_string(struct query_session *session, struct slice sql,
                                   struct error *err)
{
    if (!needs_engine(sql))
        return check_all(session, sql, err) ? PGW_OK : PGW_ERROR;
    enum pgw_status status = query_session_enter(session, err);
    if (status != PGW_OK)
        return status;
    bool done =
        !pool_conn_engine(session->conn)->ops->check || check_all(session, sql, err);
    query_session_leave(session);
    return done ? PGW_OK : PGW_ERROR;
}
