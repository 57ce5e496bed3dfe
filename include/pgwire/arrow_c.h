/* arrow_c.h - the structs of Apache Arrow's C data and C stream interfaces.
 *
 * Their layout is fixed by the specification, and so are the guards: any number of
 * headers may define them, the first one counts. Who holds a struct whose `release` is
 * not NULL owns it, and calls release once; a struct is moved by copying its bytes and
 * setting the old one's release to NULL.
 *
 * Source: Arrow's specification, "The Arrow C data interface" and "The Arrow C stream
 * interface". */
#ifndef PGWIRE_ARROW_C_H
#define PGWIRE_ARROW_C_H

#include <stdint.h>

#include <pgwire/version.h>

PGW_BEGIN_DECLS

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

/* Bits of a schema's flags. */
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

/* A type: a format string, and the types of what it is made of. */
struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

/* Values of a type, in buffers as the columnar format lays them out. */
struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

/* Arrays of one type, pulled. Each call but release answers 0 or an errno;
 * get_last_error's text is good until the next call, and may be NULL. A released array
 * from get_next is the end. */
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif

PGW_END_DECLS

#endif
