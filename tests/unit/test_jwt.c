/* test_jwt.c - JSON Web Tokens: every single fault of one that is otherwise good, and
 * the validator whose keys are exchanged. Other libraries' tokens: tests/oauth. */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <pgwire/oauth.h>

#include "../lib/allocations.h"
#include "jwt_vectors.h"
#include "pgwire/crypto.h"
#include "pgwire/jwt.h"

/* ---- tokens ---- */

/* A key of its own, and the set that has it. */
struct issuer {
    EVP_PKEY *key;
    struct jwks *keys;
};

static const char *base64url(struct arena *arena, const void *data, size_t len)
{
    char *text = arena_alloc(arena, CRYPTO_BASE64_SIZE(len));
    assert_non_null(text);
    crypto_base64(data, len, text);
    text[strcspn(text, "=")] = '\0';
    for (char *at = text; *at; at++)
        *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
    return text;
}

static const char *jwk_of(struct arena *arena, EVP_PKEY *key, const char *members)
{
    uint8_t point[65];
    size_t len;
    assert_int_equal(
        EVP_PKEY_get_octet_string_param(key, "pub", point, sizeof point, &len), 1);
    assert_int_equal(len, sizeof point);
    const char *x = base64url(arena, point + 1, 32),
               *y = base64url(arena, point + 33, 32);
    return arena_printf(
        arena, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"%s}", x, y,
        members);
}

static int begin(void **state)
{
    struct arena arena = {0};
    struct issuer *issuer = calloc(1, sizeof *issuer);
    assert_non_null(issuer);
    issuer->key = EVP_EC_gen("P-256");
    assert_non_null(issuer->key);
    /* Others around it: one of another kind, and one of the same. */
    const char *text = arena_printf(
        &arena, "{\"keys\":[" RSA_JWK ",{" P256_MEMBERS ",\"kid\":\"rfc\"},%s]}",
        jwk_of(&arena, issuer->key, ",\"kid\":\"own\",\"alg\":\"ES256\""));
    issuer->keys = keys_of(text);
    arena_free(&arena);
    *state = issuer;
    return 0;
}

static int end(void **state)
{
    struct issuer *issuer = *state;
    EVP_PKEY_free(issuer->key);
    jwks_free(issuer->keys);
    free(issuer);
    return 0;
}

static const char *sign(struct arena *arena, EVP_PKEY *key, const char *text)
{
    uint8_t der[80], raw[64];
    const uint8_t *at = der;
    size_t len = sizeof der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_non_null(context);
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(context, der, &len, (const uint8_t *)text, strlen(text)), 1);
    EVP_MD_CTX_free(context);
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)len);
    assert_non_null(pair);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32), 32);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32), 32);
    ECDSA_SIG_free(pair);
    return base64url(arena, raw, sizeof raw);
}

static const char *token_of(struct arena *arena, const struct issuer *issuer,
                            const char *header, const char *claims)
{
    const char *text =
        arena_printf(arena, "%s.%s", base64url(arena, header, strlen(header)),
                     base64url(arena, claims, strlen(claims)));
    return arena_printf(arena, "%s.%s", text, sign(arena, issuer->key, text));
}

enum { NOW = 1000000, SKEW = 60 };

static const struct jwt_rules rules = {.issuer = {"https://issuer", 14},
                                       .audience = {"wirehouse", 9},
                                       .user_claim = {"sub", 3},
                                       .scopes = {"read  query", 11},
                                       .skew_s = SKEW};

#define HEADER "{\"alg\":\"ES256\"}"
#define ISS "\"iss\":\"https://issuer\""
#define AUD "\"aud\":\"wirehouse\""
#define EXP "\"exp\":1000100"
#define SUB "\"sub\":\"ada\""
#define SCOPE "\"scope\":\"write read query\""
#define CLAIMS "{" ISS "," AUD "," EXP "," SUB "," SCOPE "}"

