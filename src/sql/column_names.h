/* column_names.h - the names that PostgreSQL gives to result columns which have none.
 *
 * `select count(*)` answers a column "count" to PostgreSQL's clients, many of which
 * read by name; engines name such a column after its text. What has a name of its own,
 * a column or an alias, keeps the engine's.
 *
 * Source: PostgreSQL documentation 7.3.2 (Column Labels), 7.7 (VALUES Lists). */
#ifndef SQL_COLUMN_NAMES_H
#define SQL_COLUMN_NAMES_H

#include <stddef.h>

#include "core/arena.h"
#include "core/slice.h"

/* names: the engine's; those that PostgreSQL calls otherwise are replaced by text in
 * the arena. A list that is not understood keeps all of them. False: out of memory. */
bool sql_column_names(struct slice statement, struct arena *arena, const char **names,
                      size_t count);

#endif
