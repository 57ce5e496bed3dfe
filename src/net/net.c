/* net.c - the loop's life: made, listening, running, stopped, freed.
 *
 *     listener ── adopt ──> conn ── serve ──> session
 *         watchdog.c            worker.c           session_ops.h
 *
 * net_run's thread is the watchdog; workers are io + slots threads more. */
#include "net/net.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "net/loop.h"
#include "net/serve.h"
#include "net/watchdog.h"
#include "net/worker.h"

/* A turn that finds both ways of the socket blocked must still come to parking. */
enum { YIELD_STEPS_LEAST = 3 };
enum { IO_THREADS = 2, SLOTS_PER_CORE = 2, YIELD_STEPS = 64, FILES_KEPT = 64 };
enum { THREADS_MAX = 4096, STRANGERS = 384 };

/* ---- options ---- */

static unsigned core_count(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores > 0 ? (unsigned)cores : 1;
}

static unsigned most_connections(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= REGISTRY_MAX)
        return REGISTRY_MAX;
    return files.rlim_cur > 2 * FILES_KEPT ? (unsigned)files.rlim_cur - FILES_KEPT
                                           : FILES_KEPT;
}

static unsigned at_most(unsigned value, unsigned most)
{
    return value < most ? value : most;
}

/* Most that there may be of all, and, of these, strangers. */
static void set_bounds(struct net_options *options)
{
    if (!options->max_all)
        options->max_all = most_connections();
    options->max_all = at_most(options->max_all, REGISTRY_MAX);
    unsigned quarter = options->max_all > 4 ? options->max_all / 4 : 1;
    if (!options->max_strangers)
        options->max_strangers = at_most(STRANGERS, quarter);
    options->max_strangers = at_most(options->max_strangers, options->max_all);
}

static struct net_options with_defaults(const struct net_options *given)
{
    struct net_options options = given ? *given : (struct net_options){0};
    if (!options.io_threads)
        options.io_threads = IO_THREADS;
    if (!options.slots)
        options.slots = core_count() * SLOTS_PER_CORE;
    set_bounds(&options);
    if (!options.yield_steps)
        options.yield_steps = YIELD_STEPS;
    if (options.yield_steps < YIELD_STEPS_LEAST)
        options.yield_steps = YIELD_STEPS_LEAST;
    options.io_threads = at_most(options.io_threads, THREADS_MAX);
    options.slots = at_most(options.slots, THREADS_MAX);
    return options;
}

/* ---- life ---- */

