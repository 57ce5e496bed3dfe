/* test_idle_memory.c - what a session holds while its client is silent.
 *
 * Its blocks are counted, its buffers with them; the connection beside it is the loop's
 * (sizeof (struct conn)). 20,000 idle clients at 8 KB each are 160 MB. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "../lib/allocations.h"
#include "../lib/starve.h"
#include "../lib/wire.h"
#include "http/http_session.h"
#include "net/conn.h"

enum { IDLE_MAX = 8192, DATABASE_MAX = 64 << 10, BIG = 3 << 20 };

struct fixture {
    struct wire wire;
    struct drive drive;
};

/* The session is freed: what then is less was its own, the rest is the database's. */
static void assert_idle(struct fixture *fixture, const char *what)
{
    struct session *session = &fixture->drive.session;
    assert_false(fixture->drive.closed);
    allocations_exempt(true);
    buf_free(&fixture->drive.answer);
    allocations_exempt(false);
    assert_int_equal(session->ops->want(session->self), PGW_WANT_RECV);
    session->ops->idle(session->self);
    size_t with = allocations_bytes();
    drive_free(&fixture->drive);
    size_t bytes = with - allocations_bytes() + sizeof(struct conn);
    print_message("%s: %zu bytes, %zu of them the connection's\n", what, bytes,
                  sizeof(struct conn));
    assert_in_range(bytes, 1, IDLE_MAX);
    assert_in_range(allocations_bytes(), 1, DATABASE_MAX);
}

static void say(struct fixture *fixture, const void *data, size_t len)
{
    assert_true(drive_feed(&fixture->drive, data, len));
}

static void put(struct buf *out, char type, const void *body, size_t len)
{
    const uint32_t size = (uint32_t)len + 4;
    const uint8_t head[] = {(uint8_t)type, (uint8_t)(size >> 24), (uint8_t)(size >> 16),
                            (uint8_t)(size >> 8), (uint8_t)size};
    assert_true(buf_append(out, head, sizeof head) && buf_append(out, body, len));
}

static void say_query(struct fixture *fixture, const char *sql)
{
    struct buf out = {0};
    put(&out, 'Q', sql, strlen(sql) + 1);
    say(fixture, buf_data(&out), buf_len(&out));
    buf_free(&out);
}

static int open_session(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){0};
    *state = &fixture;
    wire_open(&fixture.wire);
    fixture.drive.session = wire_connect(&fixture.wire);
    say(&fixture, starve_opening_pg.data, starve_opening_pg.len);
    return 0;
}

static int close_session(void **state)
{
    struct fixture *fixture = *state;
    drive_free(&fixture->drive);
    wire_close(&fixture->wire);
    assert_int_equal(allocations_blocks(), 0);
    return 0;
}

static void test_fresh(void **state)
{
    assert_idle(*state, "a new session");
}

static void test_used(void **state)
{
    static const char *const statements[] = {"select 1 as a",
                                             "selec",
                                             "set timezone to 'Asia/Kathmandu'",
                                             "set application_name to 'somebody'",
                                             "begin; select 1 as a; commit",
                                             "select 1 / 0 as a",
                                             "begin",
                                             "nonsense",
                                             "rollback",
                                             "reset all"};
    for (size_t i = 0; i < ARRAY_LEN(statements); i++)
        say_query(*state, statements[i]);
    assert_idle(*state, "a used session");
}

static void test_many_rows(void **state)
{
    say_query(*state, "select a, a as b from generate_series(1, 200000) t(a)");
    assert_idle(*state, "after many rows");
}

static void put_big(struct buf *out)
{
    char *text = malloc(BIG);
    assert_non_null(text);
    memset(text, 'x', BIG);
    assert_true(buf_append(out, text, BIG));
    free(text);
}

static void test_long_query(void **state)
{
    struct buf sql = {0}, out = {0};
    assert_true(buf_append(&sql, "select '", 8));
    put_big(&sql);
    assert_true(buf_append(&sql, "' as a", 7));
    put(&out, 'Q', buf_data(&sql), buf_len(&sql));
    say(*state, buf_data(&out), buf_len(&out));
    buf_free(&sql);
    buf_free(&out);
    assert_idle(*state, "after a long query");
}

static void test_long_parameter(void **state)
{
    static const char parse[] = "\0select $1::text as a\0\0";
    static const uint8_t one_value[] = {
        0, 0, 0, 0, 0, 1, 0, (BIG >> 16) & 0xff, (BIG >> 8) & 0xff, BIG & 0xff};
    struct buf bind = {0}, out = {0};
    assert_true(buf_append(&bind, one_value, sizeof one_value));
    put_big(&bind);
    assert_true(buf_append(&bind, "\0", 2)); /* all columns as text */
    put(&out, 'P', parse, sizeof parse);
    put(&out, 'B', buf_data(&bind), buf_len(&bind));
    put(&out, 'E', "\0\0\0\0", 5);
    put(&out, 'S', "", 0);
    say(*state, buf_data(&out), buf_len(&out));
    buf_free(&bind);
    buf_free(&out);
    struct fixture *fixture = *state;
    assert_true(buf_len(&fixture->drive.answer) > BIG); /* it came back */
    assert_idle(*state, "after a long parameter");
}

/* ---- HTTP ---- */

static void test_http(void **state)
{
    static const char body[] = "{\"sql\": \"select 1 as a, 'x' as b\"}";
    static const struct session_peer peer = {.address = "127.0.0.1",
                                             .is_loopback = true};
    struct fixture *fixture = *state;
    struct http_front front;
    char request[256];
    assert_true(http_front_init(&front, &fixture->wire.database, NULL));
    drive_free(&fixture->drive);
    fixture->drive.session =
        (struct session){&http_session_ops, http_session_new(&front, &peer)};
    (void)snprintf(request, sizeof request,
                   "POST /v1/query HTTP/1.1\r\nHost: localhost\r\n"
                   "Content-Length: %zu\r\n\r\n%s",
                   strlen(body), body);
    for (int i = 0; i < 3; i++)
        say(fixture, request, strlen(request));
    assert_idle(fixture, "over HTTP");
    http_front_free(&front);
}

#define SESSION_TEST(test)                                                             \
    cmocka_unit_test_setup_teardown(test, open_session, close_session)

UNIT_MAIN(SESSION_TEST(test_fresh), SESSION_TEST(test_used),
          SESSION_TEST(test_many_rows), SESSION_TEST(test_long_query),
          SESSION_TEST(test_long_parameter), SESSION_TEST(test_http))
