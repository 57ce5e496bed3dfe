/* users_line.h - one line of a users file: "name" "secret" "role".
 *
 * The format is PgBouncer's userlist.txt, whose readers take the first two words and
 * leave the rest; a quote in a word is doubled; ; begins a comment, and # does here.
 * What loads the file and what rewrites it read lines by this. */
#ifndef ACCESS_USERS_LINE_H
#define ACCESS_USERS_LINE_H

#include "access/role.h"

enum { USERS_NAME_MAX = 63, USERS_SECRET_MAX = 1023 };

struct users_line {
    bool is_user;      /* false: blank, or a comment */
    struct slice text; /* as it stands in the file, without the line's end */
    char name[USERS_NAME_MAX + 1];
    char secret[USERS_SECRET_MAX + 1];
    bool has_role;
    enum user_role role;  /* reader if it says none */
    struct slice comment; /* what stands behind, with its ; or # */
};

/* Take the next line off the front of *rest, which is not empty. NULL, or what is wrong
 * with it; the line has been taken in both cases. */
const char *users_line_take(struct slice *rest, struct users_line *out) MUST_CHECK;

#endif
