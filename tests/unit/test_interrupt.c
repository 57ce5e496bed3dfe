/* test_interrupt.c - interrupts: which statement they meet, and what a session in
 * memory then says. */
#include "unit.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include <pgwire/session.h>

#include "core/buf.h"
#include "core/running.h"

/* ---- the word ---- */

struct race {
    struct running running;
    atomic_bool over;
    atomic_uint number;            /* of the statement that runs; 0 = none */
    unsigned meant, acted, astray; /* the interrupting thread's */
};

static void act(void *self)
{
    struct race *race = self;
    unsigned before = atomic_load(&race->number);
    sched_yield(); /* the statement waits for this */
    race->astray += before == 0 || atomic_load(&race->number) != before;
    race->acted++;
}

static void *interrupt_all(void *self)
{
    struct race *race = self;
    while (!atomic_load(&race->over)) {
        uint64_t statement = 0;
        race->meant += running_interrupt(&race->running, 1, &statement, act, race);
    }
    return NULL;
}

/* What is done to end a statement is over before the statement is. */
static void test_act_stays_within_its_statement(void **state)
{
    struct race race = {0};
    unsigned marked = 0;
    pthread_t thread;
    (void)state;
    assert_true(running_init(&race.running));
    assert_int_equal(pthread_create(&thread, NULL, interrupt_all, &race), 0);
    for (unsigned i = 1; marked < 1000; i++) {
        atomic_store(&race.number, i);
        running_begin(&race.running);
        sched_yield();
        marked += running_reason(&race.running) == 1;
        running_end(&race.running);
        atomic_store(&race.number, 0);
        assert_int_equal(running_reason(&race.running), 0);
    }
    atomic_store(&race.over, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(race.acted, race.meant);
    assert_int_equal(race.astray, 0);
    running_free(&race.running);
}

static void count(void *self)
{
    ++*(unsigned *)self;
}

static void test_word(void **state)
{
    struct running running;
    uint64_t first = 0, second = 0;
    unsigned acts = 0;
    (void)state;
    assert_true(running_init(&running));
    assert_false(running_interrupt(&running, 1, &first, count, &acts));
    running_begin(&running);
    assert_true(running_interrupt(&running, 1, &first, count, &acts));
    assert_true(running_interrupt(&running, 2, &second, count, &acts));
    assert_int_equal(running_reason(&running), 1); /* the first reason stays */
    assert_int_equal(first, second);
    assert_true(running_disturb(&running, count, &acts));
    assert_int_equal(acts, 3);
    running_end(&running);
    running_begin(&running);
    assert_false(running_interrupt(&running, 1, &first, count, &acts));
    assert_int_equal(running_reason(&running), 0);
    assert_int_equal(acts, 3);
    running_end(&running);
    assert_false(running_disturb(&running, count, &acts));
    running_free(&running);
}

/* ---- a session in memory ---- */

struct host {
    pgw_session *session;
    enum pgw_interrupt during; /* comes while a query is served */
    unsigned heard, failed;
    uint8_t said[256]; /* types of the messages after the greeting */
    size_t said_len;
    char sqlstate[6], severity[8];
};

static enum pgw_status open_session(void *ctx, pgw_session *session, void **state,
                                    struct pgw_error *err)
{
    (void)session;
    (void)err;
    *state = ctx;
    return PGW_OK;
}

static void hear(void *state)
{
    ((struct host *)state)->heard++;
}

/* As an engine does: it says so in its own words. */
static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    const struct host *host = state;
    uint64_t statement = 0;
    (void)sql;
    (void)reply;
    assert_true(pgw_session_interrupt(session, host->during, &statement));
    return pgw_fail(err, "57014", "Interrupted!");
}

/* A prepared statement is a COPY. */
static enum pgw_status parse(void *state, pgw_session *session,
                             const struct pgw_parse *parse, void **statement,
                             struct pgw_error *err)
{
    (void)session;
    (void)err;
    *parse->sql = (struct pgw_slice){"", 0};
    *statement = state;
    return PGW_OK;
}

static void describe(void *statement, struct pgw_description *out)
{
    (void)statement;
    *out = (struct pgw_description){0};
}

static enum pgw_status bind(void *statement, pgw_session *session,
                            const struct pgw_bind *bind, void **portal,
                            struct pgw_error *err)
{
    (void)session;
    (void)bind;
    (void)err;
    *portal = statement;
    return PGW_OK;
}

static enum pgw_status execute(void *portal, pgw_session *session,
                               struct pgw_reply *reply, struct pgw_error *err)
{
    (void)session;
    (void)err;
    reply->kind = PGW_REPLY_COPY_IN;
    reply->copy = portal;
    return PGW_OK;
}

static enum pgw_status copy_data(void *copy, struct pgw_slice data,
                                 struct pgw_error *err)
{
    (void)copy;
    (void)data;
    (void)err;
    return PGW_OK;
}

static enum pgw_status copy_done(void *copy, struct pgw_reply *reply,
                                 struct pgw_error *err)
{
    (void)copy;
    (void)reply;
    (void)err;
    return PGW_OK;
}

static void copy_fail(void *copy, struct pgw_slice reason)
{
    assert_true(reason.len > 0);
    ((struct host *)copy)->failed++;
}

static const struct pgw_startup_ops startup_ops = {.open = open_session};
static const struct pgw_simple_ops simple_ops = {.query = query};
static const struct pgw_extended_ops extended_ops = {
    .parse = parse, .describe = describe, .bind = bind, .execute = execute};
