/* pack.h - a batch as a row of bytes and back, for files of this process alone.
 *
 * By column: layout, validity, data, children; strings as their lengths and their
 * bytes. Byte order and widths are the machine's: what is packed does not outlive the
 * process. Types are not packed. */
#ifndef BATCH_PACK_H
#define BATCH_PACK_H

#include "batch/batch.h"
#include "core/arena.h"

/* Where the bytes go; false ends the packing. */
struct pack_sink {
    bool (*write)(void *self, const void *data, size_t len);
    void *self;
};

/* Where they come from: all of len, or false. */
struct pack_source {
    bool (*read)(void *self, void *data, size_t len);
    void *self;
};

/* False: the sink has refused. Nothing is allocated. */
bool batch_pack(const struct batch *batch, const struct pack_sink *sink) MUST_CHECK;

enum unpack_result { UNPACK_DONE, UNPACK_NO_MEMORY, UNPACK_REFUSED, UNPACK_MALFORMED };

/* The next batch, in the arena; types, one a column, are borrowed. REFUSED: the source
 * has. MALFORMED: these bytes are not of such columns. */
enum unpack_result batch_unpack(const struct pack_source *source,
                                const struct type *const *types, size_t column_count,
                                struct arena *arena, struct batch *out) MUST_CHECK;

#endif
