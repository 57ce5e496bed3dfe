/* arrow_field.h - a schema as a tree of fields: what the files of the reader share.
 *
 *     arrow_format.c    a format string: type, layout, how its arrays are read
 *     arrow_schema.c    the tree of fields
 *     arrow_check.c     is an array what its field says?
 *     arrow_import.c    arrays to columns: scalars
 *     arrow_convert.c   … whose values PostgreSQL has in another unit or width
 *     arrow_nested.c    … lists, structs, unions
 *     arrow_indirect.c  … dictionaries and runs
 *     arrow_reader.c    windows of rows */
#ifndef BATCH_ARROW_FIELD_H
#define BATCH_ARROW_FIELD_H

#include <pgwire/arrow_c.h>

#include "batch/batch.h"
#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"

struct arrow_field;

/* Rows of an array; `at` is counted from the start of its buffers. */
struct arrow_span {
    const struct ArrowArray *array;
    size_t at, rows;
};

/* What an importer works with. */
struct arrow_import {
    struct arena *memory; /* of the columns */
    struct error *err;
    size_t column; /* for messages, from 1 */
};

/* Fill layout, data and children of *out; type and validity are set. */
typedef bool arrow_importer(struct arrow_import *in, const struct arrow_field *field,
                            struct arrow_span span, struct column *out);

/* The rest of a format string; false: it is malformed, or not supported. */
typedef bool arrow_parser(const char *rest, struct arrow_field *field);

enum { ARROW_ANY_CHILDREN = -1, ARROW_TYPE_IDS = 128, ARROW_NO_MEMBER = 255 };

/* A row of the table of formats. */
struct arrow_format {
    const char *text; /* all of it, or if there is a parser its beginning */
    const char *name; /* for people */
    enum type_id id;
    enum time_unit unit;
    enum layout layout;
    unsigned char width;   /* bytes a row in the first buffer after the validity */
    unsigned char buffers; /* their number; of views at least */
    bool has_validity;     /* … is among them, the first */
    bool is_view;          /* strings in any number of buffers */
    int children;          /* ARROW_ANY_CHILDREN, or how many */
    arrow_parser *parse;
    arrow_importer *import;
};

struct arrow_field {
    const struct arrow_format *format;
    const char *name; /* "" if it has none */
    struct type type; /* of the values, whatever the indirection */
    enum layout layout;
    arrow_importer *import;
    size_t width;
    int32_t scale;                   /* of a decimal, as it was given */
    uint8_t members[ARROW_TYPE_IDS]; /* of a union: type id to number, or NO_MEMBER */
    size_t member_count;
    size_t child_count;
    struct arrow_field *children;
    struct arrow_field *dictionary; /* NULL: not encoded by one */
    struct column values;           /* of the dictionary of the array being read */
};

/* ---- arrow_format.c ---- */
/* Fill the field from its format; false: there is no such one. */
bool arrow_format_parse(const char *format, struct arrow_field *field) MUST_CHECK;

/* ---- arrow_schema.c ---- */
bool arrow_field_read(struct arena *arena, const struct ArrowSchema *schema,
                      struct arrow_field *out, struct error *err) MUST_CHECK;

/* ---- arrow_check.c ---- */
/* XX001; false. */
bool arrow_malformed(struct error *err, const struct arrow_field *field,
                     const char *what);
/* An array of this field: the whole tree, but for what the buffers hold. */
bool arrow_check(const struct arrow_field *field, const struct ArrowArray *array,
                 struct error *err) MUST_CHECK;

/* ---- arrow_import.c ---- */
/* `rows` rows from `start` on, counted from the array's own first row; checked to be
 * within it. */
bool arrow_import_rows(struct arrow_import *in, const struct arrow_field *field,
                       const struct ArrowArray *array, uint64_t start, uint64_t rows,
                       struct column *out) MUST_CHECK;
/* A signed integer of 1, 2, 4 or 8 bytes, at any alignment. */
static inline int64_t arrow_load(const void *data, size_t width, size_t row)
{
    const char *from = (const char *)data + row * width;
    int64_t value = 0;
    int32_t value32 = 0;
    if (width == sizeof value) {
        memcpy(&value, from, sizeof value);
        return value;
    }
    if (width == sizeof value32) {
        memcpy(&value32, from, sizeof value32);
        return value32;
    }
    memcpy(&value32, from, width == 1 ? 1 : 2);
    return width == 1 ? (int8_t)value32 : (int16_t)value32;
}
static inline bool arrow_is_valid(const struct ArrowArray *array, size_t at)
{
    const uint8_t *bits = array->null_count == 0 ? NULL : array->buffers[0];
    return !bits || bits[at / 8] >> (at % 8) & 1;
}
arrow_importer arrow_import_nothing, arrow_import_fixed, arrow_import_bits,
    arrow_import_strings, arrow_import_views, arrow_import_pieces;

/* ---- arrow_convert.c ---- */
arrow_importer arrow_import_half, arrow_import_date64, arrow_import_time,
    arrow_import_interval, arrow_import_decimal;

/* ---- arrow_nested.c ---- */
arrow_importer arrow_import_list, arrow_import_list_view, arrow_import_array,
    arrow_import_struct, arrow_import_map, arrow_import_sparse, arrow_import_dense;

/* ---- arrow_indirect.c ---- */
arrow_importer arrow_import_encoded, arrow_import_runs;
/* Read the dictionaries of an array, for the importers; they live in the arena. */
bool arrow_import_dictionaries(struct arrow_import *in, struct arrow_field *field,
                               const struct ArrowArray *array) MUST_CHECK;

#endif
