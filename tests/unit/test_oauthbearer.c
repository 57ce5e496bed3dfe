/* test_oauthbearer.c - SASL's OAUTHBEARER: its messages, and whole logins in memory.
 * What PostgreSQL 18 says to the same is in tests/newer. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <pgwire/session.h>

#include "../lib/messages.h"
#include "pgwire/oauthbearer.h"

/* ---- messages ---- */

#define WHOLE(pairs) "n,,\1" pairs "\1"

static const struct {
    const char *message, *auth;     /* auth NULL: it is refused */
    const char *sqlstate, *details; /* a part of the detail */
} messages[] = {
    {WHOLE("auth=Bearer abc\1"), "Bearer abc", NULL, NULL},
    {"y,,\1auth=Bearer abc\1\1", "Bearer abc", NULL, NULL},
    {WHOLE("auth=\1"), "", NULL, NULL},
    {WHOLE("host=h\1port=5432\1auth=x\1"), "x", NULL, NULL},
    {WHOLE("auth=a b\t\r\n~\1other==\1"), "a b\t\r\n~", NULL, NULL},
    {"", NULL, "08P01", "The message is empty."},
    {"p=tls-server-end-point,,\1auth=x\1\1", NULL, "08P01", "does not support channel"},
    {"q,,\1auth=x\1\1", NULL, "08P01", "channel-binding flag \"'q'\""},
    {"\1", NULL, "08P01", "channel-binding flag \"0x01\""},
    {"n", NULL, "08P01", "Comma expected, but found character \"0x00\""},
    {"n;", NULL, "08P01", "Comma expected, but found character \"';'\""},
    {"n,a=root,\1auth=x\1\1", NULL, "0A000", ""},
    {"n,b=root,\1auth=x\1\1", NULL, "08P01", "Unexpected attribute \"'b'\""},
    {"n,,auth=x\1\1", NULL, "08P01", "separator expected, but found character \"'a'\""},
    {"n,,", NULL, "08P01", "separator expected, but found character \"0x00\""},
    {"n,,\1", NULL, "08P01", "did not contain a final terminator"},
    {"n,,\1\1", NULL, "08P01", "does not contain an auth value"},
    {"n,,\1host=x\1\1", NULL, "08P01", "does not contain an auth value"},
    {"n,,\1Auth=x\1\1", NULL, "08P01", "does not contain an auth value"},
    {"n,,\1auth=x", NULL, "08P01", "unterminated key/value pair"},
    {"n,,\1auth=x\1", NULL, "08P01", "did not contain a final terminator"},
    {"n,,\1auth\1\1", NULL, "08P01", "key without a value"},
    {"n,,\1=x\1\1", NULL, "08P01", "empty key name"},
    {"n,,\1au-th=x\1\1", NULL, "08P01", "invalid key name"},
    {"n,,\1auth=\x7f\1\1", NULL, "08P01", "invalid value"},
    {"n,,\1auth=\xc3\xa9\1\1", NULL, "08P01", "invalid value"},
    {"n,,\1x=\2\1auth=y\1\1", NULL, "08P01", "invalid value"},
    {"n,,\1auth=x\1auth=y\1\1", NULL, "08P01", "multiple auth values"},
    {"n,,\1auth=x\1\1z", NULL, "08P01", "additional data"},
    {"n,,\1auth=x\1\1\1", NULL, "08P01", "additional data"},
};

/* A copy without a byte behind it, so that a sanitizer sees who looks there. */
static char *exactly(struct slice text)
{
    char *copy = malloc(text.len ? text.len : 1);
    assert_non_null(copy);
    memcpy(copy, text.data, text.len);
    return copy;
}

static void test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        struct pgw_error err = {0};
        struct slice text = slice_of(messages[i].message), auth;
        char *copy = exactly(text);
        bool is_read = oauthbearer_read((struct slice){copy, text.len}, &auth, &err);
        assert_int_equal(is_read, messages[i].auth != NULL);
        if (is_read) {
            assert_slice(auth, messages[i].auth);
        } else {
            assert_string_equal(err.sqlstate, messages[i].sqlstate);
            assert_non_null(strstr(err.detail, messages[i].details));
        }
        free(copy);
    }
}

