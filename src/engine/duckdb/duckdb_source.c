/* duckdb_source.c - data files as views, and external access locked to them. */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "engine/duckdb/duckdb_internal.h"

static const struct reader {
    const char *suffix, *function;
} readers[] = {
    {".parquet", "read_parquet"}, {".csv", "read_csv"},       {".tsv", "read_csv"},
    {".csv.gz", "read_csv"},      {".csv.zst", "read_csv"},   {".json", "read_json"},
    {".ndjson", "read_json"},     {".jsonl", "read_json"},    {".json.gz", "read_json"},
    {".ndjson.gz", "read_json"},  {".jsonl.gz", "read_json"},
};

static const struct reader *find_reader(const char *path)
{
    size_t len = strlen(path);
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        size_t suffix = strlen(readers[i].suffix);
        if (len > suffix && strcasecmp(path + len - suffix, readers[i].suffix) == 0)
            return &readers[i];
    }
    return NULL;
}

bool duckdb_is_data_file(const char *path)
{
    return find_reader(path) != NULL;
}

bool duckdb_run(duckdb_connection connection, const char *sql, struct error *err)
{
    duckdb_result result;
    bool done = duckdb_query(connection, sql, &result) == DuckDBSuccess;
    if (!done)
        duckdb_error_set(err, duckdb_result_error(&result), slice_of(sql));
    duckdb_destroy_result(&result);
    return done;
}

/* ---- text ---- */

static char *quote(struct arena *arena, const char *text, char with)
{
    char *out = arena_alloc(arena, strlen(text) * 2 + 3), *end = out;
    if (!out)
        return NULL;
    *end++ = with;
    for (; *text; text++) {
        if (*text == with)
            *end++ = with;
        *end++ = *text;
    }
    *end++ = with;
    *end = '\0';
    return out;
}

/* The file's name without directory and suffix: lower case, the rest underscores. */
static char *stem(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *start = slash ? slash + 1 : path;
    size_t len = strlen(start) - strlen(find_reader(path)->suffix);
    char *name = arena_string(arena, (struct slice){start, len});
    for (size_t i = 0; name && i < len; i++) {
        char c = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        name[i] = plain ? c : '_';
    }
    return name;
}

/* ---- views ---- */

struct views {
    duckdb_connection connection;
    struct arena *arena;
    struct error *err;
    char *allowed; /* 'path', 'path': what stays readable */
    struct made {
        const char *name, *path;
        struct made *next;
    } * made;
};

/* Two files of one name would hide each other. */
static bool remember(struct views *views, const char *name, const char *path)
{
    for (const struct made *made = views->made; made; made = made->next) {
        if (strcasecmp(made->name, name) == 0) {
            error_set(views->err, "42710", "%s and %s would both be the view \"%s\"",
                      made->path, path, name);
            error_hint(views->err, "Say NAME=FILE for one of them.");
            return false;
        }
    }
    struct made *made = arena_calloc(views->arena, 1, sizeof *made);
    if (!made)
        return error_no_memory(views->err);
    *made = (struct made){name, path, views->made};
    views->made = made;
    return true;
}

/* Files by their full paths: a view must not change its meaning with the directory. */
static bool allow(struct views *views, const char *path, char **list)
{
    char full[PATH_MAX];
    if (!realpath(path, full) || access(path, R_OK) != 0)
        return error_set(views->err, "58P01", "cannot read the file %s: %s", path,
                         strerror(errno));
    char *quoted = quote(views->arena, full, '\'');
    if (!quoted)
        return error_no_memory(views->err);
    *list = *list ? arena_printf(views->arena, "%s, %s", *list, quoted) : quoted;
    views->allowed = views->allowed
                         ? arena_printf(views->arena, "%s, %s", views->allowed, quoted)
                         : quoted;
    return (*list && views->allowed) || error_no_memory(views->err);
}

static bool create_view(struct views *views, const char *name, const char *path,
                        const char *list)
{
    char *quoted = quote(views->arena, name, '"');
    char *sql =
        quoted ? arena_printf(views->arena,
                              "create or replace view %s as select * from %s([%s])",
                              quoted, find_reader(path)->function, list)
               : NULL;
    if (!sql)
        return error_no_memory(views->err);
    return remember(views, name, path) &&
           duckdb_run(views->connection, sql, views->err);
}

static bool each_file(struct views *views, const glob_t *files)
{
    for (size_t i = 0; i < files->gl_pathc; i++) {
        const char *path = files->gl_pathv[i];
        char *list = NULL, *kept = arena_string(views->arena, slice_of(path));
        char *name = kept && find_reader(path) ? stem(views->arena, path) : NULL;
        if (!kept)
            return error_no_memory(views->err);
        if (!find_reader(path))
            return error_set(views->err, "0A000",
                             "%s is not a kind of data file that is "
                             "known: parquet, csv, tsv, json, ndjson",
                             path);
        if (!name)
            return error_no_memory(views->err);
        if (!allow(views, path, &list) || !create_view(views, name, kept, list))
            return false;
    }
    return true;
}

static bool all_files(struct views *views, const char *name, const glob_t *files)
{
    char *list = NULL,
         *first = arena_string(views->arena, slice_of(files->gl_pathv[0]));
    if (!first)
        return error_no_memory(views->err);
    for (size_t i = 0; i < files->gl_pathc; i++) {
        const struct reader *reader = find_reader(files->gl_pathv[i]);
        if (!reader || reader->function != find_reader(first)->function)
            return error_set(views->err, "0A000",
                             "the files of view \"%s\" are not all of one kind: %s, %s",
                             name, first, files->gl_pathv[i]);
        if (!allow(views, files->gl_pathv[i], &list))
            return false;
    }
    return create_view(views, name, first, list);
}

static bool create_source(struct views *views, const struct duckdb_source *source)
{
    glob_t files;
    bool done;
    int found = glob(source->pattern, GLOB_NOSORT, NULL, &files);
    if (found == GLOB_NOSPACE)
        return error_no_memory(views->err);
    if (found != 0)
        return error_set(views->err, "58P01", "the file %s does not exist",
                         source->pattern);
    if (!source->name)
        done = each_file(views, &files);
    else if (find_reader(files.gl_pathv[0]))
        done = all_files(views, source->name, &files);
    else
        done =
            error_set(views->err, "0A000",
                      "%s is not a kind of data file that is known", files.gl_pathv[0]);
    globfree(&files);
    return done;
}

static bool lock_access(struct views *views)
{
    const char *paths = views->allowed ? views->allowed : "";
    char *sql = arena_printf(views->arena, "set allowed_paths = [%s]", paths);
    if (!sql)
        return error_no_memory(views->err);
    return (!views->allowed || duckdb_run(views->connection, sql, views->err)) &&
           duckdb_run(views->connection, "set enable_external_access = false",
                      views->err);
}

bool duckdb_sources_create(duckdb_connection connection,
                           const struct duckdb_options *options, struct arena *arena,
                           struct error *err)
{
    struct views views = {.connection = connection, .arena = arena, .err = err};
    for (size_t i = 0; i < options->source_count; i++) {
        if (!create_source(&views, &options->sources[i]))
            return false;
    }
    return lock_access(&views);
}