static const struct {
    const char *header, *claims;
    const char *reason;   /* "": it is good */
    const char *identity; /* NULL: "ada" */
} tokens[] = {
    {HEADER, CLAIMS, "", NULL},
    {"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"own\"}", CLAIMS, "", NULL},
    {"{\"typ\":\"at+jwt\",\"alg\":\"ES256\"}", CLAIMS, "", NULL},
    {"{\"typ\":\"application/AT+JWT\",\"alg\":\"ES256\"}", CLAIMS, "", NULL},
    {"{\"alg\":\"ES256\",\"jwk\":" P256_JWK ",\"jku\":\"https://evil\"}", CLAIMS, "",
     NULL},
    /* the header */
    {"{\"alg\":\"none\"}", CLAIMS, "its algorithm is not accepted", ""},
    {"{\"alg\":\"HS256\"}", CLAIMS, "its algorithm is not accepted", ""},
    {"{\"alg\":[\"ES256\"]}", CLAIMS, "its algorithm is not accepted", ""},
    {"{}", CLAIMS, "its algorithm is not accepted", ""},
    {"{\"alg\":\"ES256\",\"alg\":\"ES256\"}", CLAIMS,
     "its header is not an object of JSON", ""},
    {"[]", CLAIMS, "its header is not an object of JSON", ""},
    {"{\"alg\":\"ES256\",\"crit\":[\"exp\"]}", CLAIMS,
     "it has extensions that must be understood", ""},
    {"{\"alg\":\"ES256\",\"typ\":\"dpop+jwt\"}", CLAIMS, "it is of another type", ""},
    {"{\"alg\":\"ES256\",\"typ\":1}", CLAIMS, "it is of another type", ""},
    {"{\"alg\":\"ES256\",\"kid\":1}", CLAIMS, "the id of its key is no string", ""},
    {"{\"alg\":\"ES256\",\"kid\":\"x\"}", CLAIMS,
     "none of the keys is the one that it names", ""},
    {"{\"alg\":\"ES256\",\"kid\":\"rfc\"}", CLAIMS, "its signature does not fit", ""},
    {"{\"alg\":\"ES384\"}", CLAIMS, "none of the keys is the one that it names", ""},
    {"{\"alg\":\"RS256\"}", CLAIMS, "its signature does not fit", ""},
    /* the claims */
    {HEADER, "[]", "its claims are not an object of JSON", ""},
    {HEADER, "{" SUB "," SUB "}", "its claims are not an object of JSON", ""},
    {HEADER, "{" AUD "," EXP "," SUB "," SCOPE "}", "it is of another issuer", NULL},
    {HEADER, "{\"iss\":\"https://issuer/\"," AUD "," EXP "," SUB "," SCOPE "}",
     "it is of another issuer", NULL},
    {HEADER, "{\"iss\":[\"https://issuer\"]," AUD "," EXP "," SUB "," SCOPE "}",
     "it is of another issuer", NULL},
    {HEADER, "{" ISS "," EXP "," SUB "," SCOPE "}", "it is for another audience", NULL},
    {HEADER, "{" ISS ",\"aud\":\"other\"," EXP "," SUB "," SCOPE "}",
     "it is for another audience", NULL},
    {HEADER, "{" ISS ",\"aud\":\"other wirehouse\"," EXP "," SUB "," SCOPE "}",
     "it is for another audience", NULL},
    {HEADER, "{" ISS ",\"aud\":[]," EXP "," SUB "," SCOPE "}",
     "it is for another audience", NULL},
    {HEADER, "{" ISS ",\"aud\":[1,[\"wirehouse\"]]," EXP "," SUB "," SCOPE "}",
     "it is for another audience", NULL},
    {HEADER,
     "{" ISS ",\"aud\":[\"other\",\"wire\\u0068ouse\"]," EXP "," SUB "," SCOPE "}", "",
     NULL},
    {HEADER, "{" ISS "," AUD "," SUB "," SCOPE "}",
     "it does not say until when it is good", NULL},
    {HEADER, "{" ISS "," AUD ",\"exp\":\"1000100\"," SUB "," SCOPE "}",
     "it does not say until when it is good", NULL},
    {HEADER, "{" ISS "," AUD ",\"exp\":1e300," SUB "," SCOPE "}",
     "it does not say until when it is good", NULL},
    {HEADER, "{" ISS "," AUD ",\"exp\":-1," SUB "," SCOPE "}",
     "it does not say until when it is good", NULL},
    {HEADER, "{" ISS "," AUD ",\"exp\":999940," SUB "," SCOPE "}", "it has expired",
     NULL},
    {HEADER, "{" ISS "," AUD ",\"exp\":999941," SUB "," SCOPE "}", "", NULL},
    {HEADER, "{" ISS "," AUD ",\"exp\":1.0001e6," SUB "," SCOPE "}", "", NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SUB "," SCOPE ",\"nbf\":1000060}", "", NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SUB "," SCOPE ",\"nbf\":1000061}",
     "it is not good yet", NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SUB "," SCOPE ",\"nbf\":null}",
     "it is not good yet", NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SUB "," SCOPE ",\"iat\":1000060}", "", NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SUB "," SCOPE ",\"iat\":1000061}",
     "it was issued in times to come", NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SUB "}", "it lacks a scope", NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SUB ",\"scope\":\"read\"}", "it lacks a scope",
     NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SUB ",\"scope\":\"readquery\"}",
     "it lacks a scope", NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SUB ",\"scp\":[\"query\",\"read\"]}", "",
     NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SUB ",\"scp\":[\"query read\"]}",
     "it lacks a scope", NULL},
    {HEADER, "{" ISS "," AUD "," EXP "," SCOPE "}", "it does not say whose it is", ""},
    {HEADER, "{" ISS "," AUD "," EXP ",\"sub\":\"\"," SCOPE "}",
     "it does not say whose it is", ""},
    {HEADER, "{" ISS "," AUD "," EXP ",\"sub\":7," SCOPE "}",
     "it does not say whose it is", ""},
    {HEADER, "{" ISS "," AUD "," EXP ",\"sub\":\"a\\nb\"," SCOPE "}",
     "it does not say whose it is", ""},
    {HEADER, "{" ISS "," AUD "," EXP ",\"sub\":\"\\u00e9\"," SCOPE "}", "", "\xc3\xa9"},
};

