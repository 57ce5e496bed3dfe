/* serve_control.c - signals: a row each. */
#include "main/serve_control.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "main/serve.h"
#include "main/serve_reload.h"
#include "main/serve_state.h"

/* ---- what each does ---- */

/* Each further request is obeyed by stopping in a harder way. */
static void stop(struct server *server, int least)
{
    struct control *control = &server->control;
    if (control->stop < STOP_NOW)
        control->stop++;
    if ((int)control->stop < least)
        control->stop = (unsigned)least;
    if (control->stop == STOP_NOW)
        _exit(EXIT_CODE_FAILURE); /* the engine's log has what was committed */
    systemd_stopping(&server->systemd);
    if (control->stop == STOP_DRAIN)
        net_drain(server->net, atomic_load(&server->drain_timeout_ms));
    else
        net_stop(server->net);
}

static void reload(struct server *server, int ignored)
{
    (void)ignored;
    serve_reload(server);
}

static const struct control_signal {
    int number;
    const char *name;
    void (*act)(struct server *server, int least);
    int least; /* of enum stop; 0: the server goes on */
} signals[] = {
    {SIGTERM, "SIGTERM", stop, STOP_DRAIN},
    {SIGINT, "SIGINT", stop, STOP_FAST},
    {SIGQUIT, "SIGQUIT", stop, STOP_NOW},
    {SIGHUP, "SIGHUP", reload, STOP_NOT},
};

/* ---- the thread ---- */

static void die_of(int number)
{
    sigset_t one;
    (void)sigemptyset(&one);
    (void)sigaddset(&one, number);
    (void)pthread_sigmask(SIG_UNBLOCK, &one, NULL);
    (void)raise(number);
}

static void take(struct server *server, const struct control_signal *signal)
{
    if (signal->least && !atomic_load(&server->control.serving))
        die_of(signal->number);
    LOG_EVENT(&server->log, LOG_INFO, "signal", LOG_TEXT_FIELD("name", signal->name));
    signal->act(server, signal->least);
}

/* The manager restarts a server that has not said for a while that it is alive. */
static void report_life(struct server *server)
{
    if (atomic_load(&server->control.serving) &&
        net_is_alive(server->net, &server->control.heartbeat))
        systemd_alive(&server->systemd);
}

/* 0: none for so long as the manager allows. SIGHUP stays blocked, and pending, until
 * there is something to reload. */
static int next_signal(const struct server *server)
{
    const struct control *control = &server->control;
    uint64_t pause_us = systemd_pause_us(&server->systemd);
    const struct timespec pause = {.tv_sec = (time_t)(pause_us / 1000000),
                                   .tv_nsec = (long)(pause_us % 1000000) * 1000};
    sigset_t awaited = control->signals;
    if (!atomic_load(&control->serving))
        (void)sigdelset(&awaited, SIGHUP);
    int number =
        pause_us ? sigtimedwait(&awaited, NULL, &pause) : sigwaitinfo(&awaited, NULL);
    return number > 0 ? number : 0;
}

static void *control_main(void *self)
{
    struct server *server = self;
    for (;;) {
        int number = next_signal(server);
        if (atomic_load(&server->control.finished))
            return NULL;
        for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
            if (signals[i].number == number)
                take(server, &signals[i]);
        }
        report_life(server);
    }
}

/* SIGUSR1 says nothing but that the thread shall look around. */
static void nudge(struct control *control)
{
    (void)pthread_kill(control->thread, SIGUSR1);
}

bool control_start(struct server *server, struct error *err)
{
    struct control *control = &server->control;
    (void)sigemptyset(&control->signals);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        (void)sigaddset(&control->signals, signals[i].number);
    (void)sigaddset(&control->signals, SIGUSR1);
    (void)pthread_sigmask(SIG_BLOCK, &control->signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    int failure = pthread_create(&control->thread, NULL, control_main, server);
    control->is_started = failure == 0;
    return control->is_started ||
           error_set(err, "53000", "cannot make a thread: %s", strerror(failure));
}

void control_serving(struct server *server)
{
    atomic_store(&server->control.serving, true);
    nudge(&server->control);
}

void control_end(struct server *server)
{
    struct control *control = &server->control;
    if (!control->is_started)
        return;
    atomic_store(&control->finished, true);
    nudge(control);
    (void)pthread_join(control->thread, NULL);
    control->is_started = false;
}
