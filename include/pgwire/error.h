/* error.h - the result of a handler, and an error as PostgreSQL's clients see it.
 *
 * Source: PostgreSQL documentation 55.8 (Error and Notice Message Fields), appendix A
 * (SQLSTATE). All text is stored inline: an error can be reported without memory. */
#ifndef PGWIRE_ERROR_H
#define PGWIRE_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a handler answers. MORE: call again for more (row sources). WAIT: nothing was
 * consumed; call again with the same arguments once the session has been woken. */
enum pgw_status { PGW_OK, PGW_MORE, PGW_WAIT, PGW_ERROR };

/* FATAL also closes the connection. */
enum pgw_severity {
    PGW_SEVERITY_ERROR,
    PGW_SEVERITY_FATAL,
    PGW_SEVERITY_WARNING,
    PGW_SEVERITY_NOTICE,
    PGW_SEVERITY_INFO,
    PGW_SEVERITY_LOG,
    PGW_SEVERITY_DEBUG
};

struct pgw_error {
    char sqlstate[6];
    enum pgw_severity severity;
    int32_t position;   /* character in the query string, from 1; 0 = unknown */
    char message[1024]; /* UTF-8, cut at a character's boundary if longer */
    char detail[512];   /* "" = none, likewise all that follow */
    char hint[256];
    char context[512]; /* where it happened, a line per level */
    char schema[64], table[64], column[64], constraint[64];
    char routine[32]; /* of PostgreSQL's source: drivers tell some errors apart by it */
};

/* Set SQLSTATE and message, severity ERROR, the rest empty; returns PGW_ERROR, so that
 * a handler can say `return pgw_fail(err, "22012", "division by zero")`. */
__attribute__((format(printf, 3, 4))) enum pgw_status
pgw_fail(struct pgw_error *err, const char *sqlstate, const char *format, ...);

#endif
