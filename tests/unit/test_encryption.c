/* test_encryption.c - who asks for encryption, what is answered, and what a handshake
 * changes, driven from memory. */
#include "unit.h"

#include <pgwire/session.h>

#define BYTES(literal)                                                                 \
    {                                                                                  \
        literal, sizeof(literal) - 1                                                   \
    }
#define SSL "\0\0\0\10\4\322\26\57"
#define GSS "\0\0\0\10\4\322\26\60"
#define STARTUP "\0\0\0\22\0\3\0\0user\0ada\0\0"
#define CANCEL "\0\0\0\20\4\322\26\56\0\0\0\1abcd"

enum { STEPS = 4 };

static const char hash[] = "0123456789abcdef0123456789abcdef";
static const struct pgw_tls no_certificate = {.version = "TLSv1.3", .cipher = "c"};
static const struct pgw_tls binding = {.certificate_hash = {hash, sizeof hash - 1}};
static const struct pgw_tls ada = {.certificate_name = "ada",
                                   .certificate_subject = "CN=ada"};
static const struct pgw_tls eve = {.certificate_name = "eve"};

/* What is sent, step by step; an empty step is a handshake. What is said: the types of
 * messages, single bytes in lower case, T for a handshake that is asked for, . for the
 * end, and the SQLSTATE of the last error. */
static const struct row {
    const char *name;
    enum pgw_tls_mode mode;
    bool is_unix;
    struct slice steps[STEPS];
    const struct pgw_tls *tls;
    struct pgw_auth auth;
    const char *said, *sqlstate;
} table[] = {
    {"none", PGW_TLS_NONE, false, {BYTES(SSL), BYTES(STARTUP)}, NULL, {0}, "nR", ""},
    {"offered",
     PGW_TLS_OFFERED,
     false,
     {BYTES(SSL), {"", 0}, BYTES(STARTUP)},
     &no_certificate,
     {0},
     "sTR",
     ""},
    {"not asked", PGW_TLS_OFFERED, false, {BYTES(STARTUP)}, NULL, {0}, "R", ""},
    {"over a unix socket",
     PGW_TLS_OFFERED,
     true,
     {BYTES(SSL), BYTES(STARTUP)},
     NULL,
     {0},
     "nR",
     ""},
    {"GSSAPI first",
     PGW_TLS_OFFERED,
     false,
     {BYTES(GSS), BYTES(SSL), {"", 0}, BYTES(STARTUP)},
     &no_certificate,
     {0},
     "nsTR",
     ""},
    {"direct",
     PGW_TLS_REQUIRED,
     false,
     {{"", 0}, BYTES(STARTUP)},
     &no_certificate,
     {0},
     "R",
     ""},
    {"direct, then asked",
     PGW_TLS_OFFERED,
     false,
     {{"", 0}, BYTES(SSL)},
     &no_certificate,
     {0},
     "E.",
     "0A000"},
    {"asked twice",
     PGW_TLS_NONE,
     false,
     {BYTES(SSL), BYTES(SSL)},
     NULL,
     {0},
     "nE.",
     "0A000"},
    {"asked inside",
     PGW_TLS_OFFERED,
     false,
     {BYTES(SSL), {"", 0}, BYTES(SSL)},
     &no_certificate,
     {0},
     "sTE.",
     "0A000"},
    {"GSSAPI inside",
     PGW_TLS_OFFERED,
     false,
     {BYTES(SSL), {"", 0}, BYTES(GSS)},
     &no_certificate,
     {0},
     "sTE.",
     "0A000"},
    {"injected",
     PGW_TLS_OFFERED,
     false,
     {BYTES(SSL STARTUP), {"", 0}},
     &no_certificate,
     {0},
     "sTE.",
     "08P01"},
    {"half a message injected",
     PGW_TLS_OFFERED,
     false,
     {BYTES(SSL "\0"), {"", 0}},
     &no_certificate,
     {0},
     "sTE.",
     "08P01"},
    {"pipelined behind a request that is refused",
     PGW_TLS_NONE,
     false,
     {BYTES(GSS SSL STARTUP)},
     NULL,
     {0},
     "nnR",
     ""},
    {"a request that is too long",
     PGW_TLS_OFFERED,
     false,
     {BYTES("\0\0\0\11\4\322\26\57x")},
     NULL,
     {0},
     "E.",
     "0A000"},
    {"required", PGW_TLS_REQUIRED, false, {BYTES(STARTUP)}, NULL, {0}, "E.", "28000"},
    {"required and had",
     PGW_TLS_REQUIRED,
     false,
     {BYTES(SSL), {"", 0}, BYTES(STARTUP)},
     &no_certificate,
     {0},
     "sTR",
     ""},
    {"required, a unix socket",
     PGW_TLS_REQUIRED,
     true,
     {BYTES(STARTUP)},
     NULL,
     {0},
     "R",
     ""},
    {"required, to cancel",
     PGW_TLS_REQUIRED,
     false,
     {BYTES(CANCEL)},
     NULL,
     {0},
     ".",
     ""},
    {"cancel inside",
     PGW_TLS_REQUIRED,
     false,
     {BYTES(SSL), {"", 0}, BYTES(CANCEL)},
     &no_certificate,
     {0},
     "sT.",
     ""},
    {"a certificate",
     PGW_TLS_OFFERED,
     false,
     {BYTES(SSL), {"", 0}, BYTES(STARTUP)},
     &ada,
     {.mechanism = PGW_AUTH_CERTIFICATE},
     "sTR",
     ""},
    {"a certificate of another",
     PGW_TLS_OFFERED,
     false,
     {BYTES(SSL), {"", 0}, BYTES(STARTUP)},
     &eve,
     {.mechanism = PGW_AUTH_CERTIFICATE},
     "sTE.",
     "28000"},
    {"a certificate that is mapped",
     PGW_TLS_OFFERED,
     false,
     {BYTES(SSL), {"", 0}, BYTES(STARTUP)},
     &eve,
     {.mechanism = PGW_AUTH_CERTIFICATE, .secret = {"eve", 3}},
     "sTR",
     ""},
    {"no certificate",
     PGW_TLS_OFFERED,
     false,
     {BYTES(SSL), {"", 0}, BYTES(STARTUP)},
     &no_certificate,
     {.mechanism = PGW_AUTH_CERTIFICATE},
     "sTE.",
     "28000"},
    {"no TLS, no certificate",
     PGW_TLS_OFFERED,
     false,
     {BYTES(STARTUP)},
     NULL,
     {.mechanism = PGW_AUTH_CERTIFICATE},
     "E.",
     "28000"},
};

