/* serve.c - wiring: options → engine → database → fronts → the loop, and signals. */
#include "main/serve.h"

#include <grp.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <pgwire/version.h>

#include "core/entropy.h"
#include "main/serve_reload.h"
#include "main/serve_state.h"
#include "pgwire/pg_type.h"

static const char database_name[] = "main";

/* A client is a descriptor, and the soft limit is for programs that call select. */
static void permit_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files); /* else as many as there were */
}

/* ---- sessions ---- */

static bool open_pg(void *ctx, const struct session_peer *peer, struct session *out)
{
    struct server *server = ctx;
    const struct pgw_session_options options = {
        .host = peer->host,
        .host_self = peer->host_self,
        .pid = peer->pid,
        .peer = &peer->peer,
        .login_timeout_ms = session_login_timeout(&server->defaults),
        .tls = atomic_load(&server->tls_mode),
        .auth_nonce = server->auth_nonce};
    *out = (struct session){
        &pg_session_ops, pgw_session_new(&pg_front_handlers, &server->front, &options)};
    return out->self != NULL;
}

static bool open_http(void *ctx, const struct session_peer *peer, struct session *out)
{
    struct server *server = ctx;
    *out = (struct session){&http_session_ops, http_session_new(&server->http, peer)};
    return out->self != NULL;
}

/* ---- listening ---- */

/* Without users, whoever can connect is an admin. */
static bool allows_everybody(struct server *server)
{
    struct access_set *set = access_acquire(&server->access);
    bool is_open = access_is_open(set);
    access_release(set);
    return is_open;
}

static bool check_address(struct server *server, const char *address, struct error *err)
{
    bool is_loopback;
    if (!net_address_check(address, &is_loopback, err))
        return false;
    if (is_loopback || !allows_everybody(server))
        return true;
    error_set(err, "28000", "refusing to listen on %s without users", address);
    error_hint(err,
               "Without --users or --hba anyone may connect; only loopback addresses "
               "and unix sockets are served.");
    return false;
}

/* An option that says where to listen, where to unless it does (NULL: nowhere), and for
 * what. */
struct entrance {
    const char *option, *standard;
    struct session_factory factory;
};

/* Has it been handed sockets for this? *first: the name of the first. */
static bool take_sockets(struct server *server, const struct entrance *entrance,
                         char *first, bool *any, struct error *err)
{
    char name[sizeof server->first_pg];
    const struct activation *activation = &server->activation;
    bool is_open = !allows_everybody(server);
    *any = false;
    for (size_t i = 0; i < activation->count; i++) {
        if (strcmp(activation->sockets[i].kind, entrance->option) != 0)
            continue;
        if (!net_listen_socket(server->net, activation->sockets[i].fd, is_open,
                               &entrance->factory, name, sizeof name, err))
            return false;
        if (!first[0])
            (void)snprintf(first, sizeof server->first_pg, "%s", name);
        *any = true;
    }
    return true;
}

static bool listen_all(struct server *server, const struct entrance *entrance,
                       char *first, struct error *err)
{
    bool any;
    if (!take_sockets(server, entrance, first, &any, err))
        return false;
    const struct option_value fallback = {entrance->standard, NULL};
    const struct option_value *value = options_list(&server->options, entrance->option);
    if (!value && entrance->standard && !any)
        value = &fallback;
    for (; value; value = value->next) {
        uint16_t port = 0;
        if (!check_address(server, value->text, err) ||
            !net_listen(server->net, value->text, &entrance->factory, &port, err))
            return false;
        if (first[0])
            continue;
        const char *colon = value->text[0] == '/' ? NULL : strrchr(value->text, ':');
        size_t len = colon ? (size_t)(colon - value->text) : strlen(value->text);
        (void)snprintf(first, sizeof server->first_pg, "%.*s", (int)len, value->text);
        if (colon)
            (void)snprintf(first + len, sizeof server->first_pg - len, ":%u", port);
    }
    return true;
}

