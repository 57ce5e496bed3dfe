/* settings.c - the settings table, its checks, and the rules of transactions.
 *
 *     SET in a transaction    now = after_commit = value, after_rollback = what was
 *     SET LOCAL               now = value,  after_commit = after_rollback = what was
 *     COMMIT / ROLLBACK       now = after_commit / after_rollback
 *
 * A check turns what the user wrote into the value that is kept (canonical spelling),
 * or refuses it. A value that would change how results look is refused unless results
 * really follow it: a client must never be told a setting that is not so. */
#include "server/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/version.h"

enum { VALUE_BYTES = 1024 };

/* Write the value to keep for what was written; false with *err set. */
typedef bool setting_check(const char *name, const char *written, char *kept,
                           size_t size, struct error *err);

enum setting_flag {
    FLAG_REPORT = 1,    /* sent as ParameterStatus */
    FLAG_READ_ONLY = 2, /* fixed once the session runs */
};

struct setting_spec {
    const char *name;
    const char *standard; /* the default */
    unsigned flags;
    setting_check *check;
    const char *description;
};

static bool invalid(const char *name, const char *written, struct error *err)
{
    return error_set(err, "22023", "invalid value for parameter \"%s\": \"%s\"", name,
                     written);
}

static bool unsupported(const char *name, const char *written, struct error *err)
{
    return error_set(err, "0A000", "parameter \"%s\" cannot be set to \"%s\" here",
                     name, written);
}

static bool keep(const char *name, const char *written, char *kept, size_t size,
                 struct error *err)
{
    if (strlen(written) >= size)
        return invalid(name, "(too long)", err);
    memcpy(kept, written, strlen(written) + 1);
    return true;
}

/* PostgreSQL cuts it to NAMEDATALEN - 1 bytes and replaces what is not printable ASCII.
 */
static bool check_application_name(const char *name, const char *written, char *kept,
                                   size_t size, struct error *err)
{
    size_t len = 0;
    (void)name;
    (void)err;
    for (; written[len] && len < 63 && len + 1 < size; len++)
        kept[len] = written[len] >= 32 && written[len] < 127 ? written[len] : '?';
    kept[len] = '\0';
    return true;
}

/* The words that PostgreSQL takes for a boolean: any unambiguous prefix. */
static bool parse_bool(const char *written, bool *out)
{
    static const struct {
        const char *word;
        size_t shortest;
        bool value;
    } words[] = {{"on", 2, true},     {"off", 2, false}, {"true", 1, true},
                 {"false", 1, false}, {"yes", 1, true},  {"no", 1, false},
                 {"1", 1, true},      {"0", 1, false}};
    size_t len = strlen(written);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (len >= words[i].shortest && len <= strlen(words[i].word) &&
            strncasecmp(written, words[i].word, len) == 0) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

static bool check_bool(const char *name, const char *written, char *kept, size_t size,
                       struct error *err)
{
    bool value;
    if (!parse_bool(written, &value))
        return error_set(err, "22023", "parameter \"%s\" requires a Boolean value",
                         name);
    return keep(name, value ? "on" : "off", kept, size, err);
}

/* Results are what this says, so only "off" would be a lie. */
static bool check_only_on(const char *name, const char *written, char *kept,
                          size_t size, struct error *err)
{
    if (!check_bool(name, written, kept, size, err))
        return false;
    return strcmp(kept, "on") == 0 || unsupported(name, written, err);
}

/* A session that the engine does not hold to it must not be told that it is read-only.
 */
static bool check_only_off(const char *name, const char *written, char *kept,
                           size_t size, struct error *err)
{
    if (!check_bool(name, written, kept, size, err))
        return false;
    return strcmp(kept, "off") == 0 || unsupported(name, written, err);
}

static bool check_bytea_output(const char *name, const char *written, char *kept,
                               size_t size, struct error *err)
{
    if (strcasecmp(written, "escape") == 0)
        return unsupported(name, written, err);
    if (strcasecmp(written, "hex") != 0)
        return invalid(name, written, err);
    return keep(name, "hex", kept, size, err);
}

/* Letters and digits decide, as in PostgreSQL: "UTF-8", "utf8" and "unicode" are one.
 */
static bool check_encoding(const char *name, const char *written, char *kept,
                           size_t size, struct error *err)
{
    char plain[32];
    size_t len = 0;
    for (const char *c = written; *c && len + 1 < sizeof plain; c++) {
        if (isalnum((unsigned char)*c))
            plain[len++] = (char)tolower((unsigned char)*c);
    }
    plain[len] = '\0';
    if (strcmp(plain, "utf8") != 0 && strcmp(plain, "unicode") != 0)
        return error_set(err, "0A000",
                         "conversion between %.40s and UTF8 is not supported", written);
    return keep(name, "UTF8", kept, size, err);
}

static bool check_message_level(const char *name, const char *written, char *kept,
                                size_t size, struct error *err)
{
    static const char *const levels[] = {"debug5", "debug4",  "debug3",
                                         "debug2", "debug1",  "log",
                                         "notice", "warning", "error"};
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (strcasecmp(written, levels[i]) == 0)
            return keep(name, levels[i], kept, size, err);
    }
    return invalid(name, written, err);
}

