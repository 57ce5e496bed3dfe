/* scram_client.h - the client's side of SCRAM-SHA-256 (RFC 5802), for programs that
 * test and measure. NULL, false: no memory, or a greeting that is none. */
#ifndef TESTS_SCRAM_CLIENT_H
#define TESTS_SCRAM_CLIENT_H

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "pgwire/scram_secret.h"

/* The client's nonce is always the same: what is random is the server's. */
#define SCRAM_CLIENT_BARE "n=,r=abc"

/* What a password has become once it is salted as the server's first message says. */
struct scram_client {
    uint8_t key[SCRAM_KEY_BYTES], stored[SCRAM_KEY_BYTES];
};

static inline struct slice scram_client_value(struct slice greeting, const char *name)
{
    const char *at = memmem(greeting.data, greeting.len, name, strlen(name));
    const char *end = greeting.data + greeting.len;
    struct slice value = {at ? at + strlen(name) : end, 0};
    while (value.data + value.len < end && value.data[value.len] != ',')
        value.len++;
    return value;
}

/* Thousands of hashes: once for a salt, not for each login. */
static inline bool scram_client_derive(struct scram_client *client,
                                       struct slice password, struct slice greeting)
{
    uint8_t salt[SCRAM_SALT_MAX], salted[SCRAM_KEY_BYTES];
    const char *iterations = scram_client_value(greeting, ",i=").data;
    int len =
        crypto_base64_decode(scram_client_value(greeting, ",s="), salt, sizeof salt);
    if (len < 0)
        return false;
    return crypto_pbkdf2(password, (struct slice){(const char *)salt, (size_t)len},
                         (uint32_t)strtoul(iterations, NULL, 10), salted) &&
           crypto_hmac(scram_key(salted), SLICE("Client Key"), client->key) &&
           crypto_sha256(scram_key(client->key), client->stored);
}

/* The last message; `binding` is the header of the first one, and what follows it. */
static inline const char *scram_client_final(struct arena *arena,
                                             const struct scram_client *client,
                                             struct slice greeting,
                                             struct slice binding)
{
    char bound[CRYPTO_BASE64_SIZE(128)], text[CRYPTO_BASE64_SIZE(SCRAM_KEY_BYTES)];
    uint8_t proof[SCRAM_KEY_BYTES];
    const char *comma = memchr(greeting.data, ',', greeting.len);
    if (!comma || binding.len > 128)
        return NULL;
    crypto_base64(binding.data, binding.len, bound);
    const char *bare = arena_printf(arena, "c=%s,%.*s", bound,
                                    (int)(comma - greeting.data), greeting.data);
    const char *whole = bare ? arena_printf(arena, SCRAM_CLIENT_BARE ",%.*s,%s",
                                            (int)greeting.len, greeting.data, bare)
                             : NULL;
    if (!whole || !crypto_hmac(scram_key(client->stored), slice_of(whole), proof))
        return NULL;
    for (size_t i = 0; i < sizeof proof; i++)
        proof[i] ^= client->key[i];
    crypto_base64(proof, sizeof proof, text);
    return arena_printf(arena, "%s,p=%s", bare, text);
}

#endif
