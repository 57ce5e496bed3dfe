/* oauth.c - the validator of JSON Web Tokens: an issuer's rules, and its keys.
 *
 * The keys are immutable, and exchanged as a whole: whoever judges holds a reference,
 * so that the lock is never held for longer than it takes to count. */
#include <pgwire/oauth.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "core/file.h"
#include "pgwire/jwt.h"
#include "pgwire/reserved.h"

enum { SKEW_S = 60 };

struct pgw_jwt_validator {
    struct arena arena; /* the rules' strings, and itself */
    struct jwt_rules rules;
    const char *key_file;
    pthread_mutex_t lock;
    struct jwks *keys; /* under the lock */
};

/* NULL with *err set. */
static struct jwks *read_keys(const char *path, struct pgw_error *err)
{
    struct arena arena = {0};
    struct pgw_error fault;
    struct slice text;
    struct jwks *keys = NULL;
    if (!file_read(&arena, path, JWKS_BYTES_MAX, &text))
        (void)pgw_fail(err, errno == ENOMEM ? "53200" : "58P01",
                       "the keys \"%s\" cannot be read: %s", path, strerror(errno));
    else if (!(keys = jwks_read(text, &fault)))
        (void)pgw_fail(err, fault.sqlstate, "the keys \"%s\" cannot be used: %s", path,
                       fault.message);
    arena_free(&arena);
    return keys;
}

static struct slice copy_of(struct arena *arena, const char *text, bool *failed)
{
    const char *copy = arena_string(arena, slice_of(text ? text : ""));
    *failed = *failed || !copy;
    return copy ? slice_of(copy) : SLICE("");
}

/* NULL: out of memory. */
static pgw_jwt_validator *validator_of(const struct pgw_jwt_options *options)
{
    struct arena arena = {0};
    bool failed = false;
    pgw_jwt_validator *made = arena_calloc(&arena, 1, sizeof *made);
    if (made) {
        made->rules = (struct jwt_rules){
            .issuer = copy_of(&arena, options->issuer, &failed),
            .audience = copy_of(&arena, options->audience, &failed),
            .user_claim = copy_of(
                &arena, options->user_claim ? options->user_claim : "sub", &failed),
            .scopes = copy_of(&arena, options->scope, &failed),
            .skew_s = options->clock_skew_s ? options->clock_skew_s : SKEW_S};
        made->key_file = copy_of(&arena, options->key_file, &failed).data;
        made->arena = arena;
    }
    if (made && !failed && pthread_mutex_init(&made->lock, NULL) == 0)
        return made;
    arena_free(&arena);
    return NULL;
}

static bool is_set(const char *text)
{
    return text && *text;
}

pgw_jwt_validator *pgw_jwt_validator_new(const struct pgw_jwt_options *options,
                                         struct pgw_error *err)
{
    if (!reserved_unused_jwt(options)) {
        (void)pgw_fail(err, "0A000", "an option that this library does not know");
        return NULL;
    }
    if (!is_set(options->issuer) || !is_set(options->audience) ||
        !is_set(options->key_file)) {
        (void)pgw_fail(err, "22023",
                       "tokens need an issuer, an audience and a file of keys");
        return NULL;
    }
    struct jwks *keys = read_keys(options->key_file, err);
    if (!keys)
        return NULL;
    pgw_jwt_validator *validator = validator_of(options);
    if (!validator) {
        jwks_free(keys);
        (void)pgw_fail(err, "53200", "out of memory");
        return NULL;
    }
    validator->keys = keys;
    return validator;
}

void pgw_jwt_validator_free(pgw_jwt_validator *validator)
{
    if (!validator)
        return;
    jwks_free(validator->keys);
    pthread_mutex_destroy(&validator->lock);
    struct arena arena = validator->arena;
    arena_free(&arena);
}

enum pgw_status pgw_jwt_validator_reload(pgw_jwt_validator *validator,
                                         struct pgw_error *err)
{
    struct jwks *keys = read_keys(validator->key_file, err);
    if (!keys)
        return PGW_ERROR;
    pthread_mutex_lock(&validator->lock);
    struct jwks *old = validator->keys;
    validator->keys = keys;
    pthread_mutex_unlock(&validator->lock);
    jwks_free(old);
    return PGW_OK;
}

static struct jwks *acquire(pgw_jwt_validator *validator)
{
    pthread_mutex_lock(&validator->lock);
    struct jwks *keys = validator->keys;
    atomic_fetch_add(&keys->references, 1);
    pthread_mutex_unlock(&validator->lock);
    return keys;
}

enum pgw_status pgw_jwt_validate(pgw_jwt_validator *validator, struct pgw_slice token,
                                 struct pgw_token_result *result, struct pgw_error *err)
{
    struct jwks *keys = acquire(validator);
    bool is_judged =
        jwt_judge(&validator->rules, keys, (struct slice){token.data, token.len},
                  time(NULL), result, err);
    jwks_free(keys);
    return is_judged ? PGW_OK : PGW_ERROR;
}
