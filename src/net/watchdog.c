/* watchdog.c - what must not wait for a worker.
 *
 * Its epoll set has the listeners, the alarm, and every client for EPOLLRDHUP alone: so
 * a hang-up is heard while a worker is deep in the engine. It sleeps until the earliest
 * deadline, or for good when there is none.
 *
 *     SERVING ── net_stop ──> DRAINING: no listener; every session told SHUTDOWN
 *     DRAINING ── nobody left, or STOP_GRACE_US have passed ──> LEAVING: workers stop
 *     LEAVING ── the last worker has left ──> the loop returns
 *
 * Interrupts are repeated to the end: a worker leaves only when its engine lets go. */
#include "net/watchdog.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "core/clock.h"
#include "net/interrupts.h"
#include "net/loop.h"

enum { EVENTS_AT_ONCE = 64, STOP_GRACE_US = 3000000, LISTEN_PAUSE_US = 100000 };

struct watchdog {
    struct net *net;
    enum { SERVING, DRAINING, LEAVING } state;
    uint64_t grace_ends_us; /* DRAINING */
    uint64_t resume_at_us;  /* listeners are left alone until then; 0 = they are not */
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
    else if (net->listeners[tag - TAG_LISTENER].fd >= 0 &&
             !listener_accept(&net->listeners[tag - TAG_LISTENER], net))
        pause_listeners(dog);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return b && b < a ? b : a;
}

static int timeout_ms(const struct watchdog *dog, uint64_t now_us)
{
    uint64_t until = deadlines_sleep(&dog->net->deadlines);
    until = earlier(until, dog->resume_at_us);
    if (dog->state == DRAINING)
        until = earlier(until, dog->grace_ends_us);
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

static void begin_stop(struct watchdog *dog, uint64_t now_us)
{
    struct net *net = dog->net;
    for (size_t i = 0; i < net->listener_count; i++)
        listener_close(&net->listeners[i]);
    interrupts_shutdown(net);
    dog->grace_ends_us = now_us + STOP_GRACE_US;
    dog->state = DRAINING;
}

static void leave(struct watchdog *dog)
{
    atomic_store(&dog->net->workers_stop, true);
    run_queue_notify(&dog->net->queue);
    dog->state = LEAVING;
}

static void advance(struct watchdog *dog, uint64_t now_us)
{
    struct net *net = dog->net;
    if (dog->state == SERVING && atomic_load(&net->stop_requested))
        begin_stop(dog, now_us);
    if (dog->state == DRAINING &&
        (atomic_load(&net->registry.live) == 0 || now_us >= dog->grace_ends_us))
        leave(dog);
    if (dog->resume_at_us && now_us >= dog->resume_at_us) {
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
        attend_due(&dog, now);
        advance(&dog, now);
    }
}
