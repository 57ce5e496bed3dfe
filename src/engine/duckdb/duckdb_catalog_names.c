/* duckdb_catalog_names.c - OIDs as the names of what they stand for, and back.
 *
 * A row per reg* type. Text to OID is told here as far as no look into the catalogue is
 * needed: a statement asks the catalogue itself for the rest (sql/rewrite_names.c). */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/duckdb/duckdb_catalog.h"

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
    const struct duckdb_object *object =
        duckdb_oids_find(duckdb_catalog_oids(catalog), oid);
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
    const struct type_entry *entry =
        type_oids_find(duckdb_catalog_names(catalog)->oids, oid);
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

void duckdb_catalog_make_names(const struct duckdb_catalog *catalog,
                               struct value_names names[DUCKDB_NAMED_TYPES])
{
    static_assert(ARRAY_LEN(texts) == DUCKDB_NAMED_TYPES, "a row for each type");
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        names[i] = (struct value_names){write_name, catalog, texts[i].type_oid};
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
    for (size_t at = 0;
         (entry = type_oids_next(duckdb_catalog_names(catalog)->oids, &at));) {
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
