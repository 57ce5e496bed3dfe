/* copy_statement.h - COPY as PostgreSQL reads it: what is copied, where to, and how.
 *
 *     text ── copy_statement_parse ──> statement ── copy_options_read ──> options
 *
 * The grammar is checked when a statement is parsed, the options when it is executed,
 * behind the look-up of its table, as PostgreSQL does it. Both ways of writing options
 * are known: WITH (name value, …) and the words of old. Source: PostgreSQL
 * documentation, COPY; from version 16 on for DEFAULT, 17 for ON_ERROR and
 * LOG_VERBOSITY, 18 for REJECT_LIMIT. FORMAT parquet and arrow are this server's own.
 *
 * A COPY of a file is the engine's: of one such only where it goes is told. */
#ifndef SQL_COPY_STATEMENT_H
#define SQL_COPY_STATEMENT_H

#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"
#include "core/slice.h"

/* Names as they are meant: without quotes, in lower case unless they had some. */
struct copy_names {
    const struct slice *names;
    size_t count;
};

enum copy_argument { COPY_ARG_NONE, COPY_ARG_TEXT, COPY_ARG_STAR, COPY_ARG_LIST };

/* One option as it was said, its argument without quotes. */
struct copy_option {
    struct slice name; /* in lower case: "force_null", also for FORCE NULL */
    enum copy_argument argument;
    struct slice text;      /* TEXT: a word, a string or a number */
    struct copy_names list; /* LIST */
    int32_t position;       /* of the name, a character of the statement, from 1 */
    struct copy_option *next;
};

struct copy_statement {
    bool is_from;
    bool
        is_client; /* STDIN or STDOUT; false: a file or a program, the engine's to do */
    bool is_query; /* COPY (query) TO */
    struct slice relation;      /* as written, for another statement: a."B"; empty with
                                   a query */
    int32_t relation_position;  /* of it, a character from 1 */
    struct slice schema, table; /* as they are meant; no schema: empty */
    struct slice database;      /* … of a.b.c; else empty */
    struct copy_names columns;  /* none: not said */
    struct slice columns_written;      /* "(a, b)" with its parentheses, or empty */
    struct slice query;                /* as written, between the parentheses */
    struct slice where;                /* the condition as written, or empty */
    const struct copy_option *options; /* in the order that they were said in */
};

/* Everything lives in the arena, or in the text, which is one statement. 42601 with a
 * position; 53200. */
bool copy_statement_parse(struct slice text, struct arena *arena,
                          struct copy_statement *out, struct error *err) MUST_CHECK;

/* ---- options ---- */

enum copy_format {
    COPY_FORMAT_TEXT,
    COPY_FORMAT_CSV,
    COPY_FORMAT_BINARY,
    COPY_FORMAT_PARQUET,
    COPY_FORMAT_ARROW /* the IPC stream */
};

enum copy_header { COPY_HEADER_NONE, COPY_HEADER_LINE, COPY_HEADER_MATCH };

enum copy_verbosity { COPY_SILENT, COPY_VERBOSITY_DEFAULT, COPY_VERBOSE };

struct copy_options {
    enum copy_format format;
    enum copy_header header;
    bool freeze;
    char delimiter;            /* defaults are filled in, as for quote and escape */
    char quote, escape;        /* csv alone */
    struct slice null;         /* the text of NULL */
    bool has_default;          /* DEFAULT was said */
    struct slice default_text; /* … the text of a column's default */
    bool force_quote_all;      /* FORCE_QUOTE * */
    struct copy_names force_quote, force_not_null, force_null;
    struct slice encoding; /* as said, one that copy_encoding knows; or empty: the
                              client's */
    bool skips_errors;     /* ON_ERROR ignore */
    int64_t reject_limit;  /* 0: none */
    enum copy_verbosity verbosity;
};

/* What the options say, defaults for the rest. Names of columns are not looked up.
 * PostgreSQL's errors; the arena holds what *out points to. */
bool copy_options_read(const struct copy_statement *statement, struct copy_options *out,
                       struct error *err) MUST_CHECK;

/* FORMAT parquet takes options that are none of PostgreSQL's (COMPRESSION, …), which
 * are for the engine to judge: is this one of them? */
bool copy_option_is_engines(const struct copy_option *option);

/* The options' names, one after the other from 0; NULL at the end. */
const char *copy_option_name(size_t i);

/* The iconv name of one of PostgreSQL's encodings, written in any case, with or without
 * dashes: "LATIN1" is "ISO-8859-1", "" for UTF8 and SQL_ASCII, which need no
 * conversion. NULL: PostgreSQL knows none of that name. */
const char *copy_encoding(struct slice name);

#endif
