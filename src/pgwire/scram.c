/* scram.c - the server's side of one SCRAM-SHA-256 exchange.
 *
 *     client-first   n,,n=USER,r=NONCE            y,, and p=tls-server-end-point,, too
 *     server-first   r=NONCE+OURS,s=SALT,i=COUNT
 *     client-final   c=HEADER,r=NONCE+OURS,p=PROOF
 *     server-final   v=SIGNATURE
 *
 * The user is the one of the start-up packet, as in PostgreSQL. A mock exchange differs
 * in nothing, and fails at the proof. */
#include "pgwire/scram.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/entropy.h"
#include "pgwire/sasl.h"

enum { NONCE_BYTES = 18, BINDING_MAX = 128 };

static const char malformed[] = "malformed SCRAM message";
static const char bound_header[] = "p=tls-server-end-point,,";

/* ---- reading: sticky, the first refusal stays ---- */

struct parse {
    const char *at; /* NUL-terminated */
    struct pgw_error *err;
    bool refused;
};

static void refuse(struct parse *parse, const char *sqlstate, const char *message)
{
    if (!parse->refused)
        (void)pgw_fail(parse->err, sqlstate, "%s", message);
    parse->refused = true;
}

#define REFUSE_DETAIL(parse, ...)                                                      \
    do {                                                                               \
        bool first_ = !(parse)->refused;                                               \
        refuse(parse, "08P01", malformed);                                             \
        if (first_)                                                                    \
            (void)snprintf((parse)->err->detail, sizeof(parse)->err->detail,           \
                           __VA_ARGS__);                                               \
    } while (0)

/* A value, up to the comma behind it, which is taken. */
static struct slice read_value(struct parse *parse, char name)
{
    if (*parse->at != '=') {
        REFUSE_DETAIL(parse, "Expected character \"=\" for attribute \"%c\".", name);
        return SLICE("");
    }
    const char *start = ++parse->at;
    parse->at += strcspn(start, ",");
    struct slice value = {start, (size_t)(parse->at - start)};
    parse->at += *parse->at == ',';
    return value;
}

static struct slice read_attribute(struct parse *parse, char name)
{
    if (parse->refused)
        return SLICE("");
    if (*parse->at != name) {
        REFUSE_DETAIL(parse, "Expected attribute \"%c\" but found \"%s\".", name,
                      sasl_show(*parse->at).text);
        return SLICE("");
    }
    parse->at++;
    return read_value(parse, name);
}

/* Any attribute; *name is 0 when that was refused. */
static struct slice read_any(struct parse *parse, char *name)
{
    char c = *parse->at;
    *name = 0;
    if (parse->refused)
        return SLICE("");
    if (c == '\0') {
        REFUSE_DETAIL(parse, "Attribute expected, but found end of string.");
        return SLICE("");
    }
    if (!isalpha((unsigned char)c)) {
        REFUSE_DETAIL(parse, "Attribute expected, but found invalid character \"%s\".",
                      sasl_show(c).text);
        return SLICE("");
    }
    parse->at++;
    struct slice value = read_value(parse, c);
    *name = parse->refused ? 0 : c;
    return value;
}

/* ---- client-first-message ---- */

static void pass_comma(struct parse *parse)
{
    if (*parse->at == ',')
        parse->at++;
    else
        REFUSE_DETAIL(parse, "Comma expected, but found character \"%s\".",
                      sasl_show(*parse->at).text);
}

static void read_binding_flag(struct scram *scram, struct parse *parse)
{
    static const char negotiation[] = "SCRAM channel binding negotiation error";
    scram->flag = *parse->at;
    if (scram->flag == 'p' && !scram->is_plus) {
        REFUSE_DETAIL(parse, "The client selected SCRAM-SHA-256 without channel "
                             "binding, but the SCRAM message includes channel binding "
                             "data.");
    } else if (scram->flag == 'p') {
        struct slice kind = read_attribute(parse, 'p');
        if (!parse->refused && !slice_equal(kind, SLICE("tls-server-end-point")))
            refuse(parse, "08P01", "unsupported SCRAM channel-binding type");
    } else if (scram->flag == 'n' || scram->flag == 'y') {
        if (scram->is_plus)
            REFUSE_DETAIL(parse,
                          "The client selected SCRAM-SHA-256-PLUS, but the SCRAM "
                          "message does not include channel binding data.");
        bool downgraded = scram->flag == 'y' && scram->has_tls && !parse->refused;
        if (downgraded) {
            refuse(parse, "28000", negotiation);
            (void)snprintf(
                parse->err->detail, sizeof parse->err->detail,
                "The client supports SCRAM channel binding but thinks the "
                "server does not.  However, this server does support channel "
                "binding.");
        }
        parse->at++;
        pass_comma(parse);
    } else {
        REFUSE_DETAIL(parse, "Unexpected channel-binding flag \"%s\".",
                      sasl_show(scram->flag).text);
    }
}