static void test_zero_byte(void **state)
{
    struct pgw_error err;
    struct slice auth;
    (void)state;
    assert_false(oauthbearer_read(SLICE("n,,\1auth=x\0\1\1"), &auth, &err));
    assert_string_equal(err.detail, "Message length does not match input length.");
    assert_false(oauthbearer_read_last(SLICE("\1\0"), &err));
    assert_false(oauthbearer_read_last(SLICE(""), &err));
    assert_false(oauthbearer_read_last(SLICE("\1\1"), &err));
    assert_true(oauthbearer_read_last(SLICE("\1"), &err));
}

static const struct {
    const char *auth, *token; /* NULL: there is none */
} tokens[] = {
    {"Bearer abc", "abc"}, {"bEARER   a.b-c_d~e+f/1==", "a.b-c_d~e+f/1=="},
    {"Bearer", NULL},      {"Bearer ", NULL},
    {"Bearer  ", NULL},    {"Bearerabc", NULL},
    {"Basic abc", NULL},   {" Bearer abc", NULL},
    {"Bearer abc ", NULL}, {"Bearer a b", NULL},
    {"Bearer a=b", NULL},  {"Bearer ==", NULL},
    {"Bearer a,b", NULL},  {"Bearer a\"b", NULL},
};

static void test_tokens(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
        struct slice token;
        assert_int_equal(oauthbearer_token(slice_of(tokens[i].auth), &token),
                         tokens[i].token != NULL);
        if (tokens[i].token)
            assert_slice(token, tokens[i].token);
    }
}

static const struct {
    const char *issuer, *scope, *text;
} refusals[] = {
    {"https://issuer", "openid",
     "{ \"status\": \"invalid_token\", \"openid-configuration\": "
     "\"https://issuer/.well-known/openid-configuration\", \"scope\": \"openid\" }"},
    {"https://i/.well-known/oauth-authorization-server/alt", "",
     "{ \"status\": \"invalid_token\", \"openid-configuration\": "
     "\"https://i/.well-known/oauth-authorization-server/alt\", \"scope\": \"\" }"},
    {"a\"\\\n", "b c",
     "{ \"status\": \"invalid_token\", \"openid-configuration\": "
     "\"a\\\"\\\\\\u000a/.well-known/openid-configuration\", \"scope\": \"b c\" }"},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        struct buf text = {0};
        assert_true(oauthbearer_refuse(&text, slice_of(refusals[i].issuer),
                                       slice_of(refusals[i].scope)));
        assert_slice((struct slice){(const char *)buf_data(&text), buf_len(&text)},
                     refusals[i].text);
        buf_free(&text);
    }
}

/* ---- logins ---- */

struct host {
    struct pgw_auth auth;
    unsigned waits, asked;
    const char *identity; /* that was told behind the login; or NULL */
};

static enum pgw_status authenticate(void *ctx, pgw_session *session,
                                    struct pgw_auth *auth, struct pgw_error *err)
{
    const struct host *host = ctx;
    (void)session, (void)err;
    *auth = host->auth;
    return PGW_OK;
}

/* "good:NAME", "mapped:NAME", "bad:NAME"; others are an error. */
static enum pgw_status validate(void *ctx, pgw_session *session, struct pgw_slice token,
                                struct pgw_token_result *result, struct pgw_error *err)
{
    struct host *host = ctx;
    const char *end = memchr(token.data, '.', token.len);
    (void)session;
    host->asked++;
    if (host->waits > 0) {
        host->waits--;
        return PGW_WAIT;
    }
    if (!end)
        return pgw_fail(err, "58000", "the keys are not there");
    size_t kind = (size_t)(end - token.data), len = token.len - kind - 1;
    memcpy(result->identity, end + 1, len);
    result->is_authorized = strncmp(token.data, "bad", 3) != 0;
    result->is_mapped = strncmp(token.data, "mapped", kind) == 0;
    return PGW_OK;
}

