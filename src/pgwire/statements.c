/* statements.c - prepared statements and portals: names, references, what is released
 * when.
 *
 * A portal holds a reference on its statement, so that Close and DEALLOCATE may take a
 * statement's name away while rows still flow. Rows are released before their portal is
 * closed, portals before their statement. */
#include <stdlib.h>

#include "pgwire/copy_out.h"
#include "pgwire/session_state.h"

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
    portal->finished = true;
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

bool pgw_session_drop_statement(pgw_session *session, struct pgw_slice name)
{
    struct slice key = {name.data, name.len};
    if (name.len == 0) {
        statements_drop_all(session);
        return true;
    }
    if (!strmap_get(&session->statements, key))
        return false;
    statements_drop(session, key);
    return true;
}
