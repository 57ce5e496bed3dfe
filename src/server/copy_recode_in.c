/* copy_recode_in.c - data in another encoding as UTF-8, cut anywhere.
 *
 * What is left of a character at the end of the data waits for the rest of it. */
#include "server/copy_recode_in.h"

#include <errno.h>

#include "core/text.h"

bool copy_recode_init(struct copy_recode *recode, struct slice encoding,
                      const char *iconv, struct error *err)
{
    *recode = (struct copy_recode){.encoding = encoding};
    if (!*iconv)
        return true;
    recode->converter = iconv_open("UTF-8", iconv);
    recode->is_needed = recode->converter != (iconv_t)-1;
    return recode->is_needed ||
           error_set(err, "0A000", "conversion from encoding %.*s is not supported",
                     (int)encoding.len, encoding.data);
}

void copy_recode_free(struct copy_recode *recode)
{
    if (recode->is_needed)
        iconv_close(recode->converter);
    recode->is_needed = false;
    buf_free(&recode->pending);
    buf_free(&recode->made);
}

static bool fail(const struct copy_recode *recode, struct slice bytes,
                 struct pgw_error *err)
{
    char shown[TEXT_BYTES_SHOWN];
    text_show_bytes(bytes.data, bytes.len ? 1 : 0, shown);
    return pgw_fail(err, "22021", "invalid byte sequence for encoding \"%.*s\": %s",
                    (int)recode->encoding.len, recode->encoding.data,
                    shown) != PGW_ERROR;
}

static bool no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory") != PGW_ERROR;
}

/* What is pending first, so that all of it is one piece. */
static bool convert(struct copy_recode *recode, char *from, size_t left,
                    struct pgw_error *err)
{
    enum { ROOM = 64 };
    while (left > 0) {
        size_t wanted = left * 2 + ROOM;
        uint8_t *room = buf_reserve(&recode->made, wanted);
        if (!room)
            return no_memory(err);
        char *to = (char *)room;
        size_t free_bytes = wanted;
        size_t result = iconv(recode->converter, &from, &left, &to, &free_bytes);
        buf_commit(&recode->made, wanted - free_bytes);
        if (result != (size_t)-1 || errno == E2BIG)
            continue;
        if (errno == EILSEQ)
            return fail(recode, (struct slice){from, left}, err);
        break; /* EINVAL: a character that is not complete */
    }
    buf_consume(&recode->pending, buf_len(&recode->pending) - left);
    return true;
}

bool copy_recode_data(struct copy_recode *recode, struct slice *data,
                      struct pgw_error *err)
{
    if (!recode->is_needed || data->len == 0)
        return true;
    buf_consume(&recode->made, buf_len(&recode->made));
    if (!buf_append(&recode->pending, data->data, data->len))
        return no_memory(err);
    if (!convert(recode, (char *)(uintptr_t)buf_data(&recode->pending),
                 buf_len(&recode->pending), err))
        return false;
    *data =
        (struct slice){(const char *)buf_data(&recode->made), buf_len(&recode->made)};
    return true;
}

bool copy_recode_last(const struct copy_recode *recode, struct pgw_error *err)
{
    struct slice left = {(const char *)buf_data(&recode->pending),
                         buf_len(&recode->pending)};
    return left.len == 0 || fail(recode, left, err);
}
