/* duckdb_catalog.c - PostgreSQL's catalogue in DuckDB: made when the engine starts.
 *
 * The hidden database is in memory and made anew each time: nothing of it reaches the
 * user's file. What the views ask of this file at run time is how the engine's types
 * are declared; the engine itself reads its words for them, on a connection kept for
 * that. */
#include "engine/duckdb/duckdb_catalog.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/strmap.h"

struct duckdb_catalog {
    const struct duckdb_names *names;
    uint32_t (*declared_oid)(const struct type *);
    int32_t (*declared_typmod)(const struct type *);
    struct duckdb_oids *oids;
    struct value_names value_names[DUCKDB_NAMED_TYPES];
    pthread_mutex_t lock; /* guards what follows */
    duckdb_connection probe;
    struct strmap declared; /* the engine's words → struct duckdb_declared */
    struct arena arena;     /* of those */
    uint64_t changes;       /* names->changes when they were read */
};

const struct duckdb_names *duckdb_catalog_names(const struct duckdb_catalog *catalog)
{
    return catalog->names;
}

struct duckdb_oids *duckdb_catalog_oids(const struct duckdb_catalog *catalog)
{
    return catalog->oids;
}

/* ---- types of columns ---- */

struct duckdb_declared duckdb_catalog_declare(const struct duckdb_catalog *catalog,
                                              const struct type *type)
{
    enum { TEXTOID = 25 };
    struct duckdb_declared declared = {TEXTOID, -1};
    if (type->oid)
        return (struct duckdb_declared){type->oid, -1};
    if (catalog->declared_oid)
        declared.oid = catalog->declared_oid(type);
    if (catalog->declared_typmod)
        declared.typmod = catalog->declared_typmod(type);
    return declared;
}

/* Prepared, not executed: what would "select null::WORDS" return? */
static bool probe(struct duckdb_catalog *catalog, struct slice data_type,
                  struct duckdb_declared *out)
{
    struct arena arena = {0};
    duckdb_prepared_statement prepared = NULL;
    bool done = false;
    char *sql =
        arena_printf(&arena, "select null::%.*s", (int)data_type.len, data_type.data);
    if (sql && duckdb_prepare(catalog->probe, sql, &prepared) == DuckDBSuccess) {
        duckdb_logical_type logical =
            duckdb_prepared_statement_column_logical_type(prepared, 0);
        const struct type *type = duckdb_type_new(&arena, logical, catalog->names);
        duckdb_destroy_logical_type(&logical);
        if (type)
            *out = duckdb_catalog_declare(catalog, type);
        done = type != NULL;
    }
    duckdb_destroy_prepare(&prepared);
    arena_free(&arena);
    return done;
}

static void keep(struct duckdb_catalog *catalog, struct slice data_type,
                 const struct duckdb_declared *declared)
{
    struct duckdb_declared *copy =
        arena_copy(&catalog->arena, declared, sizeof *declared);
    bool kept = copy && strmap_put(&catalog->declared, data_type, copy);
    (void)kept; /* if not, it is asked again */
}

/* What labels and fields are called may change with every CREATE TYPE. */
static void forget_old(struct duckdb_catalog *catalog)
{
    uint64_t changes = atomic_load(&catalog->names->changes);
    if (catalog->changes == changes)
        return;
    strmap_free(&catalog->declared);
    arena_free(&catalog->arena);
    catalog->changes = changes;
}

bool duckdb_catalog_declared(struct duckdb_catalog *catalog, struct slice data_type,
                             struct duckdb_declared *out)
{
    pthread_mutex_lock(&catalog->lock);
    forget_old(catalog);
    const struct duckdb_declared *known = strmap_get(&catalog->declared, data_type);
    bool done = known != NULL;
    if (known)
        *out = *known;
    else if ((done = probe(catalog, data_type, out)))
        keep(catalog, data_type, out);
    pthread_mutex_unlock(&catalog->lock);
    return done;
}

/* ---- names of OIDs ---- */

const struct value_names *
duckdb_catalog_value_names(const struct duckdb_catalog *catalog, uint32_t type_oid)
{
    for (size_t i = 0; catalog && i < ARRAY_LEN(catalog->value_names); i++) {
        if (catalog->value_names[i].type_oid == type_oid)
            return &catalog->value_names[i];
    }
    return NULL;
}

/* ---- the beginning and the end ---- */

static bool fill_builtin(duckdb_connection connection, struct error *err)
{
    struct buf sql = {0};
    bool done = catalog_builtin_sql(&sql)
                    ? duckdb_run(connection, (const char *)buf_data(&sql), err)
                    : error_no_memory(err);
    buf_free(&sql);
    return done;
}

static bool create(duckdb_connection connection, struct duckdb_catalog *catalog,
                   struct error *err)
{
    if (!duckdb_run(connection,
                    "attach ':memory:' as " CATALOG_DATABASE " (hidden true)", err) ||
        !duckdb_run(connection, "create schema " CATALOG_SCHEMA, err) ||
        !duckdb_run(connection, "create schema " CATALOG_OWN_SCHEMA, err) ||
        !duckdb_alias_register(connection, catalog, err) ||
        !duckdb_catalog_functions(connection, catalog, err))
        return false;
    for (size_t i = 0; i < catalog_file_count; i++) {
        if (!duckdb_run(connection, catalog_files[i].sql, err))
            return false;
    }
    return fill_builtin(connection, err);
}

struct duckdb_catalog *duckdb_catalog_new(duckdb_database database,
                                          const struct duckdb_names *names,
                                          const struct duckdb_options *options,
                                          struct error *err)
{
    struct duckdb_catalog *catalog = calloc(1, sizeof *catalog);
    if (!catalog || pthread_mutex_init(&catalog->lock, NULL) != 0) {
        free(catalog);
        error_no_memory(err);
        return NULL;
    }
    catalog->names = names;
    catalog->declared_oid = options->declared_oid;
    catalog->declared_typmod = options->declared_typmod;
    catalog->oids = duckdb_oids_new();
    duckdb_catalog_make_names(catalog, catalog->value_names);
    bool done = catalog->oids
                    ? duckdb_connect(database, &catalog->probe) == DuckDBSuccess
                    : error_no_memory(err);
    if (done && create(catalog->probe, catalog, err))
        return catalog;
    duckdb_catalog_disconnect(catalog);
    duckdb_catalog_free(catalog);
    return NULL;
}

/* The functions behind these columns are called for the sake of what they remember. */
bool duckdb_catalog_read(duckdb_connection connection, struct error *err)
{
    return duckdb_run(connection,
                      "select count(oid), count(reltype) from " CATALOG_SCHEMA
                      ".pg_class",
                      err) &&
           duckdb_run(connection,
                      "select count(oid) from " CATALOG_OWN_SCHEMA ".user_type", err) &&
           duckdb_run(connection,
                      "select count(oid) from " CATALOG_SCHEMA ".pg_namespace", err);
}

void duckdb_catalog_disconnect(struct duckdb_catalog *catalog)
{
    if (catalog && catalog->probe)
        duckdb_disconnect(&catalog->probe);
}

void duckdb_catalog_free(struct duckdb_catalog *catalog)
{
    if (!catalog)
        return;
    pthread_mutex_destroy(&catalog->lock);
    strmap_free(&catalog->declared);
    arena_free(&catalog->arena);
    duckdb_oids_free(catalog->oids);
    free(catalog);
}
