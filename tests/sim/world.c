/* world.c - one run.
 *
 * Its fibers: "watchdog" makes the server, runs it and frees it; the workers are its
 * threads; "stopper" calls net_stop when the clients have gone, or before. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "checks.h"
#include "client.h"
#include "engine.h"
#include "engine/fake/fake_engine.h"
#include "http_client.h"
#include "kernel.h"
#include "pgwire/session_state.h"
#include "sched.h"
#include "server/database.h"
#include "server/session_defaults.h"
#include "shadow.h"
#include "shadow_http.h"
#include "threads.h"

enum { CLIENTS_MAX = 7, HTTP_CLIENTS_MAX = 3, NUDGES_PER_MILLE = 5 };

static struct {
    struct net *net;
    struct net_options options;
    struct pgw_session_options session;
    struct database database;
    struct http_front http;
    struct client clients[CLIENTS_MAX];
    struct http_client http_clients[HTTP_CLIENTS_MAX];
    unsigned client_count, http_count;
    struct session_defaults defaults;
    bool is_crowded;
    bool ended;                 /* net_run has returned */
    bool stopping, has_stopped; /* net_drain or net_stop has begun, the last returned */
    uint64_t stops_at;          /* 0 = when the clients have gone */
    bool drains;                /* before it stops, */
    uint64_t drain_us;          /* for so long, */
    uint64_t patience_us;       /* unless it is stopped after that */
    uint64_t cut_at;            /* what still runs is ended */
} world;

const struct net *world_net(void)
{
    return world.net;
}

bool world_is_queue_event(int fd)
{
    return world.net && world.net->queue_event == fd;
}

bool world_is_alarm(int fd)
{
    return world.net && world.net->alarm_event == fd;
}

bool world_is_innermost(const pthread_mutex_t *mutex)
{
    const struct net *net = world.net;
    return net && (mutex == &net->slots.lock || mutex == &net->deadlines.lock ||
                   mutex == &net->queue.lock || mutex == &net->registry.lock ||
                   mutex == &net->lobby.lock || mutex == &net->peers.lock);
}

uint64_t world_http_timeout_us(void)
{
    return (uint64_t)session_default(&world.defaults, DEFAULT_STATEMENT_TIMEOUT) * 1000;
}

bool world_is_stopping(void)
{
    return world.stopping;
}

uint64_t world_cut_at(void)
{
    return world.cut_at;
}

bool world_is_cut(void)
{
    return world.stopping && sched_now_us() >= world.cut_at;
}

uint64_t world_stranger_us(void)
{
    return LOBBY_LEAST_US; /* less than any login timeout */
}

/* ---- the server ---- */

static bool open_session(void *ctx, const struct session_peer *peer,
                         struct session *out)
{
    struct pgw_session_options options = world.session;
    (void)ctx;
    options.host = peer->host;
    options.host_self = peer->host_self;
    options.pid = peer->pid;
    kernel_serve(((const struct conn *)peer->host_self)->transport.fd);
    *out = (struct session){&pg_session_ops,
                            pgw_session_new(engine_handlers(), NULL, &options)};
    return out->self != NULL;
}

static bool open_http(void *ctx, const struct session_peer *peer, struct session *out)
{
    (void)ctx;
    kernel_serve(((const struct conn *)peer->host_self)->transport.fd);
    return shadow_http_open(&world.http, peer, out);
}

/* HTTP goes through the query layer, over the engine for tests. */
static void open_database(void)
{
    static const struct fake_options fake = {0};
    static const struct database_options options = {.name = "sim"};
    struct error err;
    struct engine *engine = fake_engine_new(&fake);
    SIM_CHECK(engine && database_init(&world.database, engine, &options, &err) &&
                  http_front_init(&world.http, &world.database, &world.defaults),
              "the database does not open");
}

/* net_stop is to have returned before net_free is called. */
static bool has_stopped(const void *self)
{
    (void)self;
    return world.has_stopped;
}

