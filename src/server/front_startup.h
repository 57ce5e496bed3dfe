/* front_startup.h - a PostgreSQL client's session: made from its start-up parameters.
 */
#ifndef SERVER_FRONT_STARTUP_H
#define SERVER_FRONT_STARTUP_H

#include <pgwire/pgwire.h>

#include "server/limits.h"

struct query_session;

struct front {
    pgw_session *session; /* whose state this is */
    struct query_session *query;
    struct limit_ticket ticket;
    struct pgw_keepalive keepalive; /* as the session has it */
    uint64_t settings_seen; /* the version of the settings that the session follows */
    bool is_checked;        /* the query string that is being served is well formed */
    /* For want of memory the client was not told of a setting, or its values do not
     * look as the setting says: the session has to end. */
    bool is_behind;
};

/* pgw_startup_ops.open and .close; ctx is a struct pg_front. Errors, all FATAL: 3D000
 * no such database, 42704 or 22023 for a parameter that is none or has a bad value. */
enum pgw_status front_open(void *ctx, pgw_session *session, void **state,
                           struct pgw_error *err);
void front_close(void *state);
/* Let the session follow the time-outs that are set. */
void front_follow(struct front *front);

#endif
