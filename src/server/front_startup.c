/* front_startup.c - a PostgreSQL client's session: made from its start-up parameters.
 *
 * Every parameter that is not the protocol's own is a setting, as are those in
 * `options` (PostgreSQL documentation 55.7, StartupMessage). What they set is what
 * RESET goes back to. */
#include "server/front_startup.h"

#include <stdlib.h>
#include <string.h>

#include "server/database.h"
#include "server/front_auth.h"
#include "server/front_parts.h"
#include "server/pg_front.h"
#include "server/query.h"
#include "server/session_defaults.h"

enum { OPTION_BYTES = 1024 };

/* ---- what the query layer tells and asks of the protocol ---- */

static void tell_notice(void *client, enum pgw_severity severity, const char *sqlstate,
                        const char *message)
{
    struct front *front = client;
    pgw_notice(front->session, severity, sqlstate, "%s", message);
}

static void tell_parameter(void *client, const char *name, const char *value)
{
    struct front *front = client;
    struct pgw_error no_memory;
    if (pgw_session_set_parameter(front->session, name, value, &no_memory) != PGW_OK)
        front->is_behind = true;
}

static void tell_style(void *client, const char *name, const char *value)
{
    struct front *front = client;
    struct pgw_error no_memory; /* it was checked before */
    if (pgw_session_set_style(front->session, name, value, &no_memory) != PGW_OK)
        front->is_behind = true;
}

static bool drop_statement(void *client, struct slice name)
{
    struct front *front = client;
    return pgw_session_drop_statement(front->session,
                                      (struct pgw_slice){name.data, name.len});
}

static uint32_t pid(void *client)
{
    struct front *front = client;
    return pgw_session_pid(front->session);
}

static bool signal_process(void *client, uint32_t pid, enum pgw_interrupt reason)
{
    const struct front *front = client;
    return pgw_session_signal(front->session, pid, reason);
}

static bool notify(void *client, uint32_t pid, const char *channel,
                   struct slice payload, struct error *err)
{
    const struct front *front = client;
    struct pgw_error error;
    return pgw_session_notify(
               front->session, pid, (struct pgw_slice){channel, strlen(channel)},
               (struct pgw_slice){payload.data, payload.len}, &error) == PGW_OK ||
           error_set(err, error.sqlstate, "%s", error.message);
}

static size_t notify_bytes(void *client)
{
    const struct front *front = client;
    return pgw_session_notify_bytes(front->session);
}

static bool block_begin(void *client)
{
    struct front *front = client;
    return pgw_block_begin(front->session) == PGW_OK;
}

static void block_end(void *client)
{
    struct front *front = client;
    pgw_block_end(front->session);
}

static const struct query_client_ops client_ops = {.notice = tell_notice,
                                                   .parameter = tell_parameter,
                                                   .style = tell_style,
                                                   .drop_statement = drop_statement,
                                                   .add_statement = front_add_statement,
                                                   .find_statement =
                                                       front_find_statement,
                                                   .portals = &front_portal_ops,
                                                   .list = front_list,
                                                   .pid = pid,
                                                   .signal = signal_process,
                                                   .notify = notify,
                                                   .notify_bytes = notify_bytes,
                                                   .sends_copies = true,
                                                   .block_begin = block_begin,
                                                   .block_end = block_end};

/* ---- start-up ---- */

static enum pgw_status fatal(const struct error *from, struct pgw_error *to)
{
    (void)pgw_fail(to, from->sqlstate, "%s", from->message);
    memcpy(to->detail, from->detail, sizeof to->detail);
    memcpy(to->hint, from->hint, sizeof to->hint);
    to->severity = PGW_SEVERITY_FATAL;
    return PGW_ERROR;
}

/* What the client asks for. */
static bool start(struct front *front, const char *name, const char *value,
                  struct error *err)
{
    return settings_start(query_session_settings(front->query), name, value, err);
}

/* One word of `options`: up to a blank that no backslash takes away. */
static const char *next_word(const char *text, char *word, size_t size)
{
    size_t len = 0;
    text += strspn(text, " \t\n\r\v\f");
    for (; *text && !strchr(" \t\n\r\v\f", *text); text++) {
        if (*text == '\\' && text[1])
            text++;
        if (len + 1 < size)
            word[len++] = *text;
    }
    word[len] = '\0';
    return text;
}

/* "name=value", a dash in the name standing for an underscore. */
static bool preset_pair(struct front *front, char *pair, struct error *err)
{
    char *equals = strchr(pair, '=');
    if (!equals)
        return error_set(err, "42601", "option \"%s\" requires a value", pair);
    *equals = '\0';
    for (char *c = pair; *c; c++) {
        if (*c == '-')
            *c = '_';
    }
    return start(front, pair, equals + 1, err);
}

