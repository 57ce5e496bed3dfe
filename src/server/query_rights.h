/* query_rights.h - may the session's user execute this? By the role that the statement
 * asks for: what its tokens tell, and what the engine says it does. */
#ifndef SERVER_QUERY_RIGHTS_H
#define SERVER_QUERY_RIGHTS_H

#include "server/query.h"

/* Before the engine sees it: what only an administrator may have prepared. True: 42501.
 */
bool query_refuse_unseen(const struct query_session *session, const struct query *query,
                         struct error *err);
/* When it is to be executed; judged once. True: 42501. */
bool query_refuse_right(const struct query_session *session, struct query *query,
                        struct error *err);

#endif
