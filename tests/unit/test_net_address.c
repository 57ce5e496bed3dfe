/* test_net_address.c - addresses to listen on, from text and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/address.h"
#include "net/net.h"

struct row {
    const char *input;
    size_t count;     /* 0 = malformed */
    const char *text; /* of the first, or its path */
    uint16_t port;
    bool is_loopback;
};

#define DIRECTORY_100                                                                  \
    "/0123456789012345678901234567890123456789012345678"                               \
    "90123456789012345678901234567890123456789012345678"

static const struct row rows[] = {
    {"127.0.0.1:5433", 1, "127.0.0.1", 5433, true},
    {"127.8.9.1:1", 1, "127.8.9.1", 1, true},
    {"0.0.0.0:65535", 1, "0.0.0.0", 65535, false},
    {"128.0.0.1:80", 1, "128.0.0.1", 80, false},
    {"10.0.0.1:0", 1, "10.0.0.1", 0, false},
    {"[::1]:5433", 1, "::1", 5433, true},
    {"[::]:5433", 1, "::", 5433, false},
    {"[::ffff:127.0.0.1]:7", 1, "127.0.0.1", 7, true},
    {"[::ffff:10.0.0.1]:7", 1, "10.0.0.1", 7, false},
    {"localhost:5433", 2, "127.0.0.1", 5433, true},
    {"/tmp", 1, "/tmp/.s.PGSQL.5432", 0, true},
    {"/tmp:5433", 1, "/tmp/.s.PGSQL.5433", 0, true},
    {"/a b:1", 1, "/a b/.s.PGSQL.1", 0, true},
    {"", 0, NULL, 0, false},
    {":", 0, NULL, 0, false},
    {":5433", 0, NULL, 0, false},
    {"5433", 0, NULL, 0, false},
    {"127.0.0.1", 0, NULL, 0, false},
    {"127.0.0.1:", 0, NULL, 0, false},
    {"127.0.0.1:65536", 0, NULL, 0, false},
    {"127.0.0.1:4294967297", 0, NULL, 0, false},
    {"127.0.0.1:000080", 0, NULL, 0, false},
    {"127.0.0.1:-1", 0, NULL, 0, false},
    {"127.0.0.1:+80", 0, NULL, 0, false},
    {"127.0.0.1:80x", 0, NULL, 0, false},
    {"127.0.0.1: 80", 0, NULL, 0, false},
    {"256.0.0.1:80", 0, NULL, 0, false},
    {"example:80", 0, NULL, 0, false},
    {"::1:80", 0, NULL, 0, false},
    {"[::1]80", 0, NULL, 0, false},
    {"[]:80", 0, NULL, 0, false},
    {"[::1:80", 0, NULL, 0, false},
    {"[127.0.0.1]:80", 0, NULL, 0, false},
    {"/tmp:0", 0, NULL, 0, false},
    {"/tmp:x", 0, NULL, 0, false},
    {DIRECTORY_100, 0, NULL, 0, false},
    {"relative/path:80", 0, NULL, 0, false},
};

static void check_text(const struct row *row, const struct address *address)
{
    char text[64];
    const char *path = address_path(address);
    address_text(address, text, sizeof text);
    assert_string_equal(path ? path : text, row->text);
    if (path)
        assert_string_equal(text, "unix");
}

static void check_row(const struct row *row)
{
    struct error err = {0};
    struct address_list list;
    bool is_loopback;
    bool parsed = address_parse(row->input, &list, &err);
    print_message("address: %s\n", row->input);
    assert_int_equal(parsed, row->count > 0);
    assert_int_equal(net_address_check(row->input, &is_loopback, &err), parsed);
    assert_int_equal(is_loopback, row->is_loopback);
    if (!parsed) {
        assert_string_equal(err.sqlstate, "22023");
        assert_true(err.message[0] != '\0');
        return;
    }
    assert_int_equal(list.count, row->count);
    assert_int_equal(address_port(&list.items[0]), row->port);
    assert_int_equal(address_is_loopback(&list.items[0]), row->is_loopback);
    check_text(row, &list.items[0]);
}

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_row(&rows[i]);
}

static void test_set_port(void **state)
{
    static const char *const inputs[] = {"127.0.0.1:0", "[::1]:0"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
        struct error err;
        struct address_list list;
        assert_true(address_parse(inputs[i], &list, &err));
        address_set_port(&list.items[0], 4711);
        assert_int_equal(address_port(&list.items[0]), 4711);
    }
}

static void test_peer_uid(void **state)
{
    int fds[2];
    uint32_t uid = UINT32_MAX;
    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_true(address_peer_uid(fds[0], &uid));
    assert_int_equal(uid, getuid());
    (void)close(fds[0]);
    (void)close(fds[1]);
    assert_false(address_peer_uid(fds[0], &uid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_set_port),
        cmocka_unit_test(test_peer_uid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
