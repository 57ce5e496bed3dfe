/* limits.h - how many sessions there may be: of a user, of a database, and of all who
 * are no admins, for whom some places are kept.
 *
 * Asked when a client is known to be who it says, so that nobody can use up what is
 * another's. Both protocols ask here; thread-safe. Limits do not hold for admins, as
 * PostgreSQL's do not for superusers; what a reload lowers ends no session. */
#ifndef SERVER_LIMITS_H
#define SERVER_LIMITS_H

#include <pthread.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/strmap.h"

/* Of a user or database by name. */
struct limit {
    const char *name; /* NULL: of each that is not named */
    unsigned most;    /* 0 = no limit */
};

struct limit_list {
    const struct limit *items; /* the first that fits decides */
    size_t count;
};

struct limits {
    pthread_mutex_t lock;
    struct arena arena; /* of the lists */
    struct limit_list users, databases;
    unsigned places, reserved;
    unsigned sessions;
    struct strmap user_counts, database_counts;
};

bool limits_init(struct limits *limits) MUST_CHECK;
void limits_free(struct limits *limits); /* all zero is allowed */

/* places: all there are, 0 = no limit; reserved: of them, for admins. Copied. False:
 * out of memory, and what held still holds. */
bool limits_set(struct limits *limits, const struct limit_list *users,
                const struct limit_list *databases, unsigned places,
                unsigned reserved) MUST_CHECK;

struct limit_count; /* of one name */

/* What a session holds; {0} holds nothing. */
struct limit_ticket {
    struct limits *limits;
    struct limit_count *user, *database;
};

/* limits NULL: there are none. 53300, 53200. */
bool limits_enter(struct limits *limits, const char *user, const char *database,
                  bool is_admin, struct limit_ticket *out,
                  struct error *err) MUST_CHECK;
void limits_leave(struct limit_ticket *ticket); /* again: nothing */

#endif
