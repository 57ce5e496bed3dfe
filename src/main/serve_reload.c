/* serve_reload.c - what may change while the server runs, a row each.
 *
 * The options are read from where they came from: command line, environment, ini file.
 * If one is malformed, nothing changes. Options that are not reloadable keep the value
 * of the start; that somebody has changed one is logged once a reload. */
#include "main/serve_reload.h"

#include <string.h>

#include "main/serve_limits.h"
#include "main/serve_state.h"
#include "main/serve_tls.h"

static bool reload_log(struct server *server, const struct options *options,
                       struct error *err)
{
    enum log_level level;
    (void)err; /* the option was checked when it was read */
    if (log_level_parse(options_text(options, "log-level"), &level))
        atomic_store(&server->log.level, level);
    return true;
}

/* For sessions that begin from now on. */
static bool reload_sessions(struct server *server, const struct options *options,
                            struct error *err)
{
    (void)err;
    for (size_t i = 0; i < DEFAULT_COUNT; i++)
        atomic_store(
            &server->defaults.values[i],
            (uint32_t)options_number(options, session_default_specs[i].option));
    atomic_store(&server->drain_timeout_ms,
                 (uint32_t)options_number(options, "drain-timeout"));
    atomic_store(&server->defaults.login_timeout_ms,
                 (uint32_t)options_number(options, "login-timeout"));
    return true;
}

static bool reload_access(struct server *server, const struct options *options,
                          struct error *err)
{
    const struct access_files files = {
        .users = options_text(options, "users"),
        .rules = options_text(options, "hba"),
        .ident = options_text(options, "ident"),
        .allows_cleartext =
            strcmp(options_text(options, "cleartext-passwords"), "yes") == 0};
    return access_load(&server->access, &files, err);
}

/* Each keeps what it had when it fails. */
static const struct reloadable {
    const char *what; /* for the log */
    bool (*apply)(struct server *server, const struct options *options,
                  struct error *err);
} parts[] = {
    {"log level", reload_log},
    {"users and rules", reload_access},
    {"session defaults", reload_sessions},
    {"certificates", serve_tls_apply},
    {"limits", serve_limits_apply},
};

bool serve_apply(struct server *server, const struct options *options,
                 struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!parts[i].apply(server, options, err))
            return false;
    }
    return true;
}

static void complain(const struct server *server, const char *what,
                     const struct error *err)
{
    LOG_EVENT(&server->log, LOG_ERROR, "reload failed", LOG_TEXT_FIELD("what", what),
              LOG_TEXT_FIELD("sqlstate", err->sqlstate),
              LOG_TEXT_FIELD("reason", err->message));
}

static void tell_differences(const struct server *server, const struct options *fresh)
{
    for (size_t i = 0; i < fresh->count; i++) {
        const struct option_spec *spec = &fresh->specs[i];
        if (!spec->reloadable && !options_agree(&server->options, fresh, spec))
            LOG_EVENT(&server->log, LOG_WARNING, "restart needed",
                      LOG_TEXT_FIELD("option", spec->name));
    }
}

/* True: all of it. */
static bool apply_all(struct server *server, const struct options *fresh)
{
    struct error err;
    bool all = true;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        bool done = parts[i].apply(server, fresh, &err);
        if (!done)
            complain(server, parts[i].what, &err);
        all = all && done;
    }
    return all;
}

void serve_reload(struct server *server)
{
    struct error err;
    struct options fresh = {0};
    systemd_reloading(&server->systemd);
    if (serve_options_read(&fresh, server->argc, server->argv, &err)) {
        tell_differences(server, &fresh);
        bool all = apply_all(server, &fresh);
        options_free(&server->latest);
        server->latest = fresh; /* what the parts have borrowed from it lives on */
        LOG_EVENT(&server->log, LOG_INFO, "reloaded",
                  LOG_TEXT_FIELD("result", all ? "all" : "in part"));
    } else {
        options_free(&fresh);
        complain(server, "options", &err);
    }
    systemd_ready(&server->systemd, NULL);
}
