/* jwks.c - a set of public keys.
 *
 * Each key is judged by a row of the table of kinds. What is malformed as JSON refuses
 * the whole set; a key that is of no use is left out. */
#include "pgwire/jwks.h"

#include <stdatomic.h>
#include <stdint.h>

#include "pgwire/base64url.h"
#include "pgwire/json_object.h"

enum { NUMBER_MAX = CRYPTO_RSA_BITS_MAX / 8 + 1 };

/* ---- algorithms ---- */

static const struct jose_algorithm algorithms[] = {
    {"RS256", {CRYPTO_KEY_RSA, "SHA256", false}},
    {"RS384", {CRYPTO_KEY_RSA, "SHA384", false}},
    {"RS512", {CRYPTO_KEY_RSA, "SHA512", false}},
    {"PS256", {CRYPTO_KEY_RSA, "SHA256", true}},
    {"PS384", {CRYPTO_KEY_RSA, "SHA384", true}},
    {"PS512", {CRYPTO_KEY_RSA, "SHA512", true}},
    {"ES256", {CRYPTO_KEY_P256, "SHA256", false}},
    {"ES384", {CRYPTO_KEY_P384, "SHA384", false}},
    {"ES512", {CRYPTO_KEY_P521, "SHA512", false}},
    {"EdDSA", {CRYPTO_KEY_ED25519, NULL, false}},
    {"Ed25519", {CRYPTO_KEY_ED25519, NULL, false}}, /* RFC 9864 */
};

const struct jose_algorithm *jose_algorithm_find(struct slice name)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        if (slice_equal(name, slice_of(algorithms[i].name)))
            return &algorithms[i];
    }
    return NULL;
}

/* ---- one key ---- */

struct key_reader {
    struct arena *arena;
    const struct json_object *object;
    bool no_memory;
};

/* A member that is a string; data NULL: it is not there, or is none. */
static struct slice text_of(struct key_reader *reader, const char *name)
{
    struct slice text = {0};
    struct json_value value = json_object_get(reader->object, name);
    if (value.kind == JSON_STRING && !json_string_text(reader->arena, value, &text)) {
        reader->no_memory = true;
        text = (struct slice){0};
    }
    return text;
}

/* A member that is bytes; empty: it is not there, or no such text. */
static struct slice bytes_of(struct key_reader *reader, const char *name)
{
    struct slice text = text_of(reader, name);
    size_t len = 0;
    if (text.len == 0 || text.len > NUMBER_MAX * 4 / 3 + 2)
        return SLICE("");
    uint8_t *bytes = arena_alloc(reader->arena, BASE64URL_BYTES(text.len));
    reader->no_memory = reader->no_memory || !bytes;
    if (!bytes || !base64url_decode(text, bytes, &len))
        return SLICE("");
    return (struct slice){(const char *)bytes, len};
}

static enum crypto_key_made read_rsa(struct key_reader *reader,
                                     enum crypto_key_kind kind, struct crypto_key *out)
{
    (void)kind;
    struct slice modulus = bytes_of(reader, "n"), exponent = bytes_of(reader, "e");
    return crypto_key_rsa(modulus, exponent, out);
}

static enum crypto_key_made
read_curve(struct key_reader *reader, enum crypto_key_kind kind, struct crypto_key *out)
{
    struct slice x = bytes_of(reader, "x"), y = bytes_of(reader, "y");
    return crypto_key_curve(kind, x, y, out);
}

static enum crypto_key_made read_ed25519(struct key_reader *reader,
                                         enum crypto_key_kind kind,
                                         struct crypto_key *out)
{
    (void)kind;
    return crypto_key_ed25519(bytes_of(reader, "x"), out);
}

static const struct key_kind {
    const char *type, *curve; /* "kty", "crv"; NULL: it has none */
    enum crypto_key_kind kind;
    enum crypto_key_made (*read)(struct key_reader *, enum crypto_key_kind,
                                 struct crypto_key *);
} kinds[] = {
    {"RSA", NULL, CRYPTO_KEY_RSA, read_rsa},
    {"EC", "P-256", CRYPTO_KEY_P256, read_curve},
    {"EC", "P-384", CRYPTO_KEY_P384, read_curve},
    {"EC", "P-521", CRYPTO_KEY_P521, read_curve},
    {"OKP", "Ed25519", CRYPTO_KEY_ED25519, read_ed25519},
};

static const struct key_kind *kind_of(struct key_reader *reader)
{
    struct slice type = text_of(reader, "kty"), curve = text_of(reader, "crv");
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (slice_equal(type, slice_of(kinds[i].type)) &&
            (!kinds[i].curve || slice_equal(curve, slice_of(kinds[i].curve))))
            return &kinds[i];
    }
    return NULL;
}

static bool is_absent(const struct key_reader *reader, const char *name)
{
    return json_object_get(reader->object, name).kind == JSON_NONE;
}

