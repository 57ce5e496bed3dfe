/* notify.h - LISTEN and NOTIFY of a session: what its transaction asks for, done when
 * it commits.
 *
 * As in PostgreSQL: a rollback forgets it all; equal notifications of a transaction are
 * one; the sender hears its own; transactions are told in the order of their commits,
 * each as a whole. Over a session whose transaction is not open, a statement is one. */
#ifndef SERVER_NOTIFY_H
#define SERVER_NOTIFY_H

#include "server/notify_hub.h"

struct notify_pending;
struct notification;

/* A session's; part of it. */
struct notify_state {
    struct notify_listener *listener;         /* NULL: it has never listened */
    _Atomic(struct notify_pending *) pending; /* NULL: its transaction asks nothing */
};

/* The session ends: it hears nothing from here on. */
void notify_free(struct query_session *session);

/* When the transaction commits. channel: 1 to NOTIFY_CHANNEL_MAX bytes. False: 53200,
 * or 0A000 where the protocol cannot tell its client of anything. */
bool notify_listen(struct query_session *session, const char *channel,
                   struct error *err) MUST_CHECK;
/* NULL: from all. */
bool notify_unlisten(struct query_session *session, const char *channel,
                     struct error *err) MUST_CHECK;

/* Any thread's that works for the session. 22023 for a name or a payload that cannot
 * be; 54000 when too much waits; 53200. */
bool notify_add(struct query_session *session, struct slice channel,
                struct slice payload, struct error *err) MUST_CHECK;

/* What was added last, to go back to: a statement that is started again adds anew. */
/* NULL: nothing was. */
struct notification **notify_mark(struct query_session *session);
void notify_rewind(struct query_session *session, struct notification **mark);

/* The transaction is about to commit: is there room for what it tells? 54000. May be
 * asked again. */
bool notify_ready(struct query_session *session, struct error *err) MUST_CHECK;
/* Around the engine's commit, so that who commits later is told later. end does what
 * was asked for, or forgets it, and tells which tables have changed. */
void notify_begin_end(struct query_session *session);
void notify_end(struct query_session *session, bool committed);

/* What the session listens to, in the arena, in the order in which it began to. False:
 * out of memory. */
bool notify_channels(struct query_session *session, struct arena *arena,
                     const char *const **names, size_t *count) MUST_CHECK;

#endif
