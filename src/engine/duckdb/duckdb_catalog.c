/* duckdb_catalog.c - PostgreSQL's catalogue in DuckDB: made when the engine starts.
 *
 * The hidden database is in memory and made anew each time: nothing of it reaches the
 * user's file. What the views ask of this file at run time is how the engine's types
 * are declared; the engine itself reads its words for them, on a connection kept for
 * that. */
#include "engine/duckdb/duckdb_catalog.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/strmap.h"

enum { NAMES_MAX = 8 };

struct duckdb_catalog {
    const struct duckdb_names *names;
    uint32_t (*declared_oid)(const struct type *);
    int32_t (*declared_typmod)(const struct type *);
    struct duckdb_oids *oids;
    struct value_names value_names[NAMES_MAX];
    size_t value_names_count;
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

/* ---- the text of OIDs ---- */

enum {
    REGPROCOID = 24,
    REGPROCEDUREOID = 2202,
    REGCLASSOID = 2205,
    REGTYPEOID = 2206,
    REGNAMESPACEOID = 4089,
    REGROLEOID = 4096
};

/* As quote_ident does, but for the keywords, which name no relation here. */
static int quoted(char *out, size_t size, struct slice name)
{
    bool plain = name.len > 0 && !(name.data[0] >= '0' && name.data[0] <= '9');
    for (size_t i = 0; plain && i < name.len; i++) {
        char c = name.data[i];
        plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }
    return snprintf(out, size, plain ? "%.*s" : "\"%.*s\"", (int)name.len, name.data);
}

static size_t bounded(int len, size_t size)
{
    return len > 0 && (size_t)len < size ? (size_t)len : 0;
}

/* In public a name stands alone; elsewhere its schema is in front. */
static size_t object_text(const struct duckdb_catalog *catalog, uint32_t oid, char *out,
                          size_t size)
{
    const struct duckdb_object *object = duckdb_oids_find(catalog->oids, oid);
    size_t len = 0;
    if (!object)
        return 0;
    if (object->schema.len && !slice_equal(object->schema, SLICE("public"))) {
        len = bounded(quoted(out, size, object->schema), size);
        if (!len || len + 1 >= size)
            return 0;
        out[len++] = '.';
    }
    size_t name = bounded(quoted(out + len, size - len, object->name), size - len);
    return name ? len + name : 0;
}

static size_t type_text(const struct duckdb_catalog *catalog, uint32_t oid, char *out,
                        size_t size)
{
    const struct type_entry *entry = type_oids_find(catalog->names->oids, oid);
    if (catalog_type_format(oid, -1, out, size))
        return strlen(out);
    if (!entry)
        return object_text(catalog, oid, out, size);
    const char *name = entry->element_oid ? entry->name + 1 : entry->name;
    size_t len = bounded(quoted(out, size, slice_of(name)), size);
    if (!len || !entry->element_oid)
        return len;
    if (len + 3 > size)
        return 0;
    memcpy(out + len, "[]", 3);
    return len + 2;
}

static size_t proc_text(const struct duckdb_catalog *catalog, uint32_t oid, char *out,
                        size_t size)
{
    const struct catalog_proc *proc = catalog_proc_find(oid);
    (void)catalog;
    return proc ? bounded(snprintf(out, size, "%s", proc->name), size) : 0;
}

static size_t class_text(const struct duckdb_catalog *catalog, uint32_t oid, char *out,
                         size_t size)
{
    const char *name = catalog_class_name(oid);
    return name ? bounded(snprintf(out, size, "%s", name), size)
                : object_text(catalog, oid, out, size);
}

static size_t namespace_text(const struct duckdb_catalog *catalog, uint32_t oid,
                             char *out, size_t size)
{
    const char *name = catalog_namespace_name(oid);
    return name ? bounded(snprintf(out, size, "%s", name), size)
                : object_text(catalog, oid, out, size);
}

static size_t role_text(const struct duckdb_catalog *catalog, uint32_t oid, char *out,
                        size_t size)
{
    (void)catalog;
    return oid == CATALOG_OWNER_OID
               ? bounded(snprintf(out, size, "%s", CATALOG_OWNER), size)
               : 0;
}

static const struct {
    uint32_t type_oid;
    size_t (*write)(const struct duckdb_catalog *, uint32_t, char *, size_t);
    const char *kind, *sqlstate; /* of what does not exist */
} texts[] = {{REGPROCOID, proc_text, "function", "42883"},
             {REGPROCEDUREOID, proc_text, "function", "42883"},
             {REGCLASSOID, class_text, "relation", "42P01"},
             {REGTYPEOID, type_text, "type", "42704"},
             {REGNAMESPACEOID, namespace_text, "schema", "3F000"},
             {REGROLEOID, role_text, "role", "42704"}};

size_t duckdb_catalog_oid_text(const struct duckdb_catalog *catalog, uint32_t type_oid,
                               uint32_t oid, char *out, size_t size)
{
    if (oid == 0)
        return bounded(snprintf(out, size, "-"), size);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i].type_oid == type_oid)
            return texts[i].write(catalog, oid, out, size);
    }
    return 0;
}

