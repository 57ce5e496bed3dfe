/* jwt.c - is a JSON Web Token good, and whose is it?
 *
 *     parts ──> header ──> signature ──> claims, a row of the table each ──> good
 *
 * The first thing that is wrong is the reason, for a log; it quotes nothing of the
 * token. What was decoded is wiped. */
#include "pgwire/jwt.h"

#include <stdio.h>
#include <strings.h>

#include "pgwire/base64url.h"
#include "pgwire/crypto.h"
#include "pgwire/json_object.h"

static const char no_memory[] = "out of memory";

/* Where seconds are exact in a double, and sums of them in int64_t. */
static const double seconds_max = 9007199254740992.0;

struct judging {
    const struct jwt_rules *rules;
    const struct jwks *keys;
    int64_t now;
    struct pgw_token_result *out;
    struct arena arena;
    struct slice signed_text;               /* HEADER.CLAIMS as they came */
    struct slice header, claims, signature; /* decoded */
    const struct jose_algorithm *algorithm;
    struct slice key_id;       /* data NULL: none is named */
    struct json_object object; /* the header, then the claims */
    bool no_memory;
};

/* Of each of these: NULL, or what is wrong. */
typedef const char *(*check_function)(struct judging *);

/* ---- values ---- */

/* A string's characters; data NULL: the value is none, or memory is out. */
static struct slice text_of(struct judging *judging, struct json_value value)
{
    struct slice text = {0};
    if (value.kind != JSON_STRING)
        return text;
    if (json_string_text(&judging->arena, value, &text))
        return text;
    judging->no_memory = true;
    return (struct slice){0};
}

static struct json_value member(const struct judging *judging, const char *name)
{
    return json_object_get(&judging->object, name);
}

/* Seconds since 1970 (RFC 7519 section 2, NumericDate). False: it is no number, or none
 * that could be a time. */
static bool seconds_of(struct json_value value, int64_t *out)
{
    if (value.kind != JSON_NUMBER)
        return false;
    double seconds = json_number(value);
    if (!(seconds >= 0 && seconds <= seconds_max))
        return false;
    *out = (int64_t)seconds;
    return true;
}

static struct slice next_word(struct slice *text)
{
    while (text->len > 0 && *text->data == ' ')
        *text = (struct slice){text->data + 1, text->len - 1};
    const char *end = text->len > 0 ? memchr(text->data, ' ', text->len) : NULL;
    struct slice word = {text->data, end ? (size_t)(end - text->data) : text->len};
    *text = (struct slice){text->data + word.len, text->len - word.len};
    return word;
}

static bool has_word(struct slice text, struct slice wanted)
{
    struct slice word;
    while ((word = next_word(&text)).len > 0) {
        if (slice_equal(word, wanted))
            return true;
    }
    return false;
}

/* Is it `wanted`, or an array that has it? As words: has the string that word? */
static bool value_has(struct judging *judging, struct json_value value,
                      struct slice wanted, bool as_words)
{
    struct slice inside = {0};
    bool is_array = value.kind == JSON_ARRAY;
    if (is_array)
        inside = json_inside(value);
    while (!is_array || json_take_element(&inside, &value)) {
        struct slice text = text_of(judging, value);
        if (text.data && (as_words && !is_array ? has_word(text, wanted)
                                                : slice_equal(text, wanted)))
            return true;
        if (!is_array)
            break;
    }
    return false;
}

/* ---- the parts ---- */

/* What stands in front of the dot. False: there is no dot. */
static bool take_part(struct slice *text, struct slice *part)
{
    const char *dot = memchr(text->data, '.', text->len);
    if (!dot)
        return false;
    *part = (struct slice){text->data, (size_t)(dot - text->data)};
    *text = (struct slice){dot + 1, text->len - part->len - 1};
    return true;
}

static bool decode(struct slice part, uint8_t **to, struct slice *out)
{
    size_t len;
    if (part.len == 0 || !base64url_decode(part, *to, &len))
        return false;
    *out = (struct slice){(const char *)*to, len};
    *to += len;
    return true;
}

/* All three are decoded to `room`, which is as long as the token. */
static const char *split(struct judging *judging, struct slice token, uint8_t *room)
{
    struct slice rest = token, header = {0}, claims = {0};
    bool is_split = take_part(&rest, &header) && take_part(&rest, &claims) &&
                    !memchr(rest.data, '.', rest.len) &&
                    decode(header, &room, &judging->header) &&
                    decode(claims, &room, &judging->claims) &&
                    decode(rest, &room, &judging->signature);
    judging->signed_text = (struct slice){token.data, header.len + 1 + claims.len};
    return is_split ? NULL : "it is no signed JSON Web Token";
}

static const char *read_object(struct judging *judging, struct slice text,
                               const char *fault)
{
    switch (json_object_read(&judging->arena, text, &judging->object)) {
    case JSON_GOOD:
        return NULL;
    case JSON_NO_MEMORY:
        return no_memory;
    case JSON_BAD:
        break;
    }
    return fault;
}

/* ---- the header ---- */

/* Tokens for other uses say so (RFC 8725 section 3.11). */
static bool is_type_known(struct slice type)
{
    static const char *const types[] = {"JWT", "at+jwt", "application/jwt",
                                        "application/at+jwt"};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (slice_equal_nocase(type, slice_of(types[i])))
            return true;
    }
    return false;
}

