/* settings_table.h - what settings there are: a row each.
 *
 * The rows are in four files. settings_followed.c has those that something here obeys,
 * in the order of enum setting_id; settings_planner.c and settings_kept.c those that
 * clients set and that change nothing here; settings_fixed.c those that a client can
 * only read. Names, types, units, ranges and contexts are PostgreSQL 15's
 * (documentation, chapter 20 and the view pg_settings). */
#ifndef SERVER_SETTINGS_TABLE_H
#define SERVER_SETTINGS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include <pgwire/version.h>

#include "core/attr.h"
#include "core/error.h"
#include "server/settings.h"

enum setting_type {
    SETTING_BOOL,
    SETTING_INTEGER,
    SETTING_REAL,
    SETTING_STRING,
    SETTING_ENUM
};

/* What a number counts. */
enum setting_unit { UNIT_NONE, UNIT_B, UNIT_KB, UNIT_8KB, UNIT_MB, UNIT_MS, UNIT_S };

/* Who may change it, and when: PostgreSQL's words. */
enum setting_context {
    CONTEXT_INTERNAL,
    CONTEXT_POSTMASTER,
    CONTEXT_SIGHUP,
    CONTEXT_BACKEND,
    CONTEXT_SUPERUSER,
    CONTEXT_USER
};

enum setting_category {
    CATEGORY_CONNECTION,
    CATEGORY_AUTHENTICATION,
    CATEGORY_SSL,
    CATEGORY_MEMORY,
    CATEGORY_DISK,
    CATEGORY_VACUUM_COST,
    CATEGORY_ASYNCHRONOUS,
    CATEGORY_WAL,
    CATEGORY_CHECKPOINT,
    CATEGORY_ARCHIVE,
    CATEGORY_SENDING,
    CATEGORY_STANDBY,
    CATEGORY_METHOD,
    CATEGORY_COST,
    CATEGORY_GENETIC,
    CATEGORY_PLANNER,
    CATEGORY_LOG_WHERE,
    CATEGORY_LOG_WHEN,
    CATEGORY_LOG_WHAT,
    CATEGORY_PROCESS_TITLE,
    CATEGORY_STATISTICS,
    CATEGORY_MONITORING,
    CATEGORY_AUTOVACUUM,
    CATEGORY_STATEMENT,
    CATEGORY_LOCALE,
    CATEGORY_PRELOAD,
    CATEGORY_DEFAULTS,
    CATEGORY_LOCK,
    CATEGORY_ERRORS,
    CATEGORY_OLD_VERSIONS,
    CATEGORY_OTHER_CLIENTS,
    CATEGORY_PRESET,
    CATEGORY_DEVELOPER,
    CATEGORY_CUSTOM
};

enum setting_flag {
    FLAG_REPORT = 1, /* sent as ParameterStatus */
    FLAG_STYLE = 2,  /* decides how values are written: the listener hears of it */
    FLAG_ENGINE = 4, /* the engine must know it: its connections are chosen by it */
    FLAG_LIST = 8,   /* SET takes several values */
    FLAG_QUOTE = 16, /* … which are identifiers */
    FLAG_TRANSACTION = 32, /* of one transaction: every SET is a SET LOCAL */
    FLAG_OWN_USER = 64     /* only the session's own user will do */
};

struct setting_spec;

/* Turn what was written into what is kept (as SHOW prints it; moved out, from malloc),
 * or refuse it. now: the value it replaces. */
typedef bool setting_check(const struct setting_spec *spec, const char *written,
                           const char *now, char **kept, struct error *err);

struct setting_spec {
    const char *name; /* as PostgreSQL writes it */
    enum setting_type type;
    enum setting_unit unit;
    enum setting_context context;
    enum setting_category category;
    unsigned flags;
    const char *standard; /* the default, as SHOW prints it */
    double min, max;
    const char *words; /* of an enum: "a, b, c"; behind a bar such as are not listed */
    setting_check *check; /* NULL: the type's is all */
    const char *description;
};

/* The shapes of rows. */
#define BOOL(on_or_off) .type = SETTING_BOOL, .standard = (on_or_off)
#define STRING(text) .type = SETTING_STRING, .standard = (text)
#define ENUM(word, list) .type = SETTING_ENUM, .standard = (word), .words = list
#define INTEGER(text, counts, least, most)                                             \
    .type = SETTING_INTEGER, .standard = (text), .unit = (counts), .min = (least),     \
    .max = (most)
#define REAL(text, counts, least, most)                                                \
    .type = SETTING_REAL, .standard = (text), .unit = (counts), .min = (least),        \
    .max = (most)
#define IN(who, where) .context = CONTEXT_##who, .category = CATEGORY_##where
#define ALIASES_OF_ON "|true=on, yes=on, 1=on, false=off, no=off, 0=off"

extern const struct setting_spec settings_followed[SETTING_COUNT];
extern const struct setting_spec settings_planner[], settings_kept[], settings_fixed[];
extern const size_t settings_planner_count, settings_kept_count, settings_fixed_count;

/* All rows; the first are in the order of enum setting_id. */
size_t settings_table_count(void);
const struct setting_spec *settings_table_row(size_t i);
/* By name, without case; false: there is none. */
bool settings_table_find(const char *name, size_t *out);

/* As pg_settings writes them. */
const char *setting_type_name(enum setting_type type);
const char *setting_unit_name(enum setting_unit unit); /* NULL: none */
const char *setting_context_name(enum setting_context context);
const char *setting_category_name(enum setting_category category);

/* 22023 "invalid value …", 0A000 "… cannot be set to … here"; false. */
bool setting_invalid(const struct setting_spec *spec, const char *written,
                     struct error *err);
bool setting_unsupported(const struct setting_spec *spec, const char *written,
                         struct error *err);
bool setting_keep(const char *text, char **kept, struct error *err);

/* The row's check, or else its type's. */
bool setting_check_value(const struct setting_spec *spec, const char *written,
                         const char *now, char **kept, struct error *err);
/* The type's. */
setting_check check_type;

/* A boolean in any of PostgreSQL's spellings. */
bool setting_parse_bool(const char *written, bool *out);
/* The number behind a text with or without a unit, in the row's unit: 22023 if it is
 * none. settings_number.c */
bool setting_parse_number(const struct setting_spec *spec, const char *written,
                          double *out, struct error *err);
/* … and back, as SHOW prints it; or without the unit, as pg_settings does. */
enum { SETTING_NUMBER_BYTES = 48 };
void setting_print_number(const struct setting_spec *spec, double value, char *out);
void setting_print_plain(const struct setting_spec *spec, double value, char *out);

/* One name off a list of identifiers ("a, \"B\""), as SQL reads them, moved out. False:
 * the list is malformed, or *err says no memory. At its end *name is NULL. */
bool setting_next_name(const char **list, char **name, struct error *err);

/* The rows' own checks: settings_check.c, settings_style.c. */
setting_check check_only_standard, check_application_name, check_encoding,
    check_isolation, check_names, check_mode, check_tablespace, check_access_method,
    check_locale;
setting_check check_style, check_timezone;

#endif
