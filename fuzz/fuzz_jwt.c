/* fuzz_jwt.c - tokens and key sets of anybody's: none is good that was not signed, and
 * of those that were, none that lacks what is asked for.
 *
 * The first byte chooses: a token as it is; a header and claims, divided by a NUL,
 * which are signed by the key that is asked; a set of keys. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "pgwire/base64url.h"
#include "pgwire/crypto.h"
#include "pgwire/json_object.h"
#include "pgwire/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1000000, PART_MAX = 4096 };

/* RFC 8037 A.1 */
#define PUBLIC "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
static const char set_text[] =
    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" PUBLIC "\"}";
static const char private_text[] = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";

static const struct jwt_rules rules = {.issuer = {"i", 1},
                                       .audience = {"a", 1},
                                       .user_claim = {"sub", 3},
                                       .scopes = {"s t", 3}};

static struct jwks *the_keys(void)
{
    static struct jwks *keys; /* of the whole run */
    struct pgw_error err;
    if (!keys)
        keys = jwks_read(slice_of(set_text), &err);
    assert(keys);
    return keys;
}

/* ---- a token that is signed ---- */

static size_t put_base64url(char *to, const void *data, size_t len)
{
    crypto_base64(data, len, to);
    size_t end = strcspn(to, "=");
    for (size_t i = 0; i < end; i++)
        to[i] = to[i] == '+' ? '-' : to[i] == '/' ? '_' : to[i];
    return end;
}

static void sign(const char *text, size_t len, uint8_t signature[64])
{
    uint8_t raw[BASE64URL_BYTES(sizeof private_text)];
    size_t raw_len, signature_len = 64;
    bool is_read = base64url_decode(slice_of(private_text), raw, &raw_len);
    assert(is_read && raw_len == 32);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, raw, raw_len);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert(key && context);
    assert(EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1);
    assert(EVP_DigestSign(context, signature, &signature_len, (const uint8_t *)text,
                          len) == 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
}

static struct slice signed_token(struct slice header, struct slice claims, char *room)
{
    uint8_t signature[64];
    size_t len = put_base64url(room, header.data, header.len);
    room[len++] = '.';
    len += put_base64url(room + len, claims.data, claims.len);
    sign(room, len, signature);
    room[len++] = '.';
    len += put_base64url(room + len, signature, sizeof signature);
    return (struct slice){room, len};
}

/* What no good token can be without, looked for in another way. */
static bool has_all(struct slice claims)
{
    static const char *const names[] = {"iss", "aud", "exp", "sub"};
    struct arena arena = {0};
    struct json_object object;
    bool all = json_object_read(&arena, claims, &object) == JSON_GOOD;
    for (size_t i = 0; i < ARRAY_LEN(names) && all; i++)
        all = json_object_get(&object, names[i]).kind != JSON_NONE;
    arena_free(&arena);
    return all;
}

static void check(struct slice token, struct pgw_token_result *result)
{
    struct pgw_error err;
    bool is_judged = jwt_judge(&rules, the_keys(), token, NOW, result, &err);
    assert(is_judged && result->is_authorized == (result->reason[0] == '\0'));
    assert(memchr(result->identity, '\0', sizeof result->identity));
    assert(!result->is_authorized || (result->identity[0] && result->expires_at > 0));
}

static void fuzz_signed(struct slice text)
{
    static char room[4 * PART_MAX];
    struct pgw_token_result result;
    const char *end = text.len > 0 ? memchr(text.data, '\0', text.len) : NULL;
    if (!end || text.len > PART_MAX)
        return;
    struct slice header = {text.data, (size_t)(end - text.data)};
    struct slice claims = {end + 1, text.len - header.len - 1};
    check(signed_token(header, claims, room), &result);
    assert(!result.is_authorized || has_all(claims));
}

static void fuzz_set(struct slice text)
{
    struct pgw_error err = {0};
    struct jwks *keys = jwks_read(text, &err);
    assert(keys ? keys->count > 0 : err.sqlstate[0]);
    jwks_free(keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pgw_token_result result;
    if (size == 0)
        return 0;
    struct slice text = {(const char *)data + 1, size - 1};
    switch (data[0] % 3) {
    case 0:
        check(text, &result);
        assert(!result.is_authorized);
        break;
    case 1:
        fuzz_signed(text);
        break;
    default:
        fuzz_set(text);
        break;
    }
    return 0;
}
