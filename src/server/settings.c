/* settings.c - what a session has set, and the rules of transactions.
 *
 *     SET in a transaction    now = after_commit = value, after_rollback = what was
 *     SET LOCAL               now = value,  after_commit = after_rollback = what was
 *     COMMIT / ROLLBACK       now = after_commit / after_rollback
 *
 * An entry exists for what was touched; all else has the table's default. The lock is
 * held while entries change: the engine's threads read them (settings_deferred.c). */
#include "server/settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/settings_state.h"

bool settings_init(struct settings *settings, const struct settings_listener *listener)
{
    *settings = (struct settings){0};
    if (listener)
        settings->listener = *listener;
    return pthread_mutex_init(&settings->lock, NULL) == 0;
}

static void drop(char **text)
{
    free(*text);
    *text = NULL;
}

void settings_free(struct settings *settings)
{
    settings_settle(settings, false, false);
    for (size_t i = 0; i < settings->count; i++) {
        struct setting_entry *entry = &settings->entries[i];
        drop(&entry->name);
        drop(&entry->now);
        drop(&entry->after_commit);
        drop(&entry->after_rollback);
        drop(&entry->at_start);
    }
    free(settings->entries);
    pthread_mutex_destroy(&settings->lock);
}

/* ---- entries ---- */

static bool entry_is(const struct setting_entry *entry, const struct setting_ref *ref)
{
    return ref->spec ? entry->spec == ref->spec
                     : !entry->spec && strcasecmp(entry->name, ref->name) == 0;
}

struct setting_entry *settings_entry(const struct settings *settings,
                                     const struct setting_ref *ref)
{
    for (size_t i = 0; i < settings->count; i++) {
        if (entry_is(&settings->entries[i], ref))
            return &settings->entries[i];
    }
    return NULL;
}

static bool grow(struct settings *settings)
{
    size_t capacity = settings->capacity ? settings->capacity * 2 : 8;
    struct setting_entry *entries =
        realloc(settings->entries, capacity * sizeof *entries);
    if (!entries)
        return false;
    settings->entries = entries;
    settings->capacity = capacity;
    return true;
}

/* The entry, made if need be; NULL: out of memory. The lock is held. */
static struct setting_entry *need_entry(struct settings *settings,
                                        const struct setting_ref *ref)
{
    struct setting_entry *entry = settings_entry(settings, ref);
    if (entry)
        return entry;
    if (settings->count == settings->capacity && !grow(settings))
        return NULL;
    entry = &settings->entries[settings->count];
    *entry = (struct setting_entry){.spec = ref->spec};
    if (!ref->spec && !(entry->name = strdup(ref->name)))
        return NULL;
    settings->count++;
    return entry;
}

/* ---- names ---- */

bool settings_is_custom(const char *name)
{
    size_t ignored;
    return strchr(name, '.') && !settings_table_find(name, &ignored);
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 128;
}

/* Identifiers with dots between them. */
static bool is_custom_name(const char *name)
{
    for (;;) {
        if (!is_name_start(*name))
            return false;
        while (is_name_start(*name) || (*name >= '0' && *name <= '9') || *name == '$')
            name++;
        if (*name != '.')
            return *name == '\0';
        name++;
    }
}

/* wirehouse.x is the server's, whether or not there is one. */
static bool check_custom_name(const char *name, struct error *err)
{
    bool reserved = strncasecmp(name, "wirehouse.", 10) == 0;
    if (is_custom_name(name) && !reserved)
        return true;
    error_set(err, "42602", "invalid configuration parameter name \"%s\"", name);
    if (reserved)
        error_detail(err, "\"wirehouse\" is a reserved prefix.");
    else
        error_detail(err, "Custom parameter names must be two or more simple "
                          "identifiers separated by dots.");
    return false;
}

static bool unknown(const char *name, struct error *err)
{
    return error_set(err, "42704", "unrecognized configuration parameter \"%s\"", name);
}

