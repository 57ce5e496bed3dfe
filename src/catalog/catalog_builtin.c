/* catalog_builtin.c - the built-in types and functions as rows of SQL.
 *
 * An array type is what its element makes it: PostgreSQL gives every one the same
 * functions, alignment by the element's, and the element's collation and modifiers. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "catalog/catalog.h"

static bool append(struct buf *sql, const char *format, ...) PRINTF_LIKE(2, 3);

static bool append(struct buf *sql, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return len >= 0 && (size_t)len < sizeof text && buf_append(sql, text, (size_t)len);
}

static uint32_t proc(struct slice name)
{
    const struct catalog_proc *found = catalog_proc_named(name);
    return found ? found->oid : 0;
}

enum { INPUT, OUTPUT, RECEIVE, SEND, MODIN, MODOUT, SUBSCRIPT }; /* in functions */

static uint32_t function(const struct catalog_type *type, int number)
{
    const char *at = type->functions;
    for (; number > 0 && *at; number--) {
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    return proc((struct slice){at, strcspn(at, " ")});
}

static const char *boolean(char flag)
{
    return flag == 't' ? "true" : "false";
}

enum { BYVAL, TYPE, CATEGORY, PREFERRED, ALIGN, STORAGE }; /* in catalog_type.flags */

static bool append_type(struct buf *sql, const struct catalog_type *type)
{
    return append(sql,
                  "(%u,'%s',%d,%s,'%c','%c',%s,%u,%u,%u,%u,%u,%u,%u,%u,%u,0,'%c','%c',"
                  "%u),\n",
                  type->oid, type->name, type->len, boolean(type->flags[BYVAL]),
                  type->flags[TYPE], type->flags[CATEGORY],
                  boolean(type->flags[PREFERRED]), function(type, SUBSCRIPT),
                  type->element_oid, type->array_oid, function(type, INPUT),
                  function(type, OUTPUT), function(type, RECEIVE), function(type, SEND),
                  function(type, MODIN), function(type, MODOUT), type->flags[ALIGN],
                  type->flags[STORAGE], type->collation);
}

static bool append_array(struct buf *sql, const struct catalog_type *type)
{
    bool of_record = strcmp(type->name, "record") == 0;
    return append(
        sql,
        "(%u,'_%s',-1,false,'%s','%s',false,%u,%u,0,%u,%u,%u,%u,%u,%u,%u,'%c','x',"
        "%u),\n",
        type->array_oid, type->name, of_record ? "p" : "b", of_record ? "P" : "A",
        proc(SLICE("array_subscript_handler")), type->oid, proc(SLICE("array_in")),
        proc(SLICE("array_out")), proc(SLICE("array_recv")), proc(SLICE("array_send")),
        function(type, MODIN), function(type, MODOUT), proc(SLICE("array_typanalyze")),
        type->flags[ALIGN] == 'd' ? 'd' : 'i', type->collation);
}

static bool append_types(struct buf *sql)
{
    bool done = append(sql, "insert into " CATALOG_OWN_SCHEMA ".builtin_type values\n");
    for (size_t i = 0; done && i < catalog_type_count; i++) {
        const struct catalog_type *type = &catalog_types[i];
        done = append_type(sql, type) && (!type->array_oid || append_array(sql, type));
    }
    return done;
}

static int count_arguments(const char *arguments)
{
    int count = arguments[0] != '\0';
    for (; *arguments; arguments++)
        count += *arguments == ' ';
    return count;
}

static bool append_procs(struct buf *sql)
{
    bool done =
        append(sql, ";\ninsert into " CATALOG_OWN_SCHEMA ".builtin_proc values\n");
    for (size_t i = 0; done && i < catalog_proc_count; i++) {
        const struct catalog_proc *row = &catalog_procs[i];
        done = append(sql, "(%u,'%s',%s,'%c',%d,%u,'%s'),\n", row->oid, row->name,
                      boolean(row->flags[1]), row->flags[0],
                      count_arguments(row->arguments), row->returns, row->arguments);
    }
    return done;
}

static const struct object {
    uint32_t oid;
    const char *name;
} classes[] = {{1247, "pg_type"},      {1249, "pg_attribute"}, {1255, "pg_proc"},
               {1259, "pg_class"},     {1262, "pg_database"},  {2609, "pg_description"},
               {2615, "pg_namespace"}, {3456, "pg_collation"}, {3501, "pg_enum"},
               {3541, "pg_range"}},
  namespaces[] = {{11, "pg_catalog"}, {2200, "public"}, {13207, "information_schema"}};

static const char *name_of(const struct object *objects, size_t count, uint32_t oid)
{
    for (size_t i = 0; i < count; i++) {
        if (objects[i].oid == oid)
            return objects[i].name;
    }
    return NULL;
}

static uint32_t oid_of(const struct object *objects, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(slice_of(objects[i].name), name))
            return objects[i].oid;
    }
    return 0;
}

const char *catalog_class_name(uint32_t oid)
{
    return name_of(classes, ARRAY_LEN(classes), oid);
}

uint32_t catalog_class_oid(struct slice name)
{
    return oid_of(classes, ARRAY_LEN(classes), name);
}

const char *catalog_namespace_name(uint32_t oid)
{
    return name_of(namespaces, ARRAY_LEN(namespaces), oid);
}

uint32_t catalog_namespace_oid(struct slice name)
{
    return oid_of(namespaces, ARRAY_LEN(namespaces), name);
}

static bool append_classes(struct buf *sql)
{
    bool done =
        append(sql, ";\ninsert into " CATALOG_OWN_SCHEMA ".builtin_class values\n");
    for (size_t i = 0; done && i < ARRAY_LEN(classes); i++)
        done = append(sql, "(%u,'%s'),\n", classes[i].oid, classes[i].name);
    return done;
}

/* The engine takes a comma behind the last row. */
bool catalog_builtin_sql(struct buf *sql)
{
    return append_types(sql) && append_procs(sql) && append_classes(sql) &&
           buf_append(sql, ";", 2);
}
