/* catalog.h - PostgreSQL's catalogue: what is built in, and the SQL of its views.
 *
 * The relations live in a schema of ours in a hidden database of the engine
 * (CATALOG_SCHEMA), which is in the search path of every connection; what they are made
 * of is beside it (CATALOG_OWN_SCHEMA), where no name of the user's can meet it. The
 * views read the engine's own tables, columns and types.
 * What PostgreSQL is born with, types and the functions that read and write them, are
 * tables here. Source: PostgreSQL 15, documentation chapter 53. */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/buf.h"
#include "core/slice.h"

#define CATALOG_DATABASE "__wirehouse"
#define CATALOG_SCHEMA CATALOG_DATABASE ".__pg"
#define CATALOG_OWN_SCHEMA CATALOG_DATABASE ".__own"

/* ---- built in ---- */

/* A row of pg_type. Its array type follows from it and has no row here. */
struct catalog_type {
    uint32_t oid, array_oid, element_oid, collation; /* 0 = none */
    const char *name;                                /* "int4" */
    const char *sql_name; /* "integer", as format_type says it */
    int16_t len;
    const char *flags;     /* typbyval, typtype, typcategory, typispreferred, typalign,
                              typstorage: a character each */
    const char *functions; /* names with blanks between: typinput, typoutput,
                              typreceive, typsend, typmodin, typmodout, typsubscript;
                              "-" or nothing = none */
};

/* A row of pg_proc. */
struct catalog_proc {
    uint32_t oid, returns;
    const char *name;
    const char *arguments; /* OIDs with blanks between, as an oidvector is written */
    const char *flags;     /* provolatile, proisstrict: a character each */
};

extern const struct catalog_type catalog_types[];
extern const size_t catalog_type_count;
extern const struct catalog_proc catalog_procs[];
extern const size_t catalog_proc_count;

/* NULL: there is none. is_array says whether the OID was that of its array. */
const struct catalog_type *catalog_type_find(uint32_t oid, bool *is_array);
const struct catalog_proc *catalog_proc_find(uint32_t oid);
const struct catalog_proc *catalog_proc_named(struct slice name);

/* Relations of the catalogue that clients see, and schemas that are always there: the
 * name of an OID, NULL = none, and the OID of a name, 0 = none. */
const char *catalog_class_name(uint32_t oid);
uint32_t catalog_class_oid(struct slice name);
const char *catalog_namespace_name(uint32_t oid);
uint32_t catalog_namespace_oid(struct slice name);

/* The role that owns everything. */
#define CATALOG_OWNER "wirehouse"
enum { CATALOG_OWNER_OID = 10 };

/* ---- names ---- */

enum { CATALOG_NAME_BYTES = 256 };

/* A name as people write it: a."B", character varying(10), integer[]. */
struct catalog_name {
    char schema[CATALOG_NAME_BYTES]; /* "" = none was said */
    char name[CATALOG_NAME_BYTES];   /* unquoted ones in lower case */
    bool is_quoted, is_array;
};

/* False: it is not a name, or too long. */
bool catalog_name_parse(struct slice text, struct catalog_name *out);

/* The OID of a built-in type by any of its names, 0 if there is none of this name. */
uint32_t catalog_type_named(const struct catalog_name *name);

/* Is a literal of this reg* type built in, so that it needs no look into the catalogue?
 */
bool catalog_is_builtin(struct slice reg_type, struct slice literal);

/* What format_type says of a built-in type; -1 = no modifier. False: none of that OID,
 * or no room. */
bool catalog_type_format(uint32_t oid, int32_t typmod, char *out, size_t size);

/* ---- SQL ---- */

/* The files of this directory in the order in which they must be executed. */
struct catalog_file {
    const char *name, *sql;
};

extern const struct catalog_file *const catalog_files;
extern const size_t catalog_file_count;

/* INSERT statements that fill builtin_type and builtin_proc. False: out of memory. */
bool catalog_builtin_sql(struct buf *sql) MUST_CHECK;

/* What the files define, to tell a name of ours from others: lower case. */
bool catalog_has_relation(struct slice name);
bool catalog_has_function(struct slice name);

#endif