static enum pgw_status authenticate(void *ctx, pgw_session *session,
                                    struct pgw_auth *auth, struct pgw_error *err)
{
    const struct row *row = ctx;
    (void)session, (void)err;
    *auth = row->auth;
    return PGW_OK;
}

static const struct pgw_startup_ops startup = {.authenticate = authenticate};
static const struct pgw_handlers handlers = {.startup = &startup};

struct talk {
    pgw_session *session;
    char said[64];
    char sqlstate[6];
};

static void say(struct talk *talk, char what)
{
    size_t len = strlen(talk->said);
    assert_true(len + 1 < sizeof talk->said);
    talk->said[len] = what;
}

/* Authentication and ready are one word: nothing that is asked about changes after it.
 */
static void read_output(struct talk *talk, const uint8_t *out, size_t len)
{
    if (len == 1) {
        say(talk, (char)(out[0] | 32));
        return;
    }
    for (; out[0] == 'S' || out[0] == 'N'; out++, len--) /* bytes, and more behind */
        say(talk, (char)(out[0] | 32));
    say(talk, (char)out[0]);
    const uint8_t *state = memmem(out, len, "FATAL\0C", 7);
    if (out[0] == 'E' && state)
        memcpy(talk->sqlstate, state + 7, 5);
}

static void serve(struct talk *talk)
{
    uint8_t out[4096];
    size_t len = 0;
    unsigned want;
    while (!((want = pgw_session_want(talk->session)) &
             (PGW_WANT_RECV | PGW_WANT_CLOSE | PGW_WANT_TLS))) {
        struct iovec iov;
        if (want & PGW_WANT_WORK) {
            pgw_session_run(talk->session);
            continue;
        }
        assert_int_equal(pgw_session_send_iov(talk->session, &iov, 1), 1);
        assert_true(len + iov.iov_len <= sizeof out);
        memcpy(out + len, iov.iov_base, iov.iov_len);
        len += iov.iov_len;
        pgw_session_send_ack(talk->session, iov.iov_len);
    }
    if (len > 0)
        read_output(talk, out, len);
    if (want & PGW_WANT_TLS)
        say(talk, 'T');
    if (want & PGW_WANT_CLOSE)
        say(talk, '.');
}