bool settings_find(const char *name, struct setting_ref *out, struct error *err)
{
    size_t row;
    *out = (struct setting_ref){.name = name};
    if (settings_table_find(name, &row)) {
        out->spec = settings_table_row(row);
        out->name = out->spec->name;
        return true;
    }
    return strchr(name, '.') ? check_custom_name(name, err) : unknown(name, err);
}

bool settings_exists(const struct settings *settings, const char *name)
{
    struct setting_ref ref;
    struct error ignored;
    return settings_find(name, &ref, &ignored) &&
           (ref.spec || settings_entry(settings, &ref));
}

bool settings_takes_list(const char *name, bool *quotes)
{
    size_t row;
    unsigned flags =
        settings_table_find(name, &row) ? settings_table_row(row)->flags : 0;
    *quotes = flags & FLAG_QUOTE;
    return flags & FLAG_LIST;
}

/* ---- reading ---- */

/* What a transaction has without having said so. */
static const struct setting_spec *default_of(const struct setting_spec *spec)
{
    static const struct {
        enum setting_id of, is;
    } defaults[] = {
        {SETTING_TRANSACTION_DEFERRABLE, SETTING_DEFAULT_TRANSACTION_DEFERRABLE},
        {SETTING_TRANSACTION_ISOLATION, SETTING_DEFAULT_TRANSACTION_ISOLATION},
        {SETTING_TRANSACTION_READ_ONLY, SETTING_DEFAULT_TRANSACTION_READ_ONLY}};
    for (size_t i = 0; i < ARRAY_LEN(defaults); i++) {
        if (spec == &settings_followed[defaults[i].of])
            return &settings_followed[defaults[i].is];
    }
    return NULL;
}

const char *settings_value(const struct settings *settings,
                           const struct setting_ref *ref)
{
    const struct setting_entry *entry = settings_entry(settings, ref);
    if (entry && entry->now)
        return entry->now;
    const struct setting_spec *other = ref->spec ? default_of(ref->spec) : NULL;
    if (other)
        return settings_value(settings, &(struct setting_ref){other, other->name});
    return ref->spec ? ref->spec->standard : "";
}

const char *settings_get(const struct settings *settings, enum setting_id id)
{
    const struct setting_spec *spec = &settings_followed[id];
    return settings_value(settings, &(struct setting_ref){spec, spec->name});
}

bool settings_is_on(const struct settings *settings, enum setting_id id)
{
    return strcmp(settings_get(settings, id), "on") == 0;
}

bool settings_show(const struct settings *settings, const char *name,
                   const char **spelled, const char **value, struct error *err)
{
    struct setting_ref ref;
    struct error invalid;
    if (!settings_find(name, &ref, &invalid))
        return unknown(name, err);
    const struct setting_entry *entry = settings_entry(settings, &ref);
    if (!ref.spec && !entry)
        return unknown(name, err);
    *spelled = ref.spec ? ref.name : entry->name;
    *value = settings_value(settings, &ref);
    return true;
}

uint32_t settings_number(const struct settings *settings, enum setting_id id)
{
    struct error ignored;
    double value = 0;
    (void)setting_parse_number(&settings_followed[id], settings_get(settings, id),
                               &value, &ignored);
    return (uint32_t)value;
}

/* ---- telling ---- */

static void report(const struct settings *settings, const struct setting_spec *spec)
{
    const struct settings_listener *listener = &settings->listener;
    const char *value =
        settings_value(settings, &(struct setting_ref){spec, spec->name});
    if ((spec->flags & FLAG_STYLE) && listener->styled)
        listener->styled(listener->self, spec->name, value);
    if ((spec->flags & FLAG_REPORT) && listener->reported)
        listener->reported(listener->self, spec->name, value);
}

void settings_report_all(const struct settings *settings)
{
    for (size_t i = 0; i < settings_table_count(); i++)
        report(settings, settings_table_row(i));
}

/* Replace what an entry holds; `value` is moved in. */
static void replace(struct settings *settings, struct setting_entry *entry, char *value)
{
    char *before = entry->now;
    const struct setting_spec *spec = entry->spec;
    pthread_mutex_lock(&settings->lock);
    entry->now = value;
    pthread_mutex_unlock(&settings->lock);
    settings->version++;
    if (spec &&
        strcmp(before ? before : spec->standard, value ? value : spec->standard) != 0)
        report(settings, spec);
    free(before);
}

