/* access_ask.c - what the rules say of one who wants to connect.
 *
 * Texts and SQLSTATEs are PostgreSQL's (auth.c, ClientAuthentication and auth_failed).
 * What needs no word of the client's, peer and cert, is decided here. */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/access_set.h"

enum { PASSWD_BYTES = 4096 };

static unsigned connection_of(const struct pgw_peer *peer)
{
    if (peer->is_unix)
        return RULE_LOCAL;
    return peer->is_tls ? RULE_TLS : RULE_PLAIN;
}

static bool refuse(const struct access_request *request, const char *what,
                   struct error *err)
{
    const struct pgw_peer *peer = request->peer;
    const char *address = peer->address ? peer->address : "???";
    return error_set(err, "28000", "%s host \"%s\", user \"%s\", database \"%s\", %s",
                     what, peer->is_unix ? "[local]" : address, request->user,
                     request->database,
                     peer->is_tls ? "SSL encryption" : "no encryption");
}

/* ---- what is known without asking ---- */

static bool check_peer(const struct access_set *set,
                       const struct access_request *request, const struct rule *rule,
                       struct error *err)
{
    char memory[PASSWD_BYTES];
    struct passwd entry, *found = NULL;
    if (request->peer->has_uid &&
        getpwuid_r(request->peer->uid, &entry, memory, sizeof memory, &found) == 0 &&
        found && ident_allows(&set->ident, rule->map, entry.pw_name, request->user))
        return true;
    return error_set(err, "28000", "Peer authentication failed for user \"%s\"",
                     request->user);
}

static bool names_user(const struct access_set *set,
                       const struct access_request *request, const struct rule *rule)
{
    const struct pgw_peer *peer = request->peer;
    const char *name =
        rule->by_subject ? peer->certificate_subject : peer->certificate_name;
    return name && *name && ident_allows(&set->ident, rule->map, name, request->user);
}

static bool check_certificate(const struct access_set *set,
                              const struct access_request *request,
                              const struct rule *rule, struct error *err)
{
    if (rule->certificate == RULE_CERT_ANY)
        return true;
    if (!request->peer->certificate_subject)
        return error_set(err, "28000",
                         "connection requires a valid client certificate");
    if (rule->certificate == RULE_CERT_VALID || names_user(set, request, rule))
        return true;
    if (rule->method == ACCESS_CERT)
        return error_set(err, "28000",
                         "certificate authentication failed for user \"%s\"",
                         request->user);
    return error_set(err, "28P01", "password authentication failed for user \"%s\"",
                     request->user);
}

static bool check_rule(const struct access_set *set,
                       const struct access_request *request, const struct rule *rule,
                       struct error *err)
{
    if (!rule)
        return refuse(request, "no pg_hba.conf entry for", err);
    if (rule->method == ACCESS_REJECT)
        return refuse(request, "pg_hba.conf rejects connection for", err);
    if (!check_certificate(set, request, rule, err))
        return false;
    return rule->method != ACCESS_PEER || check_peer(set, request, rule, err);
}

/* ---- the verdict ---- */

bool access_ask(const struct access_set *set, const struct access_request *request,
                struct access_verdict *out, struct error *err)
{
    const struct user *user = users_find(&set->users, request->user);
    const struct rule_request asked = {.connection = connection_of(request->peer),
                                       .address = request->peer->address,
                                       .user = request->user,
                                       .database = request->database,
                                       .has_role = user != NULL,
                                       .role = user ? user->role : ROLE_READER};
    const struct rule *rule = rules_find(&set->rules, &asked);
    if (!check_rule(set, request, rule, err))
        return false;
    *out = (struct access_verdict){.method = rule->method,
                                   .secret = user ? user->secret : "",
                                   .rule = rule,
                                   .exists = user || rule->has_role || !set->has_users};
    if (rule->method == ACCESS_PEER || rule->method == ACCESS_CERT)
        out->method = ACCESS_TRUST;
    if (user)
        out->role = user->role;
    else if (rule->has_role)
        out->role = rule->role;
    return true;
}

bool access_admit(const struct access_verdict *verdict, const char *user,
                  struct error *err)
{
    return verdict->exists ||
           error_set(err, "28000", "role \"%s\" does not exist", user);
}
