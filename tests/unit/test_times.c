/* test_times.c - a session's times, its admission and its end, under a clock of ours.
 *
 * The host notes what it is asked for; time passes when a test says so, and a deadline
 * that has come interrupts the session as the loop's watchdog would. */
#include "unit.h"

#include <pgwire/session.h>

enum { OUTPUT_BYTES = 4096 };

struct world {
    pgw_session *session;
    uint64_t now_us, due_us; /* 0 = nothing was asked for */
    enum pgw_interrupt reason;
    unsigned asked;      /* how often */
    bool no_slot;        /* there is none */
    bool interrupted;    /* the handler was told to end */
    uint32_t takes_ms;   /* the statement */
    char transaction;    /* … leaves this status */
    const char *refusal; /* of who logs in, */
    bool refuses_late;   /* but only once it is who it says */
    uint8_t output[OUTPUT_BYTES];
    size_t output_len;
    char sqlstate[6], severity[8], message[128], detail[128];
};

/* ---- the host ---- */

static void note_deadline(void *self, uint64_t at_us, enum pgw_interrupt reason)
{
    struct world *world = self;
    world->due_us = at_us;
    world->reason = reason;
    world->asked++;
}

static uint64_t now_us(void *self)
{
    return ((struct world *)self)->now_us;
}

static bool block_begin(void *self)
{
    return !((struct world *)self)->no_slot;
}

static const char *admit(void *self, bool keep)
{
    const struct world *world = self;
    return world->refuses_late && !keep ? NULL : world->refusal;
}

static const struct pgw_host host = {.deadline = note_deadline,
                                     .now_us = now_us,
                                     .block_begin = block_begin,
                                     .admit = admit};

static void pass(struct world *world, uint32_t ms)
{
    uint64_t statement = 0;
    world->now_us += (uint64_t)ms * 1000;
    if (!world->due_us || world->due_us > world->now_us)
        return;
    world->due_us = 0;
    (void)pgw_session_interrupt(world->session, world->reason, &statement);
}

/* ---- the handlers ---- */

static enum pgw_status open_session(void *ctx, pgw_session *session, void **state,
                                    struct pgw_error *err)
{
    (void)session;
    (void)err;
    *state = ctx;
    return PGW_OK;
}

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    struct world *world = state;
    if (pgw_block_begin(session) == PGW_WAIT)
        return PGW_WAIT;
    world->interrupted = false;
    pass(world, world->takes_ms);
    if (world->interrupted)
        return pgw_fail(err, "57014", "Interrupted!");
    pgw_session_set_transaction(session, world->transaction);
    sql->data += sql->len;
    sql->len = 0;
    reply->tag = "DONE";
    return PGW_OK;
}

static void interrupt(void *state)
{
    ((struct world *)state)->interrupted = true;
}

static const struct pgw_startup_ops startup_ops = {.open = open_session};
static const struct pgw_simple_ops simple_ops = {.query = query};
static const struct pgw_cancel_ops cancel_ops = {.interrupt = interrupt};
static const struct pgw_handlers handlers = {
    .startup = &startup_ops, .simple = &simple_ops, .cancel = &cancel_ops};

/* ---- driving it ---- */

static void take_output(struct world *world)
{
    struct iovec iov;
    while (pgw_session_send_iov(world->session, &iov, 1) == 1) {
        assert_true(world->output_len + iov.iov_len <= OUTPUT_BYTES);
        memcpy(world->output + world->output_len, iov.iov_base, iov.iov_len);
        world->output_len += iov.iov_len;
        pgw_session_send_ack(world->session, iov.iov_len);
    }
}

static void keep_field(struct world *world, char type, const char *value)
{
    const struct {
        char type;
        char *to;
        size_t size;
    } fields[] = {{'C', world->sqlstate, sizeof world->sqlstate},
                  {'V', world->severity, sizeof world->severity},
                  {'M', world->message, sizeof world->message},
                  {'D', world->detail, sizeof world->detail}};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (fields[i].type == type && strlen(value) < fields[i].size)
            memcpy(fields[i].to, value, strlen(value) + 1);
    }
}

/* The type of the last message; the fields of the last error. */
static char read_output(struct world *world)
{
    char last = 0;
    for (size_t at = 0; at < world->output_len;) {
        const uint8_t *message = world->output + at;
        last = (char)message[0];
        const char *field = (const char *)message + 5;
        for (; last == 'E' && *field; field += strlen(field) + 1)
            keep_field(world, *field, field + 1);
        at += 1 + ((size_t)message[3] << 8 | message[4]);
    }
    world->output_len = 0;
    return last;
}

/* Until it waits for something: what it wants. */
static unsigned serve(struct world *world)
{
    unsigned want;
    while ((want = pgw_session_want(world->session)) &
           (PGW_WANT_WORK | PGW_WANT_SEND)) {
        if (want & PGW_WANT_WORK)
            pgw_session_run(world->session);
        take_output(world);
    }
    return want;
}

