/* copy_recode.c - COPY … TO STDOUT in another encoding than UTF-8.
 *
 *     rows ──> chain of CopyData in UTF-8 ── copy_recode ──> the session's output
 *
 * What is special in text and csv is ASCII, which every encoding of PostgreSQL's has in
 * one byte, so that whole messages can be converted when they are done. */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "pgwire/copy_out.h"
#include "pgwire/value.h"

struct copy_recoder {
    iconv_t iconv;
    struct chain chain;
    struct buf message; /* one that lies in several blocks */
    char encoding[64];
};

static const iconv_t no_iconv = (iconv_t)-1;

struct copy_recoder *copy_recoder_new(const char *encoding, struct pgw_error *err)
{
    struct copy_recoder *recoder = calloc(1, sizeof *recoder);
    if (!recoder) {
        (void)pgw_fail(err, "53200", "out of memory");
        return NULL;
    }
    (void)snprintf(recoder->encoding, sizeof recoder->encoding, "%s", encoding);
    recoder->iconv = iconv_open(encoding, "UTF-8");
    if (recoder->iconv != no_iconv)
        return recoder;
    (void)pgw_fail(err, errno == EINVAL ? "0A000" : "53000",
                   "cannot convert to encoding \"%s\"", encoding);
    free(recoder);
    return NULL;
}

void copy_recoder_free(struct copy_recoder *recoder)
{
    if (!recoder)
        return;
    (void)iconv_close(recoder->iconv);
    chain_free(&recoder->chain);
    buf_free(&recoder->message);
    free(recoder);
}

struct chain *copy_recoder_chain(struct copy_recoder *recoder)
{
    return &recoder->chain;
}

/* 22P05, with the bytes of the character, as PostgreSQL says it. */
static enum pgw_status untranslatable(const struct copy_recoder *recoder,
                                      const char *at, size_t left,
                                      struct pgw_error *err)
{
    static const char digits[] = "0123456789abcdef";
    char bytes[4 * 5 + 1] = "", *to = bytes;
    for (size_t i = 0; i < 4 && i < left; i++) {
        uint8_t byte = (uint8_t)at[i];
        if (i > 0 && (byte & 0xc0) != 0x80)
            break;
        to += snprintf(to, 6, i ? " 0x%c%c" : "0x%c%c", digits[byte >> 4],
                       digits[byte & 15]);
    }
    return pgw_fail(err, "22P05",
                    "character with byte sequence %s in encoding \"UTF8\" has no "
                    "equivalent in encoding \"%s\"",
                    bytes, recoder->encoding);
}

/* One CopyData. The longest that a character of at most three bytes becomes is four. */
static enum pgw_status recode_message(struct copy_recoder *recoder, const uint8_t *from,
                                      size_t len, struct chain *out,
                                      struct pgw_error *err)
{
    size_t left = len, room = 2 * len;
    uint8_t *header = chain_reserve(out, 5 + room);
    if (!header)
        return pgw_fail(err, "53200", "out of memory");
    char *in = (char *)(uintptr_t)from, *to = (char *)header + 5;
    if (iconv(recoder->iconv, &in, &left, &to, &room) != 0) {
        (void)iconv(recoder->iconv, NULL, NULL, NULL, NULL);
        return untranslatable(recoder, in, left, err);
    }
    size_t made = (size_t)((uint8_t *)to - header) - 5;
    header[0] = 'd';
    (void)value_put32(header + 1, (uint32_t)made + 4);
    chain_commit(out, 5 + made);
    return PGW_OK;
}

/* The message in front of the chain, in one piece, without what frames it. */
static bool take_message(struct copy_recoder *recoder, struct slice *body)
{
    uint8_t header[5];
    struct buf *message = &recoder->message;
    buf_consume(message, buf_len(message));
    size_t wanted = sizeof header;
    while (buf_len(message) < wanted) {
        const struct chain_block *block = recoder->chain.head;
        size_t held = block->used - block->start;
        size_t part = wanted - buf_len(message);
        part = part < held ? part : held;
        if (!buf_append(message, block->data + block->start, part))
            return false;
        chain_consume(&recoder->chain, part);
        if (wanted == sizeof header && buf_len(message) == wanted) {
            memcpy(header, buf_data(message), sizeof header);
            wanted = 1 + ((size_t)header[1] << 24 | (size_t)header[2] << 16 |
                          (size_t)header[3] << 8 | header[4]);
        }
    }
    *body = (struct slice){(const char *)buf_data(message) + sizeof header,
                           wanted - sizeof header};
    return true;
}

enum pgw_status copy_recode(struct copy_recoder *recoder, struct chain *out,
                            struct pgw_error *err)
{
    while (recoder->chain.bytes > 0) {
        struct slice body;
        if (!take_message(recoder, &body))
            return pgw_fail(err, "53200", "out of memory");
        enum pgw_status status =
            recode_message(recoder, (const uint8_t *)body.data, body.len, out, err);
        if (status != PGW_OK)
            return status;
    }
    return PGW_OK;
}