static void read_authzid(struct parse *parse)
{
    if (parse->refused)
        return;
    if (*parse->at == 'a')
        refuse(parse, "0A000",
               "client uses authorization identity, but it is not supported");
    else if (*parse->at != ',')
        REFUSE_DETAIL(parse, "Unexpected attribute \"%s\" in client-first-message.",
                      sasl_show(*parse->at).text);
    else
        parse->at++;
}

static bool is_printable(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x21 || text.data[i] > 0x7e)
            return false;
    }
    return true;
}

/* What follows the header; *nonce is the client's. */
static void read_first_bare(struct parse *parse, struct slice *nonce)
{
    char name;
    if (!parse->refused && *parse->at == 'm')
        refuse(parse, "0A000", "client requires an unsupported SCRAM extension");
    (void)read_attribute(parse, 'n');
    *nonce = read_attribute(parse, 'r');
    if (!is_printable(*nonce))
        refuse(parse, "08P01", "non-printable characters in SCRAM nonce");
    while (!parse->refused && *parse->at)
        (void)read_any(parse, &name);
}

static enum scram_outcome greet(struct scram *scram, struct slice nonce,
                                struct arena *arena, struct slice *reply)
{
    uint8_t own[NONCE_BYTES];
    char own_text[CRYPTO_BASE64_SIZE(NONCE_BYTES)];
    char salt[CRYPTO_BASE64_SIZE(SCRAM_SALT_MAX)];
    if (!entropy_read(own, sizeof own))
        return SCRAM_NO_MEMORY;
    crypto_base64(own, sizeof own, own_text);
    crypto_base64(scram->secret.salt, scram->secret.salt_len, salt);
    const char *whole =
        arena_printf(arena, "%.*s%s", (int)nonce.len, nonce.data, own_text);
    const char *text = whole ? arena_printf(arena, "r=%s,s=%s,i=%u", whole, salt,
                                            (unsigned)scram->secret.iterations)
                             : NULL;
    if (!text)
        return SCRAM_NO_MEMORY;
    scram->nonce = slice_of(whole);
    scram->greeting = *reply = slice_of(text);
    scram->state = SCRAM_FINAL;
    return SCRAM_MORE;
}

static enum scram_outcome first_message(struct scram *scram, struct parse *parse,
                                        struct arena *arena, struct slice *reply)
{
    struct slice nonce = {0};
    read_binding_flag(scram, parse);
    read_authzid(parse);
    scram->bare = slice_of(parse->at);
    read_first_bare(parse, &nonce);
    return parse->refused ? SCRAM_REFUSED : greet(scram, nonce, arena, reply);
}

/* ---- client-final-message ---- */

/* The header of the first message, and what the channel is known by. */
static void check_binding(const struct scram *scram, struct parse *parse,
                          struct slice sent)
{
    char expected[CRYPTO_BASE64_SIZE(BINDING_MAX)], bytes[BINDING_MAX];
    size_t header = sizeof bound_header - 1, hash = scram->certificate_hash.len;
    if (parse->refused)
        return;
    if (scram->flag != 'p') {
        struct slice plain = scram->flag == 'n' ? SLICE("biws") : SLICE("eSws");
        if (!slice_equal(sent, plain))
            refuse(
                parse, "08P01",
                "unexpected SCRAM channel-binding attribute in client-final-message");
        return;
    }
    bool fits = hash > 0 && header + hash <= sizeof bytes;
    if (fits) {
        memcpy(bytes, bound_header, header);
        memcpy(bytes + header, scram->certificate_hash.data, hash);
        crypto_base64(bytes, header + hash, expected);
    }
    if (!fits || !slice_equal(sent, slice_of(expected)))
        refuse(parse, "28000", "SCRAM channel binding check failed");
}