static bool listen_everywhere(struct server *server, struct error *err)
{
    const struct session_tls no_tls = {0};
    const struct session_tls pg_tls = {.source = &server->tls,
                                       .protocol = "postgresql"};
    const struct session_tls http_tls = {.source = &server->tls,
                                         .protocol = "http/1.1",
                                         .at_once = true,
                                         .timeout_ms =
                                             session_login_timeout(&server->defaults)};
    const struct entrance pg = {
        "pg",
        "127.0.0.1:5433",
        {open_pg, server, pg_tls, pg_farewell, pg_farewell_len}};
    const struct entrance http = {
        "http",
        "127.0.0.1:8033",
        {open_http, server, no_tls, http_farewell, http_farewell_len}};
    const struct entrance https = {
        "https", NULL, {open_http, server, http_tls, NULL, 0}};
    return listen_all(server, &pg, server->first_pg, err) &&
           listen_all(server, &http, server->first_http, err) &&
           listen_all(server, &https, server->first_https, err);
}

/* ---- starting ---- */

/* Digits as chmod takes them, and a group by name or number. */
static bool read_unix_rights(const struct options *options, struct unix_rights *out,
                             struct error *err)
{
    char *end;
    const char *mode = options_text(options, "unix-socket-permissions");
    const char *group = options_text(options, "unix-socket-group");
    mode = mode ? mode : "";
    out->mode = (unsigned)strtoul(mode, &end, 8);
    if (*end || out->mode == 0 || out->mode > 0777)
        return error_set(err, "22023",
                         "--unix-socket-permissions: \"%s\" is not 0001 to 0777", mode);
    out->has_group = group != NULL;
    if (!group)
        return true;
    const struct group *entry = getgrnam(group);
    unsigned long number = strtoul(group, &end, 10);
    if (!entry && (*end || number > UINT32_MAX))
        return error_set(err, "22023", "--unix-socket-group: there is no group \"%s\"",
                         group);
    out->group = entry ? entry->gr_gid : (gid_t)number;
    return true;
}

static void start_log(struct server *server)
{
    const char *format = options_text(&server->options, "log-format");
    bool text = strcmp(format, "text") == 0 ||
                (strcmp(format, "auto") == 0 && isatty(STDERR_FILENO));
    server->log.fd = STDERR_FILENO;
    server->log.format = text ? LOG_TEXT : LOG_JSON;
}

/* Columns are declared in the catalogue as their values are sent. */
static uint32_t declared_oid(const struct type *type)
{
    return plan_type_oid(type, NULL);
}

static int32_t declared_typmod(const struct type *type)
{
    return plan_type_typmod(type) - 1;
}

/* 0 is what the database takes for its default; here it means nothing at all. */
static uint64_t limit_option(const struct server *server, const char *name)
{
    uint64_t bytes = options_number(&server->options, name);
    return bytes > 0 ? bytes : 1;
}

static struct spool_limits spool_limits(const struct server *server)
{
    return (struct spool_limits){
        .memory = limit_option(server, "portal-memory"),
        .disk = limit_option(server, "portal-disk"),
        .memory_total = limit_option(server, "portal-memory-total"),
        .disk_total = limit_option(server, "portal-disk-total")};
}

static bool open_engine(struct server *server, struct error *err)
{
    struct engine *engine;
    struct duckdb_options duckdb = {
        .memory_limit_bytes = options_number(&server->options, "memory-limit"),
        .spill_directory = options_text(&server->options, "spill-directory"),
        .threads = (unsigned)options_number(&server->options, "engine-threads"),
        .declared_oid = declared_oid,
        .declared_typmod = declared_typmod};
    const struct database_options database = {.name = database_name,
                                              .spool = spool_limits(server)};
    if (!serve_targets(&server->options, &duckdb, err) ||
        !duckdb_engine_new(&duckdb, &engine, err) ||
        !database_init(&server->database, engine, &database, err))
        return false;
    server->database.access = &server->access;
    return true;
}

static bool start(struct server *server, struct error *err)
{
    struct net_options net = {
        .io_threads = (unsigned)options_number(&server->options, "io-threads"),
        .slots = (unsigned)options_number(&server->options, "slots"),
        .max_connections =
            (unsigned)options_number(&server->options, "max-connections"),
        .log = &server->log};
    if (!read_unix_rights(&server->options, &net.unix_rights, err))
        return false;
    server->front = (struct pg_front){.database = &server->database,
                                      .access = &server->access,
                                      .defaults = &server->defaults,
                                      .log = &server->log};
    if (!entropy_read(server->auth_nonce, sizeof server->auth_nonce))
        return error_set(err, "XX000", "the system has no random bytes");
    if (!http_front_init(&server->http, &server->database, &server->defaults))
        return error_no_memory(err);
    server->http.access = &server->access;
    server->net = net_new(&net, err);
    if (!server->net || !serve_apply(server, &server->options, err))
        return false;
    server->front.limits = server->http.limits = &server->limits;
    return listen_everywhere(server, err) && open_engine(server, err);
}

