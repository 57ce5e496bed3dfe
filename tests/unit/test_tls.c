/* test_tls.c - handshakes, and the files that they are made with. */
#include "tls_pair.h"

#include <sys/stat.h>

/* ---- handshakes ---- */

static void test_description(void **state)
{
    static const struct {
        int version;
        const char *name;
    } rows[] = {{TLS1_2_VERSION, "TLSv1.2"}, {TLS1_3_VERSION, "TLSv1.3"}};
    struct place place;
    (void)state;
    set_up(&place);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pair pair;
        open_pair(&pair, &place, rows[i].version);
        const struct pgw_tls *tls = transport_tls_describe(&pair.server);
        assert_non_null(tls);
        assert_string_equal(tls->version, rows[i].name);
        assert_string_equal(tls->cipher, SSL_get_cipher_name(pair.client));
        assert_null(tls->certificate_name);
        assert_int_equal(tls->certificate_hash.len, 32);
        close_pair(&pair);
    }
    tear_down(&place);
}

/* RFC 5929: the digest of the certificate's own signature, SHA-256 for weak ones. */
static void test_hash(void **state)
{
    struct place place;
    (void)state;
    set_up(&place);
    const struct {
        EVP_PKEY *key;
        const EVP_MD *digest;
        size_t len;
    } rows[] = {{EVP_EC_gen("P-256"), EVP_sha256(), 32},
                {EVP_EC_gen("P-384"), EVP_sha384(), 48},
                {EVP_RSA_gen(2048), EVP_sha512(), 64},
                {EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        write_pair(&place, rows[i].key, rows[i].digest);
        struct tls_context *context = load(&place.options);
        assert_int_equal(context->hash_len, rows[i].len);
        tls_context_unref(context);
    }
    tear_down(&place);
}

static void test_protocol(void **state)
{
    static const unsigned char right[] = "\12postgresql", wrong[] = "\2h2",
                               cut[] = "\377postgresql";
    static const struct {
        const unsigned char *names; /* NULL: the client has no list */
        unsigned len;
        bool required;
        enum tls_progress progress;
    } rows[] = {{NULL, 0, false, TLS_DONE},
                {NULL, 0, true, TLS_FAILED},
                {right, sizeof right - 1, true, TLS_DONE},
                {right, sizeof right - 1, false, TLS_DONE},
                {wrong, sizeof wrong - 1, false, TLS_FAILED}};
    struct place place;
    (void)state;
    set_up(&place);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pair pair;
        char why[256];
        const struct tls_protocol protocol = {"postgresql", rows[i].required};
        connect_pair(&pair, load(&place.options), TLS1_3_VERSION, protocol);
        if (rows[i].names)
            assert_int_equal(
                SSL_set_alpn_protos(pair.client, rows[i].names, rows[i].len), 0);
        assert_int_equal(shake(&pair, why, sizeof why), rows[i].progress);
        close_pair(&pair);
    }
    struct pair pair;
    const unsigned char *out = NULL;
    unsigned char out_len = 0;
    connect_pair(&pair, load(&place.options), TLS1_3_VERSION, any);
    SSL *server = SSL_new(pair.ctx); /* a list that says more than it has */
    assert_int_equal(SSL_set_app_data(server, pair.server.tls), 1);
    assert_int_equal(transport_tls_select_protocol(server, &out, &out_len, cut,
                                                   sizeof cut - 1, NULL),
                     SSL_TLSEXT_ERR_ALERT_FATAL);
    SSL_free(server);
    close_pair(&pair);
    tear_down(&place);
}

static void test_cut_off_handshake(void **state)
{
    struct place place;
    struct pair pair;
    char why[256] = "";
    (void)state;
    set_up(&place);
    connect_pair(&pair, load(&place.options), TLS1_3_VERSION, any);
    (void)SSL_do_handshake(pair.client);
    assert_int_equal(transport_tls_step(&pair.server, why, sizeof why), TLS_BLOCKED);
    close_client(&pair);
    assert_int_equal(transport_tls_step(&pair.server, why, sizeof why), TLS_FAILED);
    assert_true(why[0] != '\0');
    pair.server.ops->close(&pair.server);
    tear_down(&place);
}

/* ---- loading ---- */

static void test_load_keeps_the_old(void **state)
{
    struct place place;
    struct tls_source source;
    struct error err;
    (void)state;
    set_up(&place);
    tls_source_init(&source);
    assert_null(tls_source_take(&source));
    assert_true(tls_source_load(&source, &place.options, &err));
    struct tls_context *first = tls_source_take(&source);
    assert_int_equal(chmod(place.key, 0640 | S_IWGRP), 0);
    assert_false(tls_source_load(&source, &place.options, &err));
    assert_string_equal(err.sqlstate, "F0000");
    struct tls_context *second = tls_source_take(&source);
    assert_ptr_equal(first, second);
    place.options.min_version = "1.1";
    assert_int_equal(chmod(place.key, 0600), 0);
    assert_false(tls_source_load(&source, &place.options, &err));
    assert_string_equal(err.sqlstate, "22023");
    assert_true(tls_source_load(&source, NULL, &err));
    assert_null(tls_source_take(&source));
    tls_context_unref(first);
    tls_context_unref(second);
    tls_source_free(&source);
    tear_down(&place);
}

UNIT_MAIN(cmocka_unit_test(test_description), cmocka_unit_test(test_hash),
          cmocka_unit_test(test_protocol), cmocka_unit_test(test_cut_off_handshake),
          cmocka_unit_test(test_load_keeps_the_old))
