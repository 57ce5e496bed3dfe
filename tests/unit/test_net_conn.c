/* test_net_conn.c - the parts of the loop alone: states and handles of connections, the
 * registry, the run queue, slots, deadlines. No threads but where the race is the test.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/loop.h"
#include "net/serve.h"

static int set_up(void **state)
{
    struct error err;
    const struct net_options options = {.slots = 2, .max_all = 600};
    *state = net_new(&options, &err);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    net_free(*state);
    return 0;
}

static struct conn *take(struct net *net)
{
    struct conn *conn = registry_take(&net->registry);
    assert_non_null(conn);
    return conn;
}

/* ---- states ---- */

static void test_wake_parked_once(void **state)
{
    struct net *net = *state;
    struct conn *conn = take(net);
    conn_handle handle = conn_handle_of(conn);
    assert_true(conn_park(conn));
    assert_true(conn_wake(conn, handle, CONN_SLOT));
    assert_false(conn_wake(conn, handle, CONN_INTERRUPT)); /* it is queued already */
    assert_false(conn_claim(conn, handle, CONN_READY));
    conn_resume(conn);
    assert_int_equal(conn->reasons, CONN_SLOT | CONN_INTERRUPT | CONN_READY);
    registry_put(&net->registry, conn);
}

static void test_wake_while_owned_prevents_parking(void **state)
{
    struct net *net = *state;
    struct conn *conn = take(net);
    assert_false(conn_wake(conn, conn_handle_of(conn), CONN_INTERRUPT));
    assert_false(conn_park(conn));
    assert_int_equal(conn->reasons, CONN_INTERRUPT);
    assert_true(conn_park(conn)); /* a reason counts once */
    assert_true(conn_claim(conn, conn_handle_of(conn), CONN_READY));
    assert_int_equal(conn->reasons, CONN_READY);
    registry_put(&net->registry, conn);
}

static void test_yield_keeps_reasons(void **state)
{
    struct net *net = *state;
    struct conn *conn = take(net);
    assert_false(conn_wake(conn, conn_handle_of(conn), CONN_ENDING));
    conn_yield(conn);
    conn_resume(conn);
    assert_int_equal(conn->reasons, CONN_ENDING);
    registry_put(&net->registry, conn);
}

static void test_stale_handle_finds_nothing(void **state)
{
    struct net *net = *state;
    struct conn *conn = take(net);
    conn_handle stale = conn_handle_of(conn);
    uint32_t pid = registry_pid(conn);
    registry_put(&net->registry, conn);
    assert_false(conn_wake(conn, stale, CONN_READY));
    assert_null(registry_find_pid(&net->registry, pid));
    assert_ptr_equal(take(net), conn); /* the place has a new tenant */
    assert_true(conn_park(conn));
    assert_false(conn_wake(conn, stale, CONN_READY));
    assert_false(conn_claim(conn, stale, CONN_READY));
    assert_true(conn_claim(conn, conn_handle_of(conn), CONN_READY));
    assert_int_not_equal(registry_pid(conn), pid);
    registry_put(&net->registry, conn);
}

/* ---- registry ---- */

static void test_registry_is_full(void **state)
{
    struct net *net = *state;
    struct conn *all[600];
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        all[i] = take(net);
    assert_null(registry_take(&net->registry));
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        uint32_t pid = registry_pid(all[i]);
        assert_in_range(pid, 1, INT32_MAX);
        assert_ptr_equal(registry_find_pid(&net->registry, pid), all[i]);
        assert_ptr_equal(registry_find(&net->registry, conn_handle_of(all[i])), all[i]);
    }
    registry_put(&net->registry, all[300]);
    assert_ptr_equal(take(net), all[300]);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        registry_put(&net->registry, all[i]);
    assert_int_equal(net_stats(net).connections, 0);
}

/* Told when they are fewer than half, and again when these have halved. */
static void test_registry_crowd(void **state)
{
    enum { CROWD = 3000 };
    static struct conn *all[CROWD];
    struct registry registry;
    assert_true(registry_init(&registry, CROWD, *state));
    for (size_t i = 0; i < CROWD; i++)
        assert_non_null(all[i] = registry_take(&registry));
    for (size_t i = 0; i < CROWD; i++) {
        size_t live = CROWD - 1 - i;
        bool told = live == CROWD / 2 - 1 || live == CROWD / 2 - 1 - REGISTRY_CROWD;
        assert_int_equal(registry_put(&registry, all[i]), told);
    }
    registry_free(&registry);
}

static void test_registry_strange_pids(void **state)
{
    static const uint32_t pids[] = {0, 1, 600, 601, 0xfffff, 0x100000, UINT32_MAX};
    struct net *net = *state;
    for (size_t i = 0; i < ARRAY_LEN(pids); i++)
        assert_null(registry_find_pid(&net->registry, pids[i]));
    assert_null(registry_find(&net->registry, UINT64_MAX));
}

/* ---- run queue ---- */