/* ---- setting ---- */

/* Copy a value that may be NULL (the default); false when out of memory. */
static bool copy_value(const char *value, char **out)
{
    *out = value ? strdup(value) : NULL;
    return *out || !value;
}

/* Remember what the transaction's end goes back to, once per transaction. */
static bool touch(struct setting_entry *entry)
{
    if (entry->touched)
        return true;
    if (!copy_value(entry->now, &entry->after_rollback))
        return false;
    if (!copy_value(entry->now, &entry->after_commit)) {
        drop(&entry->after_rollback);
        return false;
    }
    entry->touched = true;
    return true;
}

static struct setting_entry *lock_and_need(struct settings *settings,
                                           const struct setting_ref *ref)
{
    pthread_mutex_lock(&settings->lock);
    struct setting_entry *entry = need_entry(settings, ref);
    pthread_mutex_unlock(&settings->lock);
    return entry;
}

static bool store(struct settings *settings, const struct setting_ref *ref,
                  const char *value, struct setting_when when, struct error *err)
{
    struct setting_entry *entry = lock_and_need(settings, ref);
    char *now, *later = NULL;
    if (!entry || (when.in_transaction && !touch(entry)) || !copy_value(value, &now))
        return error_no_memory(err);
    if (when.in_transaction && when.scope == SETTINGS_SESSION) {
        if (!copy_value(value, &later)) {
            free(now);
            return error_no_memory(err);
        }
        free(entry->after_commit);
        entry->after_commit = later;
    }
    replace(settings, entry, now);
    return true;
}

/* A default that changes within a transaction is that of the next one. */
static bool keep_this_transactions(struct settings *settings,
                                   const struct setting_spec *changes,
                                   struct setting_when when, struct error *err)
{
    for (size_t i = 0; changes && when.in_transaction && i < SETTING_COUNT; i++) {
        const struct setting_spec *spec = &settings_followed[i];
        struct setting_ref ref = {spec, spec->name};
        const struct setting_entry *entry = settings_entry(settings, &ref);
        if (default_of(spec) == changes && !(entry && entry->now) &&
            !store(settings, &ref, settings_value(settings, &ref),
                   (struct setting_when){SETTINGS_LOCAL, true}, err))
            return false;
    }
    return true;
}

bool settings_store(struct settings *settings, const struct setting_ref *ref,
                    const char *value, struct setting_when when, struct error *err)
{
    return keep_this_transactions(settings, ref->spec, when, err) &&
           store(settings, ref, value, when, err);
}

/* Who may change it once the session runs. */
static bool may_change(const struct settings *settings, const struct setting_spec *spec,
                       struct error *err)
{
    static const char *const how[] = {
        [CONTEXT_INTERNAL] = "cannot be changed",
        [CONTEXT_POSTMASTER] = ("cannot be changed without restarting the "
                                "server"),
        [CONTEXT_SIGHUP] = "cannot be changed now",
        [CONTEXT_BACKEND] = "cannot be set after connection start"};
    if (spec && spec->context == CONTEXT_SUPERUSER && settings->is_restricted)
        return error_set(err, "42501", "permission denied to set parameter \"%s\"",
                         spec->name);
    if (!spec || spec->context >= CONTEXT_SUPERUSER)
        return true;
    return error_set(err, "55P02", "parameter \"%s\" %s", spec->name,
                     how[spec->context]);
}

/* Nobody can become somebody else. */
static bool check_user(const struct settings *settings, const char *value,
                       const struct setting_spec *spec, struct error *err)
{
    const struct setting_spec *user = &settings_followed[SETTING_SESSION_AUTHORIZATION];
    const struct setting_entry *entry =
        settings_entry(settings, &(struct setting_ref){user, user->name});
    if (!(spec->flags & FLAG_OWN_USER) || !entry || !entry->at_start ||
        strcmp(value, entry->at_start) == 0 ||
        (spec != user && strcmp(value, "none") == 0))
        return true;
    return error_set(err, "22023", "role \"%s\" does not exist", value);
}

