/* test_alloc_http.c - requests over HTTP, refused memory at every place.
 *
 * Until memory is refused the answers are those of a session that has it. Then an
 * answer says 53200, or breaks off with the connection, where no client takes it for a
 * whole. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "../lib/starve.h"
#include "../lib/wire.h"
#include "http/http_session.h"

/* ---- answers ---- */

struct response {
    int status;
    bool whole; /* with all of its body */
    struct buf body;
};

static const char *end_of_line(const char *at, const char *end)
{
    const char *found = at < end ? memmem(at, (size_t)(end - at), "\r\n", 2) : NULL;
    return found ? found + 2 : NULL;
}

/* Of a head: NULL, it has no end. */
static const char *read_head(const char *at, const char *end, struct response *out,
                             long *length)
{
    *length = -1; /* chunked */
    out->status = end - at > 12 ? (int)strtol(at + 9, NULL, 10) : 0;
    for (const char *line = at; (at = end_of_line(line, end)); line = at) {
        if (at - line == 2)
            return at;
        if (strncmp(line, "Content-Length: ", 16) == 0)
            *length = strtol(line + 16, NULL, 10);
    }
    return NULL;
}

/* What has come of `wanted` bytes; false: not all. */
static bool read_part(const char **at, const char *end, size_t wanted, struct buf *out)
{
    size_t left = (size_t)(end - *at), len = wanted < left ? wanted : left;
    if (len > 0)
        assert_true(buf_append(out, *at, len));
    *at += len;
    return len == wanted;
}

static bool read_chunks(const char **at, const char *end, struct buf *out)
{
    const char *data;
    while ((data = end_of_line(*at, end))) {
        size_t size = strtoul(*at, NULL, 16);
        *at = data;
        if (!read_part(at, end, size, out) || end - *at < 2)
            return false;
        *at += 2;
        if (size == 0)
            return true;
    }
    return false;
}

/* False: there is none left. */
static bool next_response(const char **at, const char *end, struct response *out)
{
    long length;
    *out = (struct response){0};
    if (*at == end)
        return false;
    const char *body = read_head(*at, end, out, &length);
    *at = body ? body : end;
    if (body)
        out->whole = length < 0 ? read_chunks(at, end, &out->body)
                                : read_part(at, end, (size_t)length, &out->body);
    if (!out->whole)
        *at = end;
    return true;
}

/* ---- judging ---- */

static bool contains(const struct buf *buf, const char *text)
{
    return buf_len(buf) > 0 &&
           memmem(buf_data(buf), buf_len(buf), text, strlen(text)) != NULL;
}

/* But for the time it took. */
static size_t steady_part(const struct buf *body)
{
    static const char key[] = "\"elapsed_ms\":";
    const uint8_t *found = memmem(buf_data(body), buf_len(body), key, sizeof key - 1);
    return found ? (size_t)(found - buf_data(body)) : buf_len(body);
}

static bool agree(const struct response *whole, const struct response *got)
{
    size_t len = steady_part(&whole->body), len_got = steady_part(&got->body);
    bool is_part = got->whole ? len_got == len : len_got <= buf_len(&whole->body);
    size_t same = len_got < len ? len_got : len;
    return whole->status == got->status && is_part &&
           (same == 0 ||
            memcmp(buf_data(&whole->body), buf_data(&got->body), same) == 0);
}

static bool is_refusal(const struct response *got)
{
    return got->whole && (got->status == 507 || got->status == 503) &&
           contains(&got->body, "\"sqlstate\":\"53200\"");
}

static const char *judge(const struct outcome *whole, const struct outcome *got)
{
    const char *a = (const char *)buf_data(&whole->answer);
    const char *b = (const char *)buf_data(&got->answer);
    const char *a_end = a + buf_len(&whole->answer), *b_end = b + buf_len(&got->answer);
    const char *fault = NULL;
    bool refused = false; /* what follows may depend on it */
    struct response expected, response;
    while (!fault && next_response(&b, b_end, &response)) {
        bool is_due = next_response(&a, a_end, &expected);
        refused = refused || is_refusal(&response);
        if (!is_due)
            fault = "more answers than requests";
        else if (!response.whole && !got->closed)
            fault = "an answer breaks off, the connection does not";
        else if (!refused && response.status && !agree(&expected, &response))
            fault = "another answer";
        buf_free(&response.body);
        buf_free(&expected.body);
    }
    bool is_short = a != a_end;
    if (!fault && is_short && !got->closed)
        fault = "a request goes without an answer";
    return fault;
}