static enum pgw_status open_session(void *ctx, pgw_session *session, void **state,
                                    struct pgw_error *err)
{
    struct host *host = ctx;
    (void)state, (void)err;
    host->identity = pgw_session_identity(session);
    return PGW_OK;
}

static const struct pgw_startup_ops startup = {
    .authenticate = authenticate, .open = open_session, .validate_token = validate};
static const struct pgw_startup_ops startup_without = {.authenticate = authenticate};

static void feed(pgw_session *session, const void *bytes, size_t len)
{
    size_t room;
    uint8_t *to = pgw_session_recv_buf(session, &room);
    assert_non_null(to);
    assert_true(room >= len);
    memcpy(to, bytes, len);
    pgw_session_recv_ack(session, len);
}

static void feed_message(pgw_session *session, struct slice body)
{
    const uint8_t head[] = {'p', 0, 0, (uint8_t)((body.len + 4) >> 8),
                            (uint8_t)(body.len + 4)};
    feed(session, head, sizeof head);
    feed(session, body.data, body.len);
}

/* Until it wants to read, or has closed; what waits is woken. */
static void serve(pgw_session *session, struct buf *answer)
{
    unsigned want;
    while (!((want = pgw_session_want(session)) & (PGW_WANT_RECV | PGW_WANT_CLOSE))) {
        struct iovec iov;
        if (want & (PGW_WANT_WORK | PGW_WANT_WAIT)) {
            pgw_session_run(session);
            continue;
        }
        assert_int_equal(pgw_session_send_iov(session, &iov, 1), 1);
        assert_true(buf_append(answer, iov.iov_base, iov.iov_len));
        pgw_session_send_ack(session, iov.iov_len);
    }
}

#define BYTES(literal)                                                                 \
    {                                                                                  \
        literal, sizeof(literal) - 1                                                   \
    }

/* The answers: A an Authentication message, a code behind it; the SQLSTATE of an error;
 * Z when the session is open. */
static const struct login {
    const char *what;
    struct slice sent[3]; /* bodies, to the first that is empty */
    const char *answers, *identity;
    unsigned waits;
} logins[] = {
    {"a good token", {BYTES("n,,\1auth=Bearer good.ada\1\1")}, "A10 A0 Z", "ada", 0},
    {"… after waiting", {BYTES("n,,\1auth=Bearer good.ada\1\1")}, "A10 A0 Z", "ada", 3},
    {"somebody else's",
     {BYTES("n,,\1auth=Bearer good.bob\1\1"), BYTES("\1")},
     "A10 A11 28000",
     NULL,
     0},
    {"nobody's",
     {BYTES("n,,\1auth=Bearer good.\1\1"), BYTES("\1")},
     "A10 A11 28000",
     NULL,
     0},
    {"a mapped one", {BYTES("n,,\1auth=Bearer mapped.bob\1\1")}, "A10 A0 Z", "bob", 1},
    {"a bad one",
     {BYTES("n,,\1auth=Bearer bad.ada\1\1"), BYTES("\1")},
     "A10 A11 28000",
     NULL,
     2},
    {"a bad one, and no last word",
     {BYTES("n,,\1auth=Bearer bad.ada\1\1"), BYTES("x")},
     "A10 A11 08P01",
     NULL,
     0},
    {"a bad one, and a second",
     {BYTES("n,,\1auth=Bearer bad.ada\1\1"), BYTES("n,,\1auth=Bearer good.ada\1\1")},
     "A10 A11 08P01",
     NULL,
     0},
    {"discovery", {BYTES("n,,\1auth=\1\1"), BYTES("\1")}, "A10 A11 28000", NULL, 0},
    {"no token",
     {BYTES("n,,\1auth=Basic x\1\1"), BYTES("\1")},
     "A10 A11 28000",
     NULL,
     0},
    {"the judge fails", {BYTES("n,,\1auth=Bearer x\1\1")}, "A10 58000", NULL, 1},
    {"malformed", {BYTES("n,,\1auth=x\1")}, "A10 08P01", NULL, 0},
};

