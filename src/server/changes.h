/* changes.h - which tables a transaction has written, told when it commits.
 *
 * Read from the texts of its statements, and only while somebody listens: otherwise all
 * that is kept is that something was written. */
#ifndef SERVER_CHANGES_H
#define SERVER_CHANGES_H

#include <stdbool.h>

#include "core/slice.h"

struct changed_tables; /* a session's; NULL: it has written nothing */
struct query_session;

/* A statement of the session has changed something. */
void changes_note(struct query_session *session, struct slice statement);
/* Will anybody be told? */
bool changes_are_heard(const struct query_session *session);
/* The transaction has ended: tell, or forget. */
void changes_end(struct query_session *session, bool committed);

#endif