static void test_queue_is_fifo(void **state)
{
    struct net *net = *state;
    struct conn *all[3];
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        all[i] = take(net);
        conn_yield(all[i]);
        run_queue_push(&net->queue, all[i]);
    }
    assert_false(run_queue_doze(&net->queue)); /* nobody sleeps beside work */
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        assert_ptr_equal(run_queue_pop(&net->queue), all[i]);
    assert_null(run_queue_pop(&net->queue));
    assert_true(run_queue_doze(&net->queue));
    run_queue_rise(&net->queue);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        registry_put(&net->registry, all[i]);
}

/* ---- slots ---- */

/* Two slots, four that want one: `waiter[0]` and `waiter[1]` wait, parked. */
struct crowd {
    struct conn *holder[2], *waiter[2];
};

static struct crowd gather(struct net *net)
{
    struct crowd crowd;
    for (size_t i = 0; i < 2; i++) {
        crowd.holder[i] = take(net);
        assert_true(slots_take(&net->slots, crowd.holder[i]));
        assert_true(slots_take(&net->slots, crowd.holder[i])); /* again is allowed */
    }
    for (size_t i = 0; i < 2; i++) {
        crowd.waiter[i] = take(net);
        assert_false(slots_take(&net->slots, crowd.waiter[i]));
        assert_false(slots_take(&net->slots, crowd.waiter[i])); /* no second place */
        assert_true(conn_park(crowd.waiter[i]));
    }
    assert_int_equal(net_stats(net).slots_taken, 2);
    assert_int_equal(net_stats(net).slots_waiting, 2);
    return crowd;
}

static void disperse(struct net *net, const struct crowd *crowd)
{
    while (run_queue_pop(&net->queue))
        ;
    for (size_t i = 0; i < 2; i++) {
        slots_release(&net->slots, crowd->holder[i]);
        slots_release(&net->slots, crowd->waiter[i]);
    }
    assert_int_equal(net_stats(net).slots_taken, 0);
    assert_int_equal(net_stats(net).slots_waiting, 0);
}

static void test_slot_is_handed_over_in_order(void **state)
{
    struct net *net = *state;
    struct crowd crowd = gather(net);
    slots_release(&net->slots, crowd.holder[0]);
    assert_int_equal(net_stats(net).slots_taken, 2);        /* never free in between */
    assert_false(slots_take(&net->slots, crowd.holder[0])); /* no overtaking */
    assert_ptr_equal(run_queue_pop(&net->queue), crowd.waiter[0]);
    assert_int_equal(crowd.waiter[0]->reasons, CONN_SLOT);
    assert_true(slots_take(&net->slots, crowd.waiter[0]));
    disperse(net, &crowd);
}

static void test_slot_of_one_that_left_passes_on(void **state)
{
    struct net *net = *state;
    struct crowd crowd = gather(net);
    slots_release(&net->slots, crowd.holder[0]); /* granted to the first waiter, */
    slots_release(&net->slots, crowd.waiter[0]); /* which closes without taking it */
    assert_ptr_equal(run_queue_pop(&net->queue), crowd.waiter[0]);
    assert_ptr_equal(run_queue_pop(&net->queue), crowd.waiter[1]);
    assert_true(slots_take(&net->slots, crowd.waiter[1]));
    assert_int_equal(net_stats(net).slots_taken, 2);
    disperse(net, &crowd);
}

static void test_waiter_may_leave_the_queue(void **state)
{
    struct net *net = *state;
    struct crowd crowd = gather(net);
    slots_release(&net->slots, crowd.waiter[0]);
    assert_int_equal(net_stats(net).slots_waiting, 1);
    slots_release(&net->slots, crowd.holder[1]);
    assert_ptr_equal(run_queue_pop(&net->queue), crowd.waiter[1]);
    assert_null(run_queue_pop(&net->queue));
    disperse(net, &crowd);
}

/* ---- a turn ---- */

/* A session that waits for a slot, and is granted one before its connection has parked.
 */
struct waiting {
    struct conn *conn;
    unsigned runs;
    bool waits;
};

static unsigned waiting_want(const void *self)
{
    const struct waiting *waiting = self;
    return waiting->waits ? PGW_WANT_WAIT : PGW_WANT_WORK;
}

static void waiting_run(void *self)
{
    struct waiting *waiting = self;
    waiting->runs++;
    waiting->waits = !slots_take(&waiting->conn->net->slots, waiting->conn);
    if (waiting->waits)
        loop_wake(waiting->conn->net, conn_handle_of(waiting->conn), CONN_SLOT);
}

static void waiting_idle(void *self)
{
    (void)self;
}

