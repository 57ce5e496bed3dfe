/* checks.c - the invariants of the loop as a whole. */
#include "checks.h"

#include "kernel.h"
#include "kernel_file.h"
#include "net/serve.h"
#include "pgwire/session_state.h"
#include "sched.h"
#include "shadow.h"
#include "threads.h"
#include "world.h"

static const uint64_t state_mask = 3, reason_mask = 0xfc;
/* The watchdog sleeps for whole milliseconds. */
enum { LATE_US = 1000, STOP_GRACE_US = 3000000 };

static enum conn_state state_of(const struct conn *conn)
{
    return (enum conn_state)(conn->word & state_mask);
}

/* ---- after every step ---- */

static void check_conn(const struct conn *conn)
{
    enum conn_state state = state_of(conn);
    unsigned owner = shadow_owner(conn);
    if (state == CONN_PARKED) {
        SIM_CHECK(!(conn->word & reason_mask), "connection %u is parked over a reason",
                  conn->index);
        SIM_CHECK(conn->slot != SLOT_HELD, "connection %u is parked with a slot",
                  conn->index);
    }
    SIM_CHECK((state == CONN_OWNED) == (owner != 0),
              "connection %u is in state %d, its owner is thread %u", conn->index,
              (int)state, owner);
}

static void check_slots(const struct net *net)
{
    const struct slots *slots = &net->slots;
    unsigned taken = 0, waiting = 0;
    const struct conn *conn;
    if (!threads_is_free(&slots->lock))
        return;
    for (size_t i = 0; (conn = registry_at(&net->registry, i)); i++) {
        taken += conn->slot == SLOT_GRANTED || conn->slot == SLOT_HELD;
        waiting += conn->slot == SLOT_QUEUED;
    }
    SIM_CHECK(slots->taken == taken && taken <= slots->total,
              "%u slots of %u are taken, by %u connections", slots->taken, slots->total,
              taken);
    SIM_CHECK(slots->waiting == waiting, "%u wait for slots, it says %u", waiting,
              slots->waiting);
    SIM_CHECK(!waiting || taken == slots->total, "%u wait beside a free slot", waiting);
}

/* Strangers and places are those of connections, or of one that is taking or giving
 * them back. */
static void check_admission(const struct net *net)
{
    unsigned strangers = 0, places = 0, live = 0;
    const struct conn *conn;
    if (!threads_is_free(&net->lobby.lock))
        return;
    for (size_t i = 0; (conn = registry_at(&net->registry, i)); i++) {
        live += state_of(conn) != CONN_FREE;
        strangers += conn->stranger != STRANGER_NOT;
        places += conn->has_place;
    }
    SIM_CHECK(net->lobby.count == strangers && strangers <= net->lobby.most,
              "%u strangers of %u are counted as %u", strangers, net->lobby.most,
              net->lobby.count);
    SIM_CHECK(net->places_taken <= places + live,
              "%u places are taken, by %u connections", net->places_taken, places);
}

void checks_step(void)
{
    const struct net *net = world_net();
    const struct conn *conn;
    if (!net)
        return;
    for (size_t i = 0; (conn = registry_at(&net->registry, i)); i++)
        check_conn(conn);
    check_slots(net);
    check_admission(net);
}

/* ---- when nothing can move ---- */

static void check_wants(const struct conn *conn)
{
    unsigned want = shadow_want(conn);
    struct sock *sock = kernel_sock(conn->transport.fd);
    SIM_CHECK(!(want & (PGW_WANT_WORK | PGW_WANT_CLOSE)),
              "connection %u has work to do (0x%x) and nobody does it", conn->index,
              want);
    if (want & PGW_WANT_WAIT)
        SIM_CHECK(conn->slot == SLOT_QUEUED && !conn->woken,
                  "connection %u waits for what has come", conn->index);
    if (want & PGW_WANT_SEND)
        SIM_CHECK(!kernel_has_room(sock),
                  "connection %u has something to send and could", conn->index);
    if (want & PGW_WANT_RECV)
        SIM_CHECK(!kernel_has_input(sock) || conn->eof,
                  "connection %u has something to read and does not", conn->index);
}

/* Who is to end what it does is told again and again, since it may not have heard. The
 * end of a transaction is not to be interrupted, and ends. */
static void check_interrupts(const struct conn *conn)
{
    unsigned reason;
    bool runs = shadow_runs(conn, &reason);
    SIM_CHECK(!runs || !reason || conn->repeat_at_us,
              "connection %u: a statement runs on, interrupted for reason %u",
              conn->index, reason);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    if (!a || !b)
        return a | b;
    return a < b ? a : b;
}

static void check_times(const struct conn *conn)
{
    uint64_t next =
        earlier(conn->deadline_at_us, earlier(conn->hang_up_at_us, conn->repeat_at_us));
    uint64_t now = sched_now_us();
    if (!conn->open || !next)
        return;
    SIM_CHECK(conn->due_us && conn->due_us <= next,
              "connection %u is to be looked at by %llu us and is noted for %llu",
              conn->index, (unsigned long long)next, (unsigned long long)conn->due_us);
    SIM_CHECK(next + LATE_US + sched_stolen_us() >= now,
              "connection %u is late by %llu us", conn->index,
              (unsigned long long)(now - next));
}

/* Between the end of the workers and net_free nobody serves any more. */
void checks_quiet(void)
{
    const struct net *net = world_net();
    const struct conn *conn;
    if (!net || net->workers_stop)
        return;
    SIM_CHECK(run_queue_is_empty(&net->queue), "%u connections are queued for nobody",
              net->queue.len);
    for (size_t i = 0; (conn = registry_at(&net->registry, i)); i++) {
        enum conn_state state = state_of(conn);
        if (state == CONN_FREE)
            continue;
        check_times(conn);
        check_interrupts(conn);
        if (state == CONN_PARKED)
            check_wants(conn);
    }
}

/* ---- at the end ---- */

void checks_end(void)
{
    const struct net *net = world_net();
    unsigned live = net->registry.live;
    if (live > 0)
        SIM_CHECK(sched_now_us() >= world_cut_at() + STOP_GRACE_US,
                  "%u connections are left, before the time of grace is over", live);
    else
        SIM_CHECK(net->slots.taken == 0 && net->slots.waiting == 0 &&
                      net->deadlines.len == 0 && net->places_taken == 0 &&
                      net->lobby.count == 0,
                  "%u slots, %u waiting, %zu deadlines are left", net->slots.taken,
                  net->slots.waiting, net->deadlines.len);
}
