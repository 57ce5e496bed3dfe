/* statements.c - prepared statements and portals: names, references, what is released
 * when.
 *
 * A portal holds a reference on its statement, so that Close and DEALLOCATE may take a
 * statement's name away while rows still flow. Rows are released before their portal is
 * closed, portals before their statement. What SQL says of them by name is at the end.
 */
#include <stdlib.h>

#include "pgwire/copy_out.h"
#include "pgwire/session_state.h"

enum { STATEMENTS_MAX = 65536, PORTALS_MAX = 16384 };

struct statement *statement_new(const struct pgw_extended_ops *ops, void *host)
{
    struct statement *statement = calloc(1, sizeof *statement);
    if (!statement)
        return NULL;
    *statement = (struct statement){.ops = ops, .host = host, .references = 1};
    if (ops->describe)
        ops->describe(host, &statement->description);
    return statement;
}

void statement_unref(struct statement *statement)
{
    if (!statement || --statement->references > 0)
        return;
    if (statement->ops->close_statement)
        statement->ops->close_statement(statement->host);
    free(statement);
}

struct portal *portal_new(struct statement *statement)
{
    struct portal *portal = calloc(1, sizeof *portal);
    if (!portal)
        return NULL;
    portal->statement = statement;
    statement->references++;
    return portal;
}

void portal_release_rows(struct portal *portal)
{
    struct pgw_rows rows = portal->reply.rows;
    portal->reply.rows = (struct pgw_rows){0};
    portal->finished = !portal->is_cursor;
    portal->executed = portal->executed && !portal->is_cursor;
    copy_out_free(portal->copy);
    portal->copy = NULL;
    if (rows.ops && rows.ops->release)
        rows.ops->release(rows.self);
}

void portal_clear(struct portal *portal)
{
    portal_release_rows(portal);
    if (portal->host && portal->statement->ops->close_portal)
        portal->statement->ops->close_portal(portal->host);
    statement_unref(portal->statement);
    free(portal->formats);
    *portal = (struct portal){0};
}

void portal_free(struct portal *portal)
{
    if (!portal)
        return;
    portal_clear(portal);
    free(portal);
}

void statements_drop(pgw_session *session, struct slice name)
{
    statement_unref(strmap_take(&session->statements, name));
}

void portals_drop(pgw_session *session, struct slice name)
{
    portal_free(strmap_take(&session->portals, name));
}

void statements_drop_all(pgw_session *session)
{
    struct slice name;
    while (strmap_any(&session->statements, &name))
        statements_drop(session, name);
}

void portals_drop_all(pgw_session *session)
{
    struct slice name;
    while (strmap_any(&session->portals, &name))
        portals_drop(session, name);
}

/* ---- names ---- */

static struct slice key(struct pgw_slice name)
{
    return (struct slice){name.data, name.len};
}

enum pgw_status statements_check_name(const pgw_session *session, struct pgw_slice name,
                                      struct pgw_error *err)
{
    if (name.len > 0 && strmap_get(&session->statements, key(name)))
        return pgw_fail(err, "42P05", "prepared statement \"%.*s\" already exists",
                        (int)name.len, name.data);
    if (session->statements.count >= STATEMENTS_MAX)
        return pgw_fail(err, "54000", "a session has at most %d prepared statements",
                        STATEMENTS_MAX);
    return PGW_OK;
}

enum pgw_status portals_check_name(const pgw_session *session, struct pgw_slice name,
                                   struct pgw_error *err)
{
    if (name.len > 0 && strmap_get(&session->portals, key(name)))
        return pgw_fail(err, "42P03", "cursor \"%.*s\" already exists", (int)name.len,
                        name.data);
    if (session->portals.count >= PORTALS_MAX)
        return pgw_fail(err, "54000", "a session has at most %d portals", PORTALS_MAX);
    return PGW_OK;
}

static struct statement *new_statement(pgw_session *session, void *host,
                                       struct pgw_error *err)
{
    const struct pgw_extended_ops *ops = session->handlers->extended;
    struct statement *statement = statement_new(ops, host);
    if (statement)
        return statement;
    if (ops->close_statement)
        ops->close_statement(host);
    (void)pgw_fail(err, "53200", "out of memory");
    return NULL;
}

enum pgw_status statements_put(pgw_session *session, struct pgw_slice name, void *host,
                               struct pgw_error *err)
{
    struct statement *statement = new_statement(session, host, err);
    if (!statement)
        return PGW_ERROR;
    statements_drop(session, key(name));
    if (strmap_put(&session->statements, key(name), statement))
        return PGW_OK;
    statement_unref(statement);
    return pgw_fail(err, "53200", "out of memory");
}

bool pgw_session_drop_statement(pgw_session *session, struct pgw_slice name)
{
    if (name.len == 0) {
        statements_drop_all(session);
        return true;
    }
    if (!strmap_get(&session->statements, key(name)))
        return false;
    statements_drop(session, key(name));
    return true;
}