/* The order of day and month concerns input of ambiguous dates only; the engine reads
 * ISO. */
static bool check_datestyle(const char *name, const char *written, char *kept,
                            size_t size, struct error *err)
{
    const char *rest = written;
    while (*rest) {
        size_t len = strcspn(rest, ", ");
        if (len == 3 && strncasecmp(rest, "dmy", len) == 0)
            return unsupported(name, written, err);
        if (len > 0 && !(len == 3 && strncasecmp(rest, "iso", len) == 0) &&
            !(len == 3 && strncasecmp(rest, "mdy", len) == 0))
            return strncasecmp(rest, "postgres", len) == 0 ||
                           strncasecmp(rest, "german", len) == 0 ||
                           strncasecmp(rest, "sql", len) == 0 ||
                           strncasecmp(rest, "ymd", len) == 0
                       ? unsupported(name, written, err)
                       : invalid(name, written, err);
        rest += len + strspn(rest + len, ", ");
    }
    return keep(name, "ISO, MDY", kept, size, err);
}

static bool check_intervalstyle(const char *name, const char *written, char *kept,
                                size_t size, struct error *err)
{
    if (strcasecmp(written, "postgres") == 0)
        return keep(name, "postgres", kept, size, err);
    if (strcasecmp(written, "iso_8601") == 0 ||
        strcasecmp(written, "sql_standard") == 0 ||
        strcasecmp(written, "postgres_verbose") == 0)
        return unsupported(name, written, err);
    return invalid(name, written, err);
}

/* Every transaction sees one snapshot, which satisfies all levels but serializable. */
static bool check_isolation(const char *name, const char *written, char *kept,
                            size_t size, struct error *err)
{
    static const char *const levels[] = {"read uncommitted", "read committed",
                                         "repeatable read"};
    if (strcasecmp(written, "serializable") == 0)
        return unsupported(name, written, err);
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (strcasecmp(written, levels[i]) == 0)
            return keep(name, levels[i], kept, size, err);
    }
    return invalid(name, written, err);
}

/* Floats are written in their shortest exact form, which is what 1, 2 and 3 mean. */
static bool check_float_digits(const char *name, const char *written, char *kept,
                               size_t size, struct error *err)
{
    char *end;
    long digits = strtol(written, &end, 10);
    if (end == written || *end != '\0' || digits < -15 || digits > 3)
        return invalid(name, written, err);
    if (digits < 1)
        return unsupported(name, written, err);
    (void)snprintf(kept, size, "%ld", digits);
    return true;
}

