/* test_alloc_tls.c - TLS from the files to the last byte, with each allocation of the
 * server's side refused in turn, OpenSSL's own included; of the later ones, which are
 * many, some.
 *
 * Refused or not: a context is made or an error says why, a handshake is done or has
 * failed, bytes are what was sent or the connection has broken; and nothing is left. */
#include "tls_pair.h"

#include <openssl/crypto.h>

#include "../lib/allocations.h"

enum { MOST = 20000, ONCE = 16, STRIDE_AT = 64 };

/* ---- OpenSSL's memory is the test's ---- */

static void *take(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return malloc(size);
}

static void *take_again(void *memory, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return realloc(memory, size);
}

static void give_back(void *memory, const char *file, int line)
{
    (void)file, (void)line;
    free(memory);
}

/* ---- the server's side, where memory may be refused ---- */

static struct tls_context *make_context(const struct pgw_tls_options *options)
{
    struct tls_source source;
    struct error err = {0};
    allocations_exempt(false);
    tls_source_init(&source);
    bool done = tls_source_load(&source, options, &err);
    struct tls_context *context = tls_source_take(&source);
    tls_source_free(&source);
    allocations_exempt(true);
    assert_true(done || err.sqlstate[0] != '\0');
    assert_int_equal(done, context != NULL);
    return context;
}

static enum tls_progress shake_starving(struct pair *pair)
{
    enum tls_progress progress = TLS_BLOCKED;
    char why[256];
    for (int i = 0; i < 100 && progress == TLS_BLOCKED; i++) {
        (void)SSL_do_handshake(pair->client);
        ERR_clear_error();
        allocations_exempt(false);
        progress = transport_tls_step(&pair->server, why, sizeof why);
        allocations_exempt(true);
    }
    return progress;
}

/* False: the connection has broken, as it may. */
static bool exchange(struct pair *pair)
{
    char sent[] = "select 1", got[sizeof sent];
    size_t bytes;
    (void)SSL_do_handshake(pair->client);
    assert_int_equal(SSL_write_ex(pair->client, sent, sizeof sent, &bytes), 1);
    allocations_exempt(false);
    bool described = transport_tls_describe(&pair->server) != NULL;
    ssize_t read = receive(pair, got, sizeof got);
    ssize_t written = read > 0 ? transmit(pair, got, sizeof got) : TRANSPORT_FAILED;
    allocations_exempt(true);
    if (!described || read < 0 || written < 0)
        return false;
    assert_int_equal(read, sizeof sent);
    assert_memory_equal(got, sent, sizeof sent);
    assert_int_equal(written, sizeof sent);
    assert_int_equal(SSL_read_ex(pair->client, got, sizeof got, &bytes), 1);
    assert_int_equal(bytes, sizeof sent);
    return true;
}

static bool converse(const struct place *place)
{
    struct pair pair;
    struct tls_context *context = make_context(&place->options);
    if (!context)
        return false;
    join_pair(&pair, TLS1_3_VERSION);
    allocations_exempt(false);
    bool done = transport_tls(&pair.server, context, any);
    allocations_exempt(true);
    done = done && shake_starving(&pair) == TLS_DONE && exchange(&pair);
    allocations_exempt(false);
    pair.server.ops->close(&pair.server);
    allocations_exempt(true);
    close_client(&pair);
    return done;
}

static void test_every_allocation(void **state)
{
    struct place place;
    size_t refused = 0, failed = 0;
    (void)state;
    allocations_exempt(true);
    set_up(&place);
    place.options.client_ca_file = place.certificate;
    for (int i = 0; i < 3; i++) /* what OpenSSL keeps for the life of the process */
        assert_true(converse(&place));
    OPENSSL_thread_stop(); /* its queue of errors keeps texts */
    size_t blocks = allocations_blocks();
    for (size_t nth = 1; nth < MOST; nth += 1 + nth / STRIDE_AT) {
        allocations_refuse(nth, false);
        bool done = converse(&place);
        refused = allocations_refused();
        allocations_refuse(0, false);
        assert_true(done || refused > 0);
        failed += !done;
        if (refused == 0)
            break;
    }
    assert_int_equal(refused, 0); /* the last one was beyond all that are asked for */
    assert_true(failed > 50);
    assert_true(converse(&place));
    OPENSSL_thread_stop();
    /* What it makes once may have been refused when it was first asked for. */
    assert_in_range(allocations_blocks(), blocks - ONCE, blocks + ONCE);
    tear_down(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation)};
    if (CRYPTO_set_mem_functions(take, take_again, give_back) != 1)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
