/* query_caller.c - what the engine's SQL functions ask of the session, on its threads.
 */
#include <string.h>

#include "access/access.h"
#include "server/database.h"
#include "server/query_session.h"

static bool get_setting(void *caller, const char *name, char **value, struct error *err)
{
    struct query_session *session = caller;
    return settings_copy(&session->settings, name, value, err);
}

static bool set_setting(void *caller, const char *name, const char *value, bool local,
                        char **shown, struct error *err)
{
    struct query_session *session = caller;
    return settings_defer(&session->settings, name, value, local, shown, err);
}

static void fill_cells(const struct setting_row *row, const char **cells)
{
    const char *const values[ENGINE_SETTING_CELLS] = {
        row->name,    row->setting,  row->unit,   row->category, row->description,
        row->context, row->type,     row->source, row->min,      row->max,
        row->words,   row->standard, row->start};
    memcpy(cells, values, sizeof values);
}

static bool all_settings(struct query_session *session, struct arena *arena,
                         const char *const **cells, size_t *count)
{
    const struct setting_row *rows;
    if (!settings_rows(&session->settings, arena, &rows, count))
        return false;
    const char **out = arena_calloc(arena, *count * ENGINE_SETTING_CELLS, sizeof *out);
    for (size_t i = 0; out && i < *count; i++)
        fill_cells(&rows[i], out + i * ENGINE_SETTING_CELLS);
    *cells = out;
    return out != NULL;
}

static bool add_role(struct arena *arena, const char *name, enum user_role role,
                     const char **out)
{
    *out = arena_printf(arena, "%c%s", *role_name(role), name);
    return *out != NULL;
}

/* The users that are configured, and the session's own, in the order of their names. */
static bool list_roles(const struct query_user *own, const struct users *users,
                       struct arena *arena, const char **out, size_t *count)
{
    const char *name = own->name ? own->name : "";
    bool is_listed = users && users_find(users, name);
    for (size_t i = 0; users && i < users->count; i++) {
        const struct user *user = &users->list[i];
        if (!is_listed && strcmp(name, user->name) < 0) {
            is_listed = true;
            if (!add_role(arena, name, own->role, &out[(*count)++]))
                return false;
        }
        if (!add_role(arena, user->name, user->role, &out[(*count)++]))
            return false;
    }
    return is_listed || add_role(arena, name, own->role, &out[(*count)++]);
}

static bool roles(void *caller, struct arena *arena, const char *const **texts,
                  size_t *count)
{
    const struct query_session *session = caller;
    struct access *access = session->database->access;
    struct access_set *set = access ? access_acquire(access) : NULL;
    const struct users *users = set ? access_users(set) : NULL;
    const char **out = arena_calloc(arena, (users ? users->count : 0) + 1, sizeof *out);
    *count = 0;
    *texts = out;
    bool done = out && list_roles(&session->user, users, arena, out, count);
    access_release(set);
    return done;
}

static bool list(void *caller, enum engine_list which, struct arena *arena,
                 const char *const **cells, size_t *rows)
{
    return which == ENGINE_SETTINGS
               ? all_settings(caller, arena, cells, rows)
               : query_list_copy(caller, which, arena, cells, rows);
}

static const char *database(void *caller)
{
    const struct query_session *session = caller;
    return session->database->name;
}

static uint32_t pid(void *caller)
{
    const struct query_session *session = caller;
    return session->ops->pid ? session->ops->pid(session->client) : 0;
}

static bool notify(void *caller, struct slice channel, struct slice payload,
                   struct error *err)
{
    return notify_add(caller, channel, payload, err);
}

static bool listening(void *caller, struct arena *arena, const char *const **names,
                      size_t *count)
{
    return notify_channels(caller, arena, names, count);
}

static double notify_usage(void *caller)
{
    const struct query_session *session = caller;
    return notify_hub_usage(session->database->notify);
}

static const struct engine_staged *staged(void *caller)
{
    const struct query_session *session = caller;
    return session->staged;
}

const struct engine_caller_ops query_caller_ops = {.get_setting = get_setting,
                                                   .set_setting = set_setting,
                                                   .list = list,
                                                   .cancel_backend = query_cancel,
                                                   .terminate_backend = query_terminate,
                                                   .notify = notify,
                                                   .listening = listening,
                                                   .notify_usage = notify_usage,
                                                   .roles = roles,
                                                   .database = database,
                                                   .pid = pid,
                                                   .staged = staged};
