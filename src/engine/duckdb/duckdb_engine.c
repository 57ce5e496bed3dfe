/* duckdb_engine.c - DuckDB, embedded: opened, configured, locked. */
#include "engine/duckdb/duckdb_engine.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/duckdb/duckdb_catalog.h"
#include "engine/duckdb/duckdb_helpers.h"

struct duckdb_engine {
    struct engine base;
    duckdb_database database;
    struct duckdb_names names;
    struct duckdb_catalog *catalog;
    struct duckdb_conns conns;
    struct duckdb_helpers *helpers;
    char spill[4096];
    bool owns_spill; /* nobody has asked for that directory */
};

static bool connect_engine(struct engine *base, struct engine_conn **out,
                           struct error *err)
{
    struct duckdb_engine *engine = (struct duckdb_engine *)base;
    struct duckdb_conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        return error_no_memory(err);
    conn->base.ops = &duckdb_conn_ops;
    conn->names = &engine->names;
    conn->helpers = engine->helpers;
    if (duckdb_connect(engine->database, &conn->connection) != DuckDBSuccess) {
        free(conn);
        return error_set(err, "53000", "the engine takes no more connections");
    }
    if (!duckdb_run(conn->connection, "set search_path = 'main," CATALOG_SCHEMA "'",
                    err)) {
        conn->base.ops->close(&conn->base);
        return false;
    }
    duckdb_conns_add(&engine->conns, conn);
    *out = &conn->base;
    return true;
}

static void free_engine(struct engine *base)
{
    struct duckdb_engine *engine = (struct duckdb_engine *)base;
    duckdb_catalog_disconnect(engine->catalog);
    duckdb_helpers_free(engine->helpers);
    duckdb_close(&engine->database);
    duckdb_catalog_free(engine->catalog);
    duckdb_conns_free(&engine->conns);
    type_oids_free(engine->names.oids);
    if (engine->owns_spill)
        (void)rmdir(engine->spill); /* DuckDB has emptied it */
    free(engine);
}

static bool load_file(struct engine *base, const struct engine_load *load,
                      struct engine_cursor **out, struct error *err)
{
    return duckdb_load(&((struct duckdb_engine *)base)->names, load, out, err);
}

static const struct engine_ops ops = {
    .connect = connect_engine, .load = load_file, .free = free_engine};

/* ---- configuration ---- */

/* A number from a file, 0 if there is none ("max"). */
static uint64_t read_number(const char *path)
{
    char line[64] = "";
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    uint64_t value = fgets(line, sizeof line, file) ? strtoull(line, NULL, 10) : 0;
    fclose(file);
    return value;
}

/* What this process may use: the control group's limit, or the machine's memory. */
static uint64_t usable_memory(void)
{
    static const char *const limits[] = {"/sys/fs/cgroup/memory.max",
                                         "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    uint64_t memory =
        (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        uint64_t limit = read_number(limits[i]);
        if (limit > 0 && limit < memory)
            memory = limit;
    }
    return memory;
}

/* The directory for what does not fit into memory; of this process alone, unless given.
 */
static bool choose_spill(struct duckdb_engine *engine,
                         const struct duckdb_options *options, struct error *err)
{
    const char *temporary = getenv("TMPDIR");
    char *out = engine->spill;
    engine->base.spill_directory = out;
    engine->owns_spill = !options->spill_directory;
    if (options->spill_directory)
        (void)snprintf(out, sizeof engine->spill, "%s", options->spill_directory);
    else if (options->path)
        (void)snprintf(out, sizeof engine->spill, "%s.spill", options->path);
    else
        (void)snprintf(out, sizeof engine->spill, "%s/wirehouse-XXXXXX",
                       temporary ? temporary : "/tmp");
    if (options->spill_directory || options->path || mkdtemp(out))
        return true;
    engine->owns_spill = false;
    return error_set(err, "58030", "cannot make the directory %s: %s", out,
                     strerror(errno));
}

static bool set_config(duckdb_config config, const char *name, const char *value,
                       struct error *err)
{
    if (duckdb_set_config(config, name, value) == DuckDBSuccess)
        return true;
    return error_set(err, "22023", "the engine refuses %s = %s", name, value);
}

static bool configure(struct duckdb_engine *engine,
                      const struct duckdb_options *options, duckdb_config config,
                      struct error *err)
{
    char memory[32], threads[16];
    uint64_t limit = options->memory_limit_bytes ? options->memory_limit_bytes
                                                 : usable_memory() / 10 * 7;
    (void)snprintf(memory, sizeof memory, "%" PRIu64 "B", limit);
    (void)snprintf(threads, sizeof threads, "%u", options->threads);
    if (!choose_spill(engine, options, err))
        return false;
    const struct {
        const char *name, *value;
    } settings[] = {
        {"memory_limit", memory},
        {"temp_directory", engine->spill},
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"allow_community_extensions", "false"},
        {"allow_unsigned_extensions", "false"},
        {"preserve_insertion_order", "true"},
        {"errors_as_json", "true"},
        {"threads", threads},
    };
    size_t count =
        ARRAY_LEN(settings) - (options->threads == 0); /* threads is the last */
    for (size_t i = 0; i < count; i++) {
        if (!set_config(config, settings[i].name, settings[i].value, err))
            return false;
    }
    return true;
}

