/* conn.h - one connection: its socket, its session, and who may touch them.
 *
 * A connection is a place in the registry's table, so its memory stays valid; a handle
 * is place + generation, and a handle of an earlier tenant finds nothing. See conn.c
 * for the states. */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"
#include "net/session_ops.h"
#include "net/transport.h"

enum conn_state { CONN_FREE, CONN_PARKED, CONN_QUEUED, CONN_OWNED };

/* Why a connection is to be looked at; bits, gathered until its owner takes them. */
enum conn_reason {
    CONN_READY = 4,      /* the socket may be read or written again */
    CONN_ENDING = 8,     /* the client has sent its last byte, or broken off */
    CONN_SLOT = 16,      /* a slot is granted */
    CONN_INTERRUPT = 32, /* the session was interrupted */
    CONN_NEWS = 64       /* it has something to tell its client */
};

typedef uint64_t conn_handle;

/* Has it said who it is (lobby.h)? */
enum stranger { STRANGER_NOT, STRANGER_LISTED, STRANGER_TOLD /* to go */ };

/* Slots: what a connection has of one. */
enum slot_state { SLOT_NONE, SLOT_QUEUED, SLOT_GRANTED, SLOT_HELD };

/* Where a connection stands on its way to TLS (secure.c). */
enum conn_tls {
    CONN_CLEAR,   /* there is none, unless the session asks for it */
    CONN_UNKNOWN, /* the first byte tells */
    CONN_SHAKING,
    CONN_SECURE
};

struct conn {
    _Atomic uint64_t word; /* generation, reasons, state: conn.c alone sets it */
    uint32_t index;        /* in the registry's table */
    struct net *net;
    struct conn *next; /* in the run queue or the free list */

    /* the owner's */
    struct transport transport;
    const struct session_factory *factory; /* the listener's */
    struct session_peer peer;
    enum conn_tls tls;
    unsigned reasons; /* of the last wake-up */
    bool woken;       /* what a WAIT waited for has come */
    bool ending;      /* CONN_ENDING has been seen: read up to the end */
    bool eof;         /* the end has been read */

    bool is_crowded;   /* there are too many from its address already */
    bool has_place;    /* it has logged in, and counts */
    struct peer *from; /* its address; NULL: none */

    /* the lobby's, under its lock */
    _Atomic unsigned stranger; /* its owner reads it without */
    uint64_t came_us;
    struct conn *lobby_next, *lobby_previous;

    /* lend.c */
    _Atomic bool lend_is_due; /* lend_at_us is set */
    _Atomic unsigned lending;
    struct lent *lent; /* NULL: nothing may be lent */

    /* the slots' (slots.c) */
    _Atomic unsigned slot;
    struct conn *slot_next, *slot_previous;

    /* The watchdog's, under the lock, which also keeps the session from being freed. */
    pthread_mutex_t lock;
    bool open;
    struct session session; /* its owner reads it without the lock */
    /* 0 = none */
    uint64_t deadline_at_us, hang_up_at_us, repeat_at_us, lend_at_us;
    enum pgw_interrupt deadline_reason, repeat_reason;
    uint64_t repeat_statement, repeat_since_us;

    /* the deadlines' (deadlines.c), written under their lock */
    _Atomic uint64_t due_us; /* 0 = not in the heap */
    size_t heap_index;
};

static inline uint32_t conn_handle_index(conn_handle handle)
{
    return (uint32_t)handle;
}
conn_handle conn_handle_of(const struct conn *conn); /* while it is not free */

/* The arrows of the drawing in conn.c. */
void conn_init(struct conn *conn);
void conn_open(struct conn *conn);
bool conn_park(struct conn *conn) MUST_CHECK;
void conn_yield(struct conn *conn);
bool conn_wake(struct conn *conn, conn_handle handle, unsigned reasons) MUST_CHECK;
bool conn_claim(struct conn *conn, conn_handle handle, unsigned reasons) MUST_CHECK;
void conn_resume(struct conn *conn);
void conn_seize(struct conn *conn); /* whatever it is; no other thread is left */
void conn_retire(struct conn *conn);

#endif