static void check_token(const struct issuer *issuer, const char *token,
                        const char *reason, const char *identity)
{
    struct pgw_token_result result;
    struct pgw_error err;
    assert_true(jwt_judge(&rules, issuer->keys, slice_of(token), NOW, &result, &err));
    assert_string_equal(result.reason, reason);
    assert_int_equal(result.is_authorized, *reason == '\0');
    assert_false(result.is_mapped);
    if (identity)
        assert_string_equal(result.identity, identity);
}

static void test_tokens(void **state)
{
    const struct issuer *issuer = *state;
    for (size_t i = 0; i < ARRAY_LEN(tokens); i++) {
        struct arena arena = {0};
        check_token(issuer,
                    token_of(&arena, issuer, tokens[i].header, tokens[i].claims),
                    tokens[i].reason, tokens[i].identity ? tokens[i].identity : "ada");
        arena_free(&arena);
    }
}

/* Every part of a good token, bent. */
static void test_parts(void **state)
{
    static const char no_token[] = "it is no signed JSON Web Token";
    const struct issuer *issuer = *state;
    struct arena arena = {0};
    const char *token = token_of(&arena, issuer, HEADER, CLAIMS);
    const char *second = strchr(token, '.'), *last = strrchr(token, '.');
    check_token(issuer, token, "", "ada");
    check_token(issuer, "", no_token, "");
    check_token(issuer, ".", no_token, "");
    check_token(issuer, "..", no_token, "");
    check_token(issuer, arena_printf(&arena, "%.*s", (int)(last - token), token),
                no_token, "");
    check_token(issuer, arena_printf(&arena, "%.*s", (int)(last - token) + 1, token),
                no_token, "");
    check_token(issuer, second, no_token, "");
    check_token(issuer, arena_printf(&arena, "%s.", token), no_token, "");
    check_token(issuer, arena_printf(&arena, "%s.x.y", token), no_token, "");
    check_token(issuer, arena_printf(&arena, "%s=", token), no_token, "");
    check_token(issuer, arena_printf(&arena, "%s\n", token), no_token, "");
    check_token(issuer, arena_printf(&arena, " %s", token), no_token, "");
    check_token(issuer, RSA_TOKEN, "it does not say whose it is", "");
    check_token(issuer, P256_TOKEN, "it does not say whose it is", "");
    for (size_t i = 0; token[i]; i++) {
        struct pgw_token_result result;
        struct pgw_error err;
        char *bent = arena_printf(&arena, "%s", token);
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        assert_true(
            jwt_judge(&rules, issuer->keys, slice_of(bent), NOW, &result, &err));
        assert_false(result.is_authorized);
    }
    arena_free(&arena);
}

