/* test_tls_data.c - what goes through the transport with TLS in between: in pieces of
 * every kind, from clients that do what well-behaved ones do not, and at the end. */
#include "tls_pair.h"

/* ---- data ---- */

enum { MUCH = 1 << 20 };

/* Pieces of every length, through a small socket: what is taken comes out, in order,
 * whatever is offered anew behind it. */
static void send_in_pieces(struct pair *pair, const uint8_t *data, uint8_t *got)
{
    static const size_t lengths[] = {1,     0, 5, 16383, 16384, 16385, 100,
                                     40000, 7, 3, 20000, 1,     0,     65536};
    size_t sent = 0, read = 0, shift = 0;
    while (read < MUCH) {
        struct iovec iov[ARRAY_LEN(lengths)];
        size_t count = 0, at = sent, offered = 0;
        for (; count < ARRAY_LEN(lengths) && at < MUCH; count++) {
            size_t len = lengths[(count + shift) % ARRAY_LEN(lengths)];
            len = at + len <= MUCH ? len : MUCH - at;
            iov[count] = (struct iovec){(void *)(uintptr_t)(data + at), len};
            at += len;
            offered += len;
        }
        ssize_t taken = TRANSPORT_BLOCKED;
        if (offered > 0)
            taken = pair->server.ops->sendv(&pair->server, iov, count);
        assert_true(taken > 0 || taken == TRANSPORT_BLOCKED);
        assert_true(taken <= (ssize_t)offered);
        sent += taken > 0 ? (size_t)taken : 0;
        shift += taken > 0; /* a blocked write is given the same again, or more */
        size_t bytes = 0;
        if (SSL_read_ex(pair->client, got + read, 1000, &bytes) == 1)
            read += bytes;
        ERR_clear_error();
    }
    assert_int_equal(sent, MUCH);
}

static void test_partial_writes(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct place place;
    uint8_t *data = malloc(MUCH), *got = malloc(MUCH);
    (void)state;
    assert_true(data && got);
    set_up(&place);
    for (size_t i = 0; i < MUCH; i++)
        data[i] = (uint8_t)(i * 31 + i / 4096);
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        struct pair pair;
        open_pair(&pair, &place, versions[i]);
        send_in_pieces(&pair, data, got);
        assert_memory_equal(data, got, MUCH);
        close_pair(&pair);
    }
    free(data);
    free(got);
    tear_down(&place);
}

/* As long as there is more than was read, pending says so; then it does not. */
static void test_reads(void **state)
{
    struct place place;
    struct pair pair;
    uint8_t buffer[100], data[5000];
    size_t total = 0, bytes;
    (void)state;
    set_up(&place);
    open_pair(&pair, &place, TLS1_3_VERSION);
    assert_int_equal(receive(&pair, buffer, sizeof buffer), TRANSPORT_BLOCKED);
    assert_false(pair.server.ops->pending(&pair.server));
    memset(data, 'x', sizeof data);
    for (int i = 0; i < 3; i++)
        assert_int_equal(SSL_write_ex(pair.client, data, sizeof data, &bytes), 1);
    do {
        ssize_t got = receive(&pair, buffer, sizeof buffer);
        total += got > 0 ? (size_t)got : 0;
        assert_true(got > 0 || got == TRANSPORT_BLOCKED);
    } while (pair.server.ops->pending(&pair.server));
    assert_int_equal(total, 3 * sizeof data);
    close_pair(&pair);
    tear_down(&place);
}

/* What comes after the socket was read, while some of that is still to be given: epoll
 * has told of it by then, and the socket is asked again. */
static void test_reads_behind_the_buffered(void **state)
{
    struct place place;
    struct pair pair;
    uint8_t buffer[100];
    size_t bytes;
    (void)state;
    set_up(&place);
    open_pair(&pair, &place, TLS1_3_VERSION);
    assert_int_equal(SSL_write_ex(pair.client, "0123456789", 10, &bytes), 1);
    assert_int_equal(receive(&pair, buffer, 4), 4);
    assert_int_equal(SSL_write_ex(pair.client, "abc", 3, &bytes), 1);
    assert_int_equal(receive(&pair, buffer, sizeof buffer), 6);
    assert_true(pair.server.ops->pending(&pair.server));
    assert_int_equal(receive(&pair, buffer, sizeof buffer), 3);
    assert_memory_equal(buffer, "abc", 3);
    close_pair(&pair);
    tear_down(&place);
}

/* What the client sends from here on is kept, to be sent by hand; BIO_free. */
static BIO *keep_output(struct pair *pair)
{
    BIO *kept = BIO_new(BIO_s_mem());
    assert_int_equal(BIO_up_ref(kept), 1);
    SSL_set0_wbio(pair->client, kept);
    return kept;
}

/* Half a record: nothing to read, and epoll will tell when the rest comes. */
static void test_half_a_record(void **state)
{
    struct place place;
    struct pair pair;
    uint8_t buffer[100], record[200];
    size_t bytes;
    (void)state;
    set_up(&place);
    open_pair(&pair, &place, TLS1_3_VERSION);
    BIO *kept = keep_output(&pair);
    assert_int_equal(SSL_write_ex(pair.client, "hello", 5, &bytes), 1);
    int len = BIO_read(kept, record, sizeof record);
    assert_true(len > 10);
    assert_int_equal(send(pair.fd, record, 10, 0), 10);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(receive(&pair, buffer, sizeof buffer), TRANSPORT_BLOCKED);
        assert_false(pair.server.ops->pending(&pair.server));
    }
    assert_int_equal(send(pair.fd, record + 10, (size_t)len - 10, 0), len - 10);
    assert_int_equal(receive(&pair, buffer, sizeof buffer), 5);
    BIO_free(kept);
    close_pair(&pair);
    tear_down(&place);
}

