/* error.c - an error as PostgreSQL's clients see it. */
#include <pgwire/error.h>

#include <string.h>

#include "core/text.h"

enum pgw_status pgw_fail(struct pgw_error *err, const char *sqlstate,
                         const char *format, ...)
{
    va_list args;
    memcpy(err->sqlstate, sqlstate, sizeof err->sqlstate);
    err->severity = PGW_SEVERITY_ERROR;
    err->position = 0;
    err->detail[0] = err->hint[0] = err->context[0] = '\0';
    err->schema[0] = err->table[0] = err->column[0] = err->constraint[0] = '\0';
    err->routine[0] = '\0';
    va_start(args, format);
    text_format(err->message, sizeof err->message, format, args);
    va_end(args);
    return PGW_ERROR;
}
