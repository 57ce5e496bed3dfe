/* error.h - what a handler answers, and an error as PostgreSQL's clients see it.
 *
 * Source: PostgreSQL documentation 55.8 (Error and Notice Message Fields), appendix A
 * (SQLSTATE). All text is stored inline: an error can be reported without memory. */
#ifndef PGWIRE_ERROR_H
#define PGWIRE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgwire/version.h>

PGW_BEGIN_DECLS

/* What a handler answers. */
enum pgw_status {
    PGW_OK,   /* done; of a row source: these were the last rows */
    PGW_MORE, /* row sources only: call again for more */
    PGW_WAIT, /* nothing was consumed: call again with the same arguments once woken */
    PGW_ERROR /* *err says what is wrong */
};

/* How bad it is. The first two are ErrorResponse, the others NoticeResponse. */
enum pgw_severity {
    PGW_SEVERITY_ERROR, /* the statement fails, and with it the implicit transaction */
    PGW_SEVERITY_FATAL, /* and the connection is closed */
    PGW_SEVERITY_WARNING,
    PGW_SEVERITY_NOTICE,
    PGW_SEVERITY_INFO,
    PGW_SEVERITY_LOG,
    PGW_SEVERITY_DEBUG
};

/* An error, or a notice. Strings end in NUL and are UTF-8; "" means that the field is
 * not sent. pgw_fail sets all members; change single ones after it. */
struct pgw_error {
    char sqlstate[6]; /* five characters, "22012" */
    enum pgw_severity severity;
    int32_t position;   /* character in the statement, from 1; 0 = unknown */
    char message[1024]; /* one line; cut at a character's boundary if longer */
    char detail[512];   /* more about it, in sentences */
    char hint[256];     /* what to do about it */
    char context[512];  /* where it happened, a line per level */
    char schema[64];    /* the schema, table … that it is about */
    char table[64];
    char column[64];
    char constraint[64];
    char routine[32]; /* of PostgreSQL's source: drivers tell some errors by it */
};

/* Set SQLSTATE (five characters) and message, severity ERROR, the rest empty. Returns
 * PGW_ERROR, so that a handler can say `return pgw_fail(err, "22012", "division by
 * zero")`. Thread-safe; needs no memory. */
enum pgw_status pgw_fail(struct pgw_error *err, const char *sqlstate,
                         const char *format, ...) PGW_PRINTF(3, 4);

PGW_END_DECLS

#endif
