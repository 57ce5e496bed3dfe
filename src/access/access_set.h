/* access_set.h - the inside of a set, for the files that load it and ask it. */
#ifndef ACCESS_ACCESS_SET_H
#define ACCESS_ACCESS_SET_H

#include <stdatomic.h>

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

#endif