static void *serve(void *self)
{
    static const struct session_factory factory = {.open = open_session};
    static const struct session_factory http_factory = {.open = open_http};
    struct error err;
    (void)self;
    open_database();
    struct net *net = net_new(&world.options, &err);
    SIM_CHECK(net && net_listen(net, "127.0.0.1:5432", &factory, NULL, &err) &&
                  net_listen(net, "127.0.0.1:8033", &http_factory, NULL, &err),
              "the server does not start");
    world.net = net;
    SIM_CHECK(net_run(net, &err), "the server does not run");
    world.ended = true;
    checks_end();
    (void)sched_wait(has_stopped, NULL, UINT64_MAX);
    net_free(net);
    world.net = NULL;
    http_front_free(&world.http);
    database_free(&world.database);
    return NULL;
}

/* ---- its end ---- */

static bool may_stop(const void *self)
{
    (void)self;
    for (unsigned i = 0; i < world.client_count; i++)
        if (!client_is_done(&world.clients[i]))
            return false;
    for (unsigned i = 0; i < world.http_count; i++)
        if (!http_client_is_done(&world.http_clients[i]))
            return false;
    return world.net != NULL;
}

/* When every client has gone, nothing is to be left, without net_stop. */
static bool has_nobody(const void *self)
{
    (void)self;
    return world.net->registry.live == 0;
}

static bool has_ended(const void *self)
{
    (void)self;
    return world.ended;
}

static bool everybody_has_gone(void)
{
    for (unsigned i = 0; i < world.client_count; i++)
        if (!client_is_gone(&world.clients[i]))
            return false;
    for (unsigned i = 0; i < world.http_count; i++)
        if (!http_client_is_gone(&world.http_clients[i]))
            return false;
    return true;
}

static bool has_begun(const void *self)
{
    (void)self;
    return world.net != NULL;
}

/* Everybody may end what is under way, until the time is over or somebody loses
 * patience. */
static void drain(void)
{
    uint64_t now = sched_now_us();
    uint64_t least =
        world.patience_us < world.drain_us ? world.patience_us : world.drain_us;
    world.cut_at = now + least;
    sim_trace("net_drain");
    net_drain(world.net, (unsigned)(world.drain_us / 1000));
    (void)sched_wait(has_ended, NULL, now + world.patience_us);
}

static void *stop(void *self)
{
    (void)self;
    (void)sched_wait(may_stop, NULL, world.stops_at ? world.stops_at : UINT64_MAX);
    (void)sched_wait(has_begun, NULL, UINT64_MAX);
    if (everybody_has_gone())
        (void)sched_wait(has_nobody, NULL, UINT64_MAX);
    world.stopping = true;
    world.cut_at = sched_now_us();
    if (world.drains)
        drain();
    sim_trace("net_stop");
    net_stop(world.net);
    world.has_stopped = true;
    return NULL;
}

/* ---- spurious events ---- */

static bool may_nudge(const void *self)
{
    (void)self;
    return world.net && sim_schedule_chance(NUDGES_PER_MILLE);
}

static void nudge(void *self)
{
    const struct conn *conn = registry_at(&world.net->registry, sim_schedule(8));
    (void)self;
    struct sock *sock = conn ? kernel_sock(conn->transport.fd) : NULL;
    if (sock)
        kernel_nudge(sock);
}

static uint64_t never(const void *self)
{
    (void)self;
    return 0;
}

/* ---- a run ---- */

/* Often one: then nobody else does what one forgets. */
static unsigned few(void)
{
    return sim_scenario_chance(500) ? 1 : (unsigned)sim_range(2, 3);
}

/* Crowded: all come at once, few threads are there, and logging in blocks them; they
 * ask little, so that a run is short. */
