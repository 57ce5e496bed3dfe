/* front_auth.h - a PostgreSQL client proves who it is, as the rules ask it to. */
#ifndef SERVER_FRONT_AUTH_H
#define SERVER_FRONT_AUTH_H

#include <pgwire/pgwire.h>

#include "access/role.h"
#include "core/error.h"

struct pg_front;

/* What the client calls the database it wants: without a name, as the user is called.
 */
const char *front_database(const pgw_session *session);

/* pgw_startup_ops.authenticate; ctx is a struct pg_front. */
enum pgw_status front_authenticate(void *ctx, pgw_session *session,
                                   struct pgw_auth *auth, struct pgw_error *err);

/* pgw_startup_ops.validate_token, likewise: JSON Web Tokens, by the rule's keys. */
enum pgw_status front_validate_token(void *ctx, pgw_session *session,
                                     struct pgw_slice token,
                                     struct pgw_token_result *result,
                                     struct pgw_error *err);

/* It is who it says: is there such a user, and what may it do? 28000 */
bool front_admit(const struct pg_front *server, const pgw_session *session,
                 enum user_role *role, struct error *err) MUST_CHECK;

#endif
