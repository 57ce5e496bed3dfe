/* scram_secret.c - what a server keeps of a password for SCRAM-SHA-256. */
#include "pgwire/scram_secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stringprep.h>

#include "core/entropy.h"

/* ---- text ---- */

static const char prefix[] = "SCRAM-SHA-256$";

/* Up to `end`, or all that is left if that is NUL. False: it is not there. */
static bool take(struct slice *text, char end, struct slice *out)
{
    const char *at = end ? memchr(text->data, end, text->len) : text->data + text->len;
    if (!at)
        return false;
    size_t len = (size_t)(at - text->data);
    *out = (struct slice){text->data, len};
    text->data += len + (end != '\0');
    text->len -= len + (end != '\0');
    return true;
}

static bool read_iterations(struct slice text, uint32_t *out)
{
    uint64_t value = 0;
    if (text.len == 0 || text.len > 9)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    *out = (uint32_t)value;
    return value > 0 && value <= SCRAM_ITERATIONS_MAX;
}

static bool read_key(struct slice text, uint8_t out[SCRAM_KEY_BYTES])
{
    return crypto_base64_decode(text, out, SCRAM_KEY_BYTES) == SCRAM_KEY_BYTES;
}

bool scram_secret_read(struct slice text, struct scram_secret *out)
{
    struct slice iterations, salt, stored, server;
    *out = (struct scram_secret){0};
    if (text.len < sizeof prefix || memcmp(text.data, prefix, sizeof prefix - 1) != 0)
        return false;
    text.data += sizeof prefix - 1;
    text.len -= sizeof prefix - 1;
    if (!take(&text, ':', &iterations) || !take(&text, '$', &salt) ||
        !take(&text, ':', &stored) || !take(&text, '\0', &server))
        return false;
    int salt_len = crypto_base64_decode(salt, out->salt, sizeof out->salt);
    out->salt_len = salt_len > 0 ? (size_t)salt_len : 0;
    return salt_len > 0 && read_iterations(iterations, &out->iterations) &&
           read_key(stored, out->stored_key) && read_key(server, out->server_key);
}

void scram_secret_write(const struct scram_secret *secret, char out[SCRAM_SECRET_MAX])
{
    char salt[CRYPTO_BASE64_SIZE(SCRAM_SALT_MAX)];
    char stored[CRYPTO_BASE64_SIZE(SCRAM_KEY_BYTES)];
    char server[CRYPTO_BASE64_SIZE(SCRAM_KEY_BYTES)];
    crypto_base64(secret->salt, secret->salt_len, salt);
    crypto_base64(secret->stored_key, SCRAM_KEY_BYTES, stored);
    crypto_base64(secret->server_key, SCRAM_KEY_BYTES, server);
    (void)snprintf(out, SCRAM_SECRET_MAX, "%s%u:%s$%s:%s", prefix,
                   (unsigned)secret->iterations, salt, stored, server);
}

/* ---- keys ---- */

/* NUL-terminated, to be wiped and freed; NULL: it is taken as it is. */
static char *prepare(const char *password)
{
    char *prepared = NULL;
    int status =
        stringprep_profile(password, &prepared, "SASLprep", STRINGPREP_NO_UNASSIGNED);
    return status == STRINGPREP_OK ? prepared : NULL;
}

static bool salted_password(struct slice password, const struct scram_secret *secret,
                            uint8_t out[SCRAM_KEY_BYTES])
{
    struct slice salt = {(const char *)secret->salt, secret->salt_len};
    char *copy = strndup(password.data, password.len);
    if (!copy)
        return false;
    char *prepared = prepare(copy);
    struct slice used = prepared ? slice_of(prepared) : slice_of(copy);
    bool done = crypto_pbkdf2(used, salt, secret->iterations, out);
    if (prepared)
        crypto_wipe(prepared, strlen(prepared));
    crypto_wipe(copy, strlen(copy));
    free(prepared);
    free(copy);
    return done;
}

bool scram_secret_make(struct slice password, struct scram_secret *secret)
{
    uint8_t salted[SCRAM_KEY_BYTES], client[SCRAM_KEY_BYTES];
    bool done = salted_password(password, secret, salted) &&
                crypto_hmac(scram_key(salted), SLICE("Client Key"), client) &&
                crypto_sha256(scram_key(client), secret->stored_key) &&
                crypto_hmac(scram_key(salted), SLICE("Server Key"), secret->server_key);
    crypto_wipe(salted, sizeof salted);
    crypto_wipe(client, sizeof client);
    return done;
}

bool scram_secret_fits(const struct scram_secret *secret, struct slice password)
{
    struct scram_secret own = *secret;
    bool fits = scram_secret_make(password, &own) &&
                crypto_equal(own.server_key, secret->server_key, SCRAM_KEY_BYTES);
    crypto_wipe(&own, sizeof own);
    return fits;
}

bool scram_secret_mock(const uint8_t *nonce, struct slice user,
                       struct scram_secret *secret)
{
    uint8_t salt[SCRAM_KEY_BYTES];
    *secret = (struct scram_secret){.iterations = SCRAM_ITERATIONS,
                                    .salt_len = SCRAM_SALT_BYTES};
    if (!crypto_hmac(scram_key(nonce), user, salt))
        return false;
    memcpy(secret->salt, salt, SCRAM_SALT_BYTES);
    return entropy_read(secret->stored_key, SCRAM_KEY_BYTES) &&
           entropy_read(secret->server_key, SCRAM_KEY_BYTES);
}

enum pgw_status pgw_scram_secret(struct pgw_slice password, uint32_t iterations,
                                 char out[PGW_SCRAM_SECRET_BYTES],
                                 struct pgw_error *err)
{
    struct scram_secret secret = {.iterations =
                                      iterations ? iterations : SCRAM_ITERATIONS,
                                  .salt_len = SCRAM_SALT_BYTES};
    if (password.len == 0)
        return pgw_fail(err, "22023", "the password is empty");
    if (iterations > SCRAM_ITERATIONS_MAX)
        return pgw_fail(err, "22023", "more than %d iterations", SCRAM_ITERATIONS_MAX);
    if (!entropy_read(secret.salt, secret.salt_len) ||
        !scram_secret_make((struct slice){password.data, password.len}, &secret))
        return pgw_fail(err, "53200", "out of memory");
    scram_secret_write(&secret, out);
    crypto_wipe(&secret, sizeof secret);
    return PGW_OK;
}
