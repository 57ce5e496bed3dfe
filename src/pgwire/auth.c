/* auth.c - a client proves who it is.
 *
 *     begin ── the request ──> PASSWORD ── a message ──> next ──┬─ MORE: a reply, again
 *                                                               ├─ WAIT: the same,
 * again ├─ PROVEN: OPEN └─ WRONG, REFUSED: FATAL
 *
 * A mechanism is a row of the table. Which one is taken depends on the secret, too: one
 * made for SCRAM serves a client that was to be asked for md5, as in PostgreSQL. For a
 * user without a secret everything is the same but the outcome. Secrets live in the
 * exchange, and are wiped with it. */
#include "pgwire/auth.h"

#include <assert.h>

#include "core/entropy.h"
#include "pgwire/auth_step.h"
#include "pgwire/crypto.h"
#include "pgwire/reply.h"
#include "pgwire/scram.h"

enum { SASL_MESSAGE_MAX = 1024 };

struct mechanism {
    /* What is known already may say no; NULL: it does not. */
    bool (*allows)(const pgw_session *session, const struct auth_exchange *exchange,
                   struct pgw_error *err);
    bool (*begin)(pgw_session *session, struct auth_exchange *exchange);
    enum auth_outcome (*next)(const struct auth_step *step);
    const char *response; /* what its messages are called */
};

/* ---- secrets ---- */

static bool is_md5(struct slice secret)
{
    static const char digits[] = "0123456789abcdef";
    if (secret.len != 3 + CRYPTO_MD5_HEX || memcmp(secret.data, "md5", 3) != 0)
        return false;
    for (size_t i = 3; i < secret.len; i++) {
        if (!memchr(digits, secret.data[i], sizeof digits - 1))
            return false;
    }
    return true;
}

/* Is it asked for by SCRAM, whatever the host has said? So is a user without one. */
static bool needs_scram(struct slice secret)
{
    struct scram_secret ignored;
    return secret.len == 0 || scram_secret_read(secret, &ignored);
}

/* In a time that tells nothing of where they differ. */
static bool same_text(struct slice a, struct slice b)
{
    return a.len == b.len && a.len > 0 && crypto_equal(a.data, b.data, a.len);
}

/* md5 of password and user, as the secret has it. */
static bool md5_secret(const struct auth_exchange *exchange, struct slice password,
                       char out[3 + CRYPTO_MD5_HEX + 1])
{
    memcpy(out, "md5", 3);
    return crypto_md5_hex(password, exchange->user, out + 3);
}

static enum auth_outcome judge(bool right)
{
    return right ? AUTH_PROVEN : AUTH_WRONG;
}

/* ---- trust ---- */

static bool begin_trust(pgw_session *session, struct auth_exchange *exchange)
{
    (void)exchange;
    return reply_auth(&session->output, REPLY_AUTH_OK);
}

/* ---- certificate ---- */

static bool allows_certificate(const pgw_session *session,
                               const struct auth_exchange *exchange,
                               struct pgw_error *err)
{
    const char *name = session->peer.certificate_name;
    struct slice expected =
        exchange->secret.len > 0 ? exchange->secret : exchange->user;
    if (!name)
        return pgw_fail(err, "28000",
                        "connection requires a valid client certificate") == PGW_OK;
    if (!slice_equal(slice_of(name), expected))
        return pgw_fail(err, "28000",
                        "certificate authentication failed for user \"%s\"",
                        exchange->user.data) == PGW_OK;
    return true;
}

/* ---- cleartext, md5 ---- */

static enum auth_outcome read_password(const struct auth_step *step,
                                       struct slice *password)
{
    struct reader reader = step->message;
    struct pgw_slice text = reader_string(&reader);
    *password = (struct slice){text.data, text.len};
    if (!reader_done(&reader))
        (void)pgw_fail(step->err, "08P01", "invalid password packet size");
    else if (text.len == 0)
        (void)pgw_fail(step->err, "28P01", "empty password returned by client");
    else
        return AUTH_MORE;
    return AUTH_REFUSED;
}

static bool begin_cleartext(pgw_session *session, struct auth_exchange *exchange)
{
    (void)exchange;
    return reply_auth(&session->output, REPLY_AUTH_CLEARTEXT);
}

