/* http_auth.c - who a request is from.
 *
 *     head ── Authorization ──> access_ask ──> trust, or the password ──> user, role
 *
 * Passwords are taken over TLS or from this machine alone, unless that is configured.
 * Comparing one takes a slot, since it takes milliseconds; what fitted before does not
 * (access/basic.h). */
#include "http/http_auth.h"

#include "access/access.h"
#include "http/http_state.h"
#include "server/database.h"

static enum http_admission refuse(struct http_session *http, int status,
                                  const struct error *err)
{
    if (http->state == HTTP_READING)
        http->keep_alive = false; /* the body has not been read */
    http_reply_problem(http, status, err);
    return HTTP_REFUSED;
}

static enum http_admission admit(struct http_session *http, const char *user,
                                 enum user_role role)
{
    memcpy(http->user, user, strlen(user) + 1);
    http->role = role;
    http->is_admitted = true;
    return HTTP_ADMITTED;
}

static bool may_send_passwords(const struct http_session *http,
                               const struct access_set *set)
{
    return http->peer.is_loopback || http->peer.peer.is_tls ||
           access_allows_cleartext(set);
}

static enum http_admission compare(struct http_session *http,
                                   const struct basic_credentials *credentials,
                                   const struct access_verdict *verdict)
{
    struct basic *basic = http->front->basic;
    if (basic_is_known(basic, credentials, verdict->secret))
        return admit(http, credentials->user, verdict->role);
    if (!http_block_begin(http))
        return HTTP_WAITS;
    bool fits = basic_fits(basic, credentials, verdict->secret);
    http_block_end(http);
    if (fits)
        return admit(http, credentials->user, verdict->role);
    struct error err;
    error_set(&err, "28P01", "password authentication failed for user \"%s\"",
              credentials->user);
    return refuse(http, 401, &err);
}

static enum http_admission judge(struct http_session *http,
                                 const struct access_set *set,
                                 const struct basic_credentials *credentials)
{
    const struct access_request request = {.user = credentials->user,
                                           .database = http->front->database->name,
                                           .peer = &http->peer.peer};
    struct access_verdict verdict;
    struct error err;
    if (!access_ask(set, &request, &verdict, &err))
        return refuse(http, 403, &err);
    switch (verdict.method) {
    case ACCESS_TRUST:
        if (!access_admit(&verdict, credentials->user, &err))
            return refuse(http, 403, &err);
        return admit(http, credentials->user, verdict.role);
    case ACCESS_SCRAM:
    case ACCESS_MD5:
    case ACCESS_PASSWORD:
        if (may_send_passwords(http, set))
            return compare(http, credentials, &verdict);
        error_set(&err, "28000", "passwords are not taken without encryption");
        return refuse(http, 403, &err);
    case ACCESS_PEER:
    case ACCESS_CERT:
    case ACCESS_OAUTH:
    case ACCESS_REJECT:
        break;
    }
    error_set(&err, "28000",
              "HTTP does not offer the authentication that the rules ask for");
    return refuse(http, 403, &err);
}

static enum http_admission ask(struct http_session *http, const struct access_set *set)
{
    const struct http_request *request = http_parse_request(http->parse);
    struct basic_credentials credentials;
    struct error err;
    if (access_is_open(set))
        return admit(http, "wirehouse", ROLE_ADMIN);
    if (request->authorization_count == 1 &&
        basic_read(request->authorization, &credentials)) {
        enum http_admission outcome = judge(http, set, &credentials);
        basic_wipe(&credentials);
        return outcome;
    }
    bool may_send = may_send_passwords(http, set);
    error_set(&err, "28000", "this server asks for a user name and a password%s",
              may_send ? "" : ", over HTTPS");
    return refuse(http, may_send ? 401 : 403, &err);
}

enum http_admission http_admit(struct http_session *http)
{
    if (!http->front->access)
        return admit(http, "wirehouse", ROLE_ADMIN);
    struct access_set *set = access_acquire(http->front->access);
    enum http_admission outcome = ask(http, set);
    access_release(set);
    return outcome;
}
