/* settings.h - the settings of a session: one table behind SET, SHOW, RESET and
 * ParameterStatus.
 *
 * Transactional as in PostgreSQL (documentation, SET): a SET inside a transaction that
 * rolls back is undone, SET LOCAL ends with the transaction. Adding a setting is adding
 * a row to the table in settings.c. */
#ifndef SERVER_SETTINGS_H
#define SERVER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/error.h"

enum setting_id {
    SETTING_APPLICATION_NAME,
    SETTING_BYTEA_OUTPUT,
    SETTING_CLIENT_ENCODING,
    SETTING_CLIENT_MIN_MESSAGES,
    SETTING_DATESTYLE,
    SETTING_DEFAULT_TRANSACTION_ISOLATION,
    SETTING_DEFAULT_TRANSACTION_READ_ONLY,
    SETTING_EXTRA_FLOAT_DIGITS,
    SETTING_IN_HOT_STANDBY,
    SETTING_INTEGER_DATETIMES,
    SETTING_INTERVALSTYLE,
    SETTING_IS_SUPERUSER,
    SETTING_SCRAM_ITERATIONS,
    SETTING_SEARCH_PATH,
    SETTING_SERVER_ENCODING,
    SETTING_SERVER_VERSION,
    SETTING_SERVER_VERSION_NUM,
    SETTING_SESSION_AUTHORIZATION,
    SETTING_STANDARD_CONFORMING_STRINGS,
    SETTING_STATEMENT_TIMEOUT,
    SETTING_TIMEZONE,
    SETTING_TRANSACTION_ISOLATION,
    SETTING_TRANSACTION_READ_ONLY,
    SETTING_COUNT
};

/* Told of every value that a client must hear of (ParameterStatus), old or new. */
struct settings_listener {
    void (*changed)(void *self, const char *name, const char *value);
    void *self;
};

/* What one setting holds. A value that is NULL is the default. */
struct setting_slot {
    char *now;
    char *after_commit, *after_rollback; /* where a transaction touched it */
    char *at_start;                      /* what RESET goes back to */
    bool touched;
};

struct settings {
    struct setting_slot slots[SETTING_COUNT];
    struct settings_listener listener;
};

enum settings_scope { SETTINGS_SESSION, SETTINGS_LOCAL };

void settings_init(struct settings *settings, const struct settings_listener *listener);
void settings_free(struct settings *settings);

/* Start-up only: the value that RESET goes back to. Read-only settings are allowed
 * here. */
bool settings_preset(struct settings *settings, enum setting_id id, const char *value,
                     struct error *err) MUST_CHECK;

/* 42704: there is no such setting. Names are compared without case. */
bool settings_find(const char *name, enum setting_id *id, struct error *err) MUST_CHECK;
bool settings_exists(const char *name);

/* value NULL = the default (SET … TO DEFAULT, RESET). Errors: 22023 for a value out of
 * range, 55P02 for one that cannot be changed, 0A000 for one not supported here. */
bool settings_set(struct settings *settings, enum setting_id id, const char *value,
                  enum settings_scope scope, bool in_transaction,
                  struct error *err) MUST_CHECK;
bool settings_reset_all(struct settings *settings, bool in_transaction,
                        struct error *err) MUST_CHECK;

const char *settings_get(const struct settings *settings, enum setting_id id);
const char *settings_name(enum setting_id id);        /* as PostgreSQL writes it */
const char *settings_description(enum setting_id id); /* for SHOW ALL */

/* statement_timeout in milliseconds; 0 = none. */
uint32_t settings_timeout_ms(const struct settings *settings);

/* The transaction has ended: keep or undo what it set. */
void settings_end_transaction(struct settings *settings, bool committed);

/* Call the listener for every reported setting: what a client is told at start-up. */
void settings_report_all(const struct settings *settings);

#endif
