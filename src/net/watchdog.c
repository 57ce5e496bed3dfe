/* watchdog.c - the thread that looks after the others: hang-ups, deadlines, interrupts.
 *
 * It has an epoll set of its own with every client in it, for EPOLLRDHUP alone: a
 * client that goes away is noticed while a worker is deep in the engine for it. An
 * interrupt is repeated every few milliseconds until its statement has ended, because
 * an engine may forget one that comes before execution begins. A hang-up is kept in
 * mind until the connection is closed, since a statement may yet start from what the
 * client had sent. Nothing to do: it sleeps. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/clock.h"
#include "net/loop.h"

enum {
    REPEAT_MS = 5,             /* interrupts */
    HANG_UP_GRACE_US = 500000, /* what was sent before may be answered as quickly */
    EVENTS = 64,
    STOP_GRACE_US = 5000000
};

bool watchdog_init(struct watchdog *watchdog)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = EVENT_QUEUE};
    *watchdog = (struct watchdog){.epoll = epoll_create1(EPOLL_CLOEXEC),
                                  .event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    return watchdog->epoll >= 0 && watchdog->event >= 0 &&
           epoll_ctl(watchdog->epoll, EPOLL_CTL_ADD, watchdog->event, &event) == 0 &&
           pthread_mutex_init(&watchdog->lock, NULL) == 0;
}

void watchdog_free(struct watchdog *watchdog)
{
    while (watchdog->requests) {
        struct interrupt_request *request = watchdog->requests;
        watchdog->requests = request->next;
        free(request);
    }
    if (watchdog->epoll >= 0)
        close(watchdog->epoll);
    if (watchdog->event >= 0)
        close(watchdog->event);
    pthread_mutex_destroy(&watchdog->lock);
}