/* ---- opening ---- */

/* "… (PID 123)": who holds the lock. */
static bool open_failed(const char *path, const char *message, struct error *err)
{
    const char *pid = message ? strstr(message, "PID ") : NULL;
    long number = pid ? strtol(pid + 4, NULL, 10) : 0;
    duckdb_error_set(err, message, SLICE(""));
    if (strcmp(err->sqlstate, "55006") != 0)
        return false;
    if (number > 0)
        return error_set(err, "55006", "the database %s is locked by process %ld", path,
                         number);
    return error_set(err, "55006", "the database %s is locked by another process",
                     path);
}

static bool open_database(struct duckdb_engine *engine,
                          const struct duckdb_options *options, struct error *err)
{
    duckdb_config config;
    char *message = NULL;
    if (duckdb_create_config(&config) != DuckDBSuccess)
        return error_no_memory(err);
    bool done = configure(engine, options, config, err);
    if (done && duckdb_open_ext(options->path, &engine->database, config, &message) !=
                    DuckDBSuccess)
        done = open_failed(options->path ? options->path : ":memory:", message, err);
    duckdb_free(message);
    duckdb_destroy_config(&config);
    return done;
}

static bool set_up(struct duckdb_engine *engine, const struct duckdb_options *options,
                   struct error *err)
{
    duckdb_connection connection;
    struct arena arena = {0};
    if (duckdb_connect(engine->database, &connection) != DuckDBSuccess)
        return error_set(err, "53000", "the engine takes no connections");
    bool done = duckdb_session_functions(connection, &engine->conns, err) &&
                duckdb_session_lists(connection, &engine->conns, err) &&
                duckdb_staged(connection, &engine->conns, err);
    if (done)
        engine->catalog =
            duckdb_catalog_new(engine->database, &engine->names, options, err);
    engine->names.catalog = engine->catalog;
    done = done && engine->catalog &&
           duckdb_run(connection, "set global TimeZone = 'UTC'", err) &&
           duckdb_sources_create(connection, options, &arena, err) &&
           duckdb_catalog_read(connection, err);
    duckdb_disconnect(&connection);
    arena_free(&arena);
    if (done)
        engine->helpers = duckdb_helpers_new(engine->database, &engine->conns, err);
    return engine->helpers != NULL;
}

bool duckdb_engine_new(const struct duckdb_options *options, struct engine **out,
                       struct error *err)
{
    struct duckdb_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return error_no_memory(err);
    engine->names.oids = type_oids_new();
    engine->names.changes = 1; /* nothing has been read yet */
    engine->base =
        (struct engine){.ops = &ops, .name = "duckdb", .oids = engine->names.oids};
    if (!engine->names.oids || !duckdb_conns_init(&engine->conns)) {
        type_oids_free(engine->names.oids);
        free(engine);
        return error_no_memory(err);
    }
    if (!open_database(engine, options, err) || !set_up(engine, options, err)) {
        free_engine(&engine->base);
        return false;
    }
    *out = &engine->base;
    return true;
}
