/* batch.h - the currency between engines, encoders and parameters: column views.
 *
 * A batch is up to a few thousand rows as an array of columns. A column *borrows*
 * memory of the engine (a DuckDB vector, an Arrow array): it is valid until the cursor
 * is asked for its next batch or closed. A type is shared by all batches of a result
 * and lives as long as the statement that it describes. Parameters are a batch of one
 * row. */
#ifndef BATCH_BATCH_H
#define BATCH_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/slice.h"

/* Logical types: what a value means. */
enum type_id {
    TYPE_UNKNOWN, /* not inferred: a parameter without a type, a NULL literal */
    TYPE_BOOL,
    TYPE_INT8, /* widths in bits, as in Arrow */
    TYPE_INT16,
    TYPE_INT32,
    TYPE_INT64,
    TYPE_INT128,
    TYPE_UINT8,
    TYPE_UINT16,
    TYPE_UINT32,
    TYPE_UINT64,
    TYPE_UINT128,
    TYPE_OID, /* 32 bits, unsigned; a PostgreSQL object, perhaps read by its name */
    TYPE_FLOAT32,
    TYPE_FLOAT64,
    TYPE_BIGNUM,  /* an integer of any size, as bytes: three of header, the first bit
                     set, then the magnitude, most significant byte first; all of it
                     inverted if negative */
    TYPE_DECIMAL, /* precision, scale */
    TYPE_TEXT,    /* UTF-8 */
    TYPE_JSON,    /* UTF-8 */
    TYPE_BYTES,
    TYPE_BIT, /* bytes: how many bits of padding are in front, then padding and bits */
    TYPE_UUID,
    TYPE_DATE, /* days since 1970-01-01; ±INT32_MAX = ±infinity */
    TYPE_TIME, /* microseconds since midnight */
    TYPE_TIMETZ,
    TYPE_TIMESTAMP,   /* unit; since 1970-01-01, no zone; ±INT64_MAX = ±infinity */
    TYPE_TIMESTAMPTZ, /* unit; since 1970-01-01 UTC */
    TYPE_INTERVAL,    /* months, days, microseconds */
    TYPE_ENUM,        /* labels */
    TYPE_LIST,        /* one child */
    TYPE_ARRAY,       /* one child, fixed length */
    TYPE_STRUCT,      /* named children */
    TYPE_MAP,         /* children: key, value */
    TYPE_UNION,       /* named children */
    TYPE_OTHER        /* anything else, delivered as its text */
};

/* What the numbers of a TYPE_OID stand for: their text is a name. */
struct value_names {
    /* At most size bytes to out: how many; 0 = there is no name. Thread-safe. */
    size_t (*write)(const struct value_names *, uint32_t value, char *out, size_t size);
    const void *owner;
    uint32_t type_oid;
};

enum { VALUE_NAME_BYTES = 520 }; /* room for any: two identifiers in quotes */

enum time_unit { UNIT_SECOND, UNIT_MILLI, UNIT_MICRO, UNIT_NANO };

struct type {
    enum type_id id;
    uint8_t precision, scale; /* TYPE_DECIMAL */
    enum time_unit unit;      /* TYPE_TIME, TYPE_TIMESTAMP, TYPE_TIMESTAMPTZ */
    size_t child_count;
    const struct type *children;
    const struct slice *child_names; /* TYPE_STRUCT, TYPE_UNION */
    size_t array_length;             /* TYPE_ARRAY */
    size_t label_count;
    const struct slice *labels; /* TYPE_ENUM */
    uint32_t oid;       /* an enum's or struct's own (type_oids.h), or one that the id
                           does not imply; 0 = by id */
    uint32_t array_oid; /* of the array of it, when oid is set */
    const struct value_names *value_names; /* TYPE_OID; NULL = it reads as a number */
    const char *name; /* the engine's name of it, "DECIMAL(15,2)", for people; the
                         user's, when oid is set */
};

/* Physical layouts: where the bits are. Fixed widths are little endian, naturally
 * aligned; the signedness is the type's. */
enum layout {
    LAYOUT_NULL,   /* no data: every row is NULL */
    LAYOUT_BOOL8,  /* one byte a row, 0 or 1 */
    LAYOUT_BITS,   /* one bit a row, least significant first (Arrow booleans) */
    LAYOUT_FIXED1, /* integers, decimals, enum indexes, dates, times: data[row] */
    LAYOUT_FIXED2,
    LAYOUT_FIXED4,
    LAYOUT_FIXED8,
    LAYOUT_FIXED16, /* 128-bit integers and decimals; low half first */
    LAYOUT_FIXED32, /* 256-bit decimals; low part first */
    LAYOUT_FLOAT4,
    LAYOUT_FLOAT8,
    LAYOUT_STRING16,  /* {uint32 len; 12 bytes inline | 4 bytes prefix, pointer} */
    LAYOUT_OFFSETS32, /* int32 offsets[rows + 1] in data, bytes in extra */
    LAYOUT_OFFSETS64,
    LAYOUT_SLICES,       /* struct slice a row */
    LAYOUT_UUID_BYTES,   /* 16 bytes, network order */
    LAYOUT_UUID_FLIPPED, /* 128-bit little endian, top bit inverted (DuckDB) */
    LAYOUT_INTERVAL,     /* {int32 months; int32 days; int64 microseconds} */
    LAYOUT_TIMETZ40,     /* 40 bits microseconds, 24 bits offset (DuckDB) */
    LAYOUT_LIST_ENTRIES, /* {uint64 offset, length} into the child */
    LAYOUT_LIST_FIXED,   /* row r: child rows r*array_length … */
    LAYOUT_STRUCT,       /* children have the same row numbers */
    LAYOUT_UNION         /* children[0] is the tag (FIXED1), then the members */
};

struct column {
    const struct type *type;
    enum layout layout;
    const uint64_t *validity; /* bit set = there is a value; NULL = all valid */
    const void *data;
    const void *extra;
    const struct column *children;
    size_t child_count;
};

struct batch {
    size_t rows;
    size_t column_count;
    const struct column *columns;
};

static inline bool column_is_valid(const struct column *column, size_t row)
{
    return column->layout != LAYOUT_NULL &&
           (!column->validity || (column->validity[row / 64] >> (row % 64) & 1));
}

/* The bytes of a row in any of the string layouts; empty for the others. */
static inline struct slice column_slice(const struct column *column, size_t row)
{
    const char *bytes = column->extra;
    if (column->layout == LAYOUT_STRING16) {
        const char *entry = (const char *)column->data + row * 16;
        const char *pointer = entry + 4;
        uint32_t len;
        memcpy(&len, entry, sizeof len);
        if (len > 12)
            memcpy(&pointer, entry + 8, sizeof pointer);
        return (struct slice){pointer, len};
    }
    if (column->layout == LAYOUT_SLICES)
        return ((const struct slice *)column->data)[row];
    if (column->layout == LAYOUT_OFFSETS32) {
        const int32_t *ends = (const int32_t *)column->data + row;
        return (struct slice){bytes + ends[0], (size_t)(ends[1] - ends[0])};
    }
    if (column->layout == LAYOUT_OFFSETS64) {
        const int64_t *ends = (const int64_t *)column->data + row;
        return (struct slice){bytes + ends[0], (size_t)(ends[1] - ends[0])};
    }
    return (struct slice){"", 0};
}

#endif
