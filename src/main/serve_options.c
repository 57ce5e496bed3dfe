/* serve_options.c - the one table of options, and the targets. */
#include "main/serve_options.h"

#include <string.h>
#include <unistd.h>

static const char default_config[] = "wirehouse.ini";

const struct option_spec serve_specs[] = {
    {"config", OPTION_TEXT, "FILE", "",
     "read options from [wirehouse] of this ini file", NULL, false},
    {"pg", OPTION_LIST, "ADDRESS", "",
     "listen for PostgreSQL: ADDR:PORT, or a directory for a unix socket; repeatable "
     "[127.0.0.1:5433]",
     NULL, false},
    {"http", OPTION_LIST, "ADDRESS", "",
     "listen for HTTP: ADDR:PORT, or /PATH.sock; repeatable [127.0.0.1:8033]", NULL,
     false},
    {"unix-socket-permissions", OPTION_TEXT, "MODE", "0777",
     "who may connect to unix sockets, as chmod has it", NULL, false},
    {"unix-socket-group", OPTION_TEXT, "GROUP", "", "whose group they are", NULL,
     false},
    {"https", OPTION_LIST, "ADDRESS", "", "listen for HTTP over TLS: ADDR:PORT", NULL,
     false},
    {"tls", OPTION_CHOICE, "MODE", "offered",
     "whether PostgreSQL clients must use it, once there is a certificate",
     "offered required", true},
    {"tls-cert", OPTION_TEXT, "FILE", "",
     "the server's certificate, and those it is signed by, as PEM", NULL, true},
    {"tls-key", OPTION_TEXT, "FILE", "", "its private key, readable by nobody else",
     NULL, true},
    {"tls-client-ca", OPTION_TEXT, "FILE", "",
     "whose certificates are taken from clients", NULL, true},
    {"tls-crl", OPTION_TEXT, "FILE", "", "which of them are revoked", NULL, true},
    {"tls-min-version", OPTION_CHOICE, "VERSION", "1.2", "the oldest TLS that is taken",
     "1.2 1.3", true},
    {"users", OPTION_TEXT, "FILE", "",
     "who may connect, with their secrets and roles: wirehouse passwd", NULL, true},
    {"hba", OPTION_TEXT, "FILE", "",
     "who may connect from where, and how they prove it, as in pg_hba.conf", NULL,
     true},
    {"ident", OPTION_TEXT, "FILE", "", "the maps that it names, as in pg_ident.conf",
     NULL, true},
    {"cleartext-passwords", OPTION_CHOICE, "CHOICE", "no",
     "let passwords cross the network without TLS", "no yes", true},
    {"memory-limit", OPTION_SIZE, "SIZE", "",
     "memory of the engine [70 % of what there is]", NULL, false},
    {"spill-directory", OPTION_TEXT, "DIRECTORY", "",
     "where the engine puts what does not fit into memory", NULL, false},
    {"engine-threads", OPTION_NUMBER, "NUMBER", "0",
     "threads of the engine, 0: one a core", NULL, false},
    {"io-threads", OPTION_NUMBER, "NUMBER", "2", "threads that no statement can block",
     NULL, false},
    {"slots", OPTION_NUMBER, "NUMBER", "0",
     "statements that may run at once, 0: two a core", NULL, false},
    {"max-connections", OPTION_NUMBER, "NUMBER", "0",
     "clients at once, 0: as many as there are descriptors", NULL, true},
    {"reserved-connections", OPTION_NUMBER, "NUMBER", "3", "of them, kept for admins",
     NULL, true},
    {"user-connections", OPTION_LIST, "LIMIT", "",
     "sessions of each user: NUMBER, or USER=NUMBER; repeatable", NULL, true},
    {"database-connections", OPTION_LIST, "LIMIT", "",
     "sessions of each database: NUMBER, or DATABASE=NUMBER; repeatable", NULL, true},
    {"address-connections", OPTION_LIST, "LIMIT", "",
     "connections from each address: NUMBER, or ADDRESS[/BITS]=NUMBER; repeatable",
     NULL, true},
    {"statement-timeout", OPTION_DURATION, "DURATION", "0",
     "how long a statement may run, 0: no limit", NULL, true},
    {"transaction-timeout", OPTION_DURATION, "DURATION", "0",
     "how long a transaction may take", NULL, true},
    {"queue-timeout", OPTION_DURATION, "DURATION", "0",
     "how long a statement may wait for one of the slots", NULL, true},
    {"idle-session-timeout", OPTION_DURATION, "DURATION", "0",
     "how long a client may ask nothing", NULL, true},
    {"idle-in-transaction-timeout", OPTION_DURATION, "DURATION", "0",
     "how long it may ask nothing within a transaction", NULL, true},
    {"login-timeout", OPTION_DURATION, "DURATION", "60s", "how long a login may take",
     NULL, true},
    {"drain-timeout", OPTION_DURATION, "DURATION", "30s",
     "how long statements and transactions may go on after SIGTERM", NULL, true},
    {"tcp-keepalives-idle", OPTION_NUMBER, "SECONDS", "0",
     "when a silent connection is looked after, 0: as the system has it", NULL, true},
    {"tcp-keepalives-interval", OPTION_NUMBER, "SECONDS", "0", "when again", NULL,
     true},
    {"tcp-keepalives-count", OPTION_NUMBER, "NUMBER", "0",
     "how often in vain before it is given up", NULL, true},
    {"tcp-user-timeout", OPTION_DURATION, "DURATION", "0",
     "how long what is sent may go unacknowledged", NULL, true},
    {"portal-memory", OPTION_SIZE, "SIZE", "64MiB",
     "rows that a suspended portal may keep in memory", NULL, false},
    {"portal-disk", OPTION_SIZE, "SIZE", "1GiB",
     "rows that it may keep in a file beyond that, in the spill directory", NULL,
     false},
    {"portal-memory-total", OPTION_SIZE, "SIZE", "512MiB",
     "rows that all suspended portals may keep in memory", NULL, false},
    {"portal-disk-total", OPTION_SIZE, "SIZE", "8GiB",
     "rows that they may keep in files", NULL, false},
    {"log-level", OPTION_CHOICE, "LEVEL", "info",
     "the least severe events that are logged", "debug info warning error", true},
    {"log-format", OPTION_CHOICE, "FORMAT", "auto",
     "auto is text on a terminal, else json", "auto text json", false},
};

