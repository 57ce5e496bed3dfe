/* crypto_key.c - public keys, and signatures that they made. */
#include "pgwire/crypto_key.h"

#include <limits.h>
#include <stdint.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

enum { POINT_MAX = 1 + 2 * 66, ED25519_BYTES = 32, EXPONENT_MAX = 8 };

static const struct curve {
    const char *name;
    size_t bytes; /* of a number of its field */
} curves[] = {
    [CRYPTO_KEY_P256] = {"P-256", 32},
    [CRYPTO_KEY_P384] = {"P-384", 48},
    [CRYPTO_KEY_P521] = {"P-521", 66},
    [CRYPTO_KEY_ED25519] = {NULL, 0},
};

static const uint8_t *bytes_of(struct slice data)
{
    return (const uint8_t *)data.data;
}

/* ---- keys ---- */

/* Takes the key; NULL: OpenSSL has said why there is none. */
static enum crypto_key_made wrap(enum crypto_key_kind kind, EVP_PKEY *key,
                                 struct crypto_key *out)
{
    bool no_memory = ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
    *out = (struct crypto_key){kind, key};
    ERR_clear_error();
    if (key)
        return CRYPTO_KEY_MADE;
    return no_memory ? CRYPTO_KEY_NO_MEMORY : CRYPTO_KEY_UNFIT;
}

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *builder)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!params || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *rsa_key(const BIGNUM *modulus, const BIGNUM *exponent)
{
    int bits = BN_num_bits(modulus);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (builder && bits >= CRYPTO_RSA_BITS_MIN && bits <= CRYPTO_RSA_BITS_MAX &&
        BN_is_odd(modulus) && BN_is_odd(exponent) && !BN_is_one(exponent) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        key = key_from("RSA", builder);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

enum crypto_key_made crypto_key_rsa(struct slice modulus, struct slice exponent,
                                    struct crypto_key *out)
{
    if (modulus.len > CRYPTO_RSA_BITS_MAX / CHAR_BIT + 1 || exponent.len > EXPONENT_MAX)
        return CRYPTO_KEY_UNFIT;
    BIGNUM *n = BN_bin2bn(bytes_of(modulus), (int)modulus.len, NULL);
    BIGNUM *e = BN_bin2bn(bytes_of(exponent), (int)exponent.len, NULL);
    EVP_PKEY *key = n && e ? rsa_key(n, e) : NULL;
    BN_free(n);
    BN_free(e);
    return wrap(CRYPTO_KEY_RSA, key, out);
}

enum crypto_key_made crypto_key_curve(enum crypto_key_kind kind, struct slice x,
                                      struct slice y, struct crypto_key *out)
{
    const struct curve *curve = &curves[kind];
    uint8_t point[POINT_MAX] = {4}; /* uncompressed */
    if (x.len != curve->bytes || y.len != curve->bytes)
        return CRYPTO_KEY_UNFIT;
    memcpy(point + 1, x.data, x.len);
    memcpy(point + 1 + x.len, y.data, y.len);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (builder &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME,
                                        curve->name, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                         1 + x.len + y.len) == 1)
        key = key_from("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    return wrap(kind, key, out);
}

enum crypto_key_made crypto_key_ed25519(struct slice point, struct crypto_key *out)
{
    if (point.len != ED25519_BYTES)
        return CRYPTO_KEY_UNFIT;
    EVP_PKEY *key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes_of(point), point.len);
    return wrap(CRYPTO_KEY_ED25519, key, out);
}

void crypto_key_free(struct crypto_key *key)
{
    EVP_PKEY_free(key->handle);
    key->handle = NULL;
}

/* ---- signatures ---- */

/* R and S as OpenSSL takes them; to be freed by OPENSSL_free. 0: they are none. */
static size_t signature_der(size_t bytes, struct slice signature, uint8_t **out)
{
    if (signature.len != 2 * bytes)
        return 0;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes_of(signature), (int)bytes, NULL);
    BIGNUM *s = BN_bin2bn(bytes_of(signature) + bytes, (int)bytes, NULL);
    bool is_set = pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1;
    if (!is_set) {
        BN_free(r);
        BN_free(s);
    }
    int len = is_set ? i2d_ECDSA_SIG(pair, out) : 0;
    ECDSA_SIG_free(pair);
    return len > 0 ? (size_t)len : 0;
}

static bool set_padding(EVP_PKEY_CTX *context, bool is_pss)
{
    int padding = is_pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
    if (EVP_PKEY_CTX_set_rsa_padding(context, padding) != 1)
        return false;
    return !is_pss ||
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static bool verify(const struct crypto_key *key, const struct crypto_signing *signing,
                   struct slice text, struct slice signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *details;
    bool is_good =
        context &&
        EVP_DigestVerifyInit_ex(context, &details, signing->digest, NULL, NULL,
                                key->handle, NULL) == 1 &&
        (key->kind != CRYPTO_KEY_RSA || set_padding(details, signing->is_pss)) &&
        EVP_DigestVerify(context, bytes_of(signature), signature.len, bytes_of(text),
                         text.len) == 1;
    EVP_MD_CTX_free(context);
    return is_good;
}

bool crypto_key_verify(const struct crypto_key *key,
                       const struct crypto_signing *signing, struct slice text,
                       struct slice signature)
{
    uint8_t *der = NULL;
    if (key->kind != signing->kind)
        return false;
    if (curves[key->kind].bytes > 0) {
        size_t len = signature_der(curves[key->kind].bytes, signature, &der);
        signature = (struct slice){(const char *)der, len};
    }
    bool is_good = signature.len > 0 && verify(key, signing, text, signature);
    OPENSSL_free(der);
    ERR_clear_error();
    return is_good;
}