/* What is in front of the proof is what was signed. */
static struct slice read_proof(struct parse *parse, const char *start,
                               uint8_t proof[SCRAM_KEY_BYTES])
{
    struct slice value, signed_part = {start, 0};
    char name = 0;
    do {
        signed_part.len = (size_t)(parse->at - start);
        value = read_any(parse, &name);
    } while (name && name != 'p');
    if (parse->refused)
        return signed_part;
    if (crypto_base64_decode(value, proof, SCRAM_KEY_BYTES) != SCRAM_KEY_BYTES)
        REFUSE_DETAIL(parse, "Malformed proof in client-final-message.");
    else if (*parse->at)
        REFUSE_DETAIL(parse, "Garbage found at the end of client-final-message.");
    signed_part.len -= signed_part.len > 0; /* the comma */
    return signed_part;
}

/* The proof is the client's key, hidden behind a signature that only the stored key
 * can make. */
static bool verify(const struct scram *scram, struct slice message,
                   const uint8_t proof[SCRAM_KEY_BYTES], bool *right)
{
    uint8_t signature[SCRAM_KEY_BYTES], key[SCRAM_KEY_BYTES], stored[SCRAM_KEY_BYTES];
    bool done = crypto_hmac(scram_key(scram->secret.stored_key), message, signature);
    for (size_t i = 0; done && i < sizeof key; i++)
        key[i] = proof[i] ^ signature[i];
    done = done && crypto_sha256(scram_key(key), stored);
    *right = done && crypto_equal(stored, scram->secret.stored_key, sizeof stored) &&
             !scram->is_mock;
    crypto_wipe(key, sizeof key);
    return done;
}

static enum scram_outcome answer(const struct scram *scram, struct slice message,
                                 struct arena *arena, struct slice *reply)
{
    uint8_t signature[SCRAM_KEY_BYTES];
    char text[CRYPTO_BASE64_SIZE(SCRAM_KEY_BYTES)];
    if (!crypto_hmac(scram_key(scram->secret.server_key), message, signature))
        return SCRAM_NO_MEMORY;
    crypto_base64(signature, sizeof signature, text);
    const char *final = arena_printf(arena, "v=%s", text);
    if (!final)
        return SCRAM_NO_MEMORY;
    *reply = slice_of(final);
    return SCRAM_PROVEN;
}

static enum scram_outcome final_message(struct scram *scram, struct parse *parse,
                                        struct arena *arena, struct slice *reply)
{
    uint8_t proof[SCRAM_KEY_BYTES] = {0};
    const char *start = parse->at;
    bool right = false;
    check_binding(scram, parse, read_attribute(parse, 'c'));
    struct slice nonce = read_attribute(parse, 'r');
    struct slice signed_part = read_proof(parse, start, proof);
    if (!parse->refused && !slice_equal(nonce, scram->nonce)) {
        refuse(parse, "08P01", "invalid SCRAM response");
        (void)snprintf(parse->err->detail, sizeof parse->err->detail,
                       "Nonce does not match.");
    }
    if (parse->refused)
        return SCRAM_REFUSED;
    scram->state = SCRAM_DONE;
    const char *text =
        arena_printf(arena, "%.*s,%.*s,%.*s", (int)scram->bare.len, scram->bare.data,
                     (int)scram->greeting.len, scram->greeting.data,
                     (int)signed_part.len, signed_part.data);
    if (!text || !verify(scram, slice_of(text), proof, &right))
        return SCRAM_NO_MEMORY;
    return right ? answer(scram, slice_of(text), arena, reply) : SCRAM_WRONG;
}

/* ---- */

enum scram_outcome scram_next(struct scram *scram, struct slice message,
                              struct arena *arena, struct slice *reply,
                              struct pgw_error *err)
{
    const char *copy = arena_string(arena, message);
    struct parse parse = {.at = copy, .err = err};
    *reply = SLICE("");
    if (!copy)
        return SCRAM_NO_MEMORY;
    if (message.len == 0)
        REFUSE_DETAIL(&parse, "The message is empty.");
    else if (strlen(copy) != message.len)
        REFUSE_DETAIL(&parse, "Message length does not match input length.");
    else if (scram->state == SCRAM_FIRST)
        return first_message(scram, &parse, arena, reply);
    else if (scram->state == SCRAM_FINAL)
        return final_message(scram, &parse, arena, reply);
    else
        refuse(&parse, "08P01", malformed);
    return SCRAM_REFUSED;
}
