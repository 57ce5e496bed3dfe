/* settings_deferred.c - settings as the engine's threads see and change them.
 *
 * set_config runs within a statement, on any of the engine's threads. What it sets is
 * checked and seen by current_setting at once, but the session's thread makes it so
 * when the statement is over: only that thread may tell the client, and nothing of a
 * statement that fails may stay. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/settings_state.h"

struct setting_change {
    struct setting_change *next;
    char *name, *value;
    bool local;
};

static void free_changes(struct setting_change *change)
{
    while (change) {
        struct setting_change *next = change->next;
        free(change->name);
        free(change->value);
        free(change);
        change = next;
    }
}

/* What was deferred last; NULL: nothing. The lock is held. */
static const char *deferred_value(const struct settings *settings, const char *name)
{
    const char *value = NULL;
    const struct setting_change *change = settings->changes;
    for (; change; change = change->next) {
        if (strcasecmp(change->name, name) == 0)
            value = change->value;
    }
    return value;
}

static bool copy_locked(struct settings *settings, const char *name, char **value,
                        struct error *err)
{
    const char *spelled, *now = NULL;
    struct setting_ref ref;
    struct error invalid;
    if (settings_find(name, &ref, &invalid))
        now = deferred_value(settings, ref.name);
    if (!now && !settings_show(settings, name, &spelled, &now, err))
        return false;
    return setting_keep(now, value, err);
}

bool settings_copy(struct settings *settings, const char *name, char **value,
                   struct error *err)
{
    pthread_mutex_lock(&settings->lock);
    bool done = copy_locked(settings, name, value, err);
    pthread_mutex_unlock(&settings->lock);
    return done;
}

static bool append_change(struct settings *settings, const char *name,
                          const char *value, bool local)
{
    struct setting_change *change = calloc(1, sizeof *change), **end;
    if (!change)
        return false;
    *change = (struct setting_change){
        .name = strdup(name), .value = strdup(value), .local = local};
    if (!change->name || !change->value) {
        free_changes(change);
        return false;
    }
    for (end = &settings->changes; *end; end = &(*end)->next)
        continue;
    *end = change;
    return true;
}

static bool defer_locked(struct settings *settings, const struct setting_ref *ref,
                         const char *value, bool local, char **shown, struct error *err)
{
    const struct setting_entry *entry = settings_entry(settings, ref);
    if (!value && entry)
        value = entry->at_start;
    if (!value)
        value = ref->spec ? ref->spec->standard : "";
    if (!settings_check(settings, ref, value, shown, err))
        return false;
    if (append_change(settings, ref->name, *shown, local))
        return true;
    free(*shown);
    return error_no_memory(err);
}

bool settings_defer(struct settings *settings, const char *name, const char *value,
                    bool local, char **shown, struct error *err)
{
    struct setting_ref ref;
    if (!settings_find(name, &ref, err))
        return false;
    pthread_mutex_lock(&settings->lock);
    bool done = defer_locked(settings, &ref, value, local, shown, err);
    pthread_mutex_unlock(&settings->lock);
    return done;
}

static void make_change(struct settings *settings, const struct setting_change *change,
                        bool in_transaction)
{
    struct setting_ref ref;
    struct error ignored; /* it was checked; without memory the old value stays */
    enum settings_scope scope = change->local ? SETTINGS_LOCAL : SETTINGS_SESSION;
    if (!settings_find(change->name, &ref, &ignored))
        return;
    if (ref.spec && (ref.spec->flags & FLAG_TRANSACTION))
        scope = SETTINGS_LOCAL;
    if (scope == SETTINGS_SESSION || in_transaction)
        (void)settings_store(settings, &ref, change->value,
                             (struct setting_when){scope, in_transaction}, &ignored);
}

void settings_settle(struct settings *settings, bool done, bool in_transaction)
{
    pthread_mutex_lock(&settings->lock);
    struct setting_change *changes = settings->changes;
    settings->changes = NULL;
    pthread_mutex_unlock(&settings->lock);
    for (struct setting_change *change = changes; done && change; change = change->next)
        make_change(settings, change, in_transaction);
    free_changes(changes);
}
