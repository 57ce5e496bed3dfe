/* front_auth.c - a PostgreSQL client proves who it is, as the rules ask it to.
 *
 *     start-up ── access_ask ──> a row of mechanisms ── libpgwire's exchange ──> open
 *
 * A way to prove it is a row. The rules are asked twice, before the exchange and when
 * the session opens, so that nothing has to be kept in between. */
#include "server/front_auth.h"

#include <string.h>

#include "access/access.h"
#include "server/pg_front.h"

/* What libpgwire is told to do; peer, cert and reject are decided before. */
static const enum pgw_auth_mechanism mechanisms[] = {
    [ACCESS_TRUST] = PGW_AUTH_TRUST,
    [ACCESS_SCRAM] = PGW_AUTH_SCRAM_SHA_256,
    [ACCESS_MD5] = PGW_AUTH_MD5,
    [ACCESS_PASSWORD] = PGW_AUTH_CLEARTEXT,
};

const char *front_database(const pgw_session *session)
{
    const char *name = pgw_session_startup_parameter(session, "database");
    if (!name || !*name)
        name = pgw_session_startup_parameter(session, "user");
    return name ? name : "";
}

static bool ask(const struct access_set *set, const pgw_session *session,
                struct access_verdict *out, struct error *err)
{
    const char *user = pgw_session_startup_parameter(session, "user");
    const struct access_request request = {.user = user ? user : "",
                                           .database = front_database(session),
                                           .peer = pgw_session_peer(session)};
    return access_ask(set, &request, out, err);
}

/* The secret outlives the set that it is of: libpgwire copies it behind this call. */
static bool tell(pgw_session *session, const struct access_verdict *verdict,
                 struct pgw_auth *auth, struct error *err)
{
    size_t len = strlen(verdict->secret);
    char *secret = pgw_session_alloc(session, len + 1);
    if (!secret)
        return error_no_memory(err);
    memcpy(secret, verdict->secret, len + 1);
    *auth = (struct pgw_auth){.mechanism = mechanisms[verdict->method],
                              .secret = {secret, len}};
    return true;
}

enum pgw_status front_authenticate(void *ctx, pgw_session *session,
                                   struct pgw_auth *auth, struct pgw_error *err)
{
    const struct pg_front *server = ctx;
    struct access_verdict verdict;
    struct error error;
    if (!server->access)
        return PGW_OK; /* trust */
    struct access_set *set = access_acquire(server->access);
    bool done =
        ask(set, session, &verdict, &error) && tell(session, &verdict, auth, &error);
    access_release(set);
    return done ? PGW_OK : pgw_fail(err, error.sqlstate, "%s", error.message);
}

bool front_admit(const struct pg_front *server, const pgw_session *session,
                 enum user_role *role, struct error *err)
{
    struct access_verdict verdict;
    *role = ROLE_ADMIN;
    if (!server->access)
        return true;
    struct access_set *set = access_acquire(server->access);
    bool done =
        ask(set, session, &verdict, err) &&
        access_admit(&verdict, pgw_session_startup_parameter(session, "user"), err);
    access_release(set);
    if (done)
        *role = verdict.role;
    return done;
}