static unsigned tell(struct world *world, char type, const char *body, size_t len)
{
    size_t room, head = type ? 5 : 4;
    uint8_t *to = pgw_session_recv_buf(world->session, &room);
    assert_true(to && room >= len + head);
    if (type)
        *to++ = (uint8_t)type;
    const uint8_t size[4] = {0, 0, 0, (uint8_t)(len + 4)};
    memcpy(to, size, sizeof size);
    memcpy(to + 4, body, len);
    pgw_session_recv_ack(world->session, len + head);
    return serve(world);
}

static unsigned ask(struct world *world, uint32_t takes_ms, char leaves)
{
    world->takes_ms = takes_ms;
    world->transaction = leaves;
    return tell(world, 'Q', "x", 2);
}

static unsigned log_in(struct world *world)
{
    static const char packet[] = "\0\3\0\0user\0u\0";
    return tell(world, 0, packet, sizeof packet);
}

static void begin(struct world *world)
{
    const struct pgw_session_options options = {
        .host = &host, .host_self = world, .login_timeout_ms = 50};
    world->now_us = 1000;
    world->session = pgw_session_new(&handlers, world, &options);
    assert_non_null(world->session);
}

static void begin_logged_in(struct world *world)
{
    begin(world);
    assert_int_equal(log_in(world), PGW_WANT_RECV);
    assert_int_equal(read_output(world), 'Z');
    assert_int_equal(world->due_us, 0);
}

static void assert_error(struct world *world, const char *severity,
                         const char *sqlstate, const char *message)
{
    (void)read_output(world);
    assert_string_equal(world->severity, severity);
    assert_string_equal(world->sqlstate, sqlstate);
    assert_string_equal(world->message, message);
}

static void end(struct world *world)
{
    pgw_session_free(world->session);
}

/* ---- times ---- */

static void test_login(void **state)
{
    struct world world = {0};
    (void)state;
    begin(&world);
    assert_int_equal(world.reason, PGW_INTERRUPT_LOGIN_TIMEOUT);
    pass(&world, 50);
    assert_int_equal(serve(&world), PGW_WANT_CLOSE);
    assert_int_equal(world.output_len, 0); /* PostgreSQL says nothing either */
    end(&world);
}

static void test_statement(void **state)
{
    struct world world = {0};
    (void)state;
    begin_logged_in(&world);
    pgw_session_set_statement_timeout(world.session, 10);
    (void)ask(&world, 9, 'I');
    assert_int_equal(read_output(&world), 'Z');
    assert_string_equal(world.sqlstate, "");
    assert_int_equal(ask(&world, 10, 'I'), PGW_WANT_RECV);
    assert_error(&world, "ERROR", "57014",
                 "canceling statement due to statement timeout");
    assert_int_equal(world.due_us, 0);
    end(&world);
}

/* A session without time-outs asks its host for nothing. */
static void test_none(void **state)
{
    struct world world = {0};
    (void)state;
    begin_logged_in(&world);
    unsigned before = world.asked;
    (void)ask(&world, 1000, 'T');
    (void)ask(&world, 1000, 'I');
    assert_int_equal(world.asked, before);
    end(&world);
}

static const char transaction_words[] =
    "terminating connection due to transaction timeout";

static void test_transaction(void **state)
{
    static const struct {
        uint32_t runs, pauses, runs_again; /* ms, BEGIN … a pause … a statement */
        bool ends;
    } rows[] = {{99, 0, 0, false},  {100, 0, 0, true},  {0, 99, 0, false},
                {0, 100, 0, true},  {0, 50, 49, false}, {0, 50, 50, true},
                {40, 40, 20, true}, {40, 40, 19, false}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world world = {0};
        begin_logged_in(&world);
        pgw_session_set_transaction_timeout(world.session, 100);
        unsigned want = ask(&world, rows[i].runs, 'T');
        if (want == PGW_WANT_RECV) {
            pass(&world, rows[i].pauses);
            want = serve(&world);
        }
        if (want == PGW_WANT_RECV)
            want = ask(&world, rows[i].runs_again, 'I');
        assert_int_equal(want, rows[i].ends ? PGW_WANT_CLOSE : PGW_WANT_RECV);
        if (rows[i].ends)
            assert_error(&world, "FATAL", "25P04", transaction_words);
        else
            assert_int_equal(world.due_us, 0); /* it has ended */
        end(&world);
    }
}

/* The time of a transaction begins with its first statement, and none with Sync. */
static void test_transactions_in_a_row(void **state)
{
    struct world world = {0};
    (void)state;
    begin_logged_in(&world);
    pgw_session_set_transaction_timeout(world.session, 100);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(ask(&world, 60, 'T'), PGW_WANT_RECV);
        assert_int_equal(ask(&world, 30, 'I'), PGW_WANT_RECV);
        assert_int_equal(ask(&world, 99, 'I'), PGW_WANT_RECV);
        pass(&world, 1000);
        assert_int_equal(serve(&world), PGW_WANT_RECV);
    }
    end(&world);
}