/* -c name=value, -cname=value, --name=value. */
static bool preset_options(struct front *front, const char *options, struct error *err)
{
    char word[OPTION_BYTES] = "";
    for (;;) {
        options = next_word(options, word, sizeof word);
        if (!word[0])
            return true;
        char *pair = word + 2;
        if (strcmp(word, "-c") == 0) {
            options = next_word(options, word, sizeof word);
            pair = word;
        } else if (strncmp(word, "-c", 2) != 0 && strncmp(word, "--", 2) != 0) {
            return error_set(err, "42601",
                             "invalid command-line argument for server process: %s",
                             word);
        }
        if (!preset_pair(front, pair, err))
            return false;
    }
}

/* Does the protocol itself take care of this parameter? */
static bool is_protocols(const char *name)
{
    static const char *const names[] = {"user", "database", "replication", "options"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return strncmp(name, "_pq_.", 5) == 0;
}

static bool preset_all(const struct pg_front *server, struct front *front,
                       struct error *err)
{
    const char *name, *value;
    const char *options = pgw_session_startup_parameter(front->session, "options");
    size_t cursor = 0;
    struct settings *settings = query_session_settings(front->query);
    if (!session_defaults_preset(server->defaults, settings, err))
        return false;
    if (options && !preset_options(front, options, err))
        return false;
    while (pgw_session_startup_next(front->session, &cursor, &name, &value)) {
        if (!is_protocols(name) && !start(front, name, value, err))
            return false;
    }
    return true;
}

static bool check_database(const struct pg_front *server, pgw_session *session,
                           struct error *err)
{
    const char *name = front_database(session);
    if (strcmp(name, server->database->name) == 0)
        return true;
    error_set(err, "3D000", "database \"%s\" does not exist", name);
    error_hint(err, "The database served here is called \"%s\".",
               server->database->name);
    return false;
}

static void follow_keepalive(struct front *front, const struct settings *settings)
{
    const struct pgw_keepalive keepalive = {
        .idle_s = settings_number(settings, SETTING_KEEPALIVES_IDLE),
        .interval_s = settings_number(settings, SETTING_KEEPALIVES_INTERVAL),
        .count = settings_number(settings, SETTING_KEEPALIVES_COUNT),
        .user_timeout_ms = settings_number(settings, SETTING_USER_TIMEOUT)};
    if (memcmp(&keepalive, &front->keepalive, sizeof keepalive) != 0)
        pgw_session_set_keepalive(front->session, &keepalive);
    front->keepalive = keepalive;
}

void front_follow(struct front *front)
{
    const struct settings *settings = query_session_settings(front->query);
    pgw_session *session = front->session;
    if (front->settings_seen == settings->version)
        return;
    front->settings_seen = settings->version;
    pgw_session_set_statement_timeout(
        session, settings_number(settings, SETTING_STATEMENT_TIMEOUT));
    pgw_session_set_transaction_timeout(
        session, settings_number(settings, SETTING_TRANSACTION_TIMEOUT));
    pgw_session_set_queue_timeout(session,
                                  settings_number(settings, SETTING_QUEUE_TIMEOUT));
    pgw_session_set_idle_timeouts(
        session, settings_number(settings, SETTING_IDLE_SESSION_TIMEOUT),
        settings_number(settings, SETTING_IDLE_IN_TRANSACTION_TIMEOUT));
    follow_keepalive(front, settings);
}

static bool open_front(const struct pg_front *server, struct front *front,
                       struct error *err)
{
    enum user_role role;
    if (!front_admit(server, front->session, &role, err) ||
        !check_database(server, front->session, err))
        return false;
    const char *user = pgw_session_startup_parameter(front->session, "user");
    if (!limits_enter(server->limits, user ? user : "", server->database->name,
                      role == ROLE_ADMIN, &front->ticket, err))
        return false;
    front->query = query_session_new(server->database, &client_ops, front);
    if (!front->query)
        return error_no_memory(err);
    if (!query_session_identify(front->query, user ? user : "", role, err))
        return false;
    if (!preset_all(server, front, err))
        return false;
    settings_report_all(query_session_settings(front->query));
    front_follow(front);
    return !front->is_behind || error_no_memory(err);
}

enum pgw_status front_open(void *ctx, pgw_session *session, void **state,
                           struct pgw_error *err)
{
    struct error error;
    struct front *front = calloc(1, sizeof *front);
    *state = front;
    if (!front)
        return pgw_fail(err, "53200", "out of memory");
    front->session = session;
    return open_front(ctx, front, &error) ? PGW_OK : fatal(&error, err);
}

void front_close(void *state)
{
    struct front *front = state;
    if (!front)
        return;
    query_session_free(front->query);
    limits_leave(&front->ticket);
    free(front);
}
