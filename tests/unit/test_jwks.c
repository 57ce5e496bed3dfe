/* test_jwks.c - what JSON Web Tokens are made of: base64url, objects of JSON, keys and
 * sets of them, and signatures, by the vectors of the RFCs. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "jwt_vectors.h"
#include "pgwire/base64url.h"
#include "pgwire/json_object.h"

/* ---- base64url ---- */

static const struct {
    const char *text;
    int len; /* -1: it is none */
    const char *bytes;
} encodings[] = {
    {"", 0, ""},           {"Zg", 1, "f"},         {"Zm8", 2, "fo"}, {"Zm9v", 3, "foo"},
    {"Zm9vYg", 4, "foob"}, {"-_8", 2, "\xfb\xff"}, {"Z", -1, ""},    {"Zg==", -1, ""},
    {"Zh", -1, ""},        {"Zm9", -1, ""},        {"Zm 8", -1, ""}, {"+/8", -1, ""},
    {"Zm9vY", -1, ""},     {"Zg\n", -1, ""},
};

static void test_base64url(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(encodings); i++) {
        uint8_t bytes[BASE64URL_BYTES(8)];
        size_t len;
        bool is_one = base64url_decode(slice_of(encodings[i].text), bytes, &len);
        assert_int_equal(is_one, encodings[i].len >= 0);
        if (is_one) {
            assert_int_equal(len, encodings[i].len);
            assert_memory_equal(bytes, encodings[i].bytes, len);
        }
    }
}

/* ---- objects ---- */

static const struct {
    const char *text;
    enum json_verdict verdict;
    const char *value; /* of the member "a" */
} objects[] = {
    {"{\"a\": 1}", JSON_GOOD, "1"},
    {" {\"b\":{\"a\":2,\"a\":3},\"\\u0061\":[4]}\n", JSON_GOOD, "[4]"},
    {"{}", JSON_GOOD, ""},
    {"{\"a\":1,\"a\":1}", JSON_BAD, NULL},
    {"{\"a\":1,\"\\u0061\":1}", JSON_BAD, NULL},
    {"[]", JSON_BAD, NULL},
    {"\"a\"", JSON_BAD, NULL},
    {"", JSON_BAD, NULL},
    {"{\"a\":1", JSON_BAD, NULL},
    {"{\"a\":1,}", JSON_BAD, NULL},
    {"{\"a\":1}x", JSON_BAD, NULL},
    {"{\"a\":01}", JSON_BAD, NULL},
    {"{'a':1}", JSON_BAD, NULL},
    {"{\"a\":\"\\u0000\"}", JSON_BAD, NULL},
    {"{\"a\":\"\\ud800\"}", JSON_BAD, NULL},
    {"{\"a\":\"\xff\"}", JSON_BAD, NULL},
    {"{\"a\":NaN}", JSON_BAD, NULL},
};

static void test_objects(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
        struct arena arena = {0};
        struct json_object object;
        assert_int_equal(json_object_read(&arena, slice_of(objects[i].text), &object),
                         objects[i].verdict);
        if (objects[i].value)
            assert_slice(json_object_get(&object, "a").text, objects[i].value);
        arena_free(&arena);
    }
}

static void test_many_members(void **state)
{
    (void)state;
    for (size_t count = JSON_OBJECT_MEMBERS; count <= JSON_OBJECT_MEMBERS + 1;
         count++) {
        struct arena arena = {0};
        struct json_object object;
        char *text = malloc(16 * count + 16), *at = text;
        assert_non_null(text);
        for (size_t i = 0; i < count; i++)
            at += snprintf(at, 16, "%c\"m%zu\":1", i ? ',' : '{', i);
        memcpy(at, "}", 2);
        assert_int_equal(json_object_read(&arena, slice_of(text), &object),
                         count > JSON_OBJECT_MEMBERS ? JSON_BAD : JSON_GOOD);
        free(text);
        arena_free(&arena);
    }
}

/* ---- vectors ---- */

