/* front_cursor.c - the portals of a PostgreSQL client as SQL sees them.
 *
 *     DECLARE ── add ──> portal ── its cursor
 *     Bind ───────────> portal ── find ──> its cursor, made of its rows
 *
 * A portal of Bind gets a cursor when SQL fetches from it: its rows move there, and the
 * protocol's Execute takes them from there from then on. */
#include "server/front_parts.h"

static struct front_portal *find_portal(const struct front *front, struct slice name)
{
    return pgw_session_portal(front->session, (struct pgw_slice){name.data, name.len});
}

static bool exists(void *client, struct slice name)
{
    return find_portal(client, name) != NULL;
}

static const struct query *peek(void *client, struct slice name)
{
    const struct front_portal *portal = find_portal(client, name);
    const struct query *query = portal ? portal->statement->query : NULL;
    return query && query->returns_rows ? query : NULL;
}

/* ---- find ---- */

static enum pgw_status execute(struct front_portal *portal, struct error *err)
{
    struct front_statement *statement = portal->statement;
    struct query_result result;
    portal->is_busy = true;
    enum pgw_status status = query_execute(
        statement->front->query, statement->query,
        portal->params.column_count ? &portal->params : NULL, &result, err);
    portal->is_busy = false;
    if (status != PGW_OK)
        return status;
    struct pgw_reply ignored = {0};
    struct pgw_error error;
    const struct front_answer answer = {
        .arena = &portal->arena, .columns = statement->columns, .rows = &portal->rows};
    status = front_reply(statement->front, &answer, &result, &ignored, &error);
    return front_error_back(status, &error, err);
}

/* Its rows, where they stand, become the cursor's. */
static enum pgw_status make_cursor(struct front_portal *portal, struct slice name,
                                   struct error *err)
{
    struct query *query = portal->statement->query;
    if (!query->returns_rows) {
        error_set(err, "55000", "portal \"%.*s\" gives no rows", (int)name.len,
                  name.data);
        return PGW_ERROR;
    }
    enum pgw_status status = portal->rows ? PGW_OK : execute(portal, err);
    if (status != PGW_OK)
        return status;
    struct front_rows *rows = portal->rows;
    struct query_rows *source = rows->rows;
    const struct query_cursor_options options = {.name = name,
                                                 .statement = query->text,
                                                 .no_scroll = true,
                                                 .passed = rows->passed};
    rows->rows = NULL;
    portal->cursor =
        query_cursor_new(portal->statement->front->query, query, source, &options);
    if (!portal->cursor) {
        error_no_memory(err);
        return PGW_ERROR;
    }
    query_cursor_resume(portal->cursor, source ? rows->batch : NULL, rows->next);
    rows->cursor = portal->cursor;
    rows->batch = NULL;
    return PGW_OK;
}

static enum pgw_status find(void *client, struct slice name, struct query_cursor **out,
                            struct error *err)
{
    struct front_portal *portal = find_portal(client, name);
    enum pgw_status status = PGW_ERROR;
    if (!portal)
        error_set(err, "34000", "cursor \"%.*s\" does not exist", (int)name.len,
                  name.data);
    else if (portal->is_busy)
        error_set(err, "55000", "portal \"%.*s\" cannot be run", (int)name.len,
                  name.data);
    else
        status = portal->cursor ? PGW_OK : make_cursor(portal, name, err);
    if (status == PGW_OK)
        *out = portal->cursor;
    return status;
}

/* ---- add ---- */

static struct front_portal *portal_new(struct front_statement *statement,
                                       struct query_cursor *cursor)
{
    struct arena arena = {0};
    struct front_portal *portal = arena_calloc(&arena, 1, sizeof *portal);
    if (portal)
        *portal = (struct front_portal){
            .arena = arena, .statement = statement, .cursor = cursor};
    return portal;
}

static bool add(void *client, struct query_cursor *cursor, struct query *query,
                struct error *err)
{
    static const struct pgw_parse no_types = {0};
    struct front *front = client;
    struct query_cursor_about about;
    struct pgw_error error;
    struct front_statement *statement = front_statement_new(front, query, &no_types);
    struct front_portal *portal = statement ? portal_new(statement, cursor) : NULL;
    if (!portal) {
        query_cursor_free(cursor);
        if (statement)
            query_free(query);
        return error_no_memory(err);
    }
    query_cursor_about(cursor, &about);
    const struct pgw_slice name = {about.name, strlen(about.name)};
    enum pgw_status status =
        pgw_session_add_portal(front->session, name, statement, portal, &error);
    return front_error_back(status, &error, err) == PGW_OK;
}

/* ---- close ---- */

/* What a FETCH from it has still to deliver stays with the FETCH. */
static enum pgw_status close_named(void *client, struct slice name, struct error *err)
{
    struct front *front = client;
    struct front_portal *portal = find_portal(front, name);
    struct pgw_error error;
    if (portal && portal->cursor) {
        enum pgw_status status = query_cursor_enter(portal->cursor, err);
        if (status != PGW_OK)
            return status;
        query_cursor_leave(portal->cursor);
    }
    return front_error_back(
        pgw_session_close_portal(front->session,
                                 (struct pgw_slice){name.data, name.len}, &error),
        &error, err);
}

static void close_all(void *client)
{
    pgw_session_close_portals(((struct front *)client)->session);
}

static void end_transaction(void *client)
{
    pgw_session_end_portals(((struct front *)client)->session);
}

const struct query_portal_ops front_portal_ops = {.exists = exists,
                                                  .find = find,
                                                  .peek = peek,
                                                  .add = add,
                                                  .close = close_named,
                                                  .close_all = close_all,
                                                  .end_transaction = end_transaction};

/* ---- Execute ---- */

enum pgw_status front_cursor_reply(struct front_portal *portal, struct pgw_reply *reply,
                                   struct pgw_error *err)
{
    const struct front_statement *statement = portal->statement;
    const struct query *query = statement->query;
    const struct query_result result = {.tag = query->class.tag,
                                        .count = query->class.count,
                                        .column_count = query->column_count,
                                        .columns = query->columns};
    const struct front_answer answer = {.arena = &portal->arena,
                                        .columns = statement->columns,
                                        .cursor = portal->cursor};
    struct error error;
    enum pgw_status status = query_cursor_enter(portal->cursor, &error);
    if (status != PGW_OK)
        return front_error(status, &error, err);
    query_cursor_leave(portal->cursor);
    return front_reply(statement->front, &answer, &result, reply, err);
}
