/* command_setting.c - SET, RESET, SHOW. */
#include <string.h>
#include <strings.h>

#include "server/command.h"
#include "server/settings_table.h"

/* ---- what a transaction lets be set ---- */

static void warn_outside(struct query_session *session, const char *command)
{
    if (!command_in_transaction(session))
        query_session_notice(session, PGW_SEVERITY_WARNING, "25P01",
                             "%s can only be used in transaction blocks", command);
}

/* Once the engine has taken its snapshot, a transaction is what it is. */
static bool check_transaction(struct query_session *session, const char *name,
                              const char *value, struct error *err)
{
    const struct settings *settings = &session->settings;
    bool on;
    if (!session->engine_begun || !value)
        return true;
    if (strcasecmp(name, "transaction_isolation") == 0 &&
        strcasecmp(value, settings_get(settings, SETTING_TRANSACTION_ISOLATION)) != 0)
        return error_set(err, "25001",
                         "SET TRANSACTION ISOLATION LEVEL must be called before any "
                         "query");
    if (strcasecmp(name, "transaction_deferrable") == 0)
        return error_set(err, "25001",
                         "SET TRANSACTION [NOT] DEFERRABLE must be called before any "
                         "query");
    if (strcasecmp(name, "transaction_read_only") == 0 &&
        settings_is_on(settings, SETTING_TRANSACTION_READ_ONLY) &&
        setting_parse_bool(value, &on) && !on)
        return error_set(err, "25001",
                         "transaction read-write mode must be set before any query");
    return true;
}

/* Who asks for less isolation gets more. */
static void tell_isolation(struct query_session *session, const char *name,
                           const char *value)
{
    bool is_isolation = strcasecmp(name, "transaction_isolation") == 0 ||
                        strcasecmp(name, "default_transaction_isolation") == 0;
    if (is_isolation && value && strncasecmp(value, "read ", 5) == 0)
        query_session_notice(session, PGW_SEVERITY_NOTICE, "00000",
                             "every transaction sees one snapshot, as with REPEATABLE "
                             "READ");
}

/* A name that is cut is not what was asked for. */
static void tell_cut(struct query_session *session, const char *name, const char *value)
{
    enum { NAME_BYTES = 63 };
    if (value && strlen(value) > NAME_BYTES &&
        strcasecmp(name, "application_name") == 0)
        query_session_notice(session, PGW_SEVERITY_NOTICE, "42622",
                             "identifier \"%s\" will be truncated to \"%.*s\"", value,
                             NAME_BYTES, value);
}

bool command_set_value(struct query_session *session, const char *name,
                       const char *value, enum settings_scope scope, struct error *err)
{
    if (!check_transaction(session, name, value, err) ||
        !settings_set(&session->settings, name, value, scope,
                      command_in_transaction(session), err))
        return false;
    tell_isolation(session, name, value);
    tell_cut(session, name, value);
    return true;
}

/* ---- SET ---- */

bool command_name(const struct query *query, char out[SQL_NAME_BYTES],
                  struct error *err)
{
    if (sql_identifier(query->class.name, out, SQL_NAME_BYTES))
        return true;
    return error_set(err, "42601", "syntax error in a name");
}

/* The value as one text, in the query's arena; NULL is the default. */
static bool read_value(const struct query_session *session, struct query *query,
                       const char *name, char **value, struct error *err)
{
    const struct sql_class *class = &query->class;
    bool names;
    bool list = settings_takes_list(name, &names);
    const char *spelled, *now;
    *value = NULL;
    if (class->is_default)
        return true;
    if (class->from_current) {
        if (!settings_show(&session->settings, name, &spelled, &now, err))
            return false;
        *value = arena_string(&query->arena, slice_of(now));
        return *value || error_no_memory(err);
    }
    switch (sql_setting_value(class->value,
                              !list   ? SQL_SINGLE
                              : names ? SQL_NAMES
                                      : SQL_LIST,
                              &query->arena, value)) {
    case SQL_VALUE_OK:
        return true;
    case SQL_VALUE_SEVERAL:
        return error_set(err, "22023", "SET %s takes only one argument", name);
    case SQL_VALUE_NO_MEMORY:
        return error_no_memory(err);
    case SQL_VALUE_MALFORMED:
        break;
    }
    return error_set(err, "42601", "syntax error in the value of parameter \"%s\"",
                     name);
}

enum pgw_status command_set(struct query_session *session, struct query *query,
                            struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES], *value;
    const struct sql_class *class = &query->class;
    out->tag = class->tag;
    if (!command_name(query, name, err) ||
        !read_value(session, query, name, &value, err))
        return PGW_ERROR;
    if (class->local)
        warn_outside(session, "SET LOCAL");
    return command_status(command_set_value(
        session, name, value, class->local ? SETTINGS_LOCAL : SETTINGS_SESSION, err));
}

enum pgw_status command_reset(struct query_session *session, struct query *query,
                              struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    out->tag = query->class.tag;
    if (!command_name(query, name, err))
        return PGW_ERROR;
    if (strcasecmp(name, "all") == 0)
        return command_status(settings_reset_all(&session->settings,
                                                 command_in_transaction(session), err));
    if (strncasecmp(name, "transaction_", 12) == 0)
        warn_outside(session, "RESET TRANSACTION");
    return command_status(
        command_set_value(session, name, NULL, SETTINGS_SESSION, err));
}

/* ---- SHOW ---- */

static bool show_all(struct query_session *session, struct query *query,
                     struct query_result *out, struct error *err)
{
    const struct setting_row *rows;
    size_t count;
    if (!settings_rows(&session->settings, &query->arena, &rows, &count))
        return error_no_memory(err);
    struct slice *cells = arena_calloc(&query->arena, count * 3, sizeof *cells);
    if (!cells)
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        cells[i * 3] = slice_of(rows[i].name);
        cells[i * 3 + 1] = slice_of(rows[i].shown);
        cells[i * 3 + 2] = slice_of(rows[i].description);
    }
    return command_rows(session, query, cells, count, out) || error_no_memory(err);
}

enum pgw_status command_show(struct query_session *session, struct query *query,
                             struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    const char *spelled, *value;
    out->tag = query->class.tag;
    if (!command_name(query, name, err))
        return PGW_ERROR;
    if (strcasecmp(name, "all") == 0)
        return command_status(show_all(session, query, out, err));
    if (!settings_show(&session->settings, name, &spelled, &value, err))
        return PGW_ERROR;
    char *copy = arena_string(&query->arena, slice_of(value));
    struct slice cell = {copy, copy ? strlen(copy) : 0};
    if (copy && command_rows(session, query, &cell, 1, out))
        return PGW_OK;
    error_no_memory(err);
    return PGW_ERROR;
}

bool command_show_columns(struct query_session *session, struct query *query,
                          struct error *err)
{
    static const char *const all[] = {"name", "setting", "description"};
    char name[SQL_NAME_BYTES];
    const char *spelled, *value;
    if (!command_name(query, name, err))
        return false;
    if (strcasecmp(name, "all") == 0)
        return command_columns_are(query, all, ARRAY_LEN(all), err);
    if (!settings_show(&session->settings, name, &spelled, &value, err))
        return false;
    const char *column = arena_string(&query->arena, slice_of(spelled));
    return column ? command_columns_are(query, &column, 1, err) : error_no_memory(err);
}
