/* test_notify.c - when a session tells its client of notifications, and how many may
 * wait. */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include <pgwire/session.h>

#include "../lib/drive.h"
#include "../lib/messages.h"

static const struct pgw_slice channel = {"c", 1};

/* "begin" and "commit" change the status, everything else is done at once. */
static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    (void)state;
    (void)err;
    if (strncmp(sql->data, "begin", 5) == 0)
        pgw_session_set_transaction(session, 'T');
    if (strncmp(sql->data, "commit", 6) == 0)
        pgw_session_set_transaction(session, 'I');
    reply->tag = "DONE";
    *sql = (struct pgw_slice){"", 0};
    return PGW_OK;
}

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
    (void)portal;
    (void)session;
    (void)err;
    reply->tag = "DONE";
    return PGW_OK;
}

struct listener {
    struct drive drive;
    pgw_session *session;
    atomic_uint woken;
};

static void wake(void *host)
{
    atomic_fetch_add(&((struct listener *)host)->woken, 1);
}

static void send(struct listener *listener, char type, const char *body, size_t len)
{
    uint8_t message[64] = {(uint8_t)type, 0, 0, 0, (uint8_t)(len + 4)};
    memcpy(message + 5, body, len);
    assert_true(drive_feed(&listener->drive, message, 5 + len));
    assert_true(drive_serve(&listener->drive));
}

static void start(struct listener *listener, bool authenticated)
{
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_extended_ops extended = {
        .parse = parse, .bind = bind, .execute = execute};
    static const struct pgw_handlers handlers = {.simple = &simple,
                                                 .extended = &extended};
    static const struct pgw_host host = {.wake = wake};
    static const char startup[] = "\0\0\0\x10\0\3\0\0user\0x\0";
    const struct pgw_session_options options = {.host = &host, .host_self = listener};
    *listener =
        (struct listener){.session = pgw_session_new(&handlers, NULL, &options)};
    assert_non_null(listener->session);
    listener->drive.session = (struct session){&pg_session_ops, listener->session};
    if (authenticated)
        assert_true(drive_feed(&listener->drive, startup, sizeof startup));
}

static enum pgw_status notify(struct listener *listener, const char *payload)
{
    struct pgw_error err;
    return pgw_session_notify(listener->session, 7, channel,
                              (struct pgw_slice){payload, strlen(payload)}, &err);
}

/* The types of what was said since the last time. */
static void assert_said(struct listener *listener, const char *types)
{
    char said[64] = "";
    size_t len = 0;
    struct buf *answer = &listener->drive.answer;
    assert_true(drive_serve(&listener->drive));
    struct messages messages = messages_of(buf_data(answer), buf_len(answer));
    messages.greeted = true;
    for (struct message message; messages_next(&messages, &message);)
        if (len + 1 < sizeof said)
            said[len++] = message.type;
    assert_null(messages.broken);
    assert_string_equal(said, types);
    buf_consume(answer, buf_len(answer));
}

static void forget(struct listener *listener)
{
    assert_true(drive_serve(&listener->drive));
    buf_consume(&listener->drive.answer, buf_len(&listener->drive.answer));
}

/* ---- when ---- */

static void test_idle(void **state)
{
    struct listener listener;
    static const char expected[] = "A\0\0\0\x10\0\0\0\7c\0hello\0";
    (void)state;
    start(&listener, true);
    forget(&listener);
    assert_int_equal(pgw_session_want(listener.session), PGW_WANT_RECV);
    assert_int_equal(notify(&listener, "hello"), PGW_OK);
    assert_int_equal(listener.woken, 1);
    assert_true(pgw_session_want(listener.session) & PGW_WANT_WORK);
    assert_int_equal(pgw_session_notify_bytes(listener.session), sizeof expected - 1);
    assert_true(drive_serve(&listener.drive));
    assert_int_equal(buf_len(&listener.drive.answer), sizeof expected - 1);
    assert_memory_equal(buf_data(&listener.drive.answer), expected,
                        sizeof expected - 1);
    assert_int_equal(pgw_session_notify_bytes(listener.session), 0);
    drive_free(&listener.drive);
}

static void test_before_start(void **state)
{
    struct listener listener;
    static const char startup[] = "\0\0\0\x10\0\3\0\0user\0x\0";
    (void)state;
    start(&listener, false);
    assert_int_equal(notify(&listener, "early"), PGW_OK);
    assert_true(drive_serve(&listener.drive));
    assert_int_equal(buf_len(&listener.drive.answer), 0);
    assert_true(drive_feed(&listener.drive, startup, sizeof startup));
    const struct buf *answer = &listener.drive.answer;
    static const char ready[] = "Z\0\0\0\5I";
    assert_memory_equal(buf_data(answer) + buf_len(answer) - 6, ready, 6);
    assert_int_equal(pgw_session_notify_bytes(listener.session), 0);
    drive_free(&listener.drive);
}

static void test_transaction(void **state)
{
    struct listener listener;
    (void)state;
    start(&listener, true);
    send(&listener, 'Q', "begin", 6);
    forget(&listener);
    assert_int_equal(notify(&listener, "1"), PGW_OK);
    assert_int_equal(notify(&listener, "2"), PGW_OK);
    assert_int_equal(pgw_session_want(listener.session), PGW_WANT_RECV);
    send(&listener, 'Q', "other", 6);
    assert_said(&listener, "CZ");
    send(&listener, 'Q', "commit", 7);
    assert_said(&listener, "CAAZ");
    drive_free(&listener.drive);
}

