/* users.h - who there is: name, secret and role of each, read from a users file.
 *
 * What is kept of a plain password is a SCRAM verifier made when the file is loaded, so
 * that a login costs no key derivation; the password itself is wiped. */
#ifndef ACCESS_USERS_H
#define ACCESS_USERS_H

#include "access/users_line.h"
#include "core/arena.h"
#include "core/error.h"

enum { USERS_MOST = 100000 };

struct user {
    const char *name;
    const char *secret; /* SCRAM-SHA-256$…, md5…, or "" for none */
    enum user_role role;
    unsigned line; /* of the file */
};

struct users {
    struct user *list; /* by name */
    size_t count;
};

/* text: of the file, whose name is for errors; all is copied to the arena. F0000 with
 * the number of the line, 53200. */
bool users_parse(struct arena *arena, struct slice text, const char *file,
                 struct users *out, struct error *err) MUST_CHECK;

/* NULL: there is none of that name. */
const struct user *users_find(const struct users *users, const char *name);

/* Is it md5…, as PostgreSQL keeps passwords of old? */
bool users_is_md5(const char *secret);
/* … or that, or SCRAM-SHA-256$…? */
bool users_is_verifier(const char *secret);

#endif
