/* type_oids.h - OIDs for the types that PostgreSQL does not know: enums and composites.
 *
 * One registry per engine, thread-safe. An OID is a hash of name and content, moved on
 * when it is taken, so that a client that remembers it meets it again after a restart.
 * Entries are never dropped, nor changed but for `added`, while the registry lives: a
 * pointer to one is good until then. */
#ifndef BATCH_TYPE_OIDS_H
#define BATCH_TYPE_OIDS_H

#include "batch/batch.h"
#include "core/attr.h"

enum { TYPE_OID_FIRST = 16384 }; /* below are PostgreSQL's own */

struct type_entry {
    uint32_t oid;
    uint32_t array_oid;      /* of the array of it; 0: this is an array type */
    uint32_t element_oid;    /* of what this array holds; 0: this is no array type */
    const char *name;        /* "mood"; its array is "_mood" */
    const struct type *type; /* labels of an enum, fields of a struct; an array's
                                element */
    _Atomic uint64_t added;  /* goes up with every type_oids_add: the entry of a name
                        with the highest is what the name means now */
};

struct type_oids;

struct type_oids *type_oids_new(void) MUST_CHECK; /* NULL: out of memory */
void type_oids_free(struct type_oids *oids);      /* NULL is allowed */

/* The entry of an enum or a struct of this name, made when it is new; the type is
 * copied. From now on it is what type_oids_like finds for its content. NULL: out of
 * memory. */
const struct type_entry *type_oids_add(struct type_oids *oids, struct slice name,
                                       const struct type *type) MUST_CHECK;
/* The entry that was added last for these labels or fields; NULL: no name is known. */
const struct type_entry *type_oids_like(struct type_oids *oids,
                                        const struct type *type);
/* By OID; NULL: there is none. */
const struct type_entry *type_oids_find(struct type_oids *oids, uint32_t oid);
/* All of them, arrays included: from *cursor 0 until NULL. */
const struct type_entry *type_oids_next(struct type_oids *oids, size_t *cursor);

#endif
