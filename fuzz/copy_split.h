/* copy_split.h - COPY's machines for their fuzz targets: the same rows whatever the
 * split.
 *
 * The first bytes of an input choose delimiter, quote, escape and the sizes of the
 * pieces, the rest is the data. What a machine answers is hashed, row by row. */
#ifndef FUZZ_COPY_SPLIT_H
#define FUZZ_COPY_SPLIT_H

#include <assert.h>
#include <stdlib.h>

#include "server/copy_lines.h"

enum { COPY_FIELDS = 4 };

struct copy_answer {
    uint64_t hash;
    uint64_t rows;
    char sqlstate[6];
};

static inline void copy_hash(struct copy_answer *answer, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++)
        answer->hash = (answer->hash ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static inline void copy_hash_fields(struct copy_answer *answer,
                                    const struct slice *fields, size_t count)
{
    copy_hash(answer, &count, sizeof count);
    for (size_t i = 0; i < count && i < COPY_FIELDS; i++) {
        copy_hash(answer, fields[i].data ? "v" : "n", 1);
        copy_hash(answer, &fields[i].len, sizeof fields[i].len);
        copy_hash(answer, fields[i].data, fields[i].len);
    }
    answer->rows++;
}

/* The next piece off the front of *data, of 0 to 7 bytes: a copy of its own,
 * so that reading behind its end is seen; the caller frees it. */
static inline char *copy_piece(struct slice *data, uint32_t *seed, size_t *len)
{
    *seed = *seed * 1103515245 + 12345;
    size_t size = *seed >> 16 & 7;
    *len = size < data->len ? size : data->len;
    char *piece = malloc(*len + 1);
    assert(piece);
    if (*len)
        memcpy(piece, data->data, *len);
    data->data += *len;
    data->len -= *len;
    return piece;
}

static inline void copy_same(const struct copy_answer *a, const struct copy_answer *b)
{
    assert(a->hash == b->hash && a->rows == b->rows);
    assert(memcmp(a->sqlstate, b->sqlstate, sizeof a->sqlstate) == 0);
}

/* ---- lines ---- */

/* False: it ends with an error. */
static inline bool copy_feed(struct copy_lines *lines, struct slice data,
                             struct copy_answer *answer)
{
    struct pgw_error err = {0};
    struct slice line, fields[COPY_FIELDS];
    for (;;) {
        enum copy_next next = copy_lines_next(lines, &data, &line, &err);
        if (next == COPY_MORE)
            break;
        size_t count = next == COPY_ROW
                           ? copy_lines_fields(lines, line, fields, COPY_FIELDS, &err)
                           : SIZE_MAX;
        if (count == SIZE_MAX) {
            memcpy(answer->sqlstate, err.sqlstate, sizeof answer->sqlstate);
            return false;
        }
        copy_hash_fields(answer, fields, count);
    }
    assert(data.len == 0);
    return true;
}

static inline void copy_finish(struct copy_lines *lines, struct copy_answer *answer)
{
    struct pgw_error err = {0};
    struct slice line, fields[COPY_FIELDS];
    enum copy_next next = copy_lines_last(lines, &line, &err);
    size_t count = next == COPY_ROW
                       ? copy_lines_fields(lines, line, fields, COPY_FIELDS, &err)
                       : 0;
    if (next == COPY_ERROR || count == SIZE_MAX)
        memcpy(answer->sqlstate, err.sqlstate, sizeof answer->sqlstate);
    else if (next == COPY_ROW)
        copy_hash_fields(answer, fields, count);
}

static inline struct copy_answer copy_read(const struct copy_options *options,
                                           struct slice data, uint32_t seed)
{
    struct copy_answer answer = {.hash = 1};
    struct copy_lines lines;
    bool goes_on = true;
    copy_lines_init(&lines, options);
    if (seed == 0)
        goes_on = copy_feed(&lines, data, &answer);
    while (seed != 0 && goes_on && data.len > 0) {
        size_t len;
        char *piece = copy_piece(&data, &seed, &len);
        goes_on = copy_feed(&lines, (struct slice){piece, len}, &answer);
        free(piece);
    }
    if (goes_on)
        copy_finish(&lines, &answer);
    copy_lines_free(&lines);
    return answer;
}

static inline void copy_compare(const struct copy_options *options, struct slice data,
                                uint32_t seed)
{
    struct copy_answer whole = copy_read(options, data, 0);
    struct copy_answer cut = copy_read(options, data, seed | 1);
    copy_same(&whole, &cut);
}

#endif
