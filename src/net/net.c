/* net.c - the loop: made, run, stopped. */
#include "net/net.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net/loop.h"

enum {
    DEFAULT_IO_THREADS = 2,
    DEFAULT_YIELD_STEPS = 64,
    DESCRIPTORS_KEPT = 64,
    CONNECTIONS_MAX = 1 << 20
};

static unsigned default_slots(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (unsigned)cores * 2 : 2;
}

/* A client takes a descriptor. */
static unsigned default_connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur <= DESCRIPTORS_KEPT)
        return DESCRIPTORS_KEPT;
    rlim_t usable = limit.rlim_cur - DESCRIPTORS_KEPT;
    return usable < CONNECTIONS_MAX ? (unsigned)usable : CONNECTIONS_MAX - 1;
}

static void fill_defaults(struct net_options *options)
{
    if (!options->io_threads)
        options->io_threads = DEFAULT_IO_THREADS;
    if (!options->slots)
        options->slots = default_slots();
    if (!options->max_connections)
        options->max_connections = default_connections();
    if (options->max_connections >= CONNECTIONS_MAX)
        options->max_connections = CONNECTIONS_MAX - 1;
    if (!options->yield_steps)
        options->yield_steps = DEFAULT_YIELD_STEPS;
}

static bool init(struct net *net)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = EVENT_QUEUE};
    net->epoll = epoll_create1(EPOLL_CLOEXEC);
    net->reserve = dup(net->epoll);
    net->queue.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
    net->slots.total = net->options.slots;
    return net->epoll >= 0 && net->reserve >= 0 && net->queue.event >= 0 &&
           epoll_ctl(net->epoll, EPOLL_CTL_ADD, net->queue.event, &event) == 0 &&
           pthread_mutex_init(&net->queue.lock, NULL) == 0 &&
           pthread_mutex_init(&net->slots.lock, NULL) == 0 &&
           registry_init(&net->registry, net->options.max_connections) &&
           watchdog_init(&net->watchdog);
}

struct net *net_new(const struct net_options *options, struct error *err)
{
    struct net *net = calloc(1, sizeof *net);
    if (!net) {
        error_no_memory(err);
        return NULL;
    }
    if (options)
        net->options = *options;
    fill_defaults(&net->options);
    if (init(net))
        return net;
    error_set(err, "53000", "cannot set up the event loop: %s", strerror(errno));
    net_free(net);
    return NULL;
}

bool net_listen(struct net *net, const char *address,
                const struct session_factory *factory, uint16_t *port,
                struct error *err)
{
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        return error_no_memory(err);
    if (!listener_open(listener, address, port, err)) {
        free(listener);
        return false;
    }
    listener->factory = *factory;
    listener->next = net->listeners;
    net->listeners = listener;
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT,
                                .data.u64 = EVENT_LISTENER | (uintptr_t)listener};
    if (epoll_ctl(net->epoll, EPOLL_CTL_ADD, listener->fd, &event) == 0)
        return true;
    return error_set(err, "53000", "cannot watch %s: %s", address, strerror(errno));
}

/* ---- threads ---- */

static void stop_workers(struct net *net)
{
    const uint64_t wake = net->thread_count;
    atomic_store(&net->quit, true);
    while (write(net->queue.event, &wake, sizeof wake) < 0 && errno == EINTR)
        ;
    for (unsigned i = 0; i < net->thread_count; i++)
        pthread_join(net->threads[i], NULL);
    net->thread_count = 0;
}

static bool start_workers(struct net *net, struct error *err)
{
    unsigned wanted = net->options.io_threads + net->options.slots;
    net->threads = calloc(wanted, sizeof *net->threads);
    if (!net->threads)
        return error_no_memory(err);
    while (net->thread_count < wanted) {
        int failure =
            pthread_create(&net->threads[net->thread_count], NULL, worker_main, net);
        if (failure) {
            stop_workers(net);
            return error_set(err, "53000", "cannot start a thread: %s",
                             strerror(failure));
        }
        net->thread_count++;
    }
    return true;
}

bool net_run(struct net *net, struct error *err)
{
    if (!start_workers(net, err))
        return false;
    watchdog_main(net);
    stop_workers(net);
    return true;
}

void net_stop(struct net *net)
{
    const uint64_t one = 1;
    int saved = errno;
    atomic_store(&net->stopping, true);
    while (write(net->watchdog.event, &one, sizeof one) < 0 && errno == EINTR)
        ;
    errno = saved;
}

/* ---- the end ---- */

static void close_all(struct net *net)
{
    for (size_t i = 0; i < net->registry.used; i++) {
        struct conn *conn = registry_at(&net->registry, i);
        if (!conn->session.ops)
            continue;
        conn->session.ops->free(conn->session.self);
        conn->transport.ops->close(&conn->transport);
    }
}

void net_free(struct net *net)
{
    if (!net)
        return;
    if (net->registry.chunks)
        close_all(net);
    while (net->listeners) {
        struct listener *listener = net->listeners;
        net->listeners = listener->next;
        listener_close(listener);
        free(listener);
    }
    registry_free(&net->registry);
    watchdog_free(&net->watchdog);
    if (net->queue.event >= 0)
        close(net->queue.event);
    if (net->reserve >= 0)
        close(net->reserve);
    if (net->epoll >= 0)
        close(net->epoll);
    pthread_mutex_destroy(&net->queue.lock);
    pthread_mutex_destroy(&net->slots.lock);
    free(net->threads);
    free(net);
}

struct net_stats net_stats(struct net *net)
{
    struct net_stats stats = {.slots = net->slots.total};
    pthread_mutex_lock(&net->slots.lock);
    stats.slots_taken = net->slots.taken;
    stats.slots_waiting = net->slots.waiting;
    pthread_mutex_unlock(&net->slots.lock);
    pthread_mutex_lock(&net->registry.lock);
    stats.connections = (unsigned)net->registry.live;
    pthread_mutex_unlock(&net->registry.lock);
    return stats;
}