/* ---- what no client should do ---- */

static void test_renegotiation(void **state)
{
    struct place place;
    struct pair pair;
    uint8_t buffer[100];
    size_t bytes;
    (void)state;
    set_up(&place);
    open_pair(&pair, &place, TLS1_2_VERSION);
    assert_int_equal(SSL_renegotiate(pair.client), 1);
    (void)SSL_do_handshake(pair.client);
    ERR_clear_error();
    assert_int_equal(receive(&pair, buffer, sizeof buffer), TRANSPORT_BLOCKED);
    assert_int_equal(SSL_read_ex(pair.client, buffer, sizeof buffer, &bytes), 0);
    assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
    close_pair(&pair);
    tear_down(&place);
}

/* Records that bring nothing, more than one call takes: it says that there is more. */
static void test_key_updates(void **state)
{
    enum { UPDATES = 7000 };
    struct place place;
    struct pair pair;
    uint8_t buffer[100];
    char *records;
    size_t bytes;
    ssize_t got;
    (void)state;
    set_up(&place);
    open_pair(&pair, &place, TLS1_3_VERSION);
    BIO *kept = keep_output(&pair);
    for (int i = 0; i < UPDATES; i++) {
        assert_int_equal(SSL_key_update(pair.client, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
        assert_int_equal(SSL_do_handshake(pair.client), 1);
    }
    assert_int_equal(SSL_write_ex(pair.client, "hello", 5, &bytes), 1);
    long len = BIO_get_mem_data(kept, &records);
    assert_int_equal(send(pair.fd, records, (size_t)len, 0), len);
    int calls = 0;
    for (; (got = receive(&pair, buffer, sizeof buffer)) == TRANSPORT_BLOCKED; calls++)
        assert_true(pair.server.ops->pending(&pair.server));
    assert_int_equal(got, 5);
    assert_true(calls > 0);
    BIO_free(kept);
    close_pair(&pair);
    tear_down(&place);
}

static void test_garbage(void **state)
{
    struct place place;
    struct pair pair;
    uint8_t buffer[100];
    (void)state;
    set_up(&place);
    open_pair(&pair, &place, TLS1_3_VERSION);
    assert_int_equal(send(pair.fd, "Q\0\0\0\5select", 11, 0), 11);
    assert_int_equal(receive(&pair, buffer, sizeof buffer), TRANSPORT_FAILED);
    close_pair(&pair);
    tear_down(&place);
}

/* ---- the end ---- */

/* With close_notify or, as many do, without. */
static void test_end(void **state)
{
    struct place place;
    (void)state;
    set_up(&place);
    for (int farewell = 0; farewell < 2; farewell++) {
        struct pair pair;
        uint8_t buffer[100];
        size_t bytes;
        open_pair(&pair, &place, TLS1_3_VERSION);
        assert_int_equal(SSL_write_ex(pair.client, "bye", 3, &bytes), 1);
        if (farewell)
            (void)SSL_shutdown(pair.client);
        assert_int_equal(shutdown(pair.fd, SHUT_WR), 0);
        assert_int_equal(receive(&pair, buffer, sizeof buffer), 3);
        assert_int_equal(receive(&pair, buffer, sizeof buffer), TRANSPORT_END);
        assert_int_equal(transmit(&pair, "answer", 6), 6);
        assert_int_equal(SSL_read_ex(pair.client, buffer, sizeof buffer, &bytes), 1);
        assert_int_equal(bytes, 6);
        close_pair(&pair);
    }
    tear_down(&place);
}

/* The server says that it goes; a client that has gone raises no signal. */
static void test_close(void **state)
{
    struct place place;
    struct pair pair;
    uint8_t buffer[100];
    size_t bytes;
    (void)state;
    set_up(&place);
    open_pair(&pair, &place, TLS1_3_VERSION);
    pair.server.ops->close(&pair.server);
    int result = SSL_read_ex(pair.client, buffer, sizeof buffer, &bytes);
    assert_int_equal(SSL_get_error(pair.client, result), SSL_ERROR_ZERO_RETURN);
    close_client(&pair);
    open_pair(&pair, &place, TLS1_3_VERSION);
    close_client(&pair);
    assert_int_equal(transmit(&pair, "x", 1), TRANSPORT_FAILED);
    pair.server.ops->close(&pair.server);
    tear_down(&place);
}

UNIT_MAIN(cmocka_unit_test(test_partial_writes), cmocka_unit_test(test_reads),
          cmocka_unit_test(test_reads_behind_the_buffered),
          cmocka_unit_test(test_half_a_record), cmocka_unit_test(test_renegotiation),
          cmocka_unit_test(test_key_updates), cmocka_unit_test(test_garbage),
          cmocka_unit_test(test_end), cmocka_unit_test(test_close))
