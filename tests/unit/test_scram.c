#include "unit.h"

#include "../lib/client/scram_client.h"
#include "pgwire/scram.h"

static struct slice bytes(const uint8_t *data, size_t len)
{
    return (struct slice){(const char *)data, len};
}

/* ---- secrets ---- */

/* RFC 7677 section 3: the server's signature of the exchange that is printed there. */
static void test_rfc_7677(void **state)
{
    (void)state;
    static const char message[] =
        "n=user,r=rOprNGfwEbeRWgbNEkqO,"
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    struct scram_secret secret = {.iterations = 4096};
    uint8_t signature[SCRAM_KEY_BYTES];
    char text[CRYPTO_BASE64_SIZE(SCRAM_KEY_BYTES)];
    int salt_len = crypto_base64_decode(SLICE("W22ZaJ0SNY7soEsUEjb6gQ=="), secret.salt,
                                        sizeof secret.salt);
    assert_int_equal(salt_len, 16);
    secret.salt_len = (size_t)salt_len;
    assert_true(scram_secret_make(SLICE("pencil"), &secret));
    assert_true(crypto_hmac(bytes(secret.server_key, SCRAM_KEY_BYTES), SLICE(message),
                            signature));
    crypto_base64(signature, sizeof signature, text);
    assert_string_equal(text, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    assert_true(scram_secret_fits(&secret, SLICE("pencil")));
    assert_false(scram_secret_fits(&secret, SLICE("pencils")));
}

#define KEY "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="

static const struct {
    const char *text;
    bool is_secret;
} secrets[] = {
    {"SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$" KEY ":" KEY, true},
    {"SCRAM-SHA-256$1:YQ==$" KEY ":" KEY, true},
    {"SCRAM-SHA-256$0:YQ==$" KEY ":" KEY, false},
    {"SCRAM-SHA-256$-1:YQ==$" KEY ":" KEY, false},
    {"SCRAM-SHA-256$99999999999:YQ==$" KEY ":" KEY, false},
    {"SCRAM-SHA-256$4096:$" KEY ":" KEY, false},
    {"SCRAM-SHA-256$4096:YR==$" KEY ":" KEY, false}, /* bits left over */
    {"SCRAM-SHA-256$4096: YQ==$" KEY ":" KEY, false},
    {"SCRAM-SHA-256$4096:YQ==$" KEY ":YQ==", false},
    {"SCRAM-SHA-256$4096:YQ==$" KEY, false},
    {"SCRAM-SHA-256$4096:YQ==$" KEY ":" KEY "x", false},
    {"SCRAM-SHA-1$4096:YQ==$" KEY ":" KEY, false},
    {"SCRAM-SHA-256$", false},
    {"", false},
};

static void test_secrets(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
        struct scram_secret secret;
        char text[SCRAM_SECRET_MAX];
        bool is_secret = scram_secret_read(slice_of(secrets[i].text), &secret);
        assert_int_equal(is_secret, secrets[i].is_secret);
        if (!is_secret)
            continue;
        scram_secret_write(&secret, text);
        assert_string_equal(text, secrets[i].text);
    }
}

/* RFC 4013 section 3, and what is taken as it is. */
static const struct {
    const char *password, *same;
} prepared[] = {
    {"I\xc2\xadX", "IX"},
    {"\xc2\xaa", "a"},
    {"\xe2\x85\xa8", "IX"},
    {"a\xc2\xa0"
     "b",
     "a b"},
    {"user", "user"},
    {"\x07", "\x07"},
    {"\xff\xfe", "\xff\xfe"}, /* no UTF-8 */
};

static void test_saslprep(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(prepared); i++) {
        char text[PGW_SCRAM_SECRET_BYTES];
        struct scram_secret secret;
        struct pgw_error err;
        struct pgw_slice password = {prepared[i].password,
                                     strlen(prepared[i].password)};
        assert_int_equal(pgw_scram_secret(password, 1, text, &err), PGW_OK);
        assert_true(scram_secret_read(slice_of(text), &secret));
        assert_int_equal(secret.iterations, 1);
        assert_true(scram_secret_fits(&secret, slice_of(prepared[i].same)));
        assert_false(scram_secret_fits(&secret, SLICE("other")));
    }
}

