/* basic.c - who a request says it is, by name and password. */
#include "access/basic.h"

#include <stdlib.h>
#include <string.h>

#include "access/users.h"
#include "core/entropy.h"
#include "pgwire/crypto.h"
#include "pgwire/scram_secret.h"

struct basic *basic_new(void)
{
    struct basic *basic = calloc(1, sizeof *basic);
    if (basic && entropy_read(basic->key, sizeof basic->key) &&
        pthread_mutex_init(&basic->lock, NULL) == 0)
        return basic;
    free(basic);
    return NULL;
}

void basic_free(struct basic *basic)
{
    if (!basic)
        return;
    pthread_mutex_destroy(&basic->lock);
    crypto_wipe(basic, sizeof *basic);
    free(basic);
}

/* ---- the header ---- */

static bool copy_part(const char *from, size_t len, char *out, size_t size)
{
    if (len >= size || memchr(from, '\0', len))
        return false;
    memcpy(out, from, len);
    out[len] = '\0';
    return true;
}

bool basic_read(struct slice header, struct basic_credentials *out)
{
    static const char scheme[] = "basic";
    uint8_t pair[sizeof *out];
    size_t at = sizeof scheme - 1;
    *out = (struct basic_credentials){0};
    if (header.len <= at || header.data[at] != ' ' ||
        !slice_equal_nocase((struct slice){header.data, at}, SLICE(scheme)))
        return false;
    while (at < header.len && header.data[at] == ' ')
        at++;
    int len = crypto_base64_decode((struct slice){header.data + at, header.len - at},
                                   pair, sizeof pair);
    const char *text = (const char *)pair;
    const char *colon = len > 0 ? memchr(text, ':', (size_t)len) : NULL;
    bool done = colon &&
                copy_part(text, (size_t)(colon - text), out->user, sizeof out->user) &&
                copy_part(colon + 1, (size_t)(text + len - colon - 1), out->password,
                          sizeof out->password);
    crypto_wipe(pair, sizeof pair);
    return done && out->user[0];
}

void basic_wipe(struct basic_credentials *credentials)
{
    crypto_wipe(credentials, sizeof *credentials);
}

/* ---- what fitted ---- */

/* False: it is not to be had. */
static bool tag_of(const struct basic *basic,
                   const struct basic_credentials *credentials, const char *secret,
                   uint8_t tag[BASIC_KEY_BYTES])
{
    struct {
        struct basic_credentials credentials; /* zeroes behind the ends of its texts */
        char secret[USERS_SECRET_MAX + 1];
    } all = {*credentials, ""};
    bool done = copy_part(secret, strlen(secret), all.secret, sizeof all.secret) &&
                crypto_hmac((struct slice){(const char *)basic->key, sizeof basic->key},
                            (struct slice){(const char *)&all, sizeof all}, tag);
    crypto_wipe(&all, sizeof all);
    return done;
}

static uint8_t *slot_of(struct basic *basic, const uint8_t tag[BASIC_KEY_BYTES])
{
    return basic->fitted[(tag[0] | (size_t)tag[1] << 8) % BASIC_SLOTS];
}

bool basic_is_known(struct basic *basic, const struct basic_credentials *credentials,
                    const char *secret)
{
    uint8_t tag[BASIC_KEY_BYTES];
    if (!tag_of(basic, credentials, secret, tag))
        return false;
    pthread_mutex_lock(&basic->lock);
    bool known = crypto_equal(slot_of(basic, tag), tag, sizeof tag);
    pthread_mutex_unlock(&basic->lock);
    return known;
}

static void remember(struct basic *basic, const struct basic_credentials *credentials,
                     const char *secret)
{
    uint8_t tag[BASIC_KEY_BYTES];
    if (!tag_of(basic, credentials, secret, tag))
        return; /* it will have to be derived again */
    pthread_mutex_lock(&basic->lock);
    memcpy(slot_of(basic, tag), tag, sizeof tag);
    pthread_mutex_unlock(&basic->lock);
}

/* ---- comparing ---- */

static bool fits_md5(const struct basic_credentials *credentials, const char *secret)
{
    char digits[CRYPTO_MD5_HEX + 1];
    return crypto_md5_hex(slice_of(credentials->password), slice_of(credentials->user),
                          digits) &&
           crypto_equal(digits, secret + 3, CRYPTO_MD5_HEX);
}

bool basic_fits(struct basic *basic, const struct basic_credentials *credentials,
                const char *secret)
{
    struct scram_secret scram;
    bool fits;
    if (users_is_md5(secret)) {
        fits = fits_md5(credentials, secret);
    } else {
        bool is_real = scram_secret_read(slice_of(secret), &scram);
        if (!is_real &&
            !scram_secret_mock(basic->key, slice_of(credentials->user), &scram))
            return false;
        fits = scram_secret_fits(&scram, slice_of(credentials->password)) && is_real;
        crypto_wipe(&scram, sizeof scram);
    }
    if (fits)
        remember(basic, credentials, secret);
    return fits;
}