/* The news may come with the last step of a turn: the next turn still has it. */
static void test_news_outlive_the_turn(void **state)
{
    static const struct session_ops ops = {
        .want = waiting_want, .run = waiting_run, .idle = waiting_idle};
    struct net *net = *state;
    struct conn *holder[2] = {take(net), take(net)};
    struct waiting waiting = {.conn = take(net)};
    waiting.conn->session = (struct session){&ops, &waiting};
    for (size_t i = 0; i < 2; i++)
        assert_true(slots_take(&net->slots, holder[i]));
    net->options.yield_steps = 2; /* run, park */
    serve(waiting.conn);
    assert_int_equal(waiting.runs, 1);
    assert_ptr_equal(run_queue_pop(&net->queue), waiting.conn);
    serve(waiting.conn);
    assert_int_equal(waiting.runs, 2);
    while (run_queue_pop(&net->queue))
        ;
    slots_release(&net->slots, waiting.conn);
    for (size_t i = 0; i < 2; i++)
        slots_release(&net->slots, holder[i]);
}

/* ---- deadlines ---- */

static void test_deadlines_come_in_order(void **state)
{
    enum { COUNT = 500 };
    struct net *net = *state;
    struct conn *all[COUNT];
    assert_true(deadlines_reserve(&net->deadlines, COUNT));
    for (size_t i = 0; i < COUNT; i++) {
        all[i] = take(net);
        assert_false(
            deadlines_set(&net->deadlines, all[i], 1 + i * 7919 % 1009)); /* awake */
    }
    for (size_t i = 0; i < COUNT; i += 3)
        deadlines_remove(&net->deadlines, all[i]);
    uint64_t last = 0;
    size_t popped = 0;
    while (deadlines_sleep(&net->deadlines) != UINT64_MAX) {
        uint64_t next = deadlines_sleep(&net->deadlines);
        assert_true(next >= last);
        last = next;
        assert_int_equal(deadlines_pop(&net->deadlines, next - 1), 0);
        conn_handle handle = deadlines_pop(&net->deadlines, next);
        size_t index = registry_find(&net->registry, handle)->index;
        assert_int_equal(1 + index * 7919 % 1009, next);
        assert_int_not_equal(index % 3, 0);
        popped++;
    }
    assert_int_equal(popped, COUNT - (COUNT + 2) / 3);
    for (size_t i = 0; i < COUNT; i++)
        registry_put(&net->registry, all[i]);
}

static void test_deadline_wakes_only_for_earlier(void **state)
{
    struct net *net = *state;
    struct conn *conn = take(net), *other = take(net);
    assert_true(deadlines_reserve(&net->deadlines, 2));
    assert_false(deadlines_set(&net->deadlines, conn, 100)); /* awake: it will look */
    assert_int_equal(deadlines_sleep(&net->deadlines), 100);
    assert_false(deadlines_set(&net->deadlines, conn, 200)); /* looks at 100 anyway */
    assert_false(deadlines_set(&net->deadlines, other, 150));
    assert_true(deadlines_set(&net->deadlines, other, 50));
    assert_false(deadlines_set(&net->deadlines, conn, 40)); /* it has been told */
    assert_int_equal(deadlines_sleep(&net->deadlines), 40);
    deadlines_remove(&net->deadlines, conn);
    deadlines_remove(&net->deadlines, other);
    registry_put(&net->registry, conn);
    registry_put(&net->registry, other);
}

/* ---- the race ---- */

enum { WAKES = 200000 };

struct race {
    struct net *net;
    struct conn *conn;
    conn_handle handle;
};

static void *wake_often(void *self)
{
    struct race *race = self;
    for (int i = 0; i < WAKES; i++)
        loop_wake(race->net, race->handle, CONN_INTERRUPT);
    loop_wake(race->net, race->handle, CONN_ENDING);
    return NULL;
}

/* However parks and wake-ups interleave, the last one gets through, and the connection
 * never stands in the queue twice. */
static void test_no_wake_is_lost(void **state)
{
    struct net *net = *state;
    struct conn *conn = take(net);
    struct race race = {net, conn, conn_handle_of(conn)};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_often, &race), 0);
    bool ended = false, parked = false;
    while (!ended) {
        if (!parked && conn_park(conn)) {
            parked = true;
            continue;
        }
        if (parked) {
            struct conn *popped = run_queue_pop(&net->queue);
            if (!popped)
                continue;
            assert_ptr_equal(popped, conn);
            parked = false;
        }
        ended = conn->reasons & CONN_ENDING;
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_null(run_queue_pop(&net->queue));
    registry_put(&net->registry, conn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wake_parked_once),
        TEST(test_wake_while_owned_prevents_parking),
        TEST(test_yield_keeps_reasons),
        TEST(test_stale_handle_finds_nothing),
        TEST(test_registry_is_full),
        TEST(test_registry_crowd),
        TEST(test_registry_strange_pids),
        TEST(test_queue_is_fifo),
        TEST(test_slot_is_handed_over_in_order),
        TEST(test_slot_of_one_that_left_passes_on),
        TEST(test_waiter_may_leave_the_queue),
        TEST(test_news_outlive_the_turn),
        TEST(test_deadlines_come_in_order),
        TEST(test_deadline_wakes_only_for_earlier),
        TEST(test_no_wake_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
