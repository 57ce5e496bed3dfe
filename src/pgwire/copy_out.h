/* copy_out.h - COPY … TO STDOUT: the style of its data, made ready for writing rows.
 *
 *     reply.copy_style ── copy_out_begin ──> copy_out ──┬─ puts: copy_row.c
 *                                                       └─ batches: plan_copy.c
 *
 * A field is written as any text is, and then made one in place: most have nothing
 * special in them, which is seen sixteen bytes at a time. Source: PostgreSQL 15,
 * documentation of COPY, and what its server sends. */
#ifndef PGWIRE_COPY_OUT_H
#define PGWIRE_COPY_OUT_H

#include <pgwire/pgwire.h>

#include "core/attr.h"
#include "core/chain.h"
#include "core/slice.h"

struct copy_recoder;
struct pgw_row;

struct copy_out {
    enum pgw_copy_format format;
    uint8_t delimiter, quote, escape;
    int16_t values;          /* the format of what is put, an enum pgw_format */
    bool has_names;          /* the first line is theirs */
    bool is_alone;           /* there is one column */
    bool is_plain;           /* no number and no time has anything special in it */
    bool signature_due;      /* binary: it comes with the first row, or the trailer */
    struct slice null;       /* borrowed, like the next one */
    const bool *force_quote; /* NULL: no column */
    uint8_t first, span;     /* bytes that may be special: from here, so many more */
    uint8_t marks[256];      /* text: what stands for the byte behind a backslash;
                                csv: COPY_QUOTES, COPY_ESCAPED */
    struct copy_recoder *recoder; /* NULL: it is sent in UTF-8 */
};

enum { COPY_QUOTES = 1, COPY_ESCAPED = 2 };

/* In the binary format: what comes before the first row. */
enum { COPY_SIGNATURE_BYTES = 19 };
uint8_t *copy_put_signature(uint8_t *to);

/* NULL, with *err set: 22023, 0A000, 53200. The style and the columns are borrowed. */
struct copy_out *copy_out_new(const struct pgw_reply *reply,
                              struct pgw_error *err) MUST_CHECK;
void copy_out_free(struct copy_out *copy); /* NULL is allowed */
/* What the data ends with. False: out of memory. */
bool copy_out_trailer(struct copy_out *copy, struct chain *out) MUST_CHECK;

static inline bool copy_is_lines(const struct copy_out *copy)
{
    return copy->format == PGW_COPY_TEXT || copy->format == PGW_COPY_CSV;
}

static inline bool copy_is_forced(const struct copy_out *copy, size_t column)
{
    return copy->force_quote && copy->force_quote[column];
}

/* What a field takes that is made of so many bytes of text: it may double, get quotes,
 * and is looked at in whole blocks. */
#define COPY_FIELD_BYTES(text_bytes) (2 * (text_bytes) + 2 + 16)

/* Make a field of the text [start, end) in place, where there is room for that; returns
 * its end. */
uint8_t *copy_field(const struct copy_out *copy, bool forced, uint8_t *start,
                    uint8_t *end);

/* Make a field of a text that lies elsewhere; the same room. */
uint8_t *copy_text(const struct copy_out *copy, struct slice text, uint8_t *to);

/* ---- a row by puts: copy_row.c ---- */
/* Aim a sink at its copy, and let what it was given go on to `out`. */
void copy_row_open(struct pgw_row *row);
enum pgw_status copy_row_close(struct pgw_row *row, struct chain *out,
                               struct pgw_error *err);
void copy_row_begin(struct pgw_row *row);
void copy_row_put(struct pgw_row *row, const void *data, size_t len);
void copy_row_end(struct pgw_row *row); /* before its length is filled in */
/* The line of names, if there is one. False: out of memory. */
bool copy_row_names(struct pgw_row *row) MUST_CHECK;

/* ---- encodings: copy_recode.c ---- */
struct copy_recoder *copy_recoder_new(const char *encoding,
                                      struct pgw_error *err) MUST_CHECK;
void copy_recoder_free(struct copy_recoder *recoder);
/* Where rows are written in UTF-8, before … */
struct chain *copy_recoder_chain(struct copy_recoder *recoder);
/* … all of them are moved on to `out`. 22P05 for a character that the encoding has not;
 * the rows before it are there. */
enum pgw_status copy_recode(struct copy_recoder *recoder, struct chain *out,
                            struct pgw_error *err);

#endif