static void test_refused(void **state)
{
    (void)state;
    char text[PGW_SCRAM_SECRET_BYTES];
    struct pgw_error err;
    const struct pgw_slice none = {"", 0}, some = {"x", 1};
    assert_int_equal(pgw_scram_secret(none, 0, text, &err), PGW_ERROR);
    assert_string_equal(err.sqlstate, "22023");
    assert_int_equal(pgw_scram_secret(some, UINT32_MAX, text, &err), PGW_ERROR);
    assert_string_equal(err.sqlstate, "22023");
}

static void test_mock(void **state)
{
    (void)state;
    static const uint8_t nonce[SCRAM_KEY_BYTES] = {1}, other[SCRAM_KEY_BYTES] = {2};
    struct scram_secret a, b, c, d;
    assert_true(scram_secret_mock(nonce, SLICE("ada"), &a));
    assert_true(scram_secret_mock(nonce, SLICE("ada"), &b));
    assert_true(scram_secret_mock(nonce, SLICE("bob"), &c));
    assert_true(scram_secret_mock(other, SLICE("ada"), &d));
    assert_memory_equal(a.salt, b.salt, SCRAM_SALT_BYTES);
    assert_memory_not_equal(a.salt, c.salt, SCRAM_SALT_BYTES);
    assert_memory_not_equal(a.salt, d.salt, SCRAM_SALT_BYTES);
    assert_memory_not_equal(a.stored_key, b.stored_key, SCRAM_KEY_BYTES);
}

/* ---- the exchange, bound to a channel: PostgreSQL's side of it without TLS is in
 * tests/auth ---- */

static void test_binding(void **state)
{
    (void)state;
    static const struct {
        const char *first, *again, *hash;
        bool is_plus;
        enum scram_outcome begun, outcome;
        const char *sqlstate;
    } rows[] = {
        {"p=tls-server-end-point,,", "p=tls-server-end-point,,", "HASH", true,
         SCRAM_MORE, SCRAM_PROVEN, NULL},
        {"p=tls-server-end-point,,", "p=tls-server-end-point,,", "HUSH", true,
         SCRAM_MORE, SCRAM_REFUSED, "28000"},
        {"p=tls-server-end-point,,", "p=tls-server-end-point,,", "", true, SCRAM_MORE,
         SCRAM_REFUSED, "28000"},
        {"p=tls-server-end-point,,", "n,,", "", true, SCRAM_MORE, SCRAM_REFUSED,
         "28000"},
        {"p=tls-unique,,", "", "", true, SCRAM_REFUSED, SCRAM_REFUSED, "08P01"},
        {"n,,", "", "", true, SCRAM_REFUSED, SCRAM_REFUSED, "08P01"},
        {"y,,", "", "", true, SCRAM_REFUSED, SCRAM_REFUSED, "08P01"},
        /* a client that binds, told that the server does not */
        {"y,,", "", "", false, SCRAM_REFUSED, SCRAM_REFUSED, "28000"},
        {"n,,", "n,,", "", false, SCRAM_MORE, SCRAM_PROVEN, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct pgw_error err;
        struct slice reply;
        struct scram scram = {
            .has_tls = true,
            .is_plus = rows[i].is_plus,
            .certificate_hash = SLICE("HASH"),
            .secret = {.iterations = 2, .salt_len = 3, .salt = "abc"}};
        assert_true(scram_secret_make(SLICE("pencil"), &scram.secret));
        const char *first = arena_printf(&arena, "%s" SCRAM_CLIENT_BARE, rows[i].first);
        enum scram_outcome outcome =
            scram_next(&scram, slice_of(first), &arena, &reply, &err);
        assert_int_equal(outcome, rows[i].begun);
        if (outcome == SCRAM_MORE) {
            struct scram_client client;
            const char *binding =
                arena_printf(&arena, "%s%s", rows[i].again, rows[i].hash);
            assert_true(scram_client_derive(&client, SLICE("pencil"), reply));
            const char *final =
                scram_client_final(&arena, &client, reply, slice_of(binding));
            outcome = scram_next(&scram, slice_of(final), &arena, &reply, &err);
            assert_int_equal(outcome, rows[i].outcome);
        }
        if (rows[i].sqlstate)
            assert_string_equal(err.sqlstate, rows[i].sqlstate);
        arena_free(&arena);
    }
}

UNIT_MAIN(cmocka_unit_test(test_rfc_7677), cmocka_unit_test(test_secrets),
          cmocka_unit_test(test_saslprep), cmocka_unit_test(test_refused),
          cmocka_unit_test(test_mock), cmocka_unit_test(test_binding))
