/* split.h - take one statement off a query string.
 *
 * Knows what PostgreSQL and DuckDB agree on of the lexical structure (PostgreSQL
 * documentation 4.1): quotes, E'' escapes, dollar quotes, nested comments. An
 * unterminated quote or comment makes the rest one statement; the engine names the
 * error. */
#ifndef SQL_SPLIT_H
#define SQL_SPLIT_H

#include "core/slice.h"

/* Skips blanks, comments and lone semicolons, then moves one statement, without its
 * semicolon and the blanks around it, to *statement. What follows it up to the next
 * statement is skipped too, so an empty *sql means that this was the last one. False:
 * there was none. */
bool sql_split(struct slice *sql, struct slice *statement);

#endif