static const struct {
    const char *source, *jwk, *algorithm, *token;
} vectors[] = {
    {"RFC 7515 A.2", RSA_JWK, "RS256", RSA_TOKEN},
    {"RFC 7515 A.3", P256_JWK, "ES256", P256_TOKEN},
    {"RFC 7515 A.4", P521_JWK, "ES512", P521_TOKEN},
    {"RFC 8037 A.4", ED25519_JWK, "EdDSA", ED25519_TOKEN},
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        struct jwks *keys = keys_of(vectors[i].jwk);
        const char *dot = strrchr(vectors[i].token, '.');
        struct slice text = {vectors[i].token, (size_t)(dot - vectors[i].token)};
        const struct crypto_signing *signing =
            &jose_algorithm_find(slice_of(vectors[i].algorithm))->signing;
        uint8_t bytes[512];
        size_t len;
        assert_true(base64url_decode(slice_of(dot + 1), bytes, &len));
        struct slice signature = {(const char *)bytes, len};
        assert_true(crypto_key_verify(&keys->keys[0].key, signing, text, signature));
        for (size_t bit = 0; bit < 8 * len; bit += 5) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_false(
                crypto_key_verify(&keys->keys[0].key, signing, text, signature));
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        signature.len--;
        assert_false(crypto_key_verify(&keys->keys[0].key, signing, text, signature));
        signature.len = 0;
        assert_false(crypto_key_verify(&keys->keys[0].key, signing, text, signature));
        text.len--;
        signature.len = len;
        assert_false(crypto_key_verify(&keys->keys[0].key, signing, text, signature));
        jwks_free(keys);
    }
}

/* Each key is asked for each algorithm: only its own kind's is even tried. */
static void test_kinds(void **state)
{
    static const char *const names[] = {"RS256", "RS384", "RS512",  "PS256",
                                        "PS384", "PS512", "ES256",  "ES384",
                                        "ES512", "EdDSA", "Ed25519"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        struct jwks *keys = keys_of(vectors[i].jwk);
        const char *dot = strrchr(vectors[i].token, '.');
        struct slice text = {vectors[i].token, (size_t)(dot - vectors[i].token)};
        uint8_t bytes[512];
        size_t len;
        assert_true(base64url_decode(slice_of(dot + 1), bytes, &len));
        for (size_t j = 0; j < ARRAY_LEN(names); j++) {
            const struct jose_algorithm *algorithm =
                jose_algorithm_find(slice_of(names[j]));
            bool is_own = strcmp(names[j], vectors[i].algorithm) == 0 ||
                          (i == 3 && strcmp(names[j], "Ed25519") == 0);
            assert_non_null(algorithm);
            assert_int_equal(crypto_key_verify(&keys->keys[0].key, &algorithm->signing,
                                               text,
                                               (struct slice){(char *)bytes, len}),
                             is_own);
        }
        jwks_free(keys);
    }
    static const char *const refused[] = {"none",  "None",  "NONE",  "",      "HS256",
                                          "HS384", "HS512", "rs256", "ES256K"};
    for (size_t i = 0; i < ARRAY_LEN(refused); i++)
        assert_null(jose_algorithm_find(slice_of(refused[i])));
}

/* ---- key sets ---- */