static void poke(struct watchdog *watchdog)
{
    const uint64_t one = 1;
    while (write(watchdog->event, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

void watchdog_watch(struct net *net, struct conn *conn)
{
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET,
                                .data.u64 = atomic_load(&conn->handle)};
    (void)epoll_ctl(net->watchdog.epoll, EPOLL_CTL_ADD, conn->transport.fd, &event);
}

void watchdog_interrupt(struct net *net, uint64_t handle, enum pgw_interrupt reason)
{
    struct watchdog *watchdog = &net->watchdog;
    struct interrupt_request *request = malloc(sizeof *request);
    if (!request)
        return; /* a cancel is a wish, PostgreSQL documentation 55.2.8 */
    pthread_mutex_lock(&watchdog->lock);
    *request = (struct interrupt_request){
        .handle = handle, .reason = reason, .next = watchdog->requests};
    if (reason == PGW_INTERRUPT_HANG_UP)
        request->not_before_us = clock_now_us() + HANG_UP_GRACE_US;
    watchdog->requests = request;
    pthread_mutex_unlock(&watchdog->lock);
    poke(watchdog);
}

void watchdog_deadline(struct net *net, uint64_t at_us)
{
    struct watchdog *watchdog = &net->watchdog;
    uint64_t next = atomic_load(&watchdog->next_deadline_us);
    while (next == 0 || at_us < next) {
        if (atomic_compare_exchange_weak(&watchdog->next_deadline_us, &next, at_us)) {
            poke(watchdog);
            return;
        }
    }
}

/* ---- interrupts ---- */

/* True: to be repeated. */
static bool interrupt(struct net *net, struct interrupt_request *request)
{
    struct conn *conn = registry_find(&net->registry, request->handle);
    bool again = false, open = false;
    if (!conn)
        return false;
    if (request->not_before_us > clock_now_us())
        return true;
    pthread_mutex_lock(&conn->lock);
    if (atomic_load(&conn->handle) == request->handle && conn->session.ops) {
        open = true;
        again = conn->session.ops->interrupt(conn->session.self, request->reason,
                                             &request->statement);
    }
    pthread_mutex_unlock(&conn->lock);
    if (!open)
        return false;
    conn_wake(net, request->handle);
    return again || request->reason == PGW_INTERRUPT_HANG_UP;
}

static struct interrupt_request *take_requests(struct watchdog *watchdog)
{
    pthread_mutex_lock(&watchdog->lock);
    struct interrupt_request *requests = watchdog->requests;
    watchdog->requests = NULL;
    pthread_mutex_unlock(&watchdog->lock);
    return requests;
}

static void put_back(struct watchdog *watchdog, struct interrupt_request *request)
{
    pthread_mutex_lock(&watchdog->lock);
    request->next = watchdog->requests;
    watchdog->requests = request;
    pthread_mutex_unlock(&watchdog->lock);
}

/* True: some are left to be repeated. */
static bool serve_requests(struct net *net)
{
    struct interrupt_request *request = take_requests(&net->watchdog), *next;
    bool left = false;
    for (; request; request = next) {
        next = request->next;
        if (interrupt(net, request)) {
            put_back(&net->watchdog, request);
            left = true;
        } else {
            free(request);
        }
    }
    return left;
}

/* ---- deadlines ---- */

static void check_deadline(struct net *net, struct conn *conn, uint64_t now)
{
    uint64_t at = atomic_load(&conn->deadline_us);
    uint64_t handle = atomic_load(&conn->handle);
    if (at == 0 || handle == 0)
        return;
    if (at > now) {
        watchdog_deadline(net, at);
        return;
    }
    enum pgw_interrupt reason = (enum pgw_interrupt)atomic_load(&conn->deadline_reason);
    if (atomic_compare_exchange_strong(&conn->deadline_us, &at, 0))
        watchdog_interrupt(net, handle, reason);
}

static void serve_deadlines(struct net *net)
{
    uint64_t now = clock_now_us();
    uint64_t next = atomic_load(&net->watchdog.next_deadline_us);
    if (next == 0 || next > now)
        return;
    atomic_store(&net->watchdog.next_deadline_us, 0);
    pthread_mutex_lock(&net->registry.lock);
    size_t used = net->registry.used;
    pthread_mutex_unlock(&net->registry.lock);
    for (size_t i = 0; i < used; i++)
        check_deadline(net, registry_at(&net->registry, i), now);
}

/* ---- the end ---- */

static void interrupt_all(struct net *net)
{
    pthread_mutex_lock(&net->registry.lock);
    size_t used = net->registry.used;
    pthread_mutex_unlock(&net->registry.lock);
    for (size_t i = 0; i < used; i++) {
        uint64_t handle = atomic_load(&registry_at(&net->registry, i)->handle);
        if (handle)
            watchdog_interrupt(net, handle, PGW_INTERRUPT_SHUTDOWN);
    }
}

static bool all_closed(struct net *net)
{
    pthread_mutex_lock(&net->registry.lock);
    bool closed = net->registry.live == 0;
    pthread_mutex_unlock(&net->registry.lock);
    return closed;
}

/* ---- the loop ---- */

static void drain(int event)
{
    uint64_t count;
    while (read(event, &count, sizeof count) < 0 && errno == EINTR)
        ;
}

static int timeout_ms(const struct watchdog *watchdog, bool repeat)
{
    uint64_t next = atomic_load(&watchdog->next_deadline_us), now = clock_now_us();
    if (repeat)
        return REPEAT_MS;
    if (next == 0)
        return -1;
    return next <= now ? 0 : (int)((next - now) / 1000 + 1);
}

static void wait_events(struct net *net, int timeout)
{
    struct watchdog *watchdog = &net->watchdog;
    struct epoll_event events[EVENTS];
    int count = epoll_wait(watchdog->epoll, events, EVENTS, timeout);
    for (int i = 0; i < count; i++) {
        if (events[i].data.u64 == EVENT_QUEUE)
            drain(watchdog->event);
        else if (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
            watchdog_interrupt(net, events[i].data.u64, PGW_INTERRUPT_HANG_UP);
    }
}

void watchdog_main(struct net *net)
{
    uint64_t stopped_us = 0;
    bool repeat = false;
    for (;;) {
        wait_events(net, timeout_ms(&net->watchdog, repeat));
        if (atomic_load(&net->stopping) && !stopped_us) {
            stopped_us = clock_now_us();
            interrupt_all(net);
        }
        serve_deadlines(net);
        repeat = serve_requests(net) || stopped_us;
        if (stopped_us &&
            (all_closed(net) || clock_now_us() - stopped_us > STOP_GRACE_US))
            return;
    }
}
