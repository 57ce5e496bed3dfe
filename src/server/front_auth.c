/* front_auth.c - a PostgreSQL client proves who it is, as the rules ask it to.
 *
 *     start-up ── access_ask ──> a row of mechanisms ── libpgwire's exchange ──> open
 *
 * A way to prove it is a row. The rules are asked twice, before the exchange and when
 * the session opens, so that nothing has to be kept in between. */
#include "server/front_auth.h"

#include <string.h>

#include "access/access.h"
#include "core/log.h"
#include "server/pg_front.h"

/* What libpgwire is told to do; peer, cert and reject are decided before. */
static const enum pgw_auth_mechanism mechanisms[] = {
    [ACCESS_TRUST] = PGW_AUTH_TRUST,       [ACCESS_SCRAM] = PGW_AUTH_SCRAM_SHA_256,
    [ACCESS_MD5] = PGW_AUTH_MD5,           [ACCESS_PASSWORD] = PGW_AUTH_CLEARTEXT,
    [ACCESS_OAUTH] = PGW_AUTH_OAUTHBEARER,
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

/* In the session's memory; NULL is empty. */
static struct pgw_slice copy_of(pgw_session *session, const char *text, bool *failed)
{
    size_t len = text ? strlen(text) : 0;
    char *copy = pgw_session_alloc(session, len + 1);
    *failed = *failed || !copy;
    if (copy && len > 0)
        memcpy(copy, text, len);
    return (struct pgw_slice){copy, copy ? len : 0};
}

/* The texts outlive the set that they are of: libpgwire copies them behind this call.
 * Which connections may bring a token in clear, the rules have seen to. */
static bool tell(pgw_session *session, const struct access_verdict *verdict,
                 struct pgw_auth *auth, struct error *err)
{
    const struct rule_oauth *oauth = &verdict->rule->oauth;
    bool failed = false;
    *auth = (struct pgw_auth){.mechanism = mechanisms[verdict->method],
                              .secret = copy_of(session, verdict->secret, &failed),
                              .issuer = copy_of(session, oauth->issuer, &failed),
                              .scope = copy_of(session, oauth->scope, &failed),
                              .allow_clear = true};
    return !failed || error_no_memory(err);
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

enum pgw_status front_validate_token(void *ctx, pgw_session *session,
                                     struct pgw_slice token,
                                     struct pgw_token_result *result,
                                     struct pgw_error *err)
{
    const struct pg_front *server = ctx;
    const char *user = pgw_session_startup_parameter(session, "user");
    struct access_verdict verdict;
    struct error error;
    struct access_set *set = access_acquire(server->access);
    /* The rules may have changed since the token was asked for. */
    bool done = ask(set, session, &verdict, &error) &&
                (verdict.method == ACCESS_OAUTH ||
                 error_set(&error, "28000", "the rules have changed: log in again"));
    bool is_judged = done && access_judge(set, verdict.rule, user, token, result, err);
    access_release(set);
    if (!done)
        return pgw_fail(err, error.sqlstate, "%s", error.message);
    if (is_judged && !result->is_authorized)
        LOG_EVENT(server->log, LOG_WARNING, "token refused",
                  LOG_TEXT_FIELD("user", user), LOG_TEXT_FIELD("of", result->identity),
                  LOG_TEXT_FIELD("reason", result->reason));
    return is_judged ? PGW_OK : PGW_ERROR;
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
