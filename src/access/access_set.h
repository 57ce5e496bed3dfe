/* access_set.h - the inside of a set, for the files that load it and ask it. */
#ifndef ACCESS_ACCESS_SET_H
#define ACCESS_ACCESS_SET_H

#include <stdatomic.h>

#include <pgwire/oauth.h>

#include "access/access.h"

struct access_set {
    _Atomic unsigned references;
    struct arena arena;
    bool allows_cleartext;
    bool is_open;   /* neither users nor rules were given */
    bool has_users; /* a users file was given: who is not in it does not exist */
    struct users users;
    struct rules rules;
    struct ident ident;
};

/* For each rule that takes tokens; `file` is where the rules are. F0000, 53200. */
bool access_make_validators(struct access_set *set, const char *file,
                            struct error *err) MUST_CHECK;

#endif