bool settings_check(const struct settings *settings, const struct setting_ref *ref,
                    const char *written, char **kept, struct error *err)
{
    if (!may_change(settings, ref->spec, err))
        return false;
    if (!ref->spec)
        return setting_keep(written, kept, err);
    return check_user(settings, written, ref->spec, err) &&
           setting_check_value(ref->spec, written, settings_value(settings, ref), kept,
                               err);
}

bool settings_set(struct settings *settings, const char *name, const char *value,
                  enum settings_scope scope, bool in_transaction, struct error *err)
{
    struct setting_ref ref;
    char *kept = NULL;
    if (!settings_find(name, &ref, err) || !may_change(settings, ref.spec, err))
        return false;
    const struct setting_entry *entry = settings_entry(settings, &ref);
    if (value && !settings_check(settings, &ref, value, &kept, err))
        return false;
    if (ref.spec && (ref.spec->flags & FLAG_TRANSACTION))
        scope = SETTINGS_LOCAL;
    /* A SET LOCAL outside would end at once; the caller has warned. All that stays is a
     * name that was not there before. */
    bool done =
        (scope == SETTINGS_LOCAL && !in_transaction &&
         (ref.spec || lock_and_need(settings, &ref))) ||
        settings_store(settings, &ref, value ? kept : (entry ? entry->at_start : NULL),
                       (struct setting_when){scope, in_transaction}, err);
    free(kept);
    return done;
}

static bool store_at_start(struct settings *settings, const struct setting_ref *ref,
                           const char *kept, struct error *err)
{
    char *copy;
    if (!settings_store(settings, ref, kept,
                        (struct setting_when){SETTINGS_SESSION, false}, err))
        return false;
    if (!copy_value(kept, &copy))
        return error_no_memory(err);
    struct setting_entry *entry = settings_entry(settings, ref);
    free(entry->at_start);
    entry->at_start = copy;
    return true;
}

bool settings_preset(struct settings *settings, const char *name, const char *value,
                     struct error *err)
{
    struct setting_ref ref;
    char *kept = NULL;
    if (!settings_find(name, &ref, err))
        return false;
    bool done =
        (ref.spec ? setting_check_value(ref.spec, value, settings_value(settings, &ref),
                                        &kept, err)
                  : setting_keep(value, &kept, err)) &&
        store_at_start(settings, &ref, kept, err);
    free(kept);
    return done;
}

bool settings_start(struct settings *settings, const char *name, const char *value,
                    struct error *err)
{
    struct setting_ref ref;
    if (!settings_find(name, &ref, err))
        return false;
    if (ref.spec && ref.spec->context != CONTEXT_BACKEND &&
        !may_change(settings, ref.spec, err))
        return false;
    return (!ref.spec || check_user(settings, value, ref.spec, err)) &&
           settings_preset(settings, name, value, err);
}

bool settings_reset_all(struct settings *settings, bool in_transaction,
                        struct error *err)
{
    for (size_t i = 0; i < settings->count; i++) {
        struct setting_entry *entry = &settings->entries[i];
        struct setting_ref ref = {entry->spec, entry->name};
        if (entry->spec && (entry->spec->context < CONTEXT_SUPERUSER ||
                            (entry->spec->flags & (FLAG_TRANSACTION | FLAG_OWN_USER))))
            continue;
        if (!settings_store(settings, &ref, entry->at_start,
                            (struct setting_when){SETTINGS_SESSION, in_transaction},
                            err))
            return false;
    }
    return true;
}

void settings_end_transaction(struct settings *settings, bool committed)
{
    for (size_t i = 0; i < settings->count; i++) {
        struct setting_entry *entry = &settings->entries[i];
        if (!entry->touched)
            continue;
        char **next = committed ? &entry->after_commit : &entry->after_rollback;
        char *value = *next;
        *next = NULL;
        drop(&entry->after_commit);
        drop(&entry->after_rollback);
        entry->touched = false;
        replace(settings, entry, value);
    }
}
