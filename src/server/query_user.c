/* query_user.c - whose session it is, and which sessions there are of whom.
 *
 * The list is of all sessions of a database. What others read of a session, its user's
 * name, changes under the list's lock alone. */
#include <stdlib.h>
#include <string.h>

#include "server/database.h"
#include "server/query_session.h"

void query_session_list(struct query_session *session)
{
    struct database *database = session->database;
    pthread_mutex_lock(&database->sessions_lock);
    session->user.next = database->sessions;
    if (database->sessions)
        database->sessions->user.previous = session;
    database->sessions = session;
    pthread_mutex_unlock(&database->sessions_lock);
}

void query_session_unlist(struct query_session *session)
{
    struct database *database = session->database;
    struct query_user *user = &session->user;
    pthread_mutex_lock(&database->sessions_lock);
    if (user->previous)
        user->previous->user.next = user->next;
    else
        database->sessions = user->next;
    if (user->next)
        user->next->user.previous = user->previous;
    pthread_mutex_unlock(&database->sessions_lock);
}

bool query_session_identify(struct query_session *session, const char *user,
                            enum user_role role, struct error *err)
{
    struct settings *settings = &session->settings;
    bool is_admin = role == ROLE_ADMIN;
    char *name = strdup(user);
    if (!name)
        return error_no_memory(err);
    pthread_mutex_lock(&session->database->sessions_lock);
    char *old = session->user.name;
    session->user.name = name;
    session->user.role = role;
    pthread_mutex_unlock(&session->database->sessions_lock);
    free(old);
    settings->is_restricted = !is_admin;
    return settings_preset(settings, "session_authorization", user, err) &&
           ((is_admin && !old) ||
            settings_preset(settings, "is_superuser", is_admin ? "on" : "off", err));
}

bool query_session_is_for(const struct query_session *session, const char *user,
                          enum user_role role)
{
    return session->user.name && strcmp(session->user.name, user) == 0 &&
           session->user.role == role;
}

/* ---- signals ---- */

static const struct query_session *find_process(const struct database *database,
                                                uint32_t pid)
{
    const struct query_session *session = database->sessions;
    while (session && !(session->ops->pid && session->ops->pid(session->client) == pid))
        session = session->user.next;
    return session;
}

static bool is_same_user(const struct query_user *a, const struct query_user *b)
{
    return a->name && b->name && strcmp(a->name, b->name) == 0;
}

bool query_session_may_signal(struct query_session *session, uint32_t pid,
                              enum pgw_interrupt reason, bool *known, struct error *err)
{
    struct database *database = session->database;
    *known = true;
    if (session->user.role == ROLE_ADMIN)
        return true;
    pthread_mutex_lock(&database->sessions_lock);
    const struct query_session *other = find_process(database, pid);
    bool is_own = other && is_same_user(&session->user, &other->user);
    bool is_admins = other && other->user.role == ROLE_ADMIN;
    *known = other != NULL;
    pthread_mutex_unlock(&database->sessions_lock);
    if (!*known || is_own)
        return true;
    bool ends = reason == PGW_INTERRUPT_SHUTDOWN;
    if (is_admins)
        return error_set(err, "42501", "must be a superuser to %s",
                         ends ? "terminate superuser process"
                              : "cancel superuser query");
    return error_set(err, "42501",
                     "must be a member of the role whose %s or member of "
                     "pg_signal_backend",
                     ends ? "process is being terminated" : "query is being canceled");
}