const size_t serve_spec_count = ARRAY_LEN(serve_specs);

bool serve_options_read(struct options *options, int argc, char **argv,
                        struct error *err)
{
    if (!options_init(options, serve_specs, serve_spec_count, "WIREHOUSE_", err) ||
        !options_read_arguments(options, argc, argv, err) ||
        !options_read_environment(options, err))
        return false;
    const char *path = options_text(options, "config");
    if (!path && access(default_config, R_OK) == 0)
        path = default_config;
    return !path || options_read_ini(options, path, "wirehouse", err);
}

/* NAME=TARGET, where NAME is a name and not part of a path. */
static const char *split_name(struct options *options, const char *argument,
                              const char **target)
{
    const char *equals = strchr(argument, '=');
    const char *slash = strchr(argument, '/');
    *target = argument;
    if (!equals || equals == argument || (slash && slash < equals))
        return NULL;
    *target = equals + 1;
    return arena_string(&options->arena,
                        (struct slice){argument, (size_t)(equals - argument)});
}

bool serve_targets(struct options *options, struct duckdb_options *out,
                   struct error *err)
{
    struct duckdb_source *sources =
        arena_calloc(&options->arena, options->argument_count, sizeof *sources);
    if (!sources)
        return error_no_memory(err);
    out->sources = sources;
    for (size_t i = 0; i < options->argument_count; i++) {
        const char *target;
        const char *name = split_name(options, options->arguments[i], &target);
        if (duckdb_is_data_file(target))
            sources[out->source_count++] = (struct duckdb_source){name, target};
        else if (name)
            return error_set(err, "22023",
                             "%s is not a kind of data file that is known", target);
        else if (out->path)
            return error_set(err, "22023",
                             "one database file is served, not both %s and %s",
                             out->path, target);
        else
            out->path = target;
    }
    return true;
}
