/* error.c - what went wrong, SQLSTATE first. */
#include "core/error.h"

#include <stdarg.h>
#include <string.h>

#include "core/text.h"

void error_clear(struct error *err)
{
    err->sqlstate[0] = '\0';
    err->position = 0;
    err->message[0] = '\0';
    err->detail[0] = '\0';
    err->hint[0] = '\0';
    err->schema[0] = err->table[0] = err->column[0] = err->constraint[0] = '\0';
    err->routine[0] = '\0';
}

bool error_set(struct error *err, const char *sqlstate, const char *format, ...)
{
    va_list args;
    error_clear(err);
    memcpy(err->sqlstate, sqlstate, sizeof err->sqlstate);
    va_start(args, format);
    text_format(err->message, sizeof err->message, format, args);
    va_end(args);
    return false;
}

void error_detail(struct error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_format(err->detail, sizeof err->detail, format, args);
    va_end(args);
}

void error_hint(struct error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_format(err->hint, sizeof err->hint, format, args);
    va_end(args);
}

bool error_no_memory(struct error *err)
{
    return error_set(err, "53200", "out of memory");
}
