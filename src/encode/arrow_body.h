/* arrow_body.h - the body of a record batch: columns as Arrow's buffers. */
#ifndef ENCODE_ARROW_BODY_H
#define ENCODE_ARROW_BODY_H

#include "batch/batch.h"
#include "core/attr.h"
#include "core/buf.h"

struct arrow_node {
    int64_t length, null_count;
};

struct arrow_buffer {
    int64_t offset, length;
};

/* What was written last; {0} at first. */
struct arrow_body {
    struct buf bytes;
    struct buf nodes;   /* struct arrow_node */
    struct buf buffers; /* struct arrow_buffer */
    struct buf text;    /* of a value on its way */
    unsigned depth;
};

/* Rows from `first` on, of all columns. NULL, or a SQLSTATE. */
const char *arrow_body_write(struct arrow_body *body, const struct batch *batch,
                             size_t first, size_t count) MUST_CHECK;
void arrow_body_free(struct arrow_body *body);

#endif
