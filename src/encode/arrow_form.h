/* arrow_form.h - which form a type has in Arrow, for the schema and the bodies. */
#ifndef ENCODE_ARROW_FORM_H
#define ENCODE_ARROW_FORM_H

#include "batch/batch.h"
#include "encode/flat.h"

/* Their numbers in Arrow's union Type. */
enum arrow_type {
    ARROW_INT = 2,
    ARROW_FLOAT = 3,
    ARROW_BINARY = 4,
    ARROW_UTF8 = 5,
    ARROW_BOOL = 6,
    ARROW_DECIMAL = 7,
    ARROW_DATE = 8,
    ARROW_TIME = 9,
    ARROW_TIMESTAMP = 10,
    ARROW_INTERVAL = 11,
    ARROW_LIST = 12,
    ARROW_STRUCT = 13,
    ARROW_UNION = 14,
    ARROW_FIXED_BINARY = 15,
    ARROW_FIXED_LIST = 16,
    ARROW_MAP = 17
};

/* A value at `to`, in the form's width. NULL, or a SQLSTATE. */
typedef const char *arrow_converter(const struct column *column, size_t row,
                                    uint8_t *to);

enum arrow_way {
    ARROW_AS_FIXED,
    ARROW_AS_BITS,
    ARROW_AS_BYTES, /* of a string layout */
    ARROW_AS_TEXT,  /* rendered */
    ARROW_AS_LIST,
    ARROW_AS_FIXED_LIST,
    ARROW_AS_STRUCT,
    ARROW_AS_MAP,
    ARROW_AS_UNION
};

struct arrow_form {
    enum arrow_type type;
    enum arrow_way way;
    size_t width;             /* ARROW_AS_FIXED: bytes */
    arrow_converter *convert; /* NULL: the bytes are those of the column */
    bool is_signed;
    const char *extension; /* NULL: none */
};

enum { ARROW_DEPTH_MAX = 64 };

const struct arrow_form *arrow_form_of(const struct type *type);

/* The table that describes the type, Arrow's `form->type`. */
flat_place arrow_put_type(struct flat *flat, const struct arrow_form *form,
                          const struct type *type);

#endif
