/* error.h - what went wrong, for the part of the tree that knows no wire protocol.
 *
 * SQLSTATE first, text second: decisions are taken on the five characters, never on
 * text. The text is stored inline, so that an error can be reported without memory. */
#ifndef CORE_ERROR_H
#define CORE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"

struct error {
    char sqlstate[6];   /* PostgreSQL, appendix A; "" = no error */
    int32_t position;   /* character in the statement, from 1; 0 = unknown */
    char message[1024]; /* cut at a UTF-8 boundary if longer */
    char detail[512];   /* "" = none, likewise hint */
    char hint[256];
    char schema[64], table[64], column[64], constraint[64]; /* that was violated */
    char routine[32]; /* of PostgreSQL's source, where drivers look at it */
};

/* No error, nothing unknown left over from an earlier one. */
void error_clear(struct error *err);

/* Set SQLSTATE and message, clear the rest. Always returns false, so that a failing
 * function can say `return error_set(err, "22003", "...")`. */
bool error_set(struct error *err, const char *sqlstate, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Add to an error that is set. */
void error_detail(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
void error_hint(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* 53200 "out of memory"; returns false. */
bool error_no_memory(struct error *err);

#endif
