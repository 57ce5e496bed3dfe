/* notify_hub.h - who listens to what in a database, and handing out what is notified.
 *
 * A channel is there as long as somebody listens to it, or is about to. What a session
 * keeps of it is a subscription, made before its transaction commits, so that
 * committing takes no memory. */
#ifndef SERVER_NOTIFY_HUB_H
#define SERVER_NOTIFY_HUB_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/arena.h"
#include "core/error.h"
#include "core/strmap.h"

struct query_session;

enum {
    NOTIFY_CHANNEL_MAX = 63, /* bytes of a name, as PostgreSQL has it */
    NOTIFY_PAYLOAD_MAX = 7999,
    NOTIFY_MESSAGE_BYTES = 11 /* that a message takes beside its texts */
};

/* Bytes that may wait, for one listener and for all. Above the first of them, what the
 * server tells by itself is no longer told one by one. */
enum {
    NOTIFY_LISTENER_HALF = 4 << 20,
    NOTIFY_LISTENER_MAX = 7 << 20,
    NOTIFY_TOTAL_MAX = 256 << 20
};

/* The channel that hears of changed tables. */
extern const char notify_changes_channel[];

struct notify_channel {
    size_t references; /* subscriptions, linked or not */
    struct subscription *first;
    char name[NOTIFY_CHANNEL_MAX + 1];
};

struct subscription {
    struct notify_channel *channel;
    struct notify_listener *listener;
    struct subscription *next, *previous; /* of the channel; while it is linked */
    struct subscription *after;           /* of the session */
    bool is_linked;
};

/* A session that listens, or has done so. */
struct notify_listener {
    struct notify_listener *next, *previous; /* under the lock; while count > 0 */
    struct query_session *session;
    size_t count;                      /* of subscriptions that are linked */
    struct subscription *first, **end; /* the session's own list of them */
};

struct notify_hub {
    pthread_mutex_t
        committing;       /* held from before the engine's commit to its telling */
    pthread_mutex_t lock; /* guards what follows; the inner one */
    struct strmap channels;
    struct notify_listener *listeners;
    size_t reserved; /* bytes that transactions have been promised room for */
    size_t told;     /* bytes since `waiting` was counted */
    size_t waiting;
    _Atomic unsigned watchers; /* subscriptions to the changes of tables */
};

/* NULL: out of memory. */
struct notify_hub *notify_hub_new(void) MUST_CHECK;
/* No subscription is left. NULL is allowed. */
void notify_hub_free(struct notify_hub *hub);

/* NULL: out of memory. */
struct subscription *subscription_open(struct notify_hub *hub,
                                       struct notify_listener *listener,
                                       const char *channel) MUST_CHECK;
void subscription_close(struct notify_hub *hub, struct subscription *subscription);
/* From here on the session is told. */
void subscription_link(struct notify_hub *hub, struct subscription *subscription);

/* Promise room for `bytes` at every listener of the channel; false: 54000. */
bool notify_hub_reserve(struct notify_hub *hub, const char *channel, size_t bytes,
                        struct error *err) MUST_CHECK;
void notify_hub_release(struct notify_hub *hub, size_t bytes);

/* Around telling what belongs together; leave takes back what was reserved for it. */
void notify_hub_enter(struct notify_hub *hub);
void notify_hub_leave(struct notify_hub *hub, size_t reserved);

/* In between: hand it to everybody who listens. A session that there is no memory for
 * is ended: it must not go on as if it had heard everything. */
void notify_hub_tell(struct notify_hub *hub, uint32_t pid, const char *channel,
                     struct slice payload);
/* Tables have changed: as above, but a listener who is far behind is only told that
 * something has (an empty payload). */
void notify_hub_tell_change(struct notify_hub *hub, uint32_t pid, struct slice table);

/* How full the fullest queue is, from 0 to 1. */
double notify_hub_usage(struct notify_hub *hub);

#endif
