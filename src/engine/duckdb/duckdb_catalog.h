/* duckdb_catalog.h - PostgreSQL's catalogue in DuckDB: types, casts, functions, views.
 *
 * The views are the catalogue room's SQL, in a hidden database of their own; what SQL
 * cannot say is in C functions called wirehouse_*. Types with PostgreSQL's names are
 * the engine's types under an alias, which results, lists and parameters keep: so a
 * column can be declared as an oid, a name or a regtype. */
#ifndef ENGINE_DUCKDB_CATALOG_H
#define ENGINE_DUCKDB_CATALOG_H

#include "catalog/catalog.h"
#include "engine/duckdb/duckdb_internal.h"

struct duckdb_catalog;

/* Register types, casts and functions, create the views; before external access is
 * locked. The names are borrowed for as long as the engine lives. NULL: *err says why.
 */
struct duckdb_catalog *duckdb_catalog_new(duckdb_database database,
                                          const struct duckdb_names *names,
                                          const struct duckdb_options *options,
                                          struct error *err) MUST_CHECK;
/* Give everything that is there an OID, so that each reads as its name. */
bool duckdb_catalog_read(duckdb_connection connection, struct error *err) MUST_CHECK;
/* Before the database is closed, and after it. NULL is allowed. */
void duckdb_catalog_disconnect(struct duckdb_catalog *catalog);
void duckdb_catalog_free(struct duckdb_catalog *catalog);

/* ---- OIDs of everything but types: duckdb_oids.c ---- */

/* A hash of kind and name, moved on when it is taken: the same after a restart. */
struct duckdb_oids;

/* What an OID stands for; lives as long as the registry. */
struct duckdb_object {
    uint32_t oid;
    struct slice kind, schema, name;
};

struct duckdb_oids *duckdb_oids_new(void) MUST_CHECK; /* NULL: out of memory */
void duckdb_oids_free(struct duckdb_oids *oids);      /* NULL is allowed */
/* Made when it is new; NULL: out of memory. */
const struct duckdb_object *duckdb_oids_add(struct duckdb_oids *oids, struct slice kind,
                                            struct slice schema,
                                            struct slice name) MUST_CHECK;
const struct duckdb_object *duckdb_oids_find(struct duckdb_oids *oids, uint32_t oid);

/* ---- types under an alias: duckdb_alias.c ---- */

/* Register the types and the casts between them and the engine's own. */
bool duckdb_alias_register(duckdb_connection connection, struct duckdb_catalog *catalog,
                           struct error *err) MUST_CHECK;
/* The alias's own logical type; the caller destroys it. NULL: there is none. */
duckdb_logical_type duckdb_alias_type(const char *name);

/* ---- functions: duckdb_catalog_functions.c ---- */

bool duckdb_catalog_functions(duckdb_connection connection,
                              struct duckdb_catalog *catalog,
                              struct error *err) MUST_CHECK;

/* ---- what the parts share: duckdb_catalog.c ---- */

const struct duckdb_names *duckdb_catalog_names(const struct duckdb_catalog *catalog);
struct duckdb_oids *duckdb_catalog_oids(const struct duckdb_catalog *catalog);

/* What a column's type, in the engine's words, is to clients. */
struct duckdb_declared {
    uint32_t oid;
    int32_t typmod; /* -1 = none */
};

/* False: out of memory, or the engine does not read its own words. */
bool duckdb_catalog_declared(struct duckdb_catalog *catalog, struct slice data_type,
                             struct duckdb_declared *out);
struct duckdb_declared duckdb_catalog_declare(const struct duckdb_catalog *catalog,
                                              const struct type *type);

/* ---- names of OIDs: duckdb_catalog_names.c ---- */

enum { DUCKDB_NAMED_TYPES = 6 }; /* regproc, regprocedure, regclass, … */

void duckdb_catalog_make_names(const struct duckdb_catalog *catalog,
                               struct value_names names[DUCKDB_NAMED_TYPES]);
/* The text of an OID in a type of names (regtype, regclass …): 0 bytes = it has none.
 */
size_t duckdb_catalog_oid_text(const struct duckdb_catalog *catalog, uint32_t type_oid,
                               uint32_t oid, char *out, size_t size);
/* The other way round, for what can be told without asking the engine: numbers, what is
 * built in, and types of the user. False: *err says that it does not exist. */
bool duckdb_catalog_oid_named(const struct duckdb_catalog *catalog, uint32_t type_oid,
                              struct slice text, uint32_t *oid, struct error *err);
/* For the columns of such a type; lives as long as the catalogue. */
const struct value_names *
duckdb_catalog_value_names(const struct duckdb_catalog *catalog, uint32_t type_oid);

#endif