static void test_long_name(void **state)
{
    const struct issuer *issuer = *state;
    for (size_t len = PGW_IDENTITY_BYTES - 1; len <= PGW_IDENTITY_BYTES; len++) {
        struct arena arena = {0};
        char *name = arena_calloc(&arena, 1, len + 1);
        memset(name, 'a', len);
        const char *claims = arena_printf(
            &arena, "{" ISS "," AUD "," EXP ",\"sub\":\"%s\"," SCOPE "}", name);
        check_token(issuer, token_of(&arena, issuer, HEADER, claims),
                    len < PGW_IDENTITY_BYTES ? "" : "it does not say whose it is",
                    len < PGW_IDENTITY_BYTES ? name : "");
        arena_free(&arena);
    }
}

static void test_long_token(void **state)
{
    const struct issuer *issuer = *state;
    struct arena arena = {0};
    char *token = arena_calloc(&arena, 1, JWT_BYTES_MAX + 2);
    memset(token, 'A', JWT_BYTES_MAX + 1);
    check_token(issuer, token, "it is too long", "");
    arena_free(&arena);
}

/* Whatever memory is refused, the verdict is the one with memory, or there is none. */
static void test_no_memory(void **state)
{
    const struct issuer *issuer = *state;
    struct arena arena = {0};
    const char *token = token_of(&arena, issuer, HEADER, CLAIMS);
    bool is_judged = false;
    for (size_t nth = 1; !is_judged; nth++) {
        struct pgw_token_result result;
        struct pgw_error err;
        allocations_refuse(nth, false);
        is_judged =
            jwt_judge(&rules, issuer->keys, slice_of(token), NOW, &result, &err);
        size_t refused = allocations_refused();
        allocations_refuse(0, false);
        assert_int_equal(is_judged, refused == 0);
        assert_int_equal(result.is_authorized, is_judged);
        if (!is_judged)
            assert_string_equal(err.sqlstate, "53200");
    }
    arena_free(&arena);
}

static void test_no_memory_for_keys(void **state)
{
    struct jwks *keys = NULL;
    (void)state;
    for (size_t nth = 1; !keys; nth++) {
        struct pgw_error err;
        allocations_refuse(nth, false);
        keys = jwks_read(SLICE(SET(RSA_JWK "," P256_JWK "," ED25519_JWK)), &err);
        size_t refused = allocations_refused();
        allocations_refuse(0, false);
        assert_int_equal(keys != NULL, refused == 0);
        if (!keys)
            assert_string_equal(err.sqlstate, "53200");
    }
    assert_int_equal(keys->count, 3);
    jwks_free(keys);
}