static enum auth_outcome next_cleartext(const struct auth_step *step)
{
    struct slice password, secret = step->exchange->secret;
    struct scram_secret scram;
    char md5[3 + CRYPTO_MD5_HEX + 1];
    enum auth_outcome outcome = read_password(step, &password);
    if (outcome != AUTH_MORE)
        return outcome;
    if (scram_secret_read(secret, &scram))
        return judge(scram_secret_fits(&scram, password));
    if (!is_md5(secret))
        return judge(same_text(password, secret));
    if (!md5_secret(step->exchange, password, md5))
        return AUTH_NO_MEMORY;
    return judge(same_text(slice_of(md5), secret));
}

static bool begin_md5(pgw_session *session, struct auth_exchange *exchange)
{
    return entropy_read(exchange->salt, sizeof exchange->salt) &&
           reply_auth_data(
               &session->output, REPLY_AUTH_MD5,
               (struct slice){(const char *)exchange->salt, AUTH_SALT_BYTES});
}

static enum auth_outcome next_md5(const struct auth_step *step)
{
    const struct auth_exchange *exchange = step->exchange;
    struct slice sent, secret = exchange->secret;
    struct slice salt = {(const char *)exchange->salt, sizeof exchange->salt};
    char kept[3 + CRYPTO_MD5_HEX + 1], expected[3 + CRYPTO_MD5_HEX + 1] = "md5";
    enum auth_outcome outcome = read_password(step, &sent);
    if (outcome != AUTH_MORE)
        return outcome;
    if (is_md5(secret))
        memcpy(kept, secret.data, secret.len);
    else if (!md5_secret(exchange, secret, kept))
        return AUTH_NO_MEMORY;
    struct slice digits = {kept + 3, CRYPTO_MD5_HEX};
    if (!crypto_md5_hex(digits, salt, expected + 3))
        return AUTH_NO_MEMORY;
    return judge(secret.len > 0 && same_text(slice_of(expected), sent));
}

/* ---- SASL ---- */

enum auth_outcome auth_read_choice(const struct auth_step *step, struct pgw_slice *name,
                                   struct pgw_slice *data)
{
    struct reader reader = step->message;
    *name = reader_string(&reader);
    int32_t len = reader_i32(&reader);
    *data = reader_bytes(&reader, len > 0 ? (size_t)len : 0);
    if (len < 0)
        data->data = NULL;
    if (reader_done(&reader))
        return AUTH_MORE;
    (void)pgw_fail(step->err, "08P01",
                   reader.failed ? "insufficient data left in message"
                                 : "invalid message format");
    return AUTH_REFUSED;
}

enum auth_outcome auth_refuse_choice(const struct auth_step *step)
{
    (void)pgw_fail(step->err, "08P01",
                   "client selected an invalid SASL authentication mechanism");
    return AUTH_REFUSED;
}

/* ---- SCRAM-SHA-256 ---- */

static const char plain_name[] = "SCRAM-SHA-256", plus_name[] = "SCRAM-SHA-256-PLUS";

/* A list of names, each with its NUL, and an empty one. */
static bool begin_scram(pgw_session *session, struct auth_exchange *exchange)
{
    char names[sizeof plus_name + sizeof plain_name + 1];
    size_t len = 0;
    (void)exchange;
    if (session->certificate_hash.len > 0) {
        memcpy(names, plus_name, sizeof plus_name);
        len += sizeof plus_name;
    }
    memcpy(names + len, plain_name, sizeof plain_name);
    len += sizeof plain_name;
    names[len++] = '\0';
    return reply_auth_data(&session->output, REPLY_AUTH_SASL,
                           (struct slice){names, len});
}

/* The secret that is used: the user's, or one made of a password, or one that only
 * looks like one. The salt of a user without a secret is always the same, too. */
static bool scram_secret_of(const pgw_session *session,
                            const struct auth_exchange *exchange, struct scram *scram)
{
    struct slice secret = exchange->secret;
    if (scram_secret_read(secret, &scram->secret))
        return true;
    scram->is_mock = secret.len == 0 || is_md5(secret);
    return scram_secret_mock(session->auth_nonce, exchange->user, &scram->secret) &&
           (scram->is_mock || scram_secret_make(secret, &scram->secret));
}

