/* test_limits.c - who counts for which limit, the lobby's order, and lines of the log.
 */
#include "unit.h"

#include "core/log_rate.h"
#include "net/loop.h"
#include "server/limits.h"

static const struct limit two_users[] = {{"etl", 2}, {NULL, 1}};
static const struct limit one_database[] = {{"main", 3}};

static void begin(struct limits *limits, unsigned places, unsigned reserved)
{
    const struct limit_list users = {two_users, 2}, databases = {one_database, 1};
    assert_true(limits_init(limits));
    assert_true(limits_set(limits, &users, &databases, places, reserved));
}

static bool enter(struct limits *limits, const char *user, bool is_admin,
                  struct limit_ticket *ticket, const char *refusal)
{
    struct error err;
    bool done = limits_enter(limits, user, "main", is_admin, ticket, &err);
    if (!done) {
        assert_string_equal(err.sqlstate, "53300");
        assert_string_equal(err.message, refusal);
        assert_null(ticket->limits); /* nothing is held */
    }
    return done;
}

static void test_users_and_databases(void **state)
{
    struct limits limits;
    struct limit_ticket tickets[5];
    (void)state;
    begin(&limits, 0, 0);
    assert_true(enter(&limits, "ann", false, &tickets[0], ""));
    assert_false(enter(&limits, "ann", false, &tickets[1],
                       "too many connections for role \"ann\""));
    assert_true(enter(&limits, "etl", false, &tickets[1], ""));
    assert_true(enter(&limits, "etl", false, &tickets[2], ""));
    assert_false(enter(&limits, "bob", false, &tickets[3],
                       "too many connections for database \"main\""));
    assert_true(enter(&limits, "ann", true, &tickets[3], "")); /* as an admin */
    limits_leave(&tickets[0]);
    limits_leave(&tickets[0]); /* again: nothing */
    assert_false(enter(&limits, "ann", false, &tickets[4],
                       "too many connections for role \"ann\"")); /* the admin's */
    for (size_t i = 1; i < 4; i++)
        limits_leave(&tickets[i]);
    assert_int_equal(limits.sessions, 0);
    assert_int_equal(limits.user_counts.count, 0);
    assert_int_equal(limits.database_counts.count, 0);
    limits_free(&limits);
}

static void test_reserved(void **state)
{
    static const struct limit_list none = {NULL, 0};
    struct limits limits;
    struct limit_ticket tickets[3];
    (void)state;
    begin(&limits, 0, 0);
    assert_true(limits_set(&limits, &none, &none, 3, 1));
    assert_true(enter(&limits, "a", false, &tickets[0], ""));
    assert_true(enter(&limits, "a", false, &tickets[1], ""));
    assert_false(enter(&limits, "a", false, &tickets[2],
                       "remaining connection slots are reserved for non-replication "
                       "superuser connections"));
    assert_true(enter(&limits, "a", true, &tickets[2], ""));
    for (size_t i = 0; i < 3; i++)
        limits_leave(&tickets[i]);
    limits_free(&limits);
}

/* ---- the lobby ---- */

static int set_up(void **state)
{
    struct error err;
    const struct net_options options = {.slots = 1, .max_all = 64, .max_strangers = 8};
    *state = net_new(&options, &err);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    net_free(*state);
    return 0;
}

static void test_lobby(void **state)
{
    enum { STRANGERS = 8, AT_ONCE = 64 };
    struct net *net = *state;
    struct lobby *lobby = &net->lobby;
    struct conn *conns[STRANGERS];
    conn_handle told[AT_ONCE];
    bool awaited;
    for (size_t i = 0; i < STRANGERS; i++) {
        assert_true(lobby_has_room(lobby));
        conns[i] = registry_take(&net->registry);
        lobby_enter(lobby, conns[i], 1000 + i);
    }
    assert_false(lobby_has_room(lobby)); /* from now on somebody waits */
    assert_int_equal(lobby_next_us(lobby), 1000 + LOBBY_LEAST_US);
    assert_int_equal(lobby_overdue(lobby, 1000 + LOBBY_LEAST_US - 1, told, AT_ONCE), 0);
    /* Two have to go for the eighth part to be free, the oldest first, each once. */
    assert_int_equal(lobby_overdue(lobby, 9999 + LOBBY_LEAST_US, told, AT_ONCE), 2);
    assert_int_equal(told[0], conn_handle_of(conns[0]));
    assert_int_equal(lobby_overdue(lobby, 9999 + LOBBY_LEAST_US, told, AT_ONCE), 0);
    assert_int_equal(lobby_next_us(lobby), 0);
    assert_false(lobby_pass(lobby, conns[1], &awaited)); /* too late */
    lobby_leave(lobby, conns[0], &awaited);
    assert_false(awaited);
    assert_true(lobby_pass(lobby, conns[7], &awaited));
    assert_true(awaited);
    assert_true(lobby_has_room(lobby));
    for (size_t i = 1; i < STRANGERS - 1; i++)
        lobby_leave(lobby, conns[i], &awaited);
    assert_int_equal(lobby->count, 0);
    assert_int_equal(lobby->told, 0);
    assert_null(lobby->oldest);
    assert_null(lobby->newest);
    for (size_t i = 0; i < STRANGERS; i++)
        (void)registry_put(&net->registry, conns[i]);
}

/* ---- the log ---- */

static void test_log_rate(void **state)
{
    struct log_rate rate = {0};
    unsigned missed, logged = 0;
    (void)state;
    for (unsigned i = 0; i < 100; i++)
        logged += log_rate_allows(&rate, 5000000 + i, &missed);
    assert_int_equal(logged, LOG_RATE_PER_SECOND);
    assert_true(log_rate_allows(&rate, 6000000, &missed));
    assert_int_equal(missed, 100 - LOG_RATE_PER_SECOND);
    assert_true(log_rate_allows(&rate, 6000001, &missed));
    assert_int_equal(missed, 0);
}

UNIT_MAIN(cmocka_unit_test(test_users_and_databases), cmocka_unit_test(test_reserved),
          cmocka_unit_test_setup_teardown(test_lobby, set_up, tear_down),
          cmocka_unit_test(test_log_rate))