static const struct pgw_copy_ops copy_ops = {
    .data = copy_data, .done = copy_done, .fail = copy_fail};
static const struct pgw_cancel_ops cancel_ops = {.interrupt = hear};
static const struct pgw_handlers handlers = {.startup = &startup_ops,
                                             .simple = &simple_ops,
                                             .extended = &extended_ops,
                                             .copy = &copy_ops,
                                             .cancel = &cancel_ops};

static void read_error(struct host *host, const uint8_t *field)
{
    for (; *field; field += strlen((const char *)field) + 1) {
        const char *value = (const char *)field + 1;
        if (*field == 'C')
            memcpy(host->sqlstate, value, strlen(value) + 1);
        if (*field == 'V')
            memcpy(host->severity, value, strlen(value) + 1);
    }
}

static void take_output(struct host *host, struct buf *output)
{
    while (buf_len(output) >= 5) {
        const uint8_t *at = buf_data(output);
        size_t size = 1 + ((size_t)at[3] << 8 | at[4]);
        assert_true(buf_len(output) >= size && host->said_len < sizeof host->said);
        host->said[host->said_len++] = at[0];
        if (at[0] == 'E')
            read_error(host, at + 5);
        buf_consume(output, size);
    }
}

/* Serve until it wants more, or has closed: then false. */
static bool serve(struct host *host)
{
    struct buf output = {0};
    struct iovec iov;
    unsigned want;
    while (!((want = pgw_session_want(host->session)) &
             (PGW_WANT_CLOSE | PGW_WANT_RECV))) {
        if (want & PGW_WANT_WORK) {
            pgw_session_run(host->session);
        } else {
            assert_int_equal(pgw_session_send_iov(host->session, &iov, 1), 1);
            assert_true(buf_append(&output, iov.iov_base, iov.iov_len));
            pgw_session_send_ack(host->session, iov.iov_len);
        }
    }
    take_output(host, &output);
    assert_int_equal(buf_len(&output), 0);
    buf_free(&output);
    return !(want & PGW_WANT_CLOSE);
}

/* A message: its type, 0 for none, and its body with the final NUL. */
static bool tell(struct host *host, char type, const void *body, size_t len)
{
    size_t room, size = len + 4 + (type != 0);
    uint8_t *to = pgw_session_recv_buf(host->session, &room);
    assert_true(to && room >= size);
    if (type)
        *to++ = (uint8_t)type;
    const uint8_t length[4] = {0, 0, 0, (uint8_t)(len + 4)};
    memcpy(to, length, 4);
    memcpy(to + 4, body, len);
    pgw_session_recv_ack(host->session, size);
    host->said_len = 0;
    return serve(host);
}

static void start(struct host *host, enum pgw_interrupt during)
{
    static const char startup[] = "\0\3\0\0user\0x\0";
    *host = (struct host){.during = during};
    host->session = pgw_session_new(&handlers, host, NULL);
    assert_non_null(host->session);
    assert_true(tell(host, 0, startup, sizeof startup));
}

static void assert_said(const struct host *host, const char *types)
{
    assert_int_equal(host->said_len, strlen(types));
    assert_memory_equal(host->said, types, host->said_len);
}

static void test_cancel_in_words_of_postgres(void **state)
{
    struct host host;
    (void)state;
    start(&host, PGW_INTERRUPT_CANCEL);
    assert_true(tell(&host, 'Q', "x", 2));
    assert_said(&host, "EZ");
    assert_string_equal(host.sqlstate, "57014");
    assert_string_equal(host.severity, "ERROR");
    assert_int_equal(host.heard, 1);
    pgw_session_free(host.session);
}

/* The engine's error about it is none of the client's business. */
static void test_shutdown_is_the_only_word(void **state)
{
    struct host host;
    (void)state;
    start(&host, PGW_INTERRUPT_SHUTDOWN);
    assert_false(tell(&host, 'Q', "x", 2));
    assert_said(&host, "E");
    assert_string_equal(host.sqlstate, "57P01");
    assert_string_equal(host.severity, "FATAL");
    pgw_session_free(host.session);
}

/* Who copies hears that no more will come. */
static void test_cancel_of_a_copy(void **state)
{
    (void)state;
    for (const char *next = "dc"; *next; next++) {
        struct host host;
        uint64_t statement = 0;
        start(&host, PGW_INTERRUPT_NONE);
        assert_true(tell(&host, 'P', "\0copy\0\0", 8));
        assert_true(tell(&host, 'B', "\0\0\0\0\0\0\0", 8));
        assert_true(tell(&host, 'E', "\0\0\0\0", 5));
        assert_said(&host, "12G");
        assert_true(
            pgw_session_interrupt(host.session, PGW_INTERRUPT_CANCEL, &statement));
        assert_true(tell(&host, *next, "", 0));
        assert_said(&host, "E");
        assert_string_equal(host.sqlstate, "57014");
        assert_int_equal(host.failed, 1);
        pgw_session_free(host.session);
        assert_int_equal(host.failed, 1);
    }
}

UNIT_MAIN(cmocka_unit_test(test_word),
          cmocka_unit_test(test_act_stays_within_its_statement),
          cmocka_unit_test(test_cancel_in_words_of_postgres),
          cmocka_unit_test(test_shutdown_is_the_only_word),
          cmocka_unit_test(test_cancel_of_a_copy))
