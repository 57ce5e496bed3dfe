/* access.h - who may connect, and as what: users, rules and maps, loaded together.
 *
 *     peer, user, database ── rules ──> method, secret, role ── proof ──> a session
 *
 * A set never changes; loading makes another and puts it in the old one's place, so
 * that a session which asks meanwhile goes on with the one it holds. Both protocols
 * ask here. */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include <pthread.h>

#include <pgwire/session.h>

#include "access/ident.h"
#include "access/rules.h"
#include "access/users.h"

/* The files; NULL: there is none. */
struct access_files {
    const char *users, *rules, *ident;
    bool allows_cleartext; /* passwords over what is neither TLS nor this machine */
};

struct access_set;

struct access {
    pthread_mutex_t lock; /* guards current */
    struct access_set *current;
    bool is_made;
};

bool access_init(struct access *access) MUST_CHECK;
void access_free(struct access *access); /* all zero is allowed */

/* Read the files, or read them again; false: what held before still holds. Without a
 * rules file users prove themselves by SCRAM-SHA-256, over TLS or from this machine;
 * without users, too, whoever is on this machine is an admin. F0000, 58P01, 53200.
 * Thread-safe, as all that follow. */
bool access_load(struct access *access, const struct access_files *files,
                 struct error *err) MUST_CHECK;

/* A reference to what holds now, once something has been loaded. release takes NULL. */
struct access_set *access_acquire(struct access *access);
void access_release(struct access_set *set);

bool access_allows_cleartext(const struct access_set *set);
/* Neither users nor rules were given: everybody on this machine may do everything. */
bool access_is_open(const struct access_set *set);
/* NULL: none were given. */
const struct users *access_users(const struct access_set *set);

struct access_request {
    const char *user, *database;
    const struct pgw_peer *peer;
};

struct access_verdict {
    enum access_method method; /* TRUST, or how the user has to prove it */
    const char *secret;        /* "" = none; borrowed from the set */
    const struct rule *rule;   /* borrowed from the set */
    bool exists;               /* there is such a user, with this role */
    enum user_role role;
};

/* What the rules say. False, with PostgreSQL's 28000: no rule fits, one rejects, or who
 * the system or the certificate says it is may not be this user. */
bool access_ask(const struct access_set *set, const struct access_request *request,
                struct access_verdict *out, struct error *err) MUST_CHECK;

/* … and, once that is proved, is there such a user at all? 28000 */
bool access_admit(const struct access_verdict *verdict, const char *user,
                  struct error *err) MUST_CHECK;

/* Judge a bearer token by the rule of a verdict whose method is OAUTH: is it good, and
 * its bearer by the rule's map this user? False: *err is 53200. */
bool access_judge(const struct access_set *set, const struct rule *rule,
                  const char *user, struct pgw_slice token,
                  struct pgw_token_result *out, struct pgw_error *err) MUST_CHECK;

#endif
