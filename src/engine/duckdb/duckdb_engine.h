/* duckdb_engine.h - DuckDB, embedded: a database file or memory, and views over files.
 */
#ifndef ENGINE_DUCKDB_ENGINE_H
#define ENGINE_DUCKDB_ENGINE_H

#include <stddef.h>

#include "engine/engine.h"

/* Data files that become views. Without a name each file of the pattern is a view
 * called after its stem; with one, all files of the pattern are one view. */
struct duckdb_source {
    const char *name;    /* or NULL */
    const char *pattern; /* a path, wildcards allowed */
};

struct duckdb_options {
    const char *path; /* of the database file, created if missing; NULL = memory */
    size_t memory_limit_bytes; /* 0 = 70 % of what this process may use */
    const char
        *spill_directory; /* NULL = beside the database, or the temporary directory */
    unsigned threads;     /* 0 = the engine's choice */
    const struct duckdb_source *sources;
    size_t source_count;
    /* How columns are declared to clients, for the catalogue; NULL: as text. */
    uint32_t (*declared_oid)(const struct type *);
    int32_t (*declared_typmod)(const struct type *); /* -1 = none */
};

/* Does the engine read this as a data file, by its name? Else it is a database file. */
bool duckdb_is_data_file(const char *path);

/* Opens, creates the views, then locks external access to their files. Errors: 58P01 no
 * such file, 55006 locked by another process, 42710 two views of one name, and what the
 * engine says. */
bool duckdb_engine_new(const struct duckdb_options *options, struct engine **out,
                       struct error *err) MUST_CHECK;

#endif
