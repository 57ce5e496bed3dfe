/* copy_lines.h - COPY's text and csv formats: bytes, cut anywhere, to lines to fields.
 *
 * Source: PostgreSQL documentation, COPY ("File Formats"), and what PostgreSQL 15 does
 * with what is malformed. A line is looked at once, wherever the bytes are cut; what is
 * kept of an unfinished one is its bytes. Fields are slices of the line, or, where
 * something was escaped, of memory that is used again for the next line. */
#ifndef SERVER_COPY_LINES_H
#define SERVER_COPY_LINES_H

#include <pgwire/error.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/scan.h"
#include "core/slice.h"
#include "sql/copy_statement.h"

enum { COPY_LINE_MAX = 256 << 20 }; /* bytes; 54000 beyond */

enum copy_line_end { COPY_END_UNKNOWN, COPY_END_NL, COPY_END_CR, COPY_END_CRNL };

enum copy_scan {
    COPY_SCAN_PLAIN,
    COPY_SCAN_ESCAPED, /* behind a backslash */
    COPY_SCAN_CR,      /* behind a carriage return that may end the line */
    COPY_SCAN_DOT,     /* behind \. */
    COPY_SCAN_DOT_CR   /* … and a carriage return */
};

struct copy_lines {
    bool is_csv;
    char delimiter, quote, escape; /* escape: 0 if it is the quote */
    struct scan_set set;
    struct slice null;
    enum copy_line_end line_end;
    bool ended;      /* \. has come: the rest is ignored */
    uint64_t line;   /* the number of the line that is read, from 1 */
    bool is_begun;   /* some of that line has come */
    bool kept_used;  /* what is kept is the line that was read last */
    struct buf kept; /* of a line that is not complete: what has come of it */
    /* of that line so far, positions counted from its start */
    enum copy_scan scan;
    bool in_quote;
    size_t escaped_at; /* what stands here follows an escape; SIZE_MAX: nothing does */
    bool has_special;  /* a backslash, in csv a quote */
    uint32_t odd;      /* not 0: perhaps a byte beyond ASCII, or a zero */
    size_t at;         /* how far it was looked at */
    size_t *ends;      /* of its fields */
    size_t field_count, field_room;
    struct buf unescaped; /* fields of the line that was read last */
};

/* The statement's options outlive the machine. */
void copy_lines_init(struct copy_lines *lines, const struct copy_options *options);
void copy_lines_free(struct copy_lines *lines);

enum copy_next {
    COPY_ROW,
    COPY_MORE, /* all of the data is used up */
    COPY_ERROR
};

/* The next line off the front of *data: *line, without its end, is valid until the next
 * call. 22P04, 22021, 54000, 53200. */
enum copy_next copy_lines_next(struct copy_lines *lines, struct slice *data,
                               struct slice *line, struct pgw_error *err);
/* No more data will come: a last line without an end is a line, too. MORE: there is
 * none. */
enum copy_next copy_lines_last(struct copy_lines *lines, struct slice *line,
                               struct pgw_error *err);

/* The fields of the line that came last, as many as it has or as there is room for in
 * *fields; a NULL has no data. Returns how many the line has; SIZE_MAX: *err says what
 * is wrong. */
size_t copy_lines_fields(struct copy_lines *lines, struct slice line,
                         struct slice *fields, size_t room, struct pgw_error *err);

#endif
