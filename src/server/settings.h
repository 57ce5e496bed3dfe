/* settings.h - the settings of a session: one table behind SET, SHOW, RESET,
 * set_config, pg_settings and ParameterStatus.
 *
 * Transactional as in PostgreSQL (documentation, SET): a SET inside a transaction that
 * rolls back is undone, SET LOCAL ends with the transaction. Adding a setting is adding
 * a row (settings_table.h). A name with a dot that is not in the table is the client's
 * own: SET makes it.
 *
 * A session holds an entry for each setting that was touched, so one that sets nothing
 * costs nothing. All functions are for the session's thread, but those of the last
 * part, by which the engine's threads read and write while a statement runs. */
#ifndef SERVER_SETTINGS_H
#define SERVER_SETTINGS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"

/* Those that the server itself reads; all others are known by name alone. */
enum setting_id {
    SETTING_APPLICATION_NAME,
    SETTING_BYTEA_OUTPUT,
    SETTING_CLIENT_ENCODING,
    SETTING_CLIENT_MIN_MESSAGES,
    SETTING_DATESTYLE,
    SETTING_DEFAULT_TRANSACTION_DEFERRABLE,
    SETTING_DEFAULT_TRANSACTION_ISOLATION,
    SETTING_DEFAULT_TRANSACTION_READ_ONLY,
    SETTING_EXTRA_FLOAT_DIGITS,
    SETTING_IDLE_IN_TRANSACTION_TIMEOUT,
    SETTING_IDLE_SESSION_TIMEOUT,
    SETTING_INTERVALSTYLE,
    SETTING_ROLE,
    SETTING_SEARCH_PATH,
    SETTING_SERVER_VERSION,
    SETTING_SESSION_AUTHORIZATION,
    SETTING_STATEMENT_TIMEOUT,
    SETTING_KEEPALIVES_COUNT,
    SETTING_KEEPALIVES_IDLE,
    SETTING_KEEPALIVES_INTERVAL,
    SETTING_QUEUE_TIMEOUT,
    SETTING_STRUCT_FORMAT,
    SETTING_TIMEZONE,
    SETTING_TRANSACTION_DEFERRABLE,
    SETTING_TRANSACTION_ISOLATION,
    SETTING_TRANSACTION_READ_ONLY,
    SETTING_TRANSACTION_TIMEOUT,
    SETTING_USER_TIMEOUT,
    SETTING_COUNT
};

/* Told of a new value that the client must hear of (ParameterStatus), or that decides
 * how values are written; also when a transaction's end brings an old one back. */
struct settings_listener {
    void (*reported)(void *self, const char *name, const char *value);
    void (*styled)(void *self, const char *name, const char *value);
    void *self;
};

struct setting_entry;
struct setting_change;

struct settings {
    struct setting_entry *entries;
    size_t count, capacity;
    struct settings_listener listener;
    bool is_restricted; /* the user may not change what is the administrator's: 42501 */
    uint64_t version;   /* grows with every change */
    pthread_mutex_t lock;           /* guards what entries hold, and what is deferred */
    struct setting_change *changes; /* deferred, oldest first */
};

enum settings_scope { SETTINGS_SESSION, SETTINGS_LOCAL };

/* False: out of memory. */
bool settings_init(struct settings *settings,
                   const struct settings_listener *listener) MUST_CHECK;
void settings_free(struct settings *settings);

/* Start-up only, and the value that RESET goes back to. preset is the server's word and
 * may set what clients cannot; start is the client's. */
bool settings_preset(struct settings *settings, const char *name, const char *value,
                     struct error *err) MUST_CHECK;
bool settings_start(struct settings *settings, const char *name, const char *value,
                    struct error *err) MUST_CHECK;

/* Is there such a setting, or may SET make it? Names are compared without case. */
bool settings_exists(const struct settings *settings, const char *name);
bool settings_is_custom(const char *name); /* it has a dot, and is not in the table */

/* value NULL = the default (SET … TO DEFAULT, RESET). Errors: 42704 no such setting,
 * 42602 not a name, 22023 for a value out of range, 55P02 for one that cannot be
 * changed, 0A000 for one not supported here. */
bool settings_set(struct settings *settings, const char *name, const char *value,
                  enum settings_scope scope, bool in_transaction,
                  struct error *err) MUST_CHECK;
bool settings_reset_all(struct settings *settings, bool in_transaction,
                        struct error *err) MUST_CHECK;

/* As SHOW prints it; valid until the next change. */
const char *settings_get(const struct settings *settings, enum setting_id id);
bool settings_is_on(const struct settings *settings, enum setting_id id);
/* The same by name, with the name as PostgreSQL writes it; 42704. */
bool settings_show(const struct settings *settings, const char *name,
                   const char **spelled, const char **value,
                   struct error *err) MUST_CHECK;

/* What SET's list of values becomes depends on the setting. */
bool settings_takes_list(const char *name, bool *quotes);

/* A whole number in the setting's own unit: of a time-out, milliseconds. */
uint32_t settings_number(const struct settings *settings, enum setting_id id);

/* The transaction has ended: keep or undo what it set. */
void settings_end_transaction(struct settings *settings, bool committed);

/* Call the listener for every setting it is told of: at start-up. */
void settings_report_all(const struct settings *settings);

/* ---- from the engine's threads ---- */

/* A row of SHOW ALL and of pg_settings; NULL: there is none of it. */
struct setting_row {
    const char *name;
    const char *shown;   /* the value as SHOW prints it */
    const char *setting; /* … and without its unit */
    const char *unit, *category, *description, *context, *type, *source;
    const char *min, *max;
    const char *words;            /* of an enum: "a, b" */
    const char *standard, *start; /* the default, and what RESET goes back to */
};

/* All settings by name, in the arena; false: out of memory. */
bool settings_rows(struct settings *settings, struct arena *arena,
                   const struct setting_row **rows, size_t *count) MUST_CHECK;

/* The value as SHOW prints it, deferred changes included; moved out. 42704. */
bool settings_copy(struct settings *settings, const char *name, char **value,
                   struct error *err) MUST_CHECK;
/* Check a change now, make it when the statement is over (settings_settle). The value
 * as it will be shown is moved out. */
bool settings_defer(struct settings *settings, const char *name, const char *value,
                    bool local, char **shown, struct error *err) MUST_CHECK;
/* The statement is over: make what was deferred, or, if it failed, forget it. */
void settings_settle(struct settings *settings, bool done, bool in_transaction);

#endif