/* "key_ops" has "verify", or is not there. */
static bool may_verify(struct key_reader *reader)
{
    struct json_value list = json_object_get(reader->object, "key_ops"), item;
    if (list.kind != JSON_ARRAY)
        return list.kind == JSON_NONE;
    struct slice inside = json_inside(list), text;
    while (json_take_element(&inside, &item)) {
        if (item.kind != JSON_STRING)
            continue;
        if (!json_string_text(reader->arena, item, &text))
            reader->no_memory = true;
        else if (slice_equal(text, SLICE("verify")))
            return true;
    }
    return false;
}

static bool is_for_signatures(struct key_reader *reader)
{
    return (is_absent(reader, "use") ||
            slice_equal(text_of(reader, "use"), SLICE("sig"))) &&
           may_verify(reader);
}

/* False: it is of no use here, or memory is out. */
static bool read_key(struct key_reader *reader, struct jwk *out)
{
    const struct key_kind *kind = kind_of(reader);
    *out = (struct jwk){.id = text_of(reader, "kid"),
                        .algorithm = jose_algorithm_find(text_of(reader, "alg"))};
    if (!kind || !is_for_signatures(reader))
        return false;
    if (!is_absent(reader, "alg") &&
        (!out->algorithm || out->algorithm->signing.kind != kind->kind))
        return false;
    if (!is_absent(reader, "kid") && !out->id.data)
        return false;
    enum crypto_key_made made = kind->read(reader, kind->kind, &out->key);
    reader->no_memory = reader->no_memory || made == CRYPTO_KEY_NO_MEMORY;
    return made == CRYPTO_KEY_MADE;
}

/* ---- the set ---- */

enum outcome { SET_READ, SET_MALFORMED, SET_TOO_MANY, SET_NO_MEMORY };

static enum outcome add_key(struct jwks *set, const struct json_object *object)
{
    struct key_reader reader = {.arena = &set->arena, .object = object};
    struct jwk key;
    bool is_read = read_key(&reader, &key);
    if (reader.no_memory || (is_read && set->count == JWKS_KEYS_MAX)) {
        if (is_read)
            crypto_key_free(&key.key);
        return reader.no_memory ? SET_NO_MEMORY : SET_TOO_MANY;
    }
    if (is_read)
        set->keys[set->count++] = key;
    return SET_READ;
}

static enum outcome add_keys(struct jwks *set, struct json_value list)
{
    struct json_object object;
    struct json_value item;
    struct slice inside;
    if (list.kind != JSON_ARRAY)
        return SET_MALFORMED;
    inside = json_inside(list);
    while (json_take_element(&inside, &item)) {
        enum json_verdict verdict = json_object_of(&set->arena, item, &object);
        if (verdict != JSON_GOOD)
            return verdict == JSON_BAD ? SET_MALFORMED : SET_NO_MEMORY;
        enum outcome outcome = add_key(set, &object);
        if (outcome != SET_READ)
            return outcome;
    }
    return SET_READ;
}

static enum outcome read_set(struct jwks *set, struct slice text)
{
    struct json_object object;
    enum json_verdict verdict = json_object_read(&set->arena, text, &object);
    if (verdict != JSON_GOOD)
        return verdict == JSON_BAD ? SET_MALFORMED : SET_NO_MEMORY;
    struct json_value list = json_object_get(&object, "keys");
    return list.kind == JSON_NONE ? add_key(set, &object) : add_keys(set, list);
}

struct jwks *jwks_read(struct slice text, struct pgw_error *err)
{
    static const char *const faults[] = {
        [SET_MALFORMED] = "it is not a JSON Web Key Set",
        [SET_TOO_MANY] = "a key set has more than 64 keys",
    };
    struct arena arena = {0};
    struct jwks *set = arena_calloc(&arena, 1, sizeof *set);
    enum outcome outcome = SET_NO_MEMORY;
    if (set) {
        set->arena = arena;
        atomic_init(&set->references, 1);
        outcome = text.len > JWKS_BYTES_MAX ? SET_MALFORMED : read_set(set, text);
    }
    if (outcome == SET_READ && set->count > 0)
        return set;
    jwks_free(set);
    if (outcome == SET_NO_MEMORY)
        (void)pgw_fail(err, "53200", "out of memory");
    else
        (void)pgw_fail(err, "22023", "%s",
                       outcome == SET_READ
                           ? "none of its keys is a public one for signatures"
                           : faults[outcome]);
    return NULL;
}

void jwks_free(struct jwks *set)
{
    if (!set || atomic_fetch_sub(&set->references, 1) > 1)
        return;
    for (size_t i = 0; i < set->count; i++)
        crypto_key_free(&set->keys[i].key);
    struct arena arena = set->arena;
    arena_free(&arena);
}
