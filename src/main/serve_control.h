/* serve_control.h - the thread that signals are for.
 *
 * Signals are blocked in every thread and taken by this one alone, so nothing that they
 * cause has to be async-signal-safe, and a reload, however long, delays no client. */
#ifndef MAIN_SERVE_CONTROL_H
#define MAIN_SERVE_CONTROL_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "core/attr.h"
#include "core/error.h"

struct server;

struct control {
    pthread_t thread;
    sigset_t signals;
    bool is_started;
    atomic_bool serving; /* the loop is there to be stopped */
    atomic_bool finished;
    /* the thread's */
    enum { STOP_NOT, STOP_DRAIN, STOP_FAST, STOP_NOW } stop;
    unsigned heartbeat; /* of the loop, when the manager was last told of it */
};

/* Before any other thread is made. Until control_serving a signal that ends the server
 * ends the process, and SIGHUP waits. */
bool control_start(struct server *server, struct error *err) MUST_CHECK;
void control_serving(struct server *server);
void control_end(struct server *server); /* all zero is allowed */

#endif
