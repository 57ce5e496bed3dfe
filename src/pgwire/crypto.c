/* crypto.c - the seam to cryptography, on OpenSSL's libcrypto. */
#include "pgwire/crypto.h"

#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { BASE64_MAX = 1024 }; /* what is decoded at once */

bool crypto_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void crypto_wipe(void *memory, size_t len)
{
    OPENSSL_cleanse(memory, len);
}

bool crypto_sha256(struct slice data, uint8_t out[CRYPTO_SHA256_BYTES])
{
    return EVP_Digest(data.data, data.len, out, NULL, EVP_sha256(), NULL) == 1;
}

bool crypto_hmac(struct slice key, struct slice data, uint8_t out[CRYPTO_SHA256_BYTES])
{
    if (key.len > INT_MAX)
        return false;
    return HMAC(EVP_sha256(), key.data, (int)key.len, (const uint8_t *)data.data,
                data.len, out, NULL) != NULL;
}

bool crypto_pbkdf2(struct slice password, struct slice salt, uint32_t iterations,
                   uint8_t out[CRYPTO_SHA256_BYTES])
{
    if (password.len > INT_MAX || salt.len > INT_MAX || iterations > INT_MAX)
        return false;
    return PKCS5_PBKDF2_HMAC(password.data, (int)password.len,
                             (const uint8_t *)salt.data, (int)salt.len, (int)iterations,
                             EVP_sha256(), CRYPTO_SHA256_BYTES, out) == 1;
}

bool crypto_md5_hex(struct slice first, struct slice second,
                    char out[CRYPTO_MD5_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[CRYPTO_MD5_HEX / 2];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context && EVP_DigestInit_ex(context, EVP_md5(), NULL) == 1 &&
                EVP_DigestUpdate(context, first.data, first.len) == 1 &&
                EVP_DigestUpdate(context, second.data, second.len) == 1 &&
                EVP_DigestFinal_ex(context, digest, NULL) == 1;
    EVP_MD_CTX_free(context);
    for (size_t i = 0; done && i < sizeof digest; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[CRYPTO_MD5_HEX] = '\0';
    return done;
}

void crypto_base64(const void *data, size_t len, char *out)
{
    (void)EVP_EncodeBlock((uint8_t *)out, data, (int)len);
}

/* OpenSSL overlooks blanks around the text and bits that are left over: what it has
 * made of it must give the same text again. */
int crypto_base64_decode(struct slice text, uint8_t *out, size_t size)
{
    uint8_t bytes[BASE64_MAX + 3];
    char again[CRYPTO_BASE64_SIZE(BASE64_MAX)];
    if (text.len > sizeof again - 1 || text.len % 4 != 0)
        return -1;
    int len = EVP_DecodeBlock(bytes, (const uint8_t *)text.data, (int)text.len);
    for (size_t i = text.len; len > 0 && i > text.len - 2 && text.data[i - 1] == '=';
         i--)
        len--;
    if (len >= 0 && (size_t)len <= size) {
        crypto_base64(bytes, (size_t)len, again);
        if (slice_equal(slice_of(again), text))
            memcpy(out, bytes, (size_t)len);
        else
            len = -1;
    } else {
        len = -1;
    }
    crypto_wipe(bytes, sizeof bytes);
    return len;
}
