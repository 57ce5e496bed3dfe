/* command_session.c - what a session lets go of: everything, or its engine connection.
 */
#include "server/command.h"
#include "server/database.h"
#include "server/query_cursor.h"

/* ---- DISCARD ---- */

/* Whatever the session has left on its engine connection goes with it. */
static void drop_connection(struct query_session *session)
{
    rows_end_all(session);
    if (!session->pinned)
        return;
    pool_release(session->database->pool, session->conn, true);
    session->conn = NULL;
    session->pinned = false;
}

static bool discard_all(struct query_session *session, struct error *err)
{
    if (command_in_transaction(session))
        return error_set(err, "25001",
                         "DISCARD ALL cannot run inside a transaction block");
    if (!settings_reset_all(&session->settings, false, err) ||
        !settings_set(&session->settings, "role", NULL, SETTINGS_SESSION, false, err) ||
        !command_drop_statements(session, SLICE(""), err) ||
        !notify_unlisten(session, NULL, err))
        return false;
    notify_end(session, true);
    if (session->ops->portals)
        session->ops->portals->close_all(session->client);
    drop_connection(session);
    return true;
}

static enum pgw_status discard_temporary(struct query_session *session,
                                         struct error *err)
{
    if (!session->pinned)
        return PGW_OK; /* nothing of the session's is left anywhere */
    enum pgw_status status = query_session_enter(session, err);
    if (status != PGW_OK)
        return status;
    struct engine_conn *conn = pool_conn_engine(session->conn);
    bool done = query_session_ready(session, err) &&
                (!conn->ops->drop_temporary || conn->ops->drop_temporary(conn, err));
    pool_catalogue_changed(session->conn);
    query_session_leave(session);
    return command_status(done);
}

/* Plans are the engine connections', and sequences have no state in a session. */
enum pgw_status command_discard(struct query_session *session, struct query *query,
                                struct query_result *out, struct error *err)
{
    struct slice what = query->class.name;
    out->tag = query->class.tag;
    if (slice_equal_nocase(what, SLICE("all")))
        return command_status(discard_all(session, err));
    if (what.len > 0 && (what.data[0] | 0x20) == 't')
        return discard_temporary(session, err);
    return PGW_OK;
}
