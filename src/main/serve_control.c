/* serve_control.c - signals: a row each. */
#include "main/serve_control.h"

#include <string.h>

#include "main/serve_reload.h"
#include "main/serve_state.h"

/* ---- what each does ---- */

static void stop_serving(struct server *server)
{
    systemd_stopping(&server->systemd);
    net_stop(server->net);
}

static const struct control_signal {
    int number;
    const char *name;
    void (*act)(struct server *server);
    bool ends; /* the server: before it serves, as if nobody had caught it */
} signals[] = {
    {SIGTERM, "SIGTERM", stop_serving, true},
    {SIGINT, "SIGINT", stop_serving, true},
    {SIGHUP, "SIGHUP", serve_reload, false},
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
    if (signal->ends && !atomic_load(&server->control.serving))
        die_of(signal->number);
    LOG_EVENT(&server->log, LOG_INFO, "signal", LOG_TEXT_FIELD("name", signal->name));
    signal->act(server);
}

/* SIGHUP stays blocked, and pending, until there is something to reload. */
static int next_signal(const struct control *control)
{
    int number = 0;
    sigset_t awaited = control->signals;
    if (!atomic_load(&control->serving))
        (void)sigdelset(&awaited, SIGHUP);
    return sigwait(&awaited, &number) == 0 ? number : 0;
}

static void *control_main(void *self)
{
    struct server *server = self;
    for (;;) {
        int number = next_signal(&server->control);
        if (atomic_load(&server->control.finished))
            return NULL;
        for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
            if (signals[i].number == number)
                take(server, &signals[i]);
        }
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