static void feed(struct talk *talk, struct slice bytes)
{
    size_t room;
    uint8_t *to = pgw_session_recv_buf(talk->session, &room);
    assert_non_null(to);
    assert_true(room >= bytes.len);
    memcpy(to, bytes.data, bytes.len);
    pgw_session_recv_ack(talk->session, bytes.len);
}

static void check(const struct row *row)
{
    const struct pgw_peer peer = {.is_unix = row->is_unix};
    const struct pgw_session_options options = {.peer = &peer, .tls = row->mode};
    struct talk talk = {
        .session = pgw_session_new(&handlers, (void *)(uintptr_t)row, &options)};
    assert_non_null(talk.session);
    for (size_t i = 0; i < STEPS && row->steps[i].data; i++) {
        if (row->steps[i].len > 0)
            feed(&talk, row->steps[i]);
        else
            pgw_session_tls_started(talk.session, row->tls);
        serve(&talk);
    }
    if (strcmp(talk.said, row->said) != 0 || strcmp(talk.sqlstate, row->sqlstate) != 0)
        fail_msg("%s: \"%s\" %s", row->name, talk.said, talk.sqlstate);
    pgw_session_free(talk.session);
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        check(&table[i]);
}

/* Everything that a handler may ask about the handshake is the session's own copy. */
static void test_peer(void **state)
{
    (void)state;
    char version[] = "TLSv1.2", cipher[] = "c", name[] = "n", subject[] = "CN=n";
    const struct pgw_tls tls = {.version = version,
                                .cipher = cipher,
                                .certificate_name = name,
                                .certificate_subject = subject};
    const struct pgw_session_options options = {.tls = PGW_TLS_OFFERED};
    pgw_session *session = pgw_session_new(&handlers, NULL, &options);
    const struct pgw_peer *peer = pgw_session_peer(session);
    assert_false(peer->is_tls);
    pgw_session_tls_started(session, &tls);
    version[0] = cipher[0] = name[0] = subject[0] = '!';
    assert_true(peer->is_tls);
    assert_string_equal(peer->tls_version, "TLSv1.2");
    assert_string_equal(peer->tls_cipher, "c");
    assert_string_equal(peer->certificate_name, "n");
    assert_string_equal(peer->certificate_subject, "CN=n");
    pgw_session_free(session);
}

/* Offered only to a client that can bind to the channel. */
static void test_channel_binding(void **state)
{
    (void)state;
    const struct row row = {.auth = {.mechanism = PGW_AUTH_SCRAM_SHA_256}};
    const struct pgw_session_options options = {.tls = PGW_TLS_OFFERED};
    for (int with = 0; with < 2; with++) {
        struct iovec iov;
        struct talk talk = {
            .session = pgw_session_new(&handlers, (void *)(uintptr_t)&row, &options)};
        pgw_session_tls_started(talk.session, with ? &binding : &no_certificate);
        feed(&talk, (struct slice)BYTES(STARTUP));
        while (pgw_session_want(talk.session) & PGW_WANT_WORK)
            pgw_session_run(talk.session);
        assert_int_equal(pgw_session_send_iov(talk.session, &iov, 1), 1);
        assert_int_equal(memmem(iov.iov_base, iov.iov_len, "-PLUS", 6) != NULL, with);
        pgw_session_free(talk.session);
    }
}

/* A later version of the library's header. */
static void test_reserved(void **state)
{
    (void)state;
    struct pgw_tls tls = {.reserved = {&tls}};
    struct talk talk = {.session = pgw_session_new(&handlers, NULL, NULL)};
    pgw_session_tls_started(talk.session, &tls);
    serve(&talk);
    assert_string_equal(talk.said, "E.");
    assert_string_equal(talk.sqlstate, "0A000");
    pgw_session_free(talk.session);
}

UNIT_MAIN(cmocka_unit_test(test_table), cmocka_unit_test(test_peer),
          cmocka_unit_test(test_channel_binding), cmocka_unit_test(test_reserved))
