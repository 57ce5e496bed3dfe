/* query_session.c - a client's session on the query layer: connection, slot, interrupt.
 */
#include "server/query_session.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

#include "server/database.h"

static void report_parameter(void *self, const char *name, const char *value)
{
    struct query_session *session = self;
    if (session->ops->parameter)
        session->ops->parameter(session->client, name, value);
}

static void report_style(void *self, const char *name, const char *value)
{
    struct query_session *session = self;
    if (session->ops->style)
        session->ops->style(session->client, name, value);
}

/* PostgreSQL's order of severities, as client_min_messages has it. */
static bool lets_through(const char *least, enum pgw_severity severity)
{
    static const char *const levels[] = {"debug5",  "debug4", "debug3", "debug2",
                                         "debug1",  "log",    "info",   "notice",
                                         "warning", "error"};
    static const struct {
        enum pgw_severity severity;
        size_t level;
    } ranks[] = {{PGW_SEVERITY_DEBUG, 4},
                 {PGW_SEVERITY_LOG, 5},
                 {PGW_SEVERITY_NOTICE, 7},
                 {PGW_SEVERITY_WARNING, 8}};
    size_t from = 0;
    while (from < ARRAY_LEN(levels) && strcmp(least, levels[from]) != 0)
        from++;
    for (size_t i = 0; i < ARRAY_LEN(ranks); i++) {
        if (ranks[i].severity == severity)
            return ranks[i].level >= from;
    }
    return true; /* INFO is what the client has asked for */
}

void query_session_notice(struct query_session *session, enum pgw_severity severity,
                          const char *sqlstate, const char *format, ...)
{
    char text[1024];
    va_list args;
    if (!session->ops->notice ||
        !lets_through(settings_get(&session->settings, SETTING_CLIENT_MIN_MESSAGES),
                      severity))
        return;
    va_start(args, format);
    text_format(text, sizeof text, format, args);
    va_end(args);
    session->ops->notice(session->client, severity, sqlstate, text);
}

struct query_session *query_session_new(struct database *database,
                                        const struct query_client_ops *ops,
                                        void *client)
{
    struct query_session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    if (pthread_mutex_init(&session->lock, NULL) != 0) {
        free(session);
        return NULL;
    }
    session->database = database;
    session->ops = ops;
    session->client = client;
    session->user.role = ROLE_ADMIN;
    struct settings_listener listener = {report_parameter, report_style, session};
    if (!settings_init(&session->settings, &listener)) {
        pthread_mutex_destroy(&session->lock);
        free(session);
        return NULL;
    }
    query_session_list(session);
    return session;
}

void query_session_free(struct query_session *session)
{
    struct error ignored;
    bool broken = false;
    if (!session)
        return;
    query_session_unlist(session);
    rows_end_all(session);
    notify_free(session);
    if (session->engine_begun) {
        broken = !query_session_run(session, SLICE("rollback"), &ignored);
        pool_snapshot_end(session->conn);
    }
    pool_release(session->database->pool, session->conn, broken || session->pinned);
    query_session_forget_late(session);
    query_list_free(session);
    settings_free(&session->settings);
    pthread_mutex_destroy(&session->lock);
    free(session->user.name);
    free(session);
}

struct type_oids *query_session_types(const struct query_session *session)
{
    return session->database->engine->oids;
}

struct settings *query_session_settings(struct query_session *session)
{
    return &session->settings;
}

char query_session_status(const struct query_session *session)
{
    switch (session->transaction) {
    case TRANSACTION_BLOCK:
        return 'T';
    case TRANSACTION_FAILED:
        return 'E';
    case TRANSACTION_NONE:
    case TRANSACTION_IMPLICIT:
        break;
    }
    return 'I';
}

static void set_working(struct query_session *session, struct engine_conn *conn)
{
    pthread_mutex_lock(&session->lock);
    session->working = conn;
    pthread_mutex_unlock(&session->lock);
}

void query_session_interrupt(struct query_session *session)
{
    pthread_mutex_lock(&session->lock);
    session->interrupts++;
    if (session->working)
        session->working->ops->interrupt(session->working);
    pthread_mutex_unlock(&session->lock);
}

static bool block_begin(struct query_session *session)
{
    return !session->ops->block_begin || session->ops->block_begin(session->client);
}

