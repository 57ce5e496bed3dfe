/* test_copy.c - COPY from the client, driven from memory: with handlers, and without.
 */
#include "unit.h"

#include <pgwire/session.h>

/* Statements are words, each of them a COPY. */
static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    size_t taken = sql->len < sizeof "copy" ? sql->len : sizeof "copy";
    (void)state, (void)session, (void)err;
    assert_memory_equal(sql->data, "copy", 4);
    sql->data += taken;
    sql->len -= taken;
    reply->kind = PGW_REPLY_COPY_IN;
    reply->column_count = 2;
    return PGW_OK;
}

static enum pgw_status data(void *copy, struct pgw_slice bytes, struct pgw_error *err)
{
    (void)copy, (void)err;
    assert_slice((struct slice){bytes.data, bytes.len}, "1\ta\n");
    return PGW_OK;
}

static enum pgw_status done(void *copy, struct pgw_reply *reply, struct pgw_error *err)
{
    (void)copy, (void)err;
    reply->tag = "COPY";
    reply->affected = 1;
    return PGW_OK;
}

static const struct pgw_simple_ops simple = {.query = query};
static const struct pgw_copy_ops whole = {.data = data, .done = done};
static const struct pgw_copy_ops no_data = {.done = done};
static const struct pgw_copy_ops no_done = {.data = data};

static const uint8_t startup[] = {0,   0,   0,   16,  0, 3,   0, 0,
                                  'u', 's', 'e', 'r', 0, 'u', 0, 0};
#define ROWS "d\0\0\0\0101\ta\n"
#define DONE "c\0\0\0\4"
#define FAIL "f\0\0\0\6n\0"
#define ONE "Q\0\0\0\11copy\0"
#define TWO "Q\0\0\0\16copy;copy\0"
#define BYTES(literal)                                                                 \
    {                                                                                  \
        literal, sizeof(literal) - 1                                                   \
    }

/* Until it wants to read; the types of its messages go to `types`. */
static void serve(pgw_session *session, char *types, bool *refused)
{
    uint8_t out[4096];
    size_t len = 0;
    while (!(pgw_session_want(session) & (PGW_WANT_RECV | PGW_WANT_CLOSE))) {
        struct iovec iov;
        if (pgw_session_want(session) & PGW_WANT_WORK) {
            pgw_session_run(session);
            continue;
        }
        assert_int_equal(pgw_session_send_iov(session, &iov, 1), 1);
        assert_true(len + iov.iov_len <= sizeof out);
        memcpy(out + len, iov.iov_base, iov.iov_len);
        len += iov.iov_len;
        pgw_session_send_ack(session, iov.iov_len);
    }
    *refused = *refused || memmem(out, len, "C0A000", 7) != NULL;
    for (size_t at = 0; at < len; at += 1u + out[at + 4] + 256u * out[at + 3])
        *types++ = (char)out[at];
    *types = '\0';
}

static void feed(pgw_session *session, const void *bytes, size_t len)
{
    size_t room;
    uint8_t *to = pgw_session_recv_buf(session, &room);
    assert_non_null(to);
    assert_true(room >= len);
    memcpy(to, bytes, len);
    pgw_session_recv_ack(session, len);
}

static const struct row {
    const struct pgw_copy_ops *copy;
    struct slice sent;
    const char *types;
    bool refused;
} table[] = {
    {&whole, BYTES(ONE), "G", false},
    {&whole, BYTES(ONE DONE), "GCZ", false},
    {&whole, BYTES(ONE ROWS ROWS DONE), "GCZ", false},
    {&whole, BYTES(ONE ROWS FAIL), "GEZ", false},
    {&whole, BYTES(ONE ROWS DONE ONE DONE), "GCZGCZ", false},
    {&whole, BYTES(TWO ROWS DONE ROWS ROWS DONE), "GCGCZ", false},
    {&whole, BYTES(TWO ROWS DONE FAIL), "GCGEZ", false},
    {&whole, BYTES(TWO ROWS FAIL ROWS), "GEZ", false}, /* the rest is not executed */
    {&whole, BYTES(ONE ROWS ONE ROWS), "GEZ", false},  /* nor what comes instead */
    /* Without handlers; rows that are sent all the same are leftovers. */
    {NULL, BYTES(ONE ROWS DONE), "EZ", true},
    {&no_data, BYTES(ONE ROWS DONE), "EZ", true},
    {&no_done, BYTES(ONE ROWS DONE), "EZ", true},
};

/* `piece` bytes at a time. */
static void check(const struct row *row, size_t piece)
{
    const struct pgw_handlers handlers = {.simple = &simple, .copy = row->copy};
    pgw_session *session = pgw_session_new(&handlers, NULL, NULL);
    char types[64];
    bool refused = false;
    assert_non_null(session);
    feed(session, startup, sizeof startup);
    serve(session, types, &refused);
    types[0] = '\0';
    for (size_t at = 0; at < row->sent.len; at += piece) {
        size_t left = row->sent.len - at;
        feed(session, row->sent.data + at, left < piece ? left : piece);
        serve(session, types + strlen(types), &refused);
    }
    assert_string_equal(types, row->types);
    assert_int_equal(refused, row->refused);
    pgw_session_free(session);
}

static void test_copy_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        check(&table[i], 1);
        check(&table[i], 7);
        check(&table[i], table[i].sent.len);
    }
}

UNIT_MAIN(cmocka_unit_test(test_copy_in))
