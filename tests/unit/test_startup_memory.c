/* test_startup_memory.c - what a client that has proven nothing can make a server hold:
 * the largest packets and messages, in every way of asking, stay under a bound. */
#include "unit.h"

#include <stdio.h>

#include "../../fuzz/startup_host.h"
#include "../lib/allocations.h"

enum {
    BOUND = 192 << 10, /* of a session before it is open, its own struct included */
    PACKET_MAX = 10004,
    AUTH_MAX = 65535,
    INPUT_MAX = 80000,
    PIECE = 4096
};

struct input {
    uint8_t bytes[INPUT_MAX];
    size_t len;
};

static void put(struct input *input, const void *data, size_t len)
{
    assert_true(input->len + len <= sizeof input->bytes);
    memcpy(input->bytes + input->len, data, len);
    input->len += len;
}

static void put_u32(struct input *input, size_t number)
{
    const uint8_t bytes[] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
                             (uint8_t)(number >> 8), (uint8_t)number};
    put(input, bytes, sizeof bytes);
}

/* user=u, and as many pairs of this as a packet has room for. */
static void put_packet(struct input *input, uint32_t version, const char *pair,
                       size_t pair_len)
{
    static const char user[] = "user\0u";
    size_t room = PACKET_MAX - 8 - sizeof user - 1, count = room / pair_len;
    put_u32(input, 8 + sizeof user + count * pair_len + 1);
    put_u32(input, version);
    put(input, user, sizeof user);
    for (size_t i = 0; i < count; i++)
        put(input, pair, pair_len);
    put(input, "", 1);
}

/* An authentication message of this length, which begins like this. */
static void put_message(struct input *input, size_t len, const char *begin,
                        size_t begin_len)
{
    put(input, "p", 1);
    put_u32(input, len + 4);
    put(input, begin, begin_len);
    while (len-- > begin_len)
        put(input, "a", 1);
}

static void many_pairs(struct input *input)
{
    put_packet(input, 3 << 16, "x\0", 3);
}

static void many_options(struct input *input)
{
    put_packet(input, 3 << 16 | 9999, "_pq_.\0", 7);
}

static void long_value(struct input *input)
{
    static const char pair[9000] = "application_name";
    put_packet(input, 3 << 16, pair, sizeof pair);
}

static void long_password(struct input *input)
{
    many_options(input);
    put_message(input, AUTH_MAX, "", 0);
}

static void long_scram(struct input *input)
{
    static const char begin[] = "SCRAM-SHA-256\0\0\0\xff\xe9n,,n=,r=";
    many_options(input);
    put_message(input, AUTH_MAX, begin, sizeof begin - 1);
}

static void long_token(struct input *input)
{
    static const char begin[] = "OAUTHBEARER\0\0\0\xff\xeen,,\1auth=Bearer ";
    many_options(input);
    put_message(input, AUTH_MAX - 1, begin, sizeof begin - 1);
}

static void good_token(struct input *input)
{
    static const char begin[] = "OAUTHBEARER\0\0\0\xff\xean,,\1auth=Bearer ";
    many_options(input);
    put_message(input, AUTH_MAX - 5, begin, sizeof begin - 1);
    memcpy(input->bytes + input->len - 2, "\1\1", 2);
    put_message(input, 1, "\1", 1);
}

/* A packet that never ends, and messages that are announced, but do not come. */
static void no_end(struct input *input)
{
    put_u32(input, PACKET_MAX);
    put_u32(input, 3 << 16);
}

static void too_long(struct input *input)
{
    many_pairs(input);
    put(input, "p", 1);
    put_u32(input, 0x7fffffff);
    for (size_t i = 0; i < 60000; i++)
        put(input, "a", 1);
}

static void (*const inputs[])(struct input *) = {
    many_pairs, many_options, long_value, long_password, long_scram,
    long_token, good_token,   no_end,     too_long,
};

struct peak {
    size_t before, most;
};

static void look(void *ctx)
{
    struct peak *peak = ctx;
    size_t now = allocations_bytes() - peak->before;
    peak->most = now > peak->most ? now : peak->most;
}

static void test_bound(void **state)
{
    static struct input input;
    size_t most = 0;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
        input.len = 0;
        inputs[i](&input);
        for (unsigned flags = 0; flags < 128; flags++) {
            struct startup_host host = {.flags = flags};
            struct peak peak = {.before = allocations_bytes()};
            pgw_session *session = startup_session(&host);
            assert_non_null(session);
            (void)startup_feed(session, input.bytes, input.len, PIECE, look, &peak);
            assert_false(host.opened);
            pgw_session_free(session);
            assert_int_equal(allocations_bytes(), peak.before);
            most = peak.most > most ? peak.most : most;
        }
    }
    printf("at most %zu bytes\n", most);
    assert_true(most <= BOUND);
}

UNIT_MAIN(cmocka_unit_test(test_bound))