static enum auth_outcome choose_scram(const struct auth_step *step,
                                      struct pgw_slice *data)
{
    struct auth_exchange *exchange = step->exchange;
    struct pgw_slice name;
    enum auth_outcome outcome = auth_read_choice(step, &name, data);
    if (outcome != AUTH_MORE)
        return outcome;
    bool has_tls = step->session->certificate_hash.len > 0;
    bool is_plus = has_tls && strcmp(name.data, plus_name) == 0;
    if (!is_plus && strcmp(name.data, plain_name) != 0)
        return auth_refuse_choice(step);
    struct scram *scram = arena_calloc(&exchange->arena, 1, sizeof *scram);
    if (!scram)
        return AUTH_NO_MEMORY;
    scram->has_tls = has_tls;
    scram->is_plus = is_plus;
    scram->certificate_hash = step->session->certificate_hash;
    if (!scram_secret_of(step->session, exchange, scram))
        return AUTH_NO_MEMORY;
    exchange->scram = scram;
    return AUTH_MORE;
}

static enum auth_outcome send_scram(const struct auth_step *step,
                                    enum scram_outcome outcome, struct slice reply)
{
    struct chain *out = &step->session->output;
    switch (outcome) {
    case SCRAM_MORE:
        return reply_auth_data(out, REPLY_AUTH_SASL_CONTINUE, reply) ? AUTH_MORE
                                                                     : AUTH_NO_MEMORY;
    case SCRAM_PROVEN:
        return reply_auth_data(out, REPLY_AUTH_SASL_FINAL, reply) ? AUTH_PROVEN
                                                                  : AUTH_NO_MEMORY;
    case SCRAM_WRONG:
        return AUTH_WRONG;
    case SCRAM_REFUSED:
        return AUTH_REFUSED;
    case SCRAM_NO_MEMORY:
        break;
    }
    return AUTH_NO_MEMORY;
}

static enum auth_outcome next_scram(const struct auth_step *step)
{
    struct auth_exchange *exchange = step->exchange;
    size_t len = (size_t)(step->message.end - step->message.at);
    struct pgw_slice data = {(const char *)step->message.at, len};
    struct slice reply = SLICE("");
    if (len > SASL_MESSAGE_MAX)
        return AUTH_WRONG;
    if (!exchange->scram) {
        enum auth_outcome outcome = choose_scram(step, &data);
        if (outcome != AUTH_MORE)
            return outcome;
    }
    if (!data.data)
        return send_scram(step, SCRAM_MORE, reply);
    enum scram_outcome outcome =
        scram_next(exchange->scram, (struct slice){data.data, data.len},
                   &exchange->arena, &reply, step->err);
    return send_scram(step, outcome, reply);
}

/* ---- the table ---- */

static const struct mechanism mechanisms[] = {
    [PGW_AUTH_TRUST] = {NULL, begin_trust, NULL, NULL},
    [PGW_AUTH_CLEARTEXT] = {NULL, begin_cleartext, next_cleartext, "password"},
    [PGW_AUTH_MD5] = {NULL, begin_md5, next_md5, "password"},
    [PGW_AUTH_SCRAM_SHA_256] = {NULL, begin_scram, next_scram, "SASL"},
    [PGW_AUTH_OAUTHBEARER] = {auth_allows_oauth, auth_begin_oauth, auth_next_oauth,
                              "SASL"},
    [PGW_AUTH_CERTIFICATE] = {allows_certificate, begin_trust, NULL, NULL},
};

static const struct mechanism *find_mechanism(enum pgw_auth_mechanism id)
{
    static const struct mechanism none = {0};
    return (size_t)id < ARRAY_LEN(mechanisms) ? &mechanisms[id] : &none;
}

/* ---- the exchange ---- */

static struct slice copy_of(struct arena *arena, struct pgw_slice text, bool *failed)
{
    const char *copy = arena_string(arena, (struct slice){text.data, text.len});
    *failed = *failed || !copy;
    return (struct slice){copy, copy ? text.len : 0};
}

static struct auth_exchange *exchange_new(const pgw_session *session)
{
    struct arena arena = {0};
    struct auth_exchange *exchange = arena_calloc(&arena, 1, sizeof *exchange);
    const char *user = pgw_session_startup_parameter(session, "user");
    const struct pgw_auth *auth = &session->auth;
    bool failed = !exchange;
    if (exchange) {
        exchange->user =
            copy_of(&arena, (struct pgw_slice){user, user ? strlen(user) : 0}, &failed);
        exchange->secret = copy_of(&arena, auth->secret, &failed);
        exchange->issuer = copy_of(&arena, auth->issuer, &failed);
        exchange->scope = copy_of(&arena, auth->scope, &failed);
        exchange->arena = arena;
    }
    if (!failed)
        return exchange;
    arena_free(&arena);
    return NULL;
}