/* A number of milliseconds, or one with a unit: PostgreSQL documentation 20.1.1. */
static bool parse_duration_ms(const char *written, uint32_t *out)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"", 1},      {"us", 0.001}, {"ms", 1},    {"s", 1000},
                 {"min", 6e4}, {"h", 3.6e6},  {"d", 8.64e7}};
    char *unit;
    errno = 0;
    double number = strtod(written, &unit);
    if (unit == written || errno || number < 0)
        return false;
    unit += strspn(unit, " ");
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (strcmp(unit, units[i].unit) == 0 && number * units[i].ms <= INT32_MAX) {
            *out = (uint32_t)(number * units[i].ms + 0.5);
            return true;
        }
    }
    return false;
}

/* Kept as PostgreSQL shows it: in the largest unit that has no fraction. */
static bool check_timeout(const char *name, const char *written, char *kept,
                          size_t size, struct error *err)
{
    static const struct {
        const char *unit;
        uint32_t ms;
    } units[] = {
        {"d", 86400000}, {"h", 3600000}, {"min", 60000}, {"s", 1000}, {"ms", 1}};
    uint32_t value;
    if (!parse_duration_ms(written, &value))
        return invalid(name, written, err);
    if (value == 0)
        return keep(name, "0", kept, size, err);
    size_t i = 0;
    while (value % units[i].ms != 0)
        i++;
    (void)snprintf(kept, size, "%u%s", value / units[i].ms, units[i].unit);
    return true;
}

/* Timestamps with time zone are written in UTC. */
static bool check_timezone(const char *name, const char *written, char *kept,
                           size_t size, struct error *err)
{
    static const char *const names[] = {"UTC",     "GMT",       "Etc/UTC", "Etc/GMT",
                                        "Etc/UCT", "Universal", "Zulu",    "UCT"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcasecmp(written, names[i]) == 0)
            return keep(name, names[i], kept, size, err);
    }
    if (strcmp(written, "0") == 0)
        return keep(name, "UTC", kept, size, err);
    unsupported(name, written, err);
    error_hint(err, "Timestamps with time zone are written in UTC.");
    return false;
}

