/* loop.h - the inside of the loop, shared by its files.
 *
 *     accept ─> conn ─ epoll (one set, EPOLLONESHOT) ─> worker ─> conn_serve ─┐
 *                ^          run queue (woken, yielded) ─> worker ─┘            │
 *                └───────────────────────── parked ───────────────────────────┘
 *
 * A connection is PARKED (armed in epoll or waiting to be woken), QUEUED (in the run
 * queue) or OWNED by the one thread that serves it. `state` is that, and a bit that
 * says that somebody woke it while it was owned:
 *
 *     PARKED ── conn_wake ──> QUEUED ── worker pops ──> OWNED
 *     PARKED ── epoll event ──────────────────────────> OWNED
 *     OWNED ── conn_park (not woken meanwhile) ──> PARKED
 *     OWNED ── yields ──> QUEUED
 *
 * Lock order: conn.lock, then nothing. registry, slots and queue locks are leaves. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <pthread.h>
#include <stdatomic.h>

#include "net/net.h"
#include "net/transport.h"

enum conn_state { CONN_PARKED, CONN_QUEUED, CONN_OWNED, CONN_STATE_MASK = 3 };
enum { CONN_WOKEN = 4 };

struct conn {
    struct net *net;
    _Atomic uint64_t handle; /* generation << 32 | index + 1; 0 = not in use */
    uint32_t index, generation;
    _Atomic unsigned state;
    struct transport transport;
    struct session session;
    struct session_peer peer;
    bool armed;           /* in the epoll sets already */
    pthread_mutex_t lock; /* interrupt and free of the session exclude each other */
    struct conn *next;    /* in the run queue, or the registry's free list */
    _Atomic bool has_slot;
    bool waits_for_slot; /* guarded by slots.lock, likewise the link */
    struct conn *next_waiter;
    _Atomic uint64_t deadline_us; /* 0 = none */
    _Atomic unsigned deadline_reason;
};

/* ---- slots.c: the permission to block a thread ---- */

struct slots {
    pthread_mutex_t lock;
    unsigned total, taken, waiting;
    struct conn *first, *last; /* who waits, in order */
};

bool slots_begin(struct slots *slots, struct conn *conn);
void slots_end(struct slots *slots, struct conn *conn);   /* give back, or do nothing */
void slots_leave(struct slots *slots, struct conn *conn); /* also stop waiting */

/* ---- registry.c: connections by handle ---- */

struct registry {
    pthread_mutex_t lock;
    struct conn **chunks; /* CHUNK connections each, made when needed, never moved */
    size_t chunk_count, used, max, live;
    struct conn *free;
};

enum { REGISTRY_CHUNK = 256 };

bool registry_init(struct registry *registry, size_t max);
void registry_free(struct registry *registry);
struct conn *registry_add(struct registry *registry, struct net *net);
void registry_remove(struct registry *registry, struct conn *conn);
struct conn *registry_find(struct registry *registry, uint64_t handle);
/* The i-th connection ever made, in use or not; NULL beyond the last. */
struct conn *registry_at(struct registry *registry, size_t i);
uint32_t registry_pid(const struct conn *conn);
uint64_t registry_handle_of_pid(struct registry *registry, uint32_t pid);

/* ---- conn.c ---- */

void conn_open(struct net *net, int fd, const struct session_factory *factory,
               const struct session_peer *peer);
/* Serve it until it parks, yields or closes; the caller owns it. */
void conn_serve(struct conn *conn, bool woken);
/* Thread-safe: whoever parked there shall look again. */
void conn_wake(struct net *net, uint64_t handle);
/* An event for it: may the caller own it? */
bool conn_own(struct conn *conn);
extern const struct pgw_host conn_host;

/* ---- worker.c ---- */

struct run_queue {
    pthread_mutex_t lock;
    struct conn *first, *last;
    int event; /* counts what is queued, wakes one worker for each */
};

void *worker_main(void *net);
void worker_enqueue(struct net *net, struct conn *conn);

/* ---- watchdog.c ---- */

struct interrupt_request {
    uint64_t handle;
    enum pgw_interrupt reason;
    uint64_t statement;
    uint64_t not_before_us;
    struct interrupt_request *next;
};

struct watchdog {
    int epoll, event;
    pthread_mutex_t lock; /* guards the list */
    struct interrupt_request *requests;
    _Atomic uint64_t next_deadline_us;
};

bool watchdog_init(struct watchdog *watchdog);
void watchdog_free(struct watchdog *watchdog);
void watchdog_main(struct net *net); /* until stopped */
void watchdog_watch(struct net *net, struct conn *conn);
void watchdog_interrupt(struct net *net, uint64_t handle, enum pgw_interrupt reason);
void watchdog_deadline(struct net *net, uint64_t at_us);

/* ---- listen.c ---- */

struct listener {
    struct listener *next;
    int fd;
    char path[108]; /* of a unix socket, to be removed */
    struct session_factory factory;
};

bool listener_open(struct listener *listener, const char *address, uint16_t *port,
                   struct error *err);
void listener_close(struct listener *listener);
void listener_accept(struct net *net, struct listener *listener);

/* ---- net.c ---- */

struct net {
    struct net_options options;
    int epoll;
    int reserve; /* a descriptor to give up when there are no more */
    struct registry registry;
    struct slots slots;
    struct run_queue queue;
    struct watchdog watchdog;
    struct listener *listeners;
    pthread_t *threads;
    unsigned thread_count;
    _Atomic bool stopping; /* no new connections, the others end */
    _Atomic bool quit;     /* workers return */
};

/* What an event of the shared set is about. Handles are never that large. */
#define EVENT_QUEUE UINT64_MAX
#define EVENT_LISTENER (UINT64_C(1) << 63) /* with the pointer below it */

#endif