/* ---- the validator ---- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A key that is exchanged, and a file that is broken, while it works. */
static void test_reload(void **state)
{
    (void)state;
    char path[] = "/tmp/keys.XXXXXX";
    struct pgw_error err;
    struct pgw_token_result result;
    struct pgw_slice token = {ED25519_TOKEN, sizeof ED25519_TOKEN - 1};
    const struct pgw_jwt_options options = {
        .issuer = "i", .audience = "a", .key_file = path};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_null(pgw_jwt_validator_new(&options, &err));
    assert_string_equal(err.sqlstate, "22023");
    write_file(path, SET(P256_JWK));
    pgw_jwt_validator *validator = pgw_jwt_validator_new(&options, &err);
    assert_non_null(validator);
    assert_int_equal(pgw_jwt_validate(validator, token, &result, &err), PGW_OK);
    assert_string_equal(result.reason, "none of the keys is the one that it names");
    write_file(path, SET(ED25519_JWK));
    assert_int_equal(pgw_jwt_validator_reload(validator, &err), PGW_OK);
    assert_int_equal(pgw_jwt_validate(validator, token, &result, &err), PGW_OK);
    assert_string_equal(result.reason, "its claims are not an object of JSON");
    write_file(path, "{\"keys\":");
    assert_int_equal(pgw_jwt_validator_reload(validator, &err), PGW_ERROR);
    assert_string_equal(err.sqlstate, "22023");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(pgw_jwt_validator_reload(validator, &err), PGW_ERROR);
    assert_string_equal(err.sqlstate, "58P01");
    assert_int_equal(pgw_jwt_validate(validator, token, &result, &err), PGW_OK);
    assert_string_equal(result.reason, "its claims are not an object of JSON");
    pgw_jwt_validator_free(validator);
    pgw_jwt_validator_free(NULL);
}

struct judge {
    pgw_jwt_validator *validator;
    _Atomic bool stop;
    _Atomic unsigned judged;
};

static void *judge_on(void *self)
{
    struct judge *judge = self;
    const struct pgw_slice token = {ED25519_TOKEN, sizeof ED25519_TOKEN - 1};
    while (!atomic_load(&judge->stop)) {
        struct pgw_token_result result;
        struct pgw_error err;
        if (pgw_jwt_validate(judge->validator, token, &result, &err) == PGW_OK &&
            strcmp(result.reason, "its claims are not an object of JSON") == 0)
            atomic_fetch_add(&judge->judged, 1);
    }
    return NULL;
}

/* Threads that judge while the keys are exchanged: none of them misses its key. */
static void test_reload_meanwhile(void **state)
{
    enum { THREADS = 4, RELOADS = 50 };
    (void)state;
    char path[] = "/tmp/keys.XXXXXX";
    struct pgw_error err;
    pthread_t threads[THREADS];
    const struct pgw_jwt_options options = {
        .issuer = "i", .audience = "a", .key_file = path};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    write_file(path, SET(P256_JWK "," ED25519_JWK));
    struct judge judge = {.validator = pgw_jwt_validator_new(&options, &err)};
    assert_non_null(judge.validator);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, judge_on, &judge), 0);
    for (unsigned i = 0; i < RELOADS || atomic_load(&judge.judged) < RELOADS; i++)
        assert_int_equal(pgw_jwt_validator_reload(judge.validator, &err), PGW_OK);
    atomic_store(&judge.stop, true);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pgw_jwt_validator_free(judge.validator);
    assert_int_equal(unlink(path), 0);
}

static void test_options(void **state)
{
    static const struct pgw_jwt_options rows[] = {
        {.audience = "a", .key_file = "/nowhere"},
        {.issuer = "i", .key_file = "/nowhere"},
        {.issuer = "i", .audience = "a"},
        {.issuer = "", .audience = "a", .key_file = "/nowhere"},
    };
    struct pgw_error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_null(pgw_jwt_validator_new(&rows[i], &err));
        assert_string_equal(err.sqlstate, "22023");
    }
    static const char *const paths[] = {"/nowhere", "/tmp", "/dev/null"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        const struct pgw_jwt_options options = {
            .issuer = "i", .audience = "a", .key_file = paths[i]};
        assert_null(pgw_jwt_validator_new(&options, &err));
        assert_string_equal(err.sqlstate, "58P01");
    }
}

UNIT_MAIN(cmocka_unit_test_setup_teardown(test_tokens, begin, end),
          cmocka_unit_test_setup_teardown(test_parts, begin, end),
          cmocka_unit_test_setup_teardown(test_long_name, begin, end),
          cmocka_unit_test_setup_teardown(test_long_token, begin, end),
          cmocka_unit_test_setup_teardown(test_no_memory, begin, end),
          cmocka_unit_test(test_no_memory_for_keys), cmocka_unit_test(test_reload),
          cmocka_unit_test(test_reload_meanwhile), cmocka_unit_test(test_options))
