/* users_edit.h - a users file with one user made, changed or deleted; all else in it
 * stays as it is. */
#ifndef ACCESS_USERS_EDIT_H
#define ACCESS_USERS_EDIT_H

#include "access/users_line.h"
#include "core/buf.h"
#include "core/error.h"

struct users_change {
    const char *name;
    bool deletes;
    const char *secret; /* NULL: what there is stays */
    bool has_role;      /* false: what there is stays, reader for a new user */
    enum user_role role;
};

/* The text as it becomes; *found: the user was there before. file: for errors. F0000
 * with the number of the line; 42704: a user who is to be deleted, or to keep the
 * secret, is not there; 53200. */
bool users_edit(struct slice text, const char *file, const struct users_change *change,
                struct buf *out, bool *found, struct error *err) MUST_CHECK;

#endif
