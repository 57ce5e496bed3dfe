/* Limits: what rates are, whose they are, and that all of them hold at once. */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "core/siphash.h"
#include "limit/limit.h"

static const uint64_t second = 1000000000;
/* No clock begins at nothing. */
static const uint64_t start = UINT64_C(5000000000);

/* The vectors of the paper, appendix A, and of its reference implementation. */
static void test_siphash(void **state)
{
    const uint64_t key[2] = {UINT64_C(0x0706050403020100),
                             UINT64_C(0x0f0e0d0c0b0a0908)};
    const char data[] = "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16";
    (void)state;
    assert_true(siphash(key, (struct slice){data, 15}) == UINT64_C(0xa129ca6149be45e5));
    assert_true(siphash(key, (struct slice){data, 0}) == UINT64_C(0x726fdb47dd0e0e31));
    assert_true(siphash(key, (struct slice){data, 8}) == UINT64_C(0x93f5f5799a932462));
}

/* ---- rates ---- */

static void test_burst_then_rate(void **state)
{
    const struct gcra rate = gcra_of(10, second, 5);
    uint64_t arrival = 0;
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_true(gcra_take(&rate, 1, start, &arrival).taken);
    const struct gcra_verdict refused = gcra_take(&rate, 1, start, &arrival);
    assert_false(refused.taken);
    assert_int_equal(refused.wait_ns, second / 10);
    assert_false(gcra_take(&rate, 1, start + second / 10 - 1, &arrival).taken);
    assert_true(gcra_take(&rate, 1, start + second / 10, &arrival).taken);
    assert_int_equal(gcra_remaining(&rate, 0), 5);
    assert_int_equal(gcra_remaining(&rate, second / 10), 4);
    assert_int_equal(gcra_remaining(&rate, second), 0);
}

static void test_weights(void **state)
{
    const struct gcra rate = gcra_of(10, second, 5);
    uint64_t arrival = 0;
    (void)state;
    const struct gcra_verdict never = gcra_take(&rate, 6, start, &arrival);
    assert_false(never.taken);
    assert_true(never.wait_ns == UINT64_MAX);
    assert_true(gcra_take(&rate, 4, start, &arrival).taken);
    assert_int_equal(gcra_take(&rate, 3, start, &arrival).wait_ns, second / 5);
    gcra_give_back(&rate, 4, &arrival);
    assert_true(gcra_take(&rate, 5, start, &arrival).taken);
}

/* What is known afterwards may exceed a burst; nothing is left until it has come back.
 */
