/* pg_type.h - under which of PostgreSQL's types a logical type is declared.
 *
 * Two tables meet here: <pgwire/types.h> says what PostgreSQL knows of an OID, a second
 * one which OID stands for a TYPE_*. Enums and named structs carry their own. */
#ifndef PGWIRE_PG_TYPE_H
#define PGWIRE_PG_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include <pgwire/style.h>

#include "batch/batch.h"

/* A row of pg_type. Arrays have rows of their own: see pg_type_element. */
struct pg_type {
    uint32_t oid;
    const char *name;
    int16_t typlen; /* bytes, -1 = variable, -2 = NUL-terminated */
    uint32_t array_oid;
    char category;
};

/* Where a row is, which tables have and embedders do not make: a block, and a place in
 * it. */
enum { PG_TIDOID = 27, PG_TID_BYTES = 6 };

/* PostgreSQL's own types, not their arrays; NULL: not one of them. */
const struct pg_type *pg_type_find(uint32_t oid);
/* Of what a built-in array type holds; NULL: not one. */
const struct pg_type *pg_type_element(uint32_t array_oid);

/* Lists and arrays are one type to PostgreSQL, however deep: the innermost that is none
 * of both. */
const struct type *pg_type_innermost(const struct type *type);

/* The OID of a type, its structs records or JSON. */
uint32_t pg_type_oid(const struct type *type, bool composites);

/* The OID under which a column of this type is declared to clients; maps and unions are
 * JSON, structs too unless the style says composite. */
uint32_t plan_type_oid(const struct type *type, const struct pgw_style *style);
int32_t plan_type_typmod(const struct type *type); /* plus one, 0 = none */
int16_t plan_type_typlen(const struct type *type); /* 0 = what the OID implies */
/* "int8", "_int8", as in pg_type; or the user's name of it. Structs are JSON. */
const char *plan_type_name(const struct type *type);

#endif
