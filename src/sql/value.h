/* value.h - names and values as SET writes them. */
#ifndef SQL_VALUE_H
#define SQL_VALUE_H

#include "core/arena.h"
#include "core/slice.h"

enum { SQL_NAME_BYTES = 256 }; /* enough for any name of a setting or statement */

/* An identifier as SQL reads it: unquoted in lower case, quoted as it is. False: longer
 * than size - 1 bytes, empty, or not one identifier (may be dotted: a.b). */
bool sql_identifier(struct slice written, char *out, size_t size);

/* What a list of values is for the setting. */
enum sql_list {
    SQL_SINGLE, /* one value */
    SQL_LIST,   /* several: "a, b" */
    SQL_NAMES   /* … that are identifiers, quoted where they must be */
};

enum sql_value {
    SQL_VALUE_OK,
    SQL_VALUE_MALFORMED,
    SQL_VALUE_SEVERAL, /* more than one where one is meant */
    SQL_VALUE_NO_MEMORY
};

/* The values of a SET as one text, in the arena: 'x' → x, On → on, numbers with their
 * sign as written, INTERVAL '…' HOUR TO MINUTE → interval '…'. */
enum sql_value sql_setting_value(struct slice written, enum sql_list list,
                                 struct arena *arena, char **out);

#endif