/* Nothing is told from the first message of an extended query to its Sync; but Close
 * begins no transaction. */
static void test_batch(void **state)
{
    static const struct {
        char type;
        const char *body;
        size_t len;
        const char *said; /* after the message and a notification */
    } steps[] = {
        {'C', "Sx", 3, "3A"}, {'P', "\0select\0\0", 10, ""},
        {'H', "", 0, "1"},    {'S', "", 0, "AAZA"},
        {'S', "", 0, "ZA"},
    };
    struct listener listener;
    (void)state;
    start(&listener, true);
    forget(&listener);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        send(&listener, steps[i].type, steps[i].body, steps[i].len);
        assert_int_equal(notify(&listener, "x"), PGW_OK);
        assert_said(&listener, steps[i].said);
    }
    drive_free(&listener.drive);
}

/* ---- how many ---- */

static void test_bounds(void **state)
{
    static char large[8001];
    struct listener listener;
    struct pgw_error err;
    size_t count = 0;
    (void)state;
    start(&listener, true);
    send(&listener, 'Q', "begin", 6);
    memset(large, 'x', sizeof large - 1);
    assert_int_equal(pgw_session_notify(listener.session, 7, channel,
                                        (struct pgw_slice){"a\0b", 3}, &err),
                     PGW_ERROR);
    assert_string_equal(err.sqlstate, "22023");
    while (notify(&listener, large) == PGW_OK)
        count++;
    assert_int_equal(count, PGW_NOTIFY_BYTES / (sizeof large - 1 + 12));
    assert_int_equal(pgw_session_notify(listener.session, 7, channel,
                                        (struct pgw_slice){large, 8000}, &err),
                     PGW_ERROR);
    assert_string_equal(err.sqlstate, "54000");
    send(&listener, 'Q', "commit", 7);
    assert_int_equal(pgw_session_notify_bytes(listener.session), 0);
    assert_int_equal(notify(&listener, large), PGW_OK);
    drive_free(&listener.drive); /* with one that was not told */
}

/* What a client that does not read is told stays below the high-water mark. */
static void test_slow_reader(void **state)
{
    static char large[8001];
    struct listener listener;
    (void)state;
    start(&listener, true);
    memset(large, 'x', sizeof large - 1);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(notify(&listener, large), PGW_OK);
        while (pgw_session_want(listener.session) & PGW_WANT_WORK)
            pgw_session_run(listener.session);
    }
    assert_true(pgw_session_notify_bytes(listener.session) > 80 * (sizeof large - 1));
    assert_true(drive_serve(&listener.drive));
    assert_int_equal(pgw_session_notify_bytes(listener.session), 0);
    drive_free(&listener.drive);
}

/* ---- threads ---- */

enum { THREADS = 4, EACH = 2000 };

struct sender {
    struct listener *listener;
    uint32_t number;
};

static void *send_all(void *self)
{
    const struct sender *sender = self;
    struct pgw_error err;
    char text[16];
    for (int i = 0; i < EACH; i++) {
        int len = snprintf(text, sizeof text, "%d", i);
        if (pgw_session_notify(sender->listener->session, sender->number, channel,
                               (struct pgw_slice){text, (size_t)len}, &err) != PGW_OK)
            return self;
    }
    return NULL;
}

static unsigned next_of(const struct message *message, unsigned heard[THREADS])
{
    char expected[16];
    assert_int_equal(message->type, 'A');
    unsigned sender = message->body[3];
    assert_true(sender < THREADS);
    (void)snprintf(expected, sizeof expected, "%u", heard[sender]);
    assert_string_equal((const char *)message->body + 6, expected);
    heard[sender]++;
    return 1;
}

/* Every thread's arrive, in its order, while the session tells them. */
static void test_threads(void **state)
{
    struct listener listener;
    struct sender senders[THREADS];
    pthread_t threads[THREADS];
    unsigned heard[THREADS] = {0}, count = 0;
    (void)state;
    start(&listener, true);
    forget(&listener);
    for (unsigned i = 0; i < THREADS; i++) {
        senders[i] = (struct sender){&listener, i};
        assert_int_equal(pthread_create(&threads[i], NULL, send_all, &senders[i]), 0);
    }
    while (count < THREADS * EACH) {
        struct buf *answer = &listener.drive.answer;
        assert_true(drive_serve(&listener.drive));
        struct messages messages = messages_of(buf_data(answer), buf_len(answer));
        messages.greeted = true;
        for (struct message message; messages_next(&messages, &message);)
            count += next_of(&message, heard);
        assert_null(messages.broken);
        buf_consume(answer, buf_len(answer));
    }
    for (unsigned i = 0; i < THREADS; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    drive_free(&listener.drive);
}

UNIT_MAIN(cmocka_unit_test(test_idle), cmocka_unit_test(test_before_start),
          cmocka_unit_test(test_transaction), cmocka_unit_test(test_batch),
          cmocka_unit_test(test_bounds), cmocka_unit_test(test_slow_reader),
          cmocka_unit_test(test_threads))