static void make_options(void)
{
    static const unsigned steps[] = {1, 3, 8, 64};
    static const size_t high_water[] = {1, 100, 2000, 100000};
    world.is_crowded = sim_scenario_chance(500);
    world.options =
        (struct net_options){.io_threads = world.is_crowded ? 1 : few(),
                             .slots = few(),
                             .max_connections = (unsigned)sim_range(1, 12),
                             .yield_steps = steps[sim_scenario(ARRAY_LEN(steps))]};
    if (sim_scenario_chance(700))
        world.options.max_connections = 0;
    world.options.max_all = SHADOW_CONNS_MAX;
    world.options.max_strangers =
        sim_scenario_chance(300) ? (unsigned)sim_range(1, 3) : SHADOW_CONNS_MAX / 2;
    world.session = (struct pgw_session_options){
        .high_water_bytes = high_water[sim_scenario(ARRAY_LEN(high_water))],
        .login_timeout_ms = (uint32_t)sim_range(5000, 20000)};
    engine_begin(&(struct engine_options){
        .simple = sim_scenario_chance(500),
        .open_in_thousand = world.is_crowded           ? 700
                            : sim_scenario_chance(500) ? 200
                                                       : 0,
        .sync_in_thousand = sim_scenario_chance(500) ? 100 : 0});
}

static void make_clients(const struct sim_options *options)
{
    unsigned wanted = (unsigned)sim_range(1, CLIENTS_MAX), most = options->queries;
    if (world.is_crowded && most > 1)
        most = 1;
    world.client_count = 0;
    for (unsigned i = 0; i < wanted; i++) {
        struct client *client = &world.clients[world.client_count];
        client_init(client, i, most);
        if (world.is_crowded)
            client->arrives_at = sched_now_us();
        if (options->clients >> i & 1) {
            client_add(client);
            world.client_count++;
        } else {
            client_free(client);
        }
    }
}

/* Their bits follow the others'. */
static void make_http_clients(const struct sim_options *options)
{
    unsigned wanted =
        sim_scenario_chance(500) ? 0 : (unsigned)sim_range(1, HTTP_CLIENTS_MAX);
    if (world.is_crowded)
        wanted = 0;
    world.defaults.values[DEFAULT_STATEMENT_TIMEOUT] =
        sim_scenario_chance(500) ? 0 : (uint32_t)sim_range(1, 2500);
    for (unsigned i = 0; i < wanted; i++) {
        struct http_client *client = &world.http_clients[world.http_count];
        http_client_init(client, i, options->queries);
        if (options->clients >> (CLIENTS_MAX + i) & 1) {
            http_client_add(client);
            world.http_count++;
        }
    }
}

static void begin(const struct sim_options *options)
{
    static const struct sched_hooks hooks = {checks_step, checks_quiet};
    memset(&world, 0, sizeof world);
    sim_begin(options);
    sched_begin(&hooks);
    threads_begin();
    kernel_begin();
    shadow_begin();
    make_options();
    make_clients(options);
    make_http_clients(options);
    if (sim_scenario_chance(400))
        world.stops_at = sched_now_us() + sim_range(1, 1000000);
    world.drains = sim_scenario_chance(500);
    world.drain_us = sim_range(0, 3000) * 1000;
    world.patience_us = sim_scenario_chance(300) ? sim_range(0, 1000000) : 100000000;
    sched_add_actor(&(struct sched_actor){"nudge", NULL, may_nudge, nudge, never});
    (void)sched_add_fiber("watchdog", serve, NULL);
    (void)sched_add_fiber("stopper", stop, NULL);
}

void world_run(const struct sim_options *options)
{
    begin(options);
    sched_run();
    for (unsigned i = 0; i < world.client_count; i++) {
        client_finish(&world.clients[i]);
        client_free(&world.clients[i]);
    }
    for (unsigned i = 0; i < world.http_count; i++)
        http_client_finish(&world.http_clients[i]);
    engine_check_empty();
    SIM_CHECK(kernel_open_files() == 0, "%u descriptors are left", kernel_open_files());
    kernel_end();
    sched_end();
}
