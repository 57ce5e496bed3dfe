/* loop.h - the inside of struct net, for the files of this room alone.
 *
 * Lock order, outermost first: a connection's lock, then one of: slots, deadlines, run
 * queue, registry, lobby, peers. These never nest. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "core/log_rate.h"
#include "net/deadlines.h"
#include "net/keepalive.h"
#include "net/listener.h"
#include "net/lobby.h"
#include "net/net.h"
#include "net/peers.h"
#include "net/registry.h"
#include "net/run_queue.h"
#include "net/slots.h"

enum { NET_LISTENERS_MAX = 64 };

struct net {
    struct net_options options; /* defaults filled in */
    struct registry registry;
    struct run_queue queue;
    struct slots slots;
    struct slots handshakes; /* TLS: so many at once, each a moment of CPU */
    struct deadlines deadlines;
    struct lobby lobby;
    struct peers peers;
    atomic_uint places, places_taken; /* for those who have logged in */
    struct log_rate refusals, failed_handshakes;
    struct pgw_keepalive keepalive; /* the system's */
    int worker_epoll;               /* clients and the queue's event, edge triggered */
    int watchdog_epoll;             /* listeners, the alarm, the clients' hang-ups */
    int queue_event, alarm_event;
    int spare_fd; /* given up to refuse a client when descriptors have run out */

    struct listener listeners[NET_LISTENERS_MAX];
    size_t listener_count;
    pthread_t *workers;
    unsigned worker_count;
    atomic_uint workers_alive;
    atomic_uint stop_requested; /* enum net_stop: the gravest */
    atomic_uint drain_ms;       /* how long NET_STOP_DRAIN may take */
    atomic_uint heartbeats;     /* of the watchdog */
    atomic_bool workers_stop;
};

enum net_stop { NET_STOP_NOT, NET_STOP_DRAIN, NET_STOP_NOW };

/* What epoll says that is no client's handle (those are 2^32 and above). */
enum { TAG_EVENT = 0, TAG_LISTENER = 1 };

/* Thread-safe: whoever has that handle is looked at, if it is still there. */
void loop_wake(struct net *net, conn_handle handle, unsigned reasons);
/* Thread-safe, async-signal-safe: the watchdog looks around. */
void loop_alarm(struct net *net);

#endif
