/* role.c - the names of roles. */
#include "access/role.h"

static const char *const names[ROLE_COUNT] = {
    [ROLE_READER] = "reader", [ROLE_WRITER] = "writer", [ROLE_ADMIN] = "admin"};

const char *role_name(enum user_role role)
{
    return names[role];
}

bool role_parse(struct slice text, enum user_role *out)
{
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (slice_equal(text, slice_of(names[i]))) {
            *out = (enum user_role)i;
            return true;
        }
    }
    return false;
}