/* The earliest of several decides, and the others stay. */
static void test_several(void **state)
{
    struct world world = {0};
    (void)state;
    begin_logged_in(&world);
    pgw_session_set_transaction_timeout(world.session, 100);
    pgw_session_set_statement_timeout(world.session, 30);
    pgw_session_set_idle_timeouts(world.session, 0, 80);
    (void)ask(&world, 10, 'T');
    assert_int_equal(world.reason, PGW_INTERRUPT_IDLE_TRANSACTION);
    assert_int_equal(world.due_us - world.now_us, 80000);
    pass(&world, 15);
    (void)ask(&world, 30, 'T');
    assert_error(&world, "ERROR", "57014",
                 "canceling statement due to statement timeout");
    assert_int_equal(world.reason, PGW_INTERRUPT_TRANSACTION_TIMEOUT);
    assert_int_equal(world.due_us - world.now_us, 45000);
    pass(&world, 45);
    assert_int_equal(serve(&world), PGW_WANT_CLOSE);
    assert_error(&world, "FATAL", "25P04", transaction_words);
    end(&world);
}

static void test_queue(void **state)
{
    struct world world = {0};
    (void)state;
    begin_logged_in(&world);
    pgw_session_set_queue_timeout(world.session, 20);
    world.no_slot = true;
    assert_true(ask(&world, 0, 'I') & PGW_WANT_WAIT);
    assert_int_equal(world.reason, PGW_INTERRUPT_QUEUE_TIMEOUT);
    pass(&world, 10);
    pgw_session_run(world.session); /* still none: the time goes on */
    assert_int_equal(world.due_us - world.now_us, 10000);
    world.no_slot = false;
    pgw_session_run(world.session);
    assert_int_equal(serve(&world), PGW_WANT_RECV);
    assert_int_equal(world.due_us, 0);
    world.no_slot = true;
    assert_true(ask(&world, 0, 'I') & PGW_WANT_WAIT);
    pass(&world, 20);
    pgw_session_run(world.session);
    assert_int_equal(serve(&world), PGW_WANT_RECV);
    assert_error(&world, "ERROR", "57014", "canceling statement due to queue timeout");
    assert_non_null(strstr(world.detail, "20 ms"));
    end(&world);
}

/* ---- who is let in ---- */

static void test_refused(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct world world = {.refusal = "the house is full", .refuses_late = late};
        begin(&world);
        assert_int_equal(log_in(&world), PGW_WANT_CLOSE);
        assert_error(&world, "FATAL", "53300", "the house is full");
        end(&world);
    }
}

/* ---- drain ---- */

static void drain(struct world *world)
{
    uint64_t statement = 0;
    assert_false(
        pgw_session_interrupt(world->session, PGW_INTERRUPT_DRAIN, &statement));
}

static const char ended[] = "terminating connection due to administrator command";

static void test_drain_idle(void **state)
{
    struct world world = {0};
    (void)state;
    begin_logged_in(&world);
    drain(&world);
    assert_int_equal(serve(&world), PGW_WANT_CLOSE);
    assert_error(&world, "FATAL", "57P01", ended);
    end(&world);
}

/* A transaction block goes on to its end; what is behind it does not begin. */
static void test_drain_in_a_block(void **state)
{
    struct world world = {0};
    (void)state;
    begin_logged_in(&world);
    (void)ask(&world, 0, 'T');
    drain(&world);
    assert_int_equal(serve(&world), PGW_WANT_RECV);
    assert_int_equal(ask(&world, 0, 'T'), PGW_WANT_RECV);
    assert_int_equal(read_output(&world), 'Z');
    assert_int_equal(ask(&world, 0, 'I'), PGW_WANT_CLOSE);
    assert_error(&world, "FATAL", "57P01", ended);
    end(&world);
}

static void test_drain_before_login(void **state)
{
    struct world silent = {0}, late = {0};
    (void)state;
    begin(&silent);
    drain(&silent);
    assert_int_equal(serve(&silent), PGW_WANT_CLOSE);
    assert_int_equal(silent.output_len, 0);
    end(&silent);
    begin(&late);
    size_t room;
    uint8_t *to = pgw_session_recv_buf(late.session, &room);
    memcpy(to, "\0\0\0\x10\0\3\0\0user\0u\0", 16);
    pgw_session_recv_ack(late.session, 16);
    drain(&late);
    assert_int_equal(serve(&late), PGW_WANT_CLOSE);
    assert_error(&late, "FATAL", "57P03", "the database system is shutting down");
    end(&late);
}

UNIT_MAIN(cmocka_unit_test(test_login), cmocka_unit_test(test_statement),
          cmocka_unit_test(test_none), cmocka_unit_test(test_transaction),
          cmocka_unit_test(test_transactions_in_a_row), cmocka_unit_test(test_several),
          cmocka_unit_test(test_queue), cmocka_unit_test(test_refused),
          cmocka_unit_test(test_drain_idle), cmocka_unit_test(test_drain_in_a_block),
          cmocka_unit_test(test_drain_before_login))
