/* copy_column.h - what a column of a table is while it is copied into: how its values
 * are read, and as which cells they wait for the engine.
 *
 * Values are read by what reads parameters, and the common ones by short cuts
 * (copy_quick.c) that say no to anything unusual. What the engine casts better by
 * itself (enums, structs, maps, unions) waits as text or JSON. */
#ifndef SERVER_COPY_COLUMN_H
#define SERVER_COPY_COLUMN_H

#include <pgwire/pgwire.h>

#include "batch/batch.h"
#include "core/arena.h"
#include "core/error.h"
#include "server/param_types.h"

struct copy_column;

/* The usual form of a value, or false: then the long way is gone, which knows all
 * others and the errors. The text is UTF-8; what a cell points to lives in the heap. */
typedef bool copy_quick(const struct copy_column *column, struct slice text,
                        struct arena *heap, void *cell);
/* The long way, text and binary. What a cell points to lives in source->arena. */
typedef enum pgw_status copy_reader(const struct copy_column *column,
                                    const struct param_source *source,
                                    const struct pgw_value *value, void *cell,
                                    struct pgw_error *err);

struct copy_column {
    const char *name;        /* of the table's column */
    const struct type *type; /* of the table's column */
    struct type staged;      /* of the cells */
    enum layout layout;      /* likewise; strings are LAYOUT_STRING16 */
    size_t width;            /* of a cell */
    uint32_t oid;            /* as clients know the type */
    int64_t least, most;     /* of an integer that is narrower than PostgreSQL's */
    int64_t scale;           /* of a time: units in a second; of a decimal: 10^digits */
    copy_quick *quick;       /* NULL: there is no short cut */
    copy_reader *read;       /* NULL with LIST: the elements are read */
    const struct param_type *param;  /* that reads it; NULL: read knows */
    struct copy_column *element;     /* of a list, one dimension further in */
    bool force_not_null, force_null; /* csv */
};

/* All of *out but the name, which the caller says; memory is the arena's. The depth of
 * lists is PostgreSQL's at most. 0A000, 53200. */
bool copy_column_init(struct copy_column *out, const struct type *type,
                      struct arena *arena, struct error *err) MUST_CHECK;

/* copy_quick.c */
copy_quick copy_quick_text, copy_quick_bool, copy_quick_int, copy_quick_double,
    copy_quick_float, copy_quick_decimal, copy_quick_date, copy_quick_timestamp;

/* As the engine keeps strings: short ones inside, of longer ones where they are. */
void copy_put_string(struct slice text, void *cell);

/* A number without exponent, rounded to the column's scale. *overflow: it has too many
 * digits. False: it is none, or it overflows. */
bool copy_decimal(const struct copy_column *column, struct slice text, bool *overflow,
                  void *cell);

#endif
