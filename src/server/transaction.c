/* transaction.c - BEGIN, COMMIT, ROLLBACK, and the implicit transaction of a batch.
 *
 *              BEGIN                     error (at sync)
 *     NONE ─────────────> BLOCK ────────────────────────> FAILED
 *      │ ^   COMMIT, ROLLBACK │                               │ COMMIT, ROLLBACK
 *      │ └────────────────────┴───────────────────────────────┘ (both roll back)
 *      │ several statements         BEGIN
 *      └──────────────> IMPLICIT ──────────> BLOCK
 *                           │ sync: commit, or roll back after an error
 *                           └──> NONE
 *
 * The engine hears of a transaction when its first statement needs the engine: BEGIN
 * alone costs nothing. After an error the engine rolls back at once, so that a failed
 * block holds no connection while the client makes up its mind. */
#include "server/query_cursor.h"
#include "server/query_session.h"

static void end(struct query_session *session, bool committed)
{
    settings_end_transaction(&session->settings, committed);
    session->transaction = TRANSACTION_NONE;
    if (session->ops->portals)
        session->ops->portals->end_transaction(session->client);
}

/* Tell the engine how the transaction ends, if it knows of it. Whatever it answers, the
 * transaction is over: a COMMIT that fails has rolled back. */
static enum pgw_status end_in_engine(struct query_session *session, bool commit,
                                     struct error *err)
{
    bool done = true;
    if (session->engine_begun) {
        enum pgw_status status = query_session_enter(session, err);
        if (status == PGW_WAIT)
            return status;
        rows_end_all(session);
        notify_begin_end(session);
        done = query_session_end_engine(session, commit, err);
        notify_end(session, commit && done);
        query_session_leave(session);
    }
    rows_end_all(session);
    notify_end(session, commit && done);
    return done ? PGW_OK : PGW_ERROR;
}

/* Cursors WITH HOLD are made to last before the commit: one that cannot be makes it
 * fail.
 */
static enum pgw_status finish(struct query_session *session, bool commit,
                              struct error *err)
{
    struct error refused;
    enum pgw_status held = commit ? rows_hold_all(session, &refused) : PGW_OK;
    if (held == PGW_WAIT)
        return held;
    bool refuses = commit && (held != PGW_OK || !notify_ready(session, &refused));
    enum pgw_status status = end_in_engine(session, commit && !refuses, err);
    if (status == PGW_WAIT)
        return status;
    if (refuses) {
        *err = refused;
        status = PGW_ERROR;
    }
    end(session, commit && status == PGW_OK);
    return status;
}

enum pgw_status transaction_begin(struct query_session *session,
                                  const struct query *query, struct query_result *out,
                                  struct error *err)
{
    (void)err;
    if (session->transaction == TRANSACTION_BLOCK) {
        query_session_notice(session, PGW_SEVERITY_WARNING, "25001",
                             "there is already a transaction in progress");
    } else {
        session->transaction = TRANSACTION_BLOCK;
    }
    out->tag = query->class.tag;
    return PGW_OK;
}

enum pgw_status transaction_commit(struct query_session *session,
                                   const struct query *query, struct query_result *out,
                                   struct error *err)
{
    bool failed = session->transaction == TRANSACTION_FAILED;
    bool outside = !failed && session->transaction != TRANSACTION_BLOCK;
    enum pgw_status status = finish(session, !failed, err);
    if (status == PGW_WAIT)
        return status;
    if (outside)
        query_session_notice(session, PGW_SEVERITY_WARNING, "25P01",
                             "there is no transaction in progress");
    out->tag = failed ? "ROLLBACK" : query->class.tag;
    return status;
}

enum pgw_status transaction_rollback(struct query_session *session,
                                     const struct query *query,
                                     struct query_result *out, struct error *err)
{
    bool outside = session->transaction == TRANSACTION_NONE ||
                   session->transaction == TRANSACTION_IMPLICIT;
    enum pgw_status status = finish(session, false, err);
    if (status == PGW_WAIT)
        return status;
    if (outside)
        query_session_notice(session, PGW_SEVERITY_WARNING, "25P01",
                             "there is no transaction in progress");
    out->tag = query->class.tag;
    return status;
}

void query_session_implicit(struct query_session *session)
{
    if (session->transaction == TRANSACTION_NONE)
        session->transaction = TRANSACTION_IMPLICIT;
}

enum pgw_status query_session_sync(struct query_session *session, bool failed,
                                   struct error *err)
{
    enum pgw_status status;
    switch (session->transaction) {
    case TRANSACTION_IMPLICIT:
        return finish(session, !failed, err);
    case TRANSACTION_BLOCK:
        if (!failed)
            return PGW_OK;
        status = end_in_engine(session, false, err);
        if (status == PGW_WAIT)
            return status;
        settings_end_transaction(&session->settings, false);
        session->transaction = TRANSACTION_FAILED;
        return PGW_OK;
    case TRANSACTION_NONE:
    case TRANSACTION_FAILED:
        break;
    }
    return PGW_OK;
}