static const char *check_header(struct judging *judging)
{
    const char *fault =
        read_object(judging, judging->header, "its header is not an object of JSON");
    if (fault)
        return fault;
    struct slice type = text_of(judging, member(judging, "typ"));
    judging->key_id = text_of(judging, member(judging, "kid"));
    if (member(judging, "typ").kind != JSON_NONE && !is_type_known(type))
        return "it is of another type";
    if (member(judging, "crit").kind != JSON_NONE)
        return "it has extensions that must be understood";
    if (member(judging, "kid").kind != JSON_NONE && !judging->key_id.data)
        return "the id of its key is no string";
    judging->algorithm = jose_algorithm_find(text_of(judging, member(judging, "alg")));
    return judging->algorithm ? NULL : "its algorithm is not accepted";
}

/* ---- the signature ---- */

static bool may_have_signed(const struct judging *judging, const struct jwk *key)
{
    return key->key.kind == judging->algorithm->signing.kind &&
           (!key->algorithm || key->algorithm == judging->algorithm) &&
           (!judging->key_id.data || !key->id.data ||
            slice_equal(key->id, judging->key_id));
}

static const char *check_signature(struct judging *judging)
{
    const char *fault = "none of the keys is the one that it names";
    for (size_t i = 0; i < judging->keys->count; i++) {
        const struct jwk *key = &judging->keys->keys[i];
        if (!may_have_signed(judging, key))
            continue;
        if (crypto_key_verify(&key->key, &judging->algorithm->signing,
                              judging->signed_text, judging->signature))
            return NULL;
        fault = "its signature does not fit";
    }
    return fault;
}

/* ---- the claims ---- */

static const char *read_claims(struct judging *judging)
{
    return read_object(judging, judging->claims,
                       "its claims are not an object of JSON");
}

static const char *check_issuer(struct judging *judging)
{
    struct json_value value = member(judging, "iss");
    return value.kind == JSON_STRING &&
                   value_has(judging, value, judging->rules->issuer, false)
               ? NULL
               : "it is of another issuer";
}

static const char *check_audience(struct judging *judging)
{
    return value_has(judging, member(judging, "aud"), judging->rules->audience, false)
               ? NULL
               : "it is for another audience";
}

static const char *check_expiry(struct judging *judging)
{
    int64_t *until = &judging->out->expires_at;
    if (!seconds_of(member(judging, "exp"), until))
        return "it does not say until when it is good";
    return judging->now < *until + judging->rules->skew_s ? NULL : "it has expired";
}

/* The time of a claim must not be to come. */
static const char *check_past(struct judging *judging, const char *name,
                              const char *fault)
{
    int64_t from;
    struct json_value value = member(judging, name);
    if (value.kind == JSON_NONE)
        return NULL;
    return seconds_of(value, &from) && from <= judging->now + judging->rules->skew_s
               ? NULL
               : fault;
}

static const char *check_not_before(struct judging *judging)
{
    return check_past(judging, "nbf", "it is not good yet");
}

static const char *check_issued(struct judging *judging)
{
    return check_past(judging, "iat", "it was issued in times to come");
}

static const char *check_scopes(struct judging *judging)
{
    struct slice rest = judging->rules->scopes, wanted;
    while ((wanted = next_word(&rest)).len > 0) {
        if (!value_has(judging, member(judging, "scope"), wanted, true) &&
            !value_has(judging, member(judging, "scp"), wanted, true))
            return "it lacks a scope";
    }
    return NULL;
}

static bool is_name(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c < 0x20 || c == 0x7f)
            return false;
    }
    return text.len > 0 && text.len < PGW_IDENTITY_BYTES;
}

static const char *find_user(struct judging *judging)
{
    const struct json_member *at = judging->object.members;
    while (at->value.kind != JSON_NONE &&
           !slice_equal(at->name, judging->rules->user_claim))
        at++;
    struct slice user = text_of(judging, at->value);
    if (!user.data || !is_name(user))
        return "it does not say whose it is";
    memcpy(judging->out->identity, user.data, user.len);
    judging->out->identity[user.len] = '\0';
    return NULL;
}

/* ---- all of it ---- */

/* The user is told as soon as the signature is good, for a log of what was refused. */
static const check_function checks[] = {
    check_header,   check_signature, read_claims,      find_user,    check_issuer,
    check_audience, check_expiry,    check_not_before, check_issued, check_scopes,
};

static const char *judge(struct judging *judging, struct slice token, uint8_t *room)
{
    const char *fault = split(judging, token, room);
    for (size_t i = 0; i < ARRAY_LEN(checks) && !fault; i++)
        fault = checks[i](judging);
    return judging->no_memory ? no_memory : fault;
}

bool jwt_judge(const struct jwt_rules *rules, const struct jwks *keys,
               struct slice token, int64_t now, struct pgw_token_result *out,
               struct pgw_error *err)
{
    const char *fault = "it is too long";
    struct arena arena = {0};
    *out = (struct pgw_token_result){0};
    struct judging *judging = arena_calloc(&arena, 1, sizeof *judging);
    uint8_t *room = arena_alloc(&arena, token.len + 1);
    if (!judging || !room) {
        fault = no_memory;
    } else if (token.len <= JWT_BYTES_MAX) {
        judging->rules = rules;
        judging->keys = keys;
        judging->now = now;
        judging->out = out;
        fault = judge(judging, token, room);
        crypto_wipe(room, token.len);
        arena_free(&judging->arena);
    }
    arena_free(&arena);
    out->is_authorized = !fault;
    (void)snprintf(out->reason, sizeof out->reason, "%s", fault ? fault : "");
    if (fault == no_memory)
        (void)pgw_fail(err, "53200", "%s", no_memory);
    return fault != no_memory;
}