static void append_answers(char *to, size_t size, const struct buf *answer)
{
    struct messages list = messages_of(buf_data(answer), buf_len(answer));
    struct message message;
    to[0] = '\0';
    while (messages_next(&list, &message)) {
        size_t len = strlen(to);
        const char *space = len > 0 ? " " : "";
        if (message.type == 'R')
            (void)snprintf(to + len, size - len, "%sA%d", space, message.body[3]);
        else if (message.type == 'E')
            (void)snprintf(to + len, size - len, "%s%s", space,
                           message_field(&message, 'C'));
        else if (message.type == 'Z')
            (void)snprintf(to + len, size - len, "%sZ", space);
    }
    assert_null(list.broken);
}

static const uint8_t packet[] = "\0\0\0\x12\0\3\0\0user\0ada\0"; /* and the NUL */

static void choose(pgw_session *session, struct slice message)
{
    static const char name[] = "OAUTHBEARER";
    char body[256];
    size_t len = sizeof name;
    memcpy(body, name, len);
    body[len++] = 0, body[len++] = 0, body[len++] = 0;
    body[len++] = (char)message.len;
    memcpy(body + len, message.data, message.len);
    feed_message(session, (struct slice){body, len + message.len});
}

static void check_login(const struct login *login)
{
    struct host host = {.auth = {.mechanism = PGW_AUTH_OAUTHBEARER,
                                 .issuer = {"https://issuer", 14},
                                 .scope = {"openid", 6},
                                 .allow_clear = true},
                        .waits = login->waits};
    const struct pgw_handlers handlers = {.startup = &startup};
    pgw_session *session = pgw_session_new(&handlers, &host, NULL);
    struct buf answer = {0};
    char answers[64];
    assert_non_null(session);
    feed(session, packet, sizeof packet);
    serve(session, &answer);
    for (size_t i = 0; i < ARRAY_LEN(login->sent) && login->sent[i].len > 0; i++) {
        if (i == 0)
            choose(session, login->sent[i]);
        else
            feed_message(session, login->sent[i]);
        serve(session, &answer);
    }
    append_answers(answers, sizeof answers, &answer);
    assert_string_equal(answers, login->answers);
    if (login->identity)
        assert_string_equal(host.identity, login->identity);
    else
        assert_null(host.identity);
    if (login->waits > 0)
        assert_int_equal(host.asked, login->waits + 1);
    assert_null(memmem(buf_data(&answer), buf_len(&answer), "good.", 5));
    pgw_session_free(session);
    buf_free(&answer);
}

static void test_logins(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(logins); i++)
        check_login(&logins[i]);
}

/* ---- where tokens may be asked for ---- */

static const struct {
    struct pgw_peer peer;
    const struct pgw_startup_ops *startup;
    bool allow_clear;
    const char *answers;
} places[] = {
    {{0}, &startup, false, "28000"},
    {{0}, &startup, true, "A10"},
    {{.is_tls = true}, &startup, false, "A10"},
    {{.is_unix = true}, &startup, false, "A10"},
    {{.is_tls = true}, &startup_without, false, "0A000"},
};

static void test_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        struct host host = {.auth = {.mechanism = PGW_AUTH_OAUTHBEARER,
                                     .allow_clear = places[i].allow_clear}};
        const struct pgw_handlers handlers = {.startup = places[i].startup};
        const struct pgw_session_options options = {.peer = &places[i].peer};
        pgw_session *session = pgw_session_new(&handlers, &host, &options);
        struct buf answer = {0};
        char answers[64];
        assert_non_null(session);
        feed(session, packet, sizeof packet);
        serve(session, &answer);
        append_answers(answers, sizeof answers, &answer);
        assert_string_equal(answers, places[i].answers);
        pgw_session_free(session);
        buf_free(&answer);
    }
}

UNIT_MAIN(cmocka_unit_test(test_messages), cmocka_unit_test(test_zero_byte),
          cmocka_unit_test(test_tokens), cmocka_unit_test(test_refusals),
          cmocka_unit_test(test_logins), cmocka_unit_test(test_places))