static const struct setting_spec specs[SETTING_COUNT] = {
    [SETTING_APPLICATION_NAME] = {"application_name", "", FLAG_REPORT,
                                  check_application_name,
                                  "The name of the client program."},
    [SETTING_BYTEA_OUTPUT] = {"bytea_output", "hex", 0, check_bytea_output,
                              "The text format of binary values."},
    [SETTING_CLIENT_ENCODING] = {"client_encoding", "UTF8", FLAG_REPORT, check_encoding,
                                 "The character set of the client."},
    [SETTING_CLIENT_MIN_MESSAGES] = {"client_min_messages", "notice", 0,
                                     check_message_level,
                                     "The least severe message that is sent."},
    [SETTING_DATESTYLE] = {"DateStyle", "ISO, MDY", FLAG_REPORT, check_datestyle,
                           "The text format of dates and times."},
    [SETTING_DEFAULT_TRANSACTION_ISOLATION] = {"default_transaction_isolation",
                                               "repeatable read", 0, check_isolation,
                                               "The isolation of new transactions."},
    [SETTING_DEFAULT_TRANSACTION_READ_ONLY] =
        {"default_transaction_read_only", "off", FLAG_REPORT, check_only_off,
         "Whether new transactions are read-only."},
    [SETTING_EXTRA_FLOAT_DIGITS] = {"extra_float_digits", "1", 0, check_float_digits,
                                    "Digits of floating-point values; above 0: exact."},
    [SETTING_IN_HOT_STANDBY] = {"in_hot_standby", "off", FLAG_REPORT | FLAG_READ_ONLY,
                                keep, "Whether the server is a standby."},
    [SETTING_INTEGER_DATETIMES] = {"integer_datetimes", "on",
                                   FLAG_REPORT | FLAG_READ_ONLY, keep,
                                   "Whether timestamps are integers."},
    [SETTING_INTERVALSTYLE] = {"IntervalStyle", "postgres", FLAG_REPORT,
                               check_intervalstyle, "The text format of intervals."},
    [SETTING_IS_SUPERUSER] = {"is_superuser", "on", FLAG_REPORT | FLAG_READ_ONLY, keep,
                              "Whether the user is an administrator."},
    [SETTING_SCRAM_ITERATIONS] = {"scram_iterations", "4096",
                                  FLAG_REPORT | FLAG_READ_ONLY, keep,
                                  "Iterations of new password verifiers."},
    [SETTING_SEARCH_PATH] = {"search_path", "\"$user\", public", FLAG_REPORT, keep,
                             "The schemas in which names are looked up."},
    [SETTING_SERVER_ENCODING] = {"server_encoding", "UTF8",
                                 FLAG_REPORT | FLAG_READ_ONLY, keep,
                                 "The character set of the database."},
    [SETTING_SERVER_VERSION] = {"server_version",
                                "15.0 (wirehouse " WIREHOUSE_VERSION ")",
                                FLAG_REPORT | FLAG_READ_ONLY, keep,
                                "The server's version."},
    [SETTING_SERVER_VERSION_NUM] = {"server_version_num", "150000", FLAG_READ_ONLY,
                                    keep, "The server's version as a number."},
    [SETTING_SESSION_AUTHORIZATION] = {"session_authorization", "",
                                       FLAG_REPORT | FLAG_READ_ONLY, keep,
                                       "The user of the session."},
    [SETTING_STANDARD_CONFORMING_STRINGS] =
        {"standard_conforming_strings", "on", FLAG_REPORT, check_only_on,
         "Whether '...' takes backslashes literally."},
    [SETTING_STATEMENT_TIMEOUT] = {"statement_timeout", "0", 0, check_timeout,
                                   "How long a statement may run; 0: no limit."},
    [SETTING_TIMEZONE] = {"TimeZone", "UTC", FLAG_REPORT, check_timezone,
                          "The time zone of timestamps."},
    [SETTING_TRANSACTION_ISOLATION] = {"transaction_isolation", "repeatable read", 0,
                                       check_isolation,
                                       "The isolation of this transaction."},
    [SETTING_TRANSACTION_READ_ONLY] = {"transaction_read_only", "off", 0,
                                       check_only_off,
                                       "Whether this transaction is read-only."},
};

void settings_init(struct settings *settings, const struct settings_listener *listener)
{
    *settings = (struct settings){0};
    if (listener)
        settings->listener = *listener;
}

static void drop(char **text)
{
    free(*text);
    *text = NULL;
}

void settings_free(struct settings *settings)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        struct setting_slot *slot = &settings->slots[i];
        drop(&slot->now);
        drop(&slot->after_commit);
        drop(&slot->after_rollback);
        drop(&slot->at_start);
    }
}

static const char *or_standard(const char *value, enum setting_id id)
{
    return value ? value : specs[id].standard;
}

const char *settings_get(const struct settings *settings, enum setting_id id)
{
    return or_standard(settings->slots[id].now, id);
}

const char *settings_name(enum setting_id id)
{
    return specs[id].name;
}

const char *settings_description(enum setting_id id)
{
    return specs[id].description;
}

bool settings_exists(const char *name)
{
    struct error ignored;
    enum setting_id id;
    return settings_find(name, &id, &ignored);
}

bool settings_find(const char *name, enum setting_id *id, struct error *err)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (strcasecmp(name, specs[i].name) == 0) {
            *id = (enum setting_id)i;
            return true;
        }
    }
    return error_set(err, "42704", "unrecognized configuration parameter \"%s\"", name);
}

static void report(const struct settings *settings, enum setting_id id)
{
    if ((specs[id].flags & FLAG_REPORT) && settings->listener.changed)
        settings->listener.changed(settings->listener.self, specs[id].name,
                                   settings_get(settings, id));
}