static bool is_answer(const struct buf *probe)
{
    struct response response;
    const char *at = (const char *)buf_data(probe);
    bool found = next_response(&at, at + buf_len(probe), &response) && response.whole &&
                 contains(&response.body, "\"rows\":[[1]]");
    buf_free(&response.body);
    return found;
}

/* ---- conversations ---- */

struct server {
    struct wire wire;
    struct http_front front;
};

static struct session connect_http(void *self)
{
    static const struct session_peer peer = {.address = "127.0.0.1",
                                             .is_loopback = true};
    struct server *server = self;
    return (struct session){&http_session_ops, http_session_new(&server->front, &peer)};
}

static void open_server(void *self)
{
    struct server *server = self;
    wire_open(&server->wire);
    assert_true(http_front_init(&server->front, &server->wire.database, NULL));
}

static void close_server(void *self)
{
    struct server *server = self;
    http_front_free(&server->front);
    wire_close(&server->wire);
}

/* A body, or "GET path". */
static void put_request(struct buf *out, const char *text)
{
    char head[128] = "";
    bool is_get = strncmp(text, "GET ", 4) == 0;
    if (is_get)
        (void)snprintf(head, sizeof head, "%s HTTP/1.1\r\nHost: localhost\r\n\r\n",
                       text);
    else
        (void)snprintf(head, sizeof head,
                       "POST /v1/query HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Length: %zu\r\n\r\n",
                       strlen(text));
    assert_true(buf_append(out, head, strlen(head)));
    if (!is_get)
        assert_true(buf_append(out, text, strlen(text)));
}

static const char *const conversations[][4] = {
    {"GET /health", "GET /nothing"},
    {"{\"sql\": \"select 1 as a, 'x' as b, null as c\"}",
     "{\"sql\": \"select 2 as a\"}"},
    {"{\"sql\": \"select i from generate_series(1, 20) t(i)\"}"},
    {"{\"sql\": \"select $1::int8 as a, $2::text as b, $3::bool as c, $4::float8 as "
     "d\", "
     "\"params\": [1, \"two\", true, 4.5]}",
     "{\"sql\": \"select $1::text as a\", \"params\": [null]}"},
    {"{\"sql\": \"create table t (a int)\"}", "{\"sql\": \"select * from t\"}",
     "{\"sql\": \"drop table t\"}"},
    {"{\"sql\": \"select 1 / 0 as a\"}", "{\"sql\": \"selec\"}",
     "{\"sql\": ", "{\"sql\": \"select 1; select 2\"}"},
    {"{\"sql\": \"begin\"}", "{\"sql\": \"show timezone\"}", "{\"sql\": 1}",
     "{\"sql\": \"select $1 as a\", \"params\": [[]]}"},
};

static void test_conversations(void **state)
{
    struct buf probe = {0};
    (void)state;
    put_request(&probe, "{\"sql\": \"select 1 as a\"}");
    for (size_t i = 0; i < ARRAY_LEN(conversations); i++) {
        struct buf input = {0};
        struct server server;
        for (size_t j = 0; j < ARRAY_LEN(conversations[i]) && conversations[i][j]; j++)
            put_request(&input, conversations[i][j]);
        const struct starving starving = {
            .open = open_server,
            .close = close_server,
            .connect = connect_http,
            .judge = judge,
            .is_answer = is_answer,
            .ctx = &server,
            .input = {(const char *)buf_data(&input), buf_len(&input)},
            .probe = {(const char *)buf_data(&probe), buf_len(&probe)}};
        struct starved all = starve(&starving);
        assert_int_equal(all.faults, 0);
        assert_true(all.tries > 10);
        buf_free(&input);
    }
    buf_free(&probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_conversations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