static void test_charges(void **state)
{
    const struct gcra rate = gcra_of(1000, second, 1000);
    uint64_t arrival = 0;
    (void)state;
    assert_true(gcra_take(&rate, 0, start, &arrival).taken);
    gcra_charge(&rate, 5000, start, &arrival);
    assert_int_equal(gcra_take(&rate, 0, start, &arrival).wait_ns, 4 * second);
    assert_true(gcra_take(&rate, 0, start + 4 * second, &arrival).taken);
    gcra_charge(&rate, UINT64_MAX, start, &arrival);
    gcra_charge(&rate, UINT64_MAX, start, &arrival);
    assert_true(arrival - start == GCRA_TIME_MAX);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Against a bucket of tokens that is filled in exact arithmetic, in units of 1/period.
 */
static void test_is_a_token_bucket(void **state)
{
    static const struct {
        uint64_t tokens, period, burst;
    } rates[] = {
        {8, 1 << 20, 8}, {1, 1 << 10, 3}, {1 << 16, 1 << 16, 1 << 12}, {4, 1 << 12, 1}};
    uint64_t random = 88172645463325252;
    (void)state;
    for (size_t r = 0; r < ARRAY_LEN(rates); r++) {
        const struct gcra rate =
            gcra_of(rates[r].tokens, rates[r].period, rates[r].burst);
        const uint64_t full = rates[r].burst * rates[r].period;
        uint64_t now = start, arrival = 0, bucket = full;
        for (int i = 0; i < 20000; i++) {
            uint64_t step = next_random(&random) % (rates[r].period / 2);
            uint64_t wanted = next_random(&random) % (rates[r].burst + 1);
            now += step;
            bucket += step * rates[r].tokens;
            bucket = bucket < full ? bucket : full;
            bool fits = wanted * rates[r].period <= bucket;
            assert_int_equal(gcra_take(&rate, wanted, now, &arrival).taken, fits);
            bucket -= fits ? wanted * rates[r].period : 0;
        }
    }
}

/* ---- keys ---- */

static void test_keys_are_apart(void **state)
{
    const struct gcra rate = gcra_of(1, second, 1);
    struct key_table *table = key_table_new(1000);
    (void)state;
    assert_non_null(table);
    for (uint64_t key = 1; key <= 1000; key++)
        assert_true(
            key_table_take(table, key * UINT64_C(0x9e3779b97f4a7c15), &rate, 1, start)
                .taken);
    for (uint64_t key = 1; key <= 1000; key++)
        assert_false(
            key_table_take(table, key * UINT64_C(0x9e3779b97f4a7c15), &rate, 1, start)
                .taken);
    assert_int_equal(key_table_stats(table).displaced, 0);
    key_table_free(table);
}

/* Any number of keys may come one after the other: those that do not count make room.
 */
static void test_old_keys_make_room(void **state)
{
    const struct gcra rate = gcra_of(1, second, 1);
    struct key_table *table = key_table_new(100);
    uint64_t random = 1;
    (void)state;
    assert_non_null(table);
    for (uint64_t i = 0; i < 100000; i++)
        assert_true(key_table_take(table, next_random(&random), &rate, 1,
                                   start + i * second / 50)
                        .taken);
    assert_int_equal(key_table_stats(table).displaced, 0);
    key_table_free(table);
}

/* More than there is room for at once: the one that would be free first is forgotten,
 * and those with long waits stay. */
static void test_displaces_the_nearest(void **state)
{
    const struct gcra rate = gcra_of(1, second, 100);
    struct key_table *table = key_table_new(100);
    uint64_t random = 1;
    (void)state;
    assert_non_null(table);
    const uint64_t greedy = next_random(&random);
    assert_true(key_table_take(table, greedy, &rate, 100, start).taken);
    for (int i = 0; i < 100000; i++)
        assert_true(key_table_take(table, next_random(&random), &rate, 1, start).taken);
    assert_true(key_table_stats(table).displaced > 90000);
    assert_int_equal(key_table_take(table, greedy, &rate, 1, start).wait_ns, second);
    key_table_free(table);
}

enum { THREADS = 4, ROUNDS = 20000, SHARED_KEYS = 64 };

struct taker {
    struct key_table *table;
    const struct gcra *rate;
    _Atomic unsigned *taken;
};

static void *take_often(void *self)
{
    const struct taker *taker = self;
    for (unsigned i = 0; i < ROUNDS; i++) {
        /* all in one set, so that some are in their other one */
        uint64_t key = (uint64_t)(i % SHARED_KEYS + 1) << 20;
        if (key_table_take(taker->table, key, taker->rate, 1, start).taken)
            atomic_fetch_add(&taker->taken[i % SHARED_KEYS], 1);
    }
    return NULL;
}

/* Together they get what one would. */
static void test_threads(void **state)
{
    const struct gcra rate = gcra_of(1, second, 100);
    _Atomic unsigned taken[SHARED_KEYS] = {0};
    struct taker taker = {key_table_new(10000), &rate, taken};
    pthread_t threads[THREADS];
    (void)state;
    assert_non_null(taker.table);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_often, &taker), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < SHARED_KEYS; i++)
        assert_int_equal(taken[i], 100);
    assert_int_equal(key_table_stats(taker.table).displaced, 0);
    key_table_free(taker.table);
}

/* ---- rules ---- */