static bool add_event(int epoll, int fd, uint32_t events, uint64_t tag)
{
    struct epoll_event event = {.events = events, .data.u64 = tag};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool open_descriptors(struct net *net)
{
    net->worker_epoll = epoll_create1(EPOLL_CLOEXEC);
    net->watchdog_epoll = epoll_create1(EPOLL_CLOEXEC);
    net->queue_event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    net->alarm_event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    net->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return add_event(net->worker_epoll, net->queue_event, EPOLLIN | EPOLLET,
                     TAG_EVENT) &&
           add_event(net->watchdog_epoll, net->alarm_event, EPOLLIN, TAG_EVENT);
}

static void close_descriptors(const struct net *net)
{
    const int descriptors[] = {net->worker_epoll, net->watchdog_epoll, net->queue_event,
                               net->alarm_event, net->spare_fd};
    for (size_t i = 0; i < ARRAY_LEN(descriptors); i++)
        if (descriptors[i] >= 0)
            (void)close(descriptors[i]);
}

struct net *net_new(const struct net_options *options, struct error *err)
{
    struct net *net = calloc(1, sizeof *net);
    if (!net) {
        (void)error_no_memory(err);
        return NULL;
    }
    net->options = with_defaults(options);
    bool opened = open_descriptors(net);
    run_queue_init(&net->queue, net->queue_event);
    slots_init(&net->slots, net->options.slots);
    slots_init(&net->handshakes, net->options.io_threads);
    deadlines_init(&net->deadlines);
    lobby_init(&net->lobby, net->options.max_strangers);
    peers_init(&net->peers);
    net_limit(net, net->options.max_connections);
    if (!registry_init(&net->registry, net->options.max_all, net))
        (void)error_no_memory(err);
    else if (!opened)
        (void)error_set(err, "53000",
                        "cannot open the descriptors of the network loop");
    else
        return net;
    net_free(net);
    return NULL;
}

/* Whom the workers have left behind, parked or queued; they have all stopped. */
static void close_connections(struct net *net)
{
    struct conn *conn;
    for (size_t i = 0; (conn = registry_at(&net->registry, i)); i++) {
        if (conn->open) {
            conn_seize(conn);
            serve_close(conn);
        }
    }
}

void net_free(struct net *net)
{
    if (!net)
        return;
    for (size_t i = 0; i < net->listener_count; i++)
        listener_close(&net->listeners[i]);
    close_connections(net);
    registry_free(&net->registry);
    deadlines_free(&net->deadlines);
    slots_free(&net->slots);
    slots_free(&net->handshakes);
    lobby_free(&net->lobby);
    peers_free(&net->peers);
    run_queue_free(&net->queue);
    close_descriptors(net);
    free(net->workers);
    free(net);
}

/* ---- listening ---- */

/* NULL: there are too many. */
static struct listener *next_listener(struct net *net, struct error *err)
{
    if (net->listener_count < NET_LISTENERS_MAX)
        return &net->listeners[net->listener_count];
    (void)error_set(err, "54000", "more than %d addresses to listen on",
                    NET_LISTENERS_MAX);
    return NULL;
}

static bool watch_listener(struct net *net, struct listener *listener,
                           const struct session_factory *factory, struct error *err)
{
    listener->factory = *factory;
    if (!address_path(&listener->address))
        keepalive_read(listener->fd, &net->keepalive);
    if (!add_event(net->watchdog_epoll, listener->fd, EPOLLIN,
                   TAG_LISTENER + net->listener_count)) {
        listener_close(listener);
        return error_set(err, "53000", "cannot watch the listening socket");
    }
    net->listener_count++;
    return true;
}

static bool add_listener(struct net *net, const struct address *address,
                         const struct session_factory *factory, struct error *err)
{
    struct listener *listener = next_listener(net, err);
    return listener &&
           listener_open(listener, address, &net->options.unix_rights, err) &&
           watch_listener(net, listener, factory, err);
}

bool net_listen_socket(struct net *net, int fd, bool is_open,
                       const struct session_factory *factory, char *name, size_t size,
                       struct error *err)
{
    struct listener *listener = next_listener(net, err);
    if (!listener || !listener_take(listener, fd, err))
        return false;
    address_name(&listener->address, name, size);
    if (is_open || address_is_loopback(&listener->address))
        return watch_listener(net, listener, factory, err);
    return error_set(err, "28000", "refusing to listen on %s without users", name);
}

bool net_listen(struct net *net, const char *address,
                const struct session_factory *factory, uint16_t *port,
                struct error *err)
{
    struct address_list list;
    uint16_t taken = 0;
    if (!address_parse(address, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        if (i > 0)
            address_set_port(&list.items[i], taken);
        if (add_listener(net, &list.items[i], factory, err))
            taken = address_port(&net->listeners[net->listener_count - 1].address);
        else if (i == 0 || listener_is_possible(&list.items[i]))
            return false;
    }
    if (port)
        *port = taken;
    return true;
}

bool net_address_check(const char *address, bool *is_loopback, struct error *err)
{
    struct address_list list;
    *is_loopback = false;
    if (!address_parse(address, &list, err))
        return false;
    *is_loopback = list.count > 0;
    for (size_t i = 0; i < list.count; i++)
        *is_loopback = *is_loopback && address_is_loopback(&list.items[i]);
    return true;
}

/* ---- running ---- */

/* Signals are for the threads of the embedder, and of these for none. */
static int start_thread(struct net *net, pthread_t *thread)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(thread, NULL, worker_main, net);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}

/* All of them, or nothing runs: with fewer, slots could block every thread. */
static bool start_workers(struct net *net, struct error *err)
{
    unsigned wanted = net->options.io_threads + net->options.slots;
    net->workers = calloc(wanted, sizeof *net->workers);
    if (!net->workers)
        return error_no_memory(err);
    for (net->worker_count = 0; net->worker_count < wanted; net->worker_count++) {
        atomic_fetch_add(&net->workers_alive, 1);
        int failure = start_thread(net, &net->workers[net->worker_count]);
        if (failure) {
            atomic_fetch_sub(&net->workers_alive, 1);
            return error_set(err, "53000", "cannot make %u threads: %s", wanted,
                             strerror(failure));
        }
    }
    return true;
}

static void join_workers(struct net *net)
{
    for (unsigned i = 0; i < net->worker_count; i++)
        (void)pthread_join(net->workers[i], NULL);
    net->worker_count = 0;
    free(net->workers);
    net->workers = NULL;
}

bool net_run(struct net *net, struct error *err)
{
    bool started = start_workers(net, err);
    if (started) {
        watchdog_run(net);
    } else {
        atomic_store(&net->workers_stop, true);
        run_queue_notify(&net->queue);
    }
    join_workers(net);
    return started;
}

/* A graver request stays. */
static void request_stop(struct net *net, enum net_stop how)
{
    unsigned before = atomic_load(&net->stop_requested);
    while (before < (unsigned)how &&
           !atomic_compare_exchange_weak(&net->stop_requested, &before, (unsigned)how))
        ;
    loop_alarm(net);
}

void net_drain(struct net *net, unsigned most_ms)
{
    atomic_store(&net->drain_ms, most_ms);
    request_stop(net, NET_STOP_DRAIN);
}

void net_stop(struct net *net)
{
    request_stop(net, NET_STOP_NOW);
}

bool net_is_alive(struct net *net, unsigned *heartbeat)
{
    unsigned before = *heartbeat;
    *heartbeat = atomic_load(&net->heartbeats);
    loop_alarm(net);
    return *heartbeat != before;
}

/* ---- limits ---- */

void net_limit(struct net *net, unsigned connections)
{
    unsigned most = net->options.max_all - net->options.max_strangers;
    if (most == 0)
        most = 1;
    atomic_store(&net->places, connections > 0 ? at_most(connections, most) : most);
}

bool net_limit_addresses(struct net *net, unsigned most,
                         const struct net_address_limit *limits, size_t count,
                         struct error *err)
{
    return peers_limit(&net->peers, most, limits, count) || error_no_memory(err);
}

struct net_stats net_stats(struct net *net)
{
    struct net_stats stats = {.connections = atomic_load(&net->registry.live),
                              .places = atomic_load(&net->places),
                              .places_taken = atomic_load(&net->places_taken),
                              .slots = net->options.slots};
    slots_count(&net->slots, &stats.slots_taken, &stats.slots_waiting);
    return stats;
}

/* ---- from other files of the room ---- */

void loop_wake(struct net *net, conn_handle handle, unsigned reasons)
{
    struct conn *conn = registry_find(&net->registry, handle);
    if (conn && conn_wake(conn, handle, reasons))
        run_queue_push(&net->queue, conn);
}

void loop_alarm(struct net *net)
{
    static const uint64_t one = 1;
    int saved = errno;
    ssize_t written = write(net->alarm_event, &one, sizeof one);
    (void)written; /* a full counter is an alarm too */
    errno = saved;
}
