/* copy_binary.h - COPY's binary format: bytes, cut anywhere, to tuples to fields.
 *
 * Source: PostgreSQL documentation, COPY ("Binary Format"). Of a tuple that is not
 * complete the bytes are kept, and how far it was understood. */
#ifndef SERVER_COPY_BINARY_H
#define SERVER_COPY_BINARY_H

#include "server/copy_lines.h"

enum copy_binary_part {
    COPY_BINARY_SIGNATURE,
    COPY_BINARY_FLAGS,
    COPY_BINARY_EXTENSION, /* its length */
    COPY_BINARY_SKIP,      /* … and what it says, which nobody knows */
    COPY_BINARY_TUPLE,
    COPY_BINARY_TRAILER /* has come: nothing may follow */
};

struct copy_binary {
    enum copy_binary_part part;
    uint64_t line;   /* the number of the tuple that is read, from 1 */
    size_t expected; /* fields of a tuple */
    size_t skip;     /* bytes of the extension that are still to come */
    bool kept_used;  /* what is kept is the tuple that was read last */
    struct buf kept; /* of a part that is not complete */
    size_t at;       /* how far the tuple is understood … */
    size_t fields;   /* … and how many of its fields are */
    bool has_size;   /* … and the size of the next one, which is in its length */
    struct copy_binary_field {
        size_t start;
        int32_t len; /* -1: NULL */
    } * found;       /* `expected` of them */
};

/* In the arena; False: out of memory. */
bool copy_binary_init(struct copy_binary *binary, size_t expected,
                      struct arena *arena) MUST_CHECK;
void copy_binary_free(struct copy_binary *binary);

/* The next tuple off the front of *data: its fields, `expected` of them, valid until
 * the next call; a NULL has no data. 22P04, 54000, 53200; *column is the field that the
 * error is about, SIZE_MAX: none. */
enum copy_next copy_binary_next(struct copy_binary *binary, struct slice *data,
                                struct slice *fields, size_t *column,
                                struct pgw_error *err);
/* No more data will come: is that the end? */
bool copy_binary_last(const struct copy_binary *binary, size_t *column,
                      struct pgw_error *err);

#endif
