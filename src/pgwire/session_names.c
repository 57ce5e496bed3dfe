/* session_names.c - what SQL says of statements and portals by name: PREPARE, EXECUTE,
 * DECLARE, FETCH, CLOSE. Called by handlers.
 *
 * SQL and the protocol share one namespace each, as in PostgreSQL. The portal that is
 * being executed stays whatever is closed: its handler runs. */
#include <stdlib.h>

#include "pgwire/session_state.h"

static struct slice key(struct pgw_slice name)
{
    return (struct slice){name.data, name.len};
}

/* ---- statements ---- */

void *pgw_session_statement(const pgw_session *session, struct pgw_slice name)
{
    struct statement *statement = strmap_get(&session->statements, key(name));
    return statement ? statement->host : NULL;
}

void *pgw_session_statement_next(const pgw_session *session, size_t *cursor,
                                 struct pgw_slice *name)
{
    struct slice found = {0};
    struct statement *statement = strmap_next(&session->statements, cursor, &found);
    *name = (struct pgw_slice){found.data, found.len};
    return statement ? statement->host : NULL;
}

enum pgw_status pgw_session_add_statement(pgw_session *session, struct pgw_slice name,
                                          void *statement, struct pgw_error *err)
{
    const struct pgw_extended_ops *ops = session->handlers->extended;
    if (statements_check_name(session, name, err) == PGW_OK)
        return statements_put(session, name, statement, err);
    if (ops->close_statement)
        ops->close_statement(statement);
    return PGW_ERROR;
}

/* ---- portals ---- */

void *pgw_session_portal(const pgw_session *session, struct pgw_slice name)
{
    struct portal *portal = strmap_get(&session->portals, key(name));
    return portal ? portal->host : NULL;
}

void *pgw_session_portal_next(const pgw_session *session, size_t *cursor,
                              struct pgw_slice *name)
{
    struct slice found = {0};
    struct portal *portal = strmap_next(&session->portals, cursor, &found);
    *name = (struct pgw_slice){found.data, found.len};
    return portal ? portal->host : NULL;
}

/* Both are moved in; NULL: out of memory. */
static struct portal *make_portal(pgw_session *session, void *statement, void *host)
{
    const struct pgw_extended_ops *ops = session->handlers->extended;
    struct statement *made = statement_new(ops, statement);
    struct portal *portal = made ? portal_new(made) : NULL;
    if (portal) {
        portal->host = host;
        portal->is_cursor = true;
    } else if (ops->close_portal) {
        ops->close_portal(host);
    }
    if (!made && ops->close_statement)
        ops->close_statement(statement);
    statement_unref(made); /* the portal's own is left */
    return portal;
}

enum pgw_status pgw_session_add_portal(pgw_session *session, struct pgw_slice name,
                                       void *statement, void *portal,
                                       struct pgw_error *err)
{
    struct portal *made = make_portal(session, statement, portal);
    if (!made)
        return pgw_fail(err, "53200", "out of memory");
    enum pgw_status status = portals_check_name(session, name, err);
    if (status == PGW_OK && !strmap_put(&session->portals, key(name), made))
        status = pgw_fail(err, "53200", "out of memory");
    if (status != PGW_OK)
        portal_free(made);
    return status;
}

enum pgw_status pgw_session_close_portal(pgw_session *session, struct pgw_slice name,
                                         struct pgw_error *err)
{
    struct portal *portal = strmap_get(&session->portals, key(name));
    if (!portal)
        return pgw_fail(err, "34000", "cursor \"%.*s\" does not exist", (int)name.len,
                        name.data);
    if (portal == session->executing)
        return pgw_fail(err, "24000", "cannot drop active portal \"%.*s\"",
                        (int)name.len, name.data);
    portals_drop(session, key(name));
    return PGW_OK;
}

static bool outlives(const struct portal *portal)
{
    const struct pgw_extended_ops *ops = portal->statement->ops;
    return ops->outlives && ops->outlives(portal->host);
}

/* Entries that move up are looked at again. */
static void close_portals(pgw_session *session, bool all)
{
    size_t at = 0;
    struct slice name;
    struct portal *portal;
    while ((portal = strmap_next(&session->portals, &at, &name))) {
        if (portal == session->executing || (!all && outlives(portal)))
            continue;
        at--;
        portals_drop(session, name);
    }
}

void pgw_session_close_portals(pgw_session *session)
{
    close_portals(session, true);
}

void pgw_session_end_portals(pgw_session *session)
{
    close_portals(session, false);
}