/* psql's host and port of a place to connect to: "127.0.0.1:5433", "/tmp:5433", or the
 * path of a unix socket. */
static unsigned split_place(const char *place, char *host, size_t size)
{
    static const char file[] = "/.s.PGSQL.";
    const char *name = strstr(place, file), *colon = strrchr(place, ':');
    const char *port = name ? name + sizeof file - 1 : colon ? colon + 1 : "5432";
    size_t len = name    ? (size_t)(name - place)
                 : colon ? (size_t)(colon - place)
                         : strlen(place);
    (void)snprintf(host, size, "%.*s", (int)len, place);
    return (unsigned)strtoul(port, NULL, 10);
}

static bool announce(struct server *server, struct error *err)
{
    int64_t tables;
    char host[128];
    if (!database_table_count(&server->database, &tables, err))
        return false;
    unsigned port = split_place(server->first_pg, host, sizeof host);
    printf("wirehouse %s · PostgreSQL on %s · HTTP on %s%s%s · %lld tables in database "
           "%s\n",
           PGW_VERSION, server->first_pg, server->first_http,
           server->first_https[0] ? " · HTTPS on " : "", server->first_https,
           (long long)tables, database_name);
    printf("try: psql -h %s -p %u -d %s\n", host, port, database_name);
    fflush(stdout);
    (void)snprintf(server->status, sizeof server->status,
                   "PostgreSQL on %s, HTTP on %s, %lld tables", server->first_pg,
                   server->first_http, (long long)tables);
    LOG_EVENT(&server->log, LOG_INFO, "serving", LOG_TEXT_FIELD("version", PGW_VERSION),
              LOG_TEXT_FIELD("pg", server->first_pg),
              LOG_TEXT_FIELD("http", server->first_http),
              LOG_NUMBER_FIELD("tables", tables));
    return true;
}

static void stop(struct server *server)
{
    control_end(server); /* nobody stops a loop that is gone */
    net_free(server->net);
    tls_source_free(&server->tls);
    http_front_free(&server->http);
    database_free(&server->database);
    access_free(&server->access);
    limits_free(&server->limits);
    options_free(&server->latest);
    options_free(&server->options);
}

static int fail(const struct error *err, int code)
{
    fprintf(stderr, "wirehouse: %s\n", err->message);
    if (err->hint[0])
        fprintf(stderr, "wirehouse: %s\n", err->hint);
    return code;
}

void serve_help(FILE *out)
{
    fprintf(out,
            "usage: wirehouse serve [OPTION]... [[NAME=]TARGET]...\n\n"
            "Serve a database to PostgreSQL and HTTP clients. A TARGET is a DuckDB "
            "database file,\ncreated if it is missing, or data files (parquet, csv, "
            "json; wildcards), each becoming\na view called NAME or the file's stem. "
            "Without one, the database is in memory.\n\n");
    options_print_help(serve_specs, serve_spec_count, out);
    fprintf(out,
            "\nEach option can also be set as WIREHOUSE_NAME in the environment, or "
            "in [wirehouse]\nof wirehouse.ini; the command line wins, then the "
            "environment.\n");
}

/* By itself the C library holds up to 64 MB a thread for the next large block, once one
 * was given back: what is large goes back to the system at once. */
static void limit_spare_memory(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}

int serve_main(int argc, char **argv)
{
    struct error err;
    struct server server = {.argc = argc, .argv = argv};
    limit_spare_memory();
    if (!serve_options_read(&server.options, argc, argv, &err)) {
        options_free(&server.options);
        return fail(&err, EXIT_CODE_USAGE);
    }
    start_log(&server);
    permit_files();
    systemd_init(&server.systemd);
    tls_source_init(&server.tls);
    bool done = activation_read(&server.activation, &err) &&
                ((access_init(&server.access) && limits_init(&server.limits)) ||
                 error_no_memory(&err)) &&
                control_start(&server, &err) && start(&server, &err);
    if (done) {
        control_serving(&server);
        done = announce(&server, &err);
    }
    if (done) {
        systemd_ready(&server.systemd, server.status);
        done = net_run(server.net, &err);
    }
    stop(&server);
    return done ? EXIT_SUCCESS : fail(&err, EXIT_CODE_FAILURE);
}
