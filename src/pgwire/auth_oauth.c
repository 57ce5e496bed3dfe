/* auth_oauth.c - OAUTHBEARER: a client shows a token, and the host says what it is
 * worth.
 *
 *     OAUTHBEARER ──> FIRST ──┬─ the token is good ──> PROVEN
 *                             ├─ it is not, or there is none ──> LAST ──> REFUSED
 *                             └─ malformed ──> REFUSED
 *
 * Source: RFC 7628, PostgreSQL 18 documentation 55.3.2. A token lies in the message
 * alone, which is wiped behind this step; nothing of it is said to anybody. */
#include "pgwire/auth_step.h"
#include "pgwire/oauthbearer.h"
#include "pgwire/reply.h"

static const char mechanism_name[] = "OAUTHBEARER";

/* A token is good for whoever has it, so that it must not be seen on its way. */
bool auth_allows_oauth(const pgw_session *session, const struct auth_exchange *exchange,
                       struct pgw_error *err)
{
    bool is_safe = session->peer.is_tls || session->peer.is_unix;
    (void)exchange;
    if (!session->handlers->startup->validate_token)
        (void)pgw_fail(err, "0A000", "bearer tokens are not supported");
    else if (!is_safe && !session->auth.allow_clear)
        (void)pgw_fail(err, "28000",
                       "bearer tokens are taken over encrypted connections only");
    else
        return true;
    return false;
}

bool auth_begin_oauth(pgw_session *session, struct auth_exchange *exchange)
{
    static const char names[] = "OAUTHBEARER\0";
    (void)exchange;
    return reply_auth_data(&session->output, REPLY_AUTH_SASL,
                           (struct slice){names, sizeof names});
}

/* ---- the token ---- */

/* It is for the user who asked, unless the host has seen to that itself. */
static bool is_users(const struct pgw_token_result *result, struct slice user)
{
    struct slice identity = {result->identity,
                             strnlen(result->identity, sizeof result->identity)};
    if (!result->is_authorized)
        return false;
    return result->is_mapped || (identity.len > 0 && slice_equal(identity, user));
}

static enum auth_outcome prove(const struct auth_step *step,
                               const struct pgw_token_result *result)
{
    pgw_session *session = step->session;
    struct slice identity = {result->identity,
                             strnlen(result->identity, sizeof result->identity)};
    session->identity = arena_string(&session->startup, identity);
    return session->identity ? AUTH_PROVEN : AUTH_NO_MEMORY;
}

/* Send the client what it needs to get a token; it says one word more. */
static enum auth_outcome refuse(const struct auth_step *step)
{
    struct auth_exchange *exchange = step->exchange;
    struct buf text = {0};
    bool sent =
        oauthbearer_refuse(&text, exchange->issuer, exchange->scope) &&
        reply_auth_data(&step->session->output, REPLY_AUTH_SASL_CONTINUE,
                        (struct slice){(const char *)buf_data(&text), buf_len(&text)});
    buf_free(&text);
    exchange->oauth_refused = true;
    return sent ? AUTH_MORE : AUTH_NO_MEMORY;
}

static enum auth_outcome judge(const struct auth_step *step, struct slice token)
{
    pgw_session *session = step->session;
    const struct pgw_startup_ops *ops = session->handlers->startup;
    struct pgw_token_result result = {0};
    enum pgw_status status = ops->validate_token(
        session->ctx, session, (struct pgw_slice){token.data, token.len}, &result,
        step->err);
    if (status == PGW_WAIT)
        return AUTH_WAIT;
    if (status != PGW_OK)
        return AUTH_REFUSED;
    return is_users(&result, step->exchange->user) ? prove(step, &result)
                                                   : refuse(step);
}

/* ---- messages ---- */

static enum auth_outcome first_message(const struct auth_step *step,
                                       struct slice message)
{
    struct slice auth, token;
    if (!oauthbearer_read(message, &auth, step->err))
        return AUTH_REFUSED;
    if (auth.len > 0 && oauthbearer_token(auth, &token))
        return judge(step, token);
    return refuse(step);
}

static enum auth_outcome last_message(const struct auth_step *step,
                                      struct slice message)
{
    if (oauthbearer_read_last(message, step->err))
        (void)pgw_fail(step->err, "28000",
                       "OAuth bearer authentication failed for user \"%s\"",
                       step->exchange->user.data);
    return AUTH_REFUSED;
}

enum auth_outcome auth_next_oauth(const struct auth_step *step)
{
    struct auth_exchange *exchange = step->exchange;
    size_t len = (size_t)(step->message.end - step->message.at);
    struct pgw_slice name, data = {(const char *)step->message.at, len};
    if (!exchange->oauth_chosen) {
        enum auth_outcome outcome = auth_read_choice(step, &name, &data);
        if (outcome != AUTH_MORE)
            return outcome;
        if (strcmp(name.data, mechanism_name) != 0)
            return auth_refuse_choice(step);
        if (!data.data) {
            exchange->oauth_chosen = true;
            return reply_auth_data(&step->session->output, REPLY_AUTH_SASL_CONTINUE,
                                   SLICE(""))
                       ? AUTH_MORE
                       : AUTH_NO_MEMORY;
        }
    }
    struct slice message = {data.data, data.len};
    if (exchange->oauth_refused)
        return last_message(step, message);
    enum auth_outcome outcome = first_message(step, message);
    exchange->oauth_chosen = outcome != AUTH_WAIT || exchange->oauth_chosen;
    return outcome;
}