static size_t write_name(const struct value_names *self, uint32_t value, char *out,
                         size_t size)
{
    return duckdb_catalog_oid_text(self->owner, self->type_oid, value, out, size);
}

const struct value_names *
duckdb_catalog_value_names(const struct duckdb_catalog *catalog, uint32_t type_oid)
{
    for (size_t i = 0; catalog && i < catalog->value_names_count; i++) {
        if (catalog->value_names[i].type_oid == type_oid)
            return &catalog->value_names[i];
    }
    return NULL;
}

static void make_value_names(struct duckdb_catalog *catalog)
{
    static_assert(ARRAY_LEN(texts) <= NAMES_MAX, "NAMES_MAX is too small");
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        catalog->value_names[i] =
            (struct value_names){write_name, catalog, texts[i].type_oid};
    catalog->value_names_count = ARRAY_LEN(texts);
}

/* ---- OIDs of names ---- */

static bool read_number(struct slice text, uint32_t *oid)
{
    uint64_t number = 0;
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(text.data[i] - '0');
        if (number > UINT32_MAX)
            return false;
    }
    *oid = (uint32_t)number;
    return true;
}

/* The last entry of the name: the one that was made last. */
static uint32_t user_type_named(const struct duckdb_catalog *catalog,
                                const struct catalog_name *name)
{
    const struct type_entry *entry;
    uint32_t oid = 0;
    for (size_t at = 0; (entry = type_oids_next(catalog->names->oids, &at));) {
        if (strcmp(entry->name, name->name) == 0)
            oid = name->is_array ? entry->array_oid : entry->oid;
    }
    return oid;
}

static uint32_t find_named(const struct duckdb_catalog *catalog, uint32_t type_oid,
                           const struct catalog_name *name)
{
    if (type_oid == REGTYPEOID) {
        uint32_t oid = catalog_type_named(name);
        return oid ? oid : user_type_named(catalog, name);
    }
    if (type_oid == REGPROCOID || type_oid == REGPROCEDUREOID) {
        const struct catalog_proc *proc = catalog_proc_named(slice_of(name->name));
        return proc ? proc->oid : 0;
    }
    if (type_oid == REGCLASSOID)
        return catalog_class_oid(slice_of(name->name));
    if (type_oid == REGNAMESPACEOID)
        return catalog_namespace_oid(slice_of(name->name));
    return type_oid == REGROLEOID && strcmp(name->name, CATALOG_OWNER) == 0
               ? CATALOG_OWNER_OID
               : 0;
}

static bool does_not_exist(uint32_t type_oid, struct slice text, struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i].type_oid == type_oid)
            return error_set(err, texts[i].sqlstate, "%s \"%.*s\" does not exist",
                             texts[i].kind, (int)text.len, text.data);
    }
    return error_set(err, "42704", "\"%.*s\" does not exist", (int)text.len, text.data);
}

bool duckdb_catalog_oid_named(const struct duckdb_catalog *catalog, uint32_t type_oid,
                              struct slice text, uint32_t *oid, struct error *err)
{
    struct catalog_name name;
    if (slice_equal(text, SLICE("-"))) {
        *oid = 0;
        return true;
    }
    if (read_number(text, oid))
        return true;
    *oid = catalog_name_parse(text, &name) ? find_named(catalog, type_oid, &name) : 0;
    return *oid || does_not_exist(type_oid, text, err);
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
    make_value_names(catalog);
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
           duckdb_run(connection, "select count(oid) from " CATALOG_SCHEMA ".user_type",
                      err) &&
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