void settings_report_all(const struct settings *settings)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        report(settings, (enum setting_id)i);
}

/* Replace what a slot holds; `value` is moved in. */
static void replace(struct settings *settings, enum setting_id id, char *value)
{
    struct setting_slot *slot = &settings->slots[id];
    bool same = strcmp(or_standard(slot->now, id), or_standard(value, id)) == 0;
    free(slot->now);
    slot->now = value;
    if (!same)
        report(settings, id);
}

/* Copy a value that may be NULL (the default); false when out of memory. */
static bool copy_value(const char *value, char **out)
{
    *out = value ? strdup(value) : NULL;
    return *out || !value;
}

/* Remember what the transaction's end goes back to, once per transaction. */
static bool touch(struct setting_slot *slot)
{
    if (slot->touched)
        return true;
    if (!copy_value(slot->now, &slot->after_rollback))
        return false;
    if (!copy_value(slot->now, &slot->after_commit)) {
        drop(&slot->after_rollback);
        return false;
    }
    slot->touched = true;
    return true;
}

static bool store(struct settings *settings, enum setting_id id, const char *value,
                  enum settings_scope scope, bool in_transaction, struct error *err)
{
    struct setting_slot *slot = &settings->slots[id];
    char *now, *later = NULL;
    if (in_transaction && !touch(slot))
        return error_no_memory(err);
    if (!copy_value(value, &now))
        return error_no_memory(err);
    if (in_transaction && scope == SETTINGS_SESSION) {
        if (!copy_value(value, &later)) {
            free(now);
            return error_no_memory(err);
        }
        free(slot->after_commit);
        slot->after_commit = later;
    }
    replace(settings, id, now);
    return true;
}

bool settings_set(struct settings *settings, enum setting_id id, const char *value,
                  enum settings_scope scope, bool in_transaction, struct error *err)
{
    char kept[VALUE_BYTES];
    if (specs[id].flags & FLAG_READ_ONLY)
        return error_set(err, "55P02", "parameter \"%s\" cannot be changed",
                         specs[id].name);
    if (!value)
        value = settings->slots[id].at_start;
    else if (specs[id].check(specs[id].name, value, kept, sizeof kept, err))
        value = kept;
    else
        return false;
    if (scope == SETTINGS_LOCAL && !in_transaction)
        return true; /* the caller has warned: it would end at once */
    return store(settings, id, value, scope, in_transaction, err);
}

bool settings_preset(struct settings *settings, enum setting_id id, const char *value,
                     struct error *err)
{
    struct setting_slot *slot = &settings->slots[id];
    char kept[VALUE_BYTES];
    if (!specs[id].check(specs[id].name, value, kept, sizeof kept, err))
        return false;
    drop(&slot->at_start);
    if (!copy_value(kept, &slot->at_start))
        return error_no_memory(err);
    return store(settings, id, kept, SETTINGS_SESSION, false, err);
}

bool settings_reset_all(struct settings *settings, bool in_transaction,
                        struct error *err)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (specs[i].flags & FLAG_READ_ONLY)
            continue;
        if (!store(settings, (enum setting_id)i, settings->slots[i].at_start,
                   SETTINGS_SESSION, in_transaction, err))
            return false;
    }
    return true;
}

uint32_t settings_timeout_ms(const struct settings *settings)
{
    uint32_t value = 0;
    (void)parse_duration_ms(settings_get(settings, SETTING_STATEMENT_TIMEOUT), &value);
    return value;
}

void settings_end_transaction(struct settings *settings, bool committed)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        struct setting_slot *slot = &settings->slots[i];
        if (!slot->touched)
            continue;
        char **next = committed ? &slot->after_commit : &slot->after_rollback;
        replace(settings, (enum setting_id)i, *next);
        *next = NULL;
        drop(&slot->after_commit);
        drop(&slot->after_rollback);
        slot->touched = false;
    }
}