void auth_forget(pgw_session *session)
{
    struct auth_exchange *exchange = session->exchange;
    session->auth.secret = (struct pgw_slice){0};
    session->auth.issuer = session->auth.scope = (struct pgw_slice){0};
    if (!exchange)
        return;
    session->exchange = NULL;
    struct arena arena = exchange->arena;
    crypto_wipe((void *)(uintptr_t)exchange->secret.data, exchange->secret.len);
    if (exchange->scram)
        crypto_wipe(&exchange->scram->secret, sizeof exchange->scram->secret);
    arena_free(&arena);
}

static void deny(pgw_session *session, struct pgw_error *err)
{
    err->severity = PGW_SEVERITY_FATAL;
    session_error(session, err);
}

void auth_begin(pgw_session *session)
{
    if (session->auth.mechanism == PGW_AUTH_MD5 &&
        needs_scram(
            (struct slice){session->auth.secret.data, session->auth.secret.len}))
        session->auth.mechanism = PGW_AUTH_SCRAM_SHA_256;
    const struct mechanism *mechanism = find_mechanism(session->auth.mechanism);
    if (!mechanism->begin) {
        session_fatal(session, "0A000",
                      "this authentication mechanism is not supported");
        return;
    }
    struct pgw_error err;
    struct auth_exchange *exchange = session->exchange = exchange_new(session);
    if (exchange && mechanism->allows && !mechanism->allows(session, exchange, &err)) {
        auth_forget(session);
        deny(session, &err);
    } else if (!exchange || !mechanism->begin(session, exchange)) {
        auth_forget(session);
        session_no_memory(session);
    } else if (mechanism->next) {
        session->flush = true;
        session_enter(session, STATE_PASSWORD);
    } else {
        auth_forget(session);
        session_enter(session, STATE_OPEN);
    }
}

/* ---- a message ---- */

uint8_t *auth_reserve(pgw_session *session, size_t bytes)
{
    struct buf *input = &session->input, grown = {0};
    if (input->memory && buf_room(input) >= bytes)
        return buf_reserve(input, bytes);
    if (!buf_reserve(&grown, buf_len(input) + bytes) ||
        !buf_append(&grown, buf_data(input), buf_len(input)))
        return NULL;
    if (input->memory)
        crypto_wipe(input->memory, input->capacity);
    buf_free(input);
    *input = grown;
    return buf_reserve(input, bytes);
}

static void deny_password(pgw_session *session)
{
    struct pgw_error err;
    const char *user = pgw_session_startup_parameter(session, "user");
    (void)pgw_fail(&err, "28P01", "password authentication failed for user \"%s\"",
                   user);
    deny(session, &err);
}

static void conclude(pgw_session *session, enum auth_outcome outcome,
                     struct pgw_error *err)
{
    if (outcome == AUTH_MORE) {
        session->flush = true;
        return;
    }
    auth_forget(session);
    if (outcome == AUTH_NO_MEMORY)
        session_no_memory(session);
    else if (outcome == AUTH_REFUSED)
        deny(session, err);
    else if (outcome == AUTH_WRONG)
        deny_password(session);
    else if (reply_auth(&session->output, REPLY_AUTH_OK))
        session_enter(session, STATE_OPEN);
    else
        session_no_memory(session);
}

bool auth_expects(pgw_session *session, uint8_t type)
{
    struct pgw_error err;
    if (type == 'p')
        return true;
    (void)pgw_fail(&err, "08P01", "expected %s response, got message type %d",
                   find_mechanism(session->auth.mechanism)->response, type);
    deny(session, &err);
    return false;
}

void auth_message(pgw_session *session, const struct frame *frame)
{
    struct pgw_error err;
    const struct mechanism *mechanism = find_mechanism(session->auth.mechanism);
    const struct auth_step step = {session, session->exchange,
                                   reader_of(frame->body, frame->len), &err};
    assert(mechanism->next && session->exchange);
    enum auth_outcome outcome = mechanism->next(&step);
    if (outcome == AUTH_WAIT) {
        session->waiting = true;
        return;
    }
    crypto_wipe(session->input.memory + session->input.start, frame->size);
    session_consume(session, frame);
    conclude(session, outcome, &err);
}
