/* copy_recode_in.h - data in another encoding as UTF-8, cut anywhere. */
#ifndef SERVER_COPY_RECODE_IN_H
#define SERVER_COPY_RECODE_IN_H

#include <iconv.h>

#include <pgwire/error.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/slice.h"

struct copy_recode {
    bool is_needed;
    iconv_t converter;
    struct slice encoding; /* as it was said; borrowed */
    struct buf pending;    /* bytes that are not a whole character yet */
    struct buf made;       /* UTF-8 */
};

/* iconv: its name of the encoding, "" if there is nothing to do. 0A000: it is one that
 * this system cannot convert. */
bool copy_recode_init(struct copy_recode *recode, struct slice encoding,
                      const char *iconv, struct error *err) MUST_CHECK;
void copy_recode_free(struct copy_recode *recode);

/* *data becomes the same in UTF-8, valid until the next call. 22021, 53200. */
bool copy_recode_data(struct copy_recode *recode, struct slice *data,
                      struct pgw_error *err) MUST_CHECK;
/* Is a character unfinished at the end of all data? 22021 then. */
bool copy_recode_last(const struct copy_recode *recode,
                      struct pgw_error *err) MUST_CHECK;

#endif