static void test_rules(void **state)
{
    static const struct {
        const char *text;
        enum limit_scope scope;
        enum limit_unit unit;
        const char *name;
        uint64_t tokens, period, burst;
    } rows[] = {
        {"user 100/s", LIMIT_USER, LIMIT_STATEMENTS, "", 100, 1, 100},
        {"  global   5k/min  burst  1k ", LIMIT_GLOBAL, LIMIT_STATEMENTS, "", 5000, 60,
         1000},
        {"user alice 7/h", LIMIT_USER, LIMIT_STATEMENTS, "alice", 7, 3600, 7},
        {"user rows 2M/10min", LIMIT_USER, LIMIT_ROWS, "", 2000000, 600, 2000000},
        {"user \"rows\" bytes 1G/d burst 3", LIMIT_USER, LIMIT_BYTES, "rows",
         1000000000, 86400, 3},
        {"database main engine-ms 60000/min", LIMIT_DATABASE, LIMIT_ENGINE_MS, "main",
         60000, 60, 60000},
        {"api-key statements 1/s", LIMIT_API_KEY, LIMIT_STATEMENTS, "", 1, 1, 1},
        {"address 20/s burst 40", LIMIT_ADDRESS, LIMIT_STATEMENTS, "", 20, 1, 40},
        {"user \"a b/c\" 1/s", LIMIT_USER, LIMIT_STATEMENTS, "a b/c", 1, 1, 1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct limit_rule rule;
        struct error err;
        if (!limit_rule_parse(slice_of(rows[i].text), &arena, &rule, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        assert_int_equal(rule.scope, rows[i].scope);
        assert_int_equal(rule.unit, rows[i].unit);
        assert_slice(rule.name, rows[i].name);
        assert_int_equal(rule.tokens, rows[i].tokens);
        assert_int_equal(rule.period_ns, rows[i].period * second);
        assert_int_equal(rule.burst, rows[i].burst);
        arena_free(&arena);
    }
}

static void test_malformed_rules(void **state)
{
    static const char *const texts[] = {
        "",
        "user",
        "users 1/s",
        "\"user\" 1/s",
        "user 0/s",
        "user 1",
        "user 1/",
        "user /s",
        "user 1/x",
        "user 1/0s",
        "user 1/400d",
        "user 1K/s",
        "user 1/s burst",
        "user 1/s burst 0",
        "user 1/s bursts 1",
        "user 1/s burst 1 2",
        "user a b 1/s",
        "user rows rows 1/s",
        "user rows a 1/s",
        "global all 1/s",
        "address 10.0.0.1 1/s",
        "user 99999999999999999999/s",
        "user 9007199254740993/s",
        "user 9007199254740G/s",
        "user -1/s",
        "user 1/s 2/s",
        "user \"a 1/s",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct arena arena = {0};
        struct limit_rule rule;
        struct error err;
        if (limit_rule_parse(slice_of(texts[i]), &arena, &rule, &err))
            fail_msg("taken: %s", texts[i]);
        assert_string_equal(err.sqlstate, "22023");
        arena_free(&arena);
    }
}

/* ---- all at once ---- */

static void load(struct limiter *limiter, const char *const *texts, size_t count)
{
    struct slice rules[8];
    struct error err;
    for (size_t i = 0; i < count; i++)
        rules[i] = slice_of(texts[i]);
    if (!limiter_load(limiter, rules, count, &err))
        fail_msg("%s", err.message);
}

#define LOAD(limiter, ...)                                                             \
    load(limiter, (const char *const[]){__VA_ARGS__},                                  \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static struct limit_identity who(const struct limiter *limiter, const char *user,
                                 const uint8_t *address)
{
    struct limit_identity identity;
    const struct limit_subject subject = {
        .database = SLICE("main"), .user = slice_of(user), .address = address};
    limit_identify(limiter, &subject, &identity);
    return identity;
}

static struct limit_verdict ask(struct limiter *limiter,
                                struct limit_identity *identity, uint64_t weight,
                                uint64_t now)
{
    struct limit_verdict verdict;
    limit_admit(limiter, identity, weight, now, &verdict);
    return verdict;
}

static void test_no_rules(void **state)
{
    struct limiter limiter;
    (void)state;
    assert_true(limiter_init(&limiter, 100));
    struct limit_identity alice = who(&limiter, "alice", NULL);
    const struct limit_verdict verdict = ask(&limiter, &alice, 1, start);
    assert_true(verdict.admitted);
    assert_int_equal(verdict.scope, LIMIT_SCOPES);
    limit_forget(&alice);
    limiter_free(&limiter);
}

/* What one refuses is taken from none. */
static void test_all_or_nothing(void **state)
{
    struct limiter limiter;
    (void)state;
    assert_true(limiter_init(&limiter, 100));
    LOAD(&limiter, "global 10/s", "user 2/s", "user carol 4/min");
    struct limit_identity alice = who(&limiter, "alice", NULL),
                          bob = who(&limiter, "bob", NULL),
                          carol = who(&limiter, "carol", NULL);
    assert_true(ask(&limiter, &alice, 2, start).admitted);
    for (int i = 0; i < 100; i++) {
        const struct limit_verdict refused = ask(&limiter, &alice, 1, start);
        assert_false(refused.admitted);
        assert_int_equal(refused.scope, LIMIT_USER);
        assert_int_equal(refused.wait_ns, second / 2);
        assert_int_equal(refused.remaining, 0);
        assert_int_equal(refused.reset_ns, second);
    }
    assert_true(ask(&limiter, &bob, 2, start).admitted);
    const struct limit_verdict own = ask(&limiter, &carol, 4, start);
    assert_true(own.admitted);
    assert_int_equal(own.tokens, 4);
    assert_int_equal(own.period_ns, 60 * second);
    const struct limit_verdict later = ask(&limiter, &carol, 1, start);
    assert_int_equal(later.wait_ns, 15 * second);
    /* two of the ten are left, and come as the rate of all allows */
    struct limit_identity dave = who(&limiter, "dave", NULL),
                          erin = who(&limiter, "erin", NULL);
    assert_true(ask(&limiter, &dave, 2, start).admitted);
    const struct limit_verdict all = ask(&limiter, &erin, 1, start);
    assert_int_equal(all.scope, LIMIT_GLOBAL);
    assert_int_equal(all.wait_ns, second / 10);
    assert_true(ask(&limiter, &erin, 1, start + second / 10).admitted);
    struct limit_identity *const identities[] = {&alice, &bob, &carol, &dave, &erin};
    for (size_t i = 0; i < ARRAY_LEN(identities); i++)
        limit_forget(identities[i]);
    limiter_free(&limiter);
}

static void test_costs(void **state)
{
    struct limiter limiter;
    (void)state;
    assert_true(limiter_init(&limiter, 100));
    LOAD(&limiter, "user rows 1000/s", "user bytes 1M/s");
    struct limit_identity alice = who(&limiter, "alice", NULL);
    assert_true(ask(&limiter, &alice, 1, start).admitted);
    limit_charge(&limiter, &alice, LIMIT_ROWS, 3000, start);
    limit_charge(&limiter, &alice, LIMIT_BYTES, 10, start);
    limit_charge(&limiter, &alice, LIMIT_ENGINE_MS, 1 << 30, start);
    const struct limit_verdict verdict = ask(&limiter, &alice, 1, start);
    assert_false(verdict.admitted);
    assert_int_equal(verdict.unit, LIMIT_ROWS);
    assert_int_equal(verdict.wait_ns, 2 * second);
    assert_true(ask(&limiter, &alice, 1, start + 2 * second).admitted);
    limit_forget(&alice);
    limiter_free(&limiter);
}

/* IPv6 goes by the network, IPv4 by the address. */
static void test_addresses(void **state)
{
    static const uint8_t addresses[][16] = {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 1},
                                            {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 2},
                                            {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 2, 1},
                                            {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1},
                                            {[10] = 0xff, [11] = 0xff, 192, 0, 2, 2}};
    static const bool admitted[] = {true, false, true, true, true};
    struct limiter limiter;
    (void)state;
    assert_true(limiter_init(&limiter, 100));
    LOAD(&limiter, "address 1/s");
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        struct limit_identity somebody = who(&limiter, "x", addresses[i]);
        assert_int_equal(ask(&limiter, &somebody, 1, start).admitted, admitted[i]);
        limit_forget(&somebody);
    }
    struct limit_identity nowhere = who(&limiter, "x", NULL);
    assert_int_equal(ask(&limiter, &nowhere, 1, start).scope, LIMIT_SCOPES);
    limit_forget(&nowhere);
    limiter_free(&limiter);
}

/* What has been used is remembered, and rules that are wrong change nothing. */
static void test_reload(void **state)
{
    struct limiter limiter;
    struct error err;
    (void)state;
    assert_true(limiter_init(&limiter, 100));
    LOAD(&limiter, "user 1/s");
    struct limit_identity alice = who(&limiter, "alice", NULL);
    assert_true(ask(&limiter, &alice, 1, start).admitted);
    const struct slice wrong[] = {SLICE("user 5/s"), SLICE("user 6/min")};
    assert_false(limiter_load(&limiter, wrong, 2, &err));
    assert_string_equal(err.sqlstate, "22023");
    assert_false(ask(&limiter, &alice, 1, start).admitted);
    LOAD(&limiter, "user 1/s burst 3");
    assert_int_equal(ask(&limiter, &alice, 1, start).remaining, 1);
    assert_true(limiter_load(&limiter, NULL, 0, &err));
    assert_true(ask(&limiter, &alice, 100, start).admitted);
    limit_forget(&alice);
    limiter_free(&limiter);
}

UNIT_MAIN(cmocka_unit_test(test_siphash), cmocka_unit_test(test_burst_then_rate),
          cmocka_unit_test(test_weights), cmocka_unit_test(test_charges),
          cmocka_unit_test(test_is_a_token_bucket),
          cmocka_unit_test(test_keys_are_apart),
          cmocka_unit_test(test_old_keys_make_room),
          cmocka_unit_test(test_displaces_the_nearest), cmocka_unit_test(test_threads),
          cmocka_unit_test(test_rules), cmocka_unit_test(test_malformed_rules),
          cmocka_unit_test(test_no_rules), cmocka_unit_test(test_all_or_nothing),
          cmocka_unit_test(test_costs), cmocka_unit_test(test_addresses),
          cmocka_unit_test(test_reload))
