/* test_reserved.c - a program made for a later libpgwire is turned down. */
#include "unit.h"

#include <pgwire/oauth.h>
#include <pgwire/server.h>
#include <pgwire/session.h>

/* Everything that an embedder makes, all of it zero. */
struct embedder {
    struct pgw_startup_ops startup;
    struct pgw_simple_ops simple;
    struct pgw_extended_ops extended;
    struct pgw_copy_ops copy;
    struct pgw_cancel_ops cancel;
    struct pgw_handlers handlers;
    struct pgw_host host;
    struct pgw_peer peer;
    struct pgw_session_options session;
    struct pgw_tls_options tls;
    struct pgw_server_options server;
};

static void init(struct embedder *made)
{
    *made = (struct embedder){.server = {.listen = "127.0.0.1:0"}};
    made->handlers = (struct pgw_handlers){.startup = &made->startup,
                                           .simple = &made->simple,
                                           .extended = &made->extended,
                                           .copy = &made->copy,
                                           .cancel = &made->cancel};
    made->session.host = &made->host;
    made->session.peer = &made->peer;
}

static bool is_session_made(struct embedder *made)
{
    pgw_session *session = pgw_session_new(&made->handlers, NULL, &made->session);
    pgw_session_free(session);
    return session != NULL;
}

static bool is_server_made(struct embedder *made)
{
    struct pgw_error err;
    pgw_server *server = pgw_server_new(&made->handlers, NULL, &made->server, &err);
    if (!server)
        assert_string_equal(err.sqlstate, "0A000");
    pgw_server_free(server);
    return server != NULL;
}

static void test_zero(void **state)
{
    struct embedder made;
    (void)state;
    init(&made);
    assert_true(is_session_made(&made));
    assert_true(is_server_made(&made));
}

static void test_reserved(void **state)
{
    struct embedder made;
#define MEMBERS(of) made.of.reserved, ARRAY_LEN(made.of.reserved)
    const struct {
        void **reserved;
        size_t count;
        bool session, server; /* whose making looks at it */
    } rows[] = {
        {MEMBERS(startup), true, true},  {MEMBERS(simple), true, true},
        {MEMBERS(extended), true, true}, {MEMBERS(copy), true, true},
        {MEMBERS(cancel), true, true},   {MEMBERS(handlers), true, true},
        {MEMBERS(host), true, false},    {MEMBERS(session), true, false},
        {MEMBERS(server), false, true},  {MEMBERS(peer), true, false},
        {MEMBERS(tls), false, true},
    };
#undef MEMBERS
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t member = 0; member < rows[i].count; member++) {
            init(&made);
            if (rows[i].reserved == made.tls.reserved) /* else it asks for files */
                made.server.tls = &made.tls;
            rows[i].reserved[member] = &made;
            assert_int_equal(is_session_made(&made), !rows[i].session);
            assert_int_equal(is_server_made(&made), !rows[i].server);
        }
    }
}

static void test_validator(void **state)
{
    (void)state;
    for (size_t member = 0; member < 4; member++) {
        struct pgw_error err;
        struct pgw_jwt_options options = {
            .issuer = "i", .audience = "a", .key_file = "/nowhere"};
        options.reserved[member] = &options;
        assert_null(pgw_jwt_validator_new(&options, &err));
        assert_string_equal(err.sqlstate, "0A000");
    }
}

UNIT_MAIN(cmocka_unit_test(test_zero), cmocka_unit_test(test_reserved),
          cmocka_unit_test(test_validator))
