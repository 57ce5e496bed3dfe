/* role.h - what a user may do: each role may do what the one before may.
 *
 * reader reads; writer changes data and tables too; admin does everything: files,
 * settings of the engine, other databases, ending others' sessions. */
#ifndef ACCESS_ROLE_H
#define ACCESS_ROLE_H

#include <stdbool.h>

#include "core/attr.h"
#include "core/slice.h"

enum user_role { ROLE_READER, ROLE_WRITER, ROLE_ADMIN, ROLE_COUNT };

const char *role_name(enum user_role role);
/* False: there is no such role. */
bool role_parse(struct slice text, enum user_role *out) MUST_CHECK;

#endif