static void block_end(struct query_session *session)
{
    if (session->ops->block_end)
        session->ops->block_end(session->client);
}

/* The settings that the engine must have too, and the values at which it has them
 * anyway. */
static const struct {
    enum setting_id id;
    const char *engine_has;
} followed[ENGINE_SETTING_COUNT] = {
    [ENGINE_TIMEZONE] = {SETTING_TIMEZONE, "UTC"},
    [ENGINE_SEARCH_PATH] = {SETTING_SEARCH_PATH, "\"$user\", public"},
};

static const struct engine_settings *engine_settings(struct query_session *session)
{
    uint64_t now = session->settings.version + 1;
    for (size_t i = 0; session->followed_at != now && i < ENGINE_SETTING_COUNT; i++) {
        const char *value = settings_get(&session->settings, followed[i].id);
        bool has = strcmp(value, followed[i].engine_has) == 0;
        session->followed.values[i] = has ? NULL : value;
    }
    session->followed_at = now;
    return &session->followed;
}

enum pgw_status query_session_enter(struct query_session *session, struct error *err)
{
    const struct engine_settings *settings = engine_settings(session);
    if (!block_begin(session))
        return PGW_WAIT;
    if (!session->conn &&
        !pool_acquire(session->database->pool, settings, &session->conn, err)) {
        block_end(session);
        return PGW_ERROR;
    }
    struct engine_conn *conn = pool_conn_engine(session->conn);
    conn->caller_ops = &query_caller_ops;
    conn->caller = session;
    session->depth++;
    set_working(session, conn);
    return PGW_OK;
}

void query_session_pause(struct query_session *session)
{
    if (--session->depth == 0)
        set_working(session, NULL);
}

void query_session_leave(struct query_session *session)
{
    query_session_pause(session);
    if (session->depth > 0)
        return;
    if (!session->engine_begun && !session->live && !session->pinned) {
        pool_release(session->database->pool, session->conn, false);
        session->conn = NULL;
    }
    block_end(session);
}

void query_session_settle(struct query_session *session, bool done)
{
    settings_settle(&session->settings, done, session->transaction != TRANSACTION_NONE);
    if (session->transaction != TRANSACTION_NONE)
        return;
    if (session->depth > 0) /* it has a slot, and may wait for who commits now */
        notify_begin_end(session);
    notify_end(session, done);
}

bool query_session_run(struct query_session *session, struct slice sql,
                       struct error *err)
{
    struct engine_stmt *stmt;
    struct engine_cursor *cursor;
    if (!pool_prepare(session->conn, sql, &stmt, err) ||
        !stmt->ops->execute(stmt, NULL, &cursor, err))
        return false;
    cursor->ops->close(cursor);
    return true;
}

static bool begin_due(struct query_session *session, struct error *err)
{
    if (session->engine_begun || session->transaction == TRANSACTION_NONE)
        return true;
    bool is_read_only =
        settings_is_on(&session->settings, SETTING_TRANSACTION_READ_ONLY);
    pool_snapshot_begin(session->conn);
    if (!query_session_run(session,
                           is_read_only ? SLICE("begin transaction read only")
                                        : SLICE("begin transaction"),
                           err)) {
        pool_snapshot_end(session->conn);
        return false;
    }
    session->engine_begun = true;
    return true;
}

bool query_session_ready(struct query_session *session, struct error *err)
{
    const struct engine_settings *settings = engine_settings(session);
    return rows_spool_live(session, err) &&
           pool_configure(session->conn, settings, err) && begin_due(session, err);
}

/* After a COMMIT that failed the engine may have left the transaction, or not. */
static bool is_out(struct query_session *session)
{
    struct error err;
    return query_session_run(session, SLICE("rollback"), &err) ||
           strcmp(err.sqlstate, "25P01") == 0;
}

bool query_session_end_engine(struct query_session *session, bool commit,
                              struct error *err)
{
    set_working(session, NULL);
    if (commit)
        pool_announce_change(session->conn);
    bool done =
        query_session_run(session, commit ? SLICE("commit") : SLICE("rollback"), err);
    pool_snapshot_end(session->conn);
    session->engine_begun = false;
    if (!done && !is_out(session)) {
        pool_release(session->database->pool, session->conn, true);
        session->conn = NULL;
        session->pinned = false;
    }
    return done;
}