static const struct {
    const char *text;
    size_t count;
    const char *fault; /* a part of it; NULL: none */
} sets[] = {
    {SET(P256_JWK), 1, NULL},
    {SET(RSA_JWK "," P256_JWK "," P521_JWK "," ED25519_JWK), 4, NULL},
    {SET("{" P256_MEMBERS ",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":\"1\","
         "\"key_ops\":[\"verify\"],\"x5c\":[]}"),
     1, NULL},
    {SET(P256_JWK ",{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMko\"}"), 1,
     NULL},
    {SET(P256_JWK ",{\"kty\":\"new\"},{}"), 1, NULL},
    {SET("{" P256_MEMBERS ",\"use\":\"enc\"}"), 0, "none of its keys"},
    {SET("{" P256_MEMBERS ",\"use\":1}"), 0, "none of its keys"},
    {SET("{" P256_MEMBERS ",\"kid\":1}"), 0, "none of its keys"},
    {SET("{" P256_MEMBERS ",\"alg\":\"ES384\"}"), 0, "none of its keys"},
    {SET("{" P256_MEMBERS ",\"alg\":\"RS256\"}"), 0, "none of its keys"},
    {SET("{" P256_MEMBERS ",\"alg\":\"HS256\"}"), 0, "none of its keys"},
    {SET("{" P256_MEMBERS ",\"key_ops\":[\"sign\"]}"), 0, "none of its keys"},
    {SET("{" P256_MEMBERS ",\"key_ops\":\"verify\"}"), 0, "none of its keys"},
    {SET("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" P256_X "\",\"y\":\"" P256_X
         "\"}"),
     0, "none of its keys"}, /* not on the curve */
    {SET("{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" P256_X "\",\"y\":\"" P256_Y
         "\"}"),
     0, "none of its keys"},
    {SET("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" P256_X "\"}"), 0,
     "none of its keys"},
    {SET("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" P256_X "=\",\"y\":\"" P256_Y
         "\"}"),
     0, "none of its keys"},
    {SET("{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AQ\"}"), 0, "none of its keys"},
    {SET("{\"kty\":\"RSA\",\"n\":\"" RSA_N "\",\"e\":\"AAAA\"}"), 0,
     "none of its keys"},
    {SET("{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoQ\","
         "\"e\":\"AQAB\"}"),
     0, "none of its keys"}, /* too small */
    {SET("{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" P256_X "\"}"), 0,
     "none of its keys"},
    {SET("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qY\"}"), 0,
     "none of its keys"},
    {SET(""), 0, "none of its keys"},
    {P256_JWK, 1, NULL}, /* one key alone */
    {"{}", 0, "none of its keys"},
    {"{\"keys\":{}}", 0, "not a JSON Web Key Set"},
    {SET("1"), 0, "not a JSON Web Key Set"},
    {SET("{\"kty\":\"EC\",\"kty\":\"RSA\"}"), 0, "not a JSON Web Key Set"},
    {"[" P256_JWK "]", 0, "not a JSON Web Key Set"},
    {"", 0, "not a JSON Web Key Set"},
    {SET(P256_JWK) "x", 0, "not a JSON Web Key Set"},
};

static void test_sets(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        struct pgw_error err = {0};
        struct jwks *keys = jwks_read(slice_of(sets[i].text), &err);
        assert_int_equal(keys != NULL, sets[i].fault == NULL);
        if (keys)
            assert_int_equal(keys->count, sets[i].count);
        else
            assert_non_null(strstr(err.message, sets[i].fault));
        jwks_free(keys);
    }
}

static void test_many_keys(void **state)
{
    (void)state;
    for (size_t count = JWKS_KEYS_MAX; count <= JWKS_KEYS_MAX + 1; count++) {
        struct pgw_error err;
        size_t size = count * sizeof ED25519_JWK + 64;
        char *text = malloc(size);
        assert_non_null(text);
        size_t len = (size_t)snprintf(text, size, "{\"keys\":[");
        for (size_t i = 0; i < count; i++)
            len += (size_t)snprintf(text + len, size - len, "%s%s", i ? "," : "",
                                    ED25519_JWK);
        (void)snprintf(text + len, size - len, "]}");
        struct jwks *keys = jwks_read(slice_of(text), &err);
        assert_int_equal(keys != NULL, count == JWKS_KEYS_MAX);
        jwks_free(keys);
        free(text);
    }
}

UNIT_MAIN(cmocka_unit_test(test_base64url), cmocka_unit_test(test_objects),
          cmocka_unit_test(test_many_members), cmocka_unit_test(test_vectors),
          cmocka_unit_test(test_kinds), cmocka_unit_test(test_sets),
          cmocka_unit_test(test_many_keys))
