/* watchdog.c - what must not wait for a worker.
 *
 * Its epoll set has the listeners, the alarm, and every client for EPOLLRDHUP alone: so
 * a hang-up is heard while a worker is deep in the engine. It sleeps until the earliest
 * deadline, or for good when there is none.
 *
 *     SERVING ── net_drain ──> DRAINING: no listener; every session told DRAIN
 *     DRAINING ── its time has passed, or net_stop ──> STOPPING
 *     SERVING ── net_stop ──> STOPPING: no listener; every session told SHUTDOWN
 *     STOPPING ── STOP_GRACE_US have passed ──> LEAVING: workers stop
 *     DRAINING, STOPPING ── nobody is left ──> LEAVING
 *     LEAVING ── the last worker has left ──> the loop returns
 *
 * Interrupts are repeated to the end: a worker leaves only when its engine lets go. */
#include "net/watchdog.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "core/clock.h"
#include "net/admission.h"
#include "net/interrupts.h"
#include "net/loop.h"

enum { EVENTS_AT_ONCE = 64, STOP_GRACE_US = 3000000, LISTEN_PAUSE_US = 100000 };

struct watchdog {
    struct net *net;
    enum { SERVING, DRAINING, STOPPING, LEAVING } state;
    uint64_t ends_us;      /* of DRAINING and STOPPING */
    uint64_t resume_at_us; /* listeners are left alone until then; 0 = they are not */
    bool is_crowded;       /* … until there is room for strangers */
};

static void listen_for(const struct watchdog *dog, uint32_t events)
{
    const struct net *net = dog->net;
    for (size_t i = 0; i < net->listener_count; i++) {
        struct epoll_event event = {.events = events, .data.u64 = TAG_LISTENER + i};
        if (net->listeners[i].fd >= 0)
            (void)epoll_ctl(net->watchdog_epoll, EPOLL_CTL_MOD, net->listeners[i].fd,
                            &event);
    }
}

/* Out of descriptors or memory: the backlog is the place to wait. */
static void pause_listeners(struct watchdog *dog)
{
    LOG_EVENT(dog->net->options.log, LOG_ERROR, "accept failed",
              LOG_NUMBER_FIELD("pause_us", LISTEN_PAUSE_US));
    dog->resume_at_us = clock_now_us() + LISTEN_PAUSE_US;
    listen_for(dog, 0);
}

static void wait_for_room(struct watchdog *dog, uint64_t again_us)
{
    if (!dog->is_crowded)
        listen_for(dog, 0);
    dog->is_crowded = true;
    dog->resume_at_us = again_us;
}

static void accept_from(struct watchdog *dog, struct listener *listener)
{
    uint64_t again_us;
    if (listener->fd < 0 || dog->is_crowded)
        return;
    switch (listener_accept(listener, dog->net, &again_us)) {
    case ACCEPTED:
        break;
    case ACCEPT_CROWDED:
        wait_for_room(dog, again_us);
        break;
    case ACCEPT_FAILED:
        pause_listeners(dog);
        break;
    }
}

static void clear_alarm(const struct net *net)
{
    uint64_t count;
    ssize_t got = read(net->alarm_event, &count, sizeof count);
    (void)got; /* nothing to read: it was cleared before */
}

static void on_event(struct watchdog *dog, const struct epoll_event *event)
{
    struct net *net = dog->net;
    uint64_t tag = event->data.u64;
    if (tag == TAG_EVENT)
        clear_alarm(net);
    else if (tag > UINT32_MAX)
        interrupts_hang_up(net, tag);
    else
        accept_from(dog, &net->listeners[tag - TAG_LISTENER]);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return b && b < a ? b : a;
}

static int timeout_ms(const struct watchdog *dog, uint64_t now_us)
{
    uint64_t until = deadlines_sleep(&dog->net->deadlines);
    until = earlier(until, dog->resume_at_us);
    until = earlier(until, dog->ends_us);
    if (until == UINT64_MAX)
        return -1;
    if (until <= now_us)
        return 0;
    uint64_t ms = (until - now_us + 999) / 1000;
    return ms < 60000 ? (int)ms : 60000;
}

static void wait_for_events(struct watchdog *dog)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(dog->net->watchdog_epoll, events, EVENTS_AT_ONCE,
                           timeout_ms(dog, clock_now_us()));
    for (int i = 0; i < count; i++)
        on_event(dog, &events[i]);
}

static void attend_due(const struct watchdog *dog, uint64_t now_us)
{
    conn_handle handle;
    while ((handle = deadlines_pop(&dog->net->deadlines, now_us)))
        interrupts_attend(dog->net, handle, now_us);
}

static void close_listeners(struct watchdog *dog)
{
    for (size_t i = 0; i < dog->net->listener_count; i++)
        listener_close(&dog->net->listeners[i]);
    dog->resume_at_us = 0;
}

/* Their times begin now, not when the watchdog woke up. */
static void begin_drain(struct watchdog *dog)
{
    close_listeners(dog);
    interrupts_drain(dog->net);
    dog->ends_us = clock_now_us() + atomic_load(&dog->net->drain_ms) * UINT64_C(1000);
    dog->state = DRAINING;
}

static void begin_stop(struct watchdog *dog)
{
    close_listeners(dog);
    interrupts_shutdown(dog->net);
    dog->ends_us = clock_now_us() + STOP_GRACE_US;
    dog->state = STOPPING;
}

static void leave(struct watchdog *dog)
{
    atomic_store(&dog->net->workers_stop, true);
    run_queue_notify(&dog->net->queue);
    dog->ends_us = 0;
    dog->state = LEAVING;
}

static void advance_stop(struct watchdog *dog, uint64_t now_us)
{
    struct net *net = dog->net;
    unsigned wanted = atomic_load(&net->stop_requested);
    bool is_over = dog->state == DRAINING && now_us >= dog->ends_us;
    if (dog->state == SERVING && wanted == NET_STOP_DRAIN)
        begin_drain(dog);
    if (dog->state < STOPPING && (wanted == NET_STOP_NOW || is_over))
        begin_stop(dog);
    bool nobody = dog->state != SERVING && atomic_load(&net->registry.live) == 0;
    if (dog->state < LEAVING &&
        (nobody || (dog->state == STOPPING && now_us >= dog->ends_us)))
        leave(dog);
}

/* Listeners that were left alone. */
static void resume(struct watchdog *dog, uint64_t now_us)
{
    if (dog->state != SERVING)
        return;
    if (dog->is_crowded) {
        dog->is_crowded = !admission_has_room(dog->net, now_us, &dog->resume_at_us);
        if (!dog->is_crowded)
            listen_for(dog, EPOLLIN);
    } else if (dog->resume_at_us && now_us >= dog->resume_at_us) {
        dog->resume_at_us = 0;
        listen_for(dog, EPOLLIN);
    }
}

void watchdog_run(struct net *net)
{
    struct watchdog dog = {.net = net};
    while (dog.state != LEAVING || atomic_load(&net->workers_alive) > 0) {
        wait_for_events(&dog);
        uint64_t now = clock_now_us();
        atomic_fetch_add(&net->heartbeats, 1);
        attend_due(&dog, now);
        advance_stop(&dog, now);
        resume(&dog, now);
    }
}
