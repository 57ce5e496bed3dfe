/* oauthbearer.c - the messages of SASL's OAUTHBEARER.
 *
 * Reading is a walk over the message: what it stands at is `at`, and the first refusal
 * ends it. The grammar and the words of a refusal are PostgreSQL 18's. */
#include "pgwire/oauthbearer.h"

#include <stdio.h>
#include <strings.h>

#include "pgwire/render.h"
#include "pgwire/sasl.h"

enum { SEPARATOR = 0x01 };

struct walk {
    const char *at, *end;
    struct pgw_error *err;
};

static char here(const struct walk *walk)
{
    return walk->at < walk->end ? *walk->at : '\0';
}

static bool refuse(struct pgw_error *err, const char *detail)
{
    (void)pgw_fail(err, "08P01", "malformed OAUTHBEARER message");
    (void)snprintf(err->detail, sizeof err->detail, "%s", detail);
    return false;
}

/* `format` has a place for the character that stands here. */
#define REFUSE_CHARACTER(walk, format)                                                 \
    ((void)pgw_fail((walk)->err, "08P01", "malformed OAUTHBEARER message"),            \
     (void)snprintf((walk)->err->detail, sizeof(walk)->err->detail, format,            \
                    sasl_show(here(walk)).text),                                       \
     false)

/* ---- the header: n,, or y,, ---- */

static bool read_binding_flag(struct walk *walk)
{
    char flag = here(walk);
    if (flag == 'p')
        return refuse(walk->err,
                      "The server does not support channel binding for OAuth, but the "
                      "client message includes channel binding data.");
    if (flag != 'n' && flag != 'y')
        return REFUSE_CHARACTER(walk, "Unexpected channel-binding flag \"%s\".");
    walk->at++;
    if (here(walk) != ',')
        return REFUSE_CHARACTER(walk, "Comma expected, but found character \"%s\".");
    walk->at++;
    return true;
}

static bool read_header(struct walk *walk)
{
    if (!read_binding_flag(walk))
        return false;
    if (here(walk) == 'a') {
        (void)pgw_fail(walk->err, "0A000",
                       "client uses authorization identity, but it is not supported");
        return false;
    }
    if (here(walk) != ',')
        return REFUSE_CHARACTER(walk,
                                "Unexpected attribute \"%s\" in client-first-message.");
    walk->at++;
    if (here(walk) != SEPARATOR)
        return REFUSE_CHARACTER(
            walk, "Key-value separator expected, but found character \"%s\".");
    walk->at++;
    return true;
}

/* ---- key=value ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_of_value(char c)
{
    return (c >= 0x20 && c <= 0x7e) || c == '\t' || c == '\r' || c == '\n';
}

static bool all_are(struct slice text, bool (*is)(char))
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is(text.data[i]))
            return false;
    }
    return true;
}

/* One pair, without what ends it. */
static bool read_pair(struct slice pair, struct slice *key, struct slice *value,
                      struct pgw_error *err)
{
    const char *equals = memchr(pair.data, '=', pair.len);
    if (!equals)
        return refuse(err, "Message contains a key without a value.");
    *key = (struct slice){pair.data, (size_t)(equals - pair.data)};
    *value = (struct slice){equals + 1, pair.len - key->len - 1};
    if (key->len == 0)
        return refuse(err, "Message contains an empty key name.");
    if (!all_are(*key, is_letter))
        return refuse(err, "Message contains an invalid key name.");
    if (!all_are(*value, is_of_value))
        return refuse(err, "Message contains an invalid value.");
    return true;
}

/* Up to the empty pair that ends them; auth->data NULL: it was not among them. */
static bool read_pairs(struct walk *walk, struct slice *auth)
{
    struct slice key, value;
    while (walk->at < walk->end) {
        const char *end = memchr(walk->at, SEPARATOR, (size_t)(walk->end - walk->at));
        if (!end)
            return refuse(walk->err,
                          "Message contains an unterminated key/value pair.");
        struct slice pair = {walk->at, (size_t)(end - walk->at)};
        walk->at = end + 1;
        if (pair.len == 0)
            return true;
        if (!read_pair(pair, &key, &value, walk->err))
            return false;
        if (!slice_equal(key, SLICE("auth")))
            continue;
        if (auth->data)
            return refuse(walk->err, "Message contains multiple auth values.");
        *auth = value;
    }
    return refuse(walk->err, "Message did not contain a final terminator.");
}

/* ---- messages ---- */

static bool check_bytes(struct slice message, struct pgw_error *err)
{
    if (message.len == 0)
        return refuse(err, "The message is empty.");
    if (memchr(message.data, '\0', message.len))
        return refuse(err, "Message length does not match input length.");
    return true;
}

bool oauthbearer_read(struct slice message, struct slice *auth, struct pgw_error *err)
{
    struct walk walk = {message.data, message.data + message.len, err};
    *auth = (struct slice){0};
    if (!check_bytes(message, err) || !read_header(&walk) || !read_pairs(&walk, auth))
        return false;
    if (!auth->data)
        return refuse(err, "Message does not contain an auth value.");
    if (walk.at < walk.end)
        return refuse(err,
                      "Message contains additional data after the final terminator.");
    return true;
}

bool oauthbearer_read_last(struct slice message, struct pgw_error *err)
{
    if (!check_bytes(message, err))
        return false;
    if (message.len != 1 || *message.data != SEPARATOR)
        return refuse(err, "Client did not send a kvsep response.");
    return true;
}

static bool is_of_token(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || (c && strchr("-._~+/", c));
}

bool oauthbearer_token(struct slice auth, struct slice *token)
{
    static const char scheme[] = "Bearer ";
    size_t skip = sizeof scheme - 1;
    if (auth.len < skip || strncasecmp(auth.data, scheme, skip) != 0)
        return false;
    while (skip < auth.len && auth.data[skip] == ' ')
        skip++;
    *token = (struct slice){auth.data + skip, auth.len - skip};
    struct slice plain = *token;
    while (plain.len > 0 && plain.data[plain.len - 1] == '=')
        plain.len--;
    return plain.len > 0 && all_are(plain, is_of_token);
}

/* ---- the refusal ---- */

static bool append(struct buf *out, struct slice text)
{
    return buf_append(out, text.data, text.len);
}

/* Issuer and suffix as one string of JSON. */
static bool append_address(struct buf *out, struct slice issuer)
{
    static const char known[] = "/.well-known/";
    static const char suffix[] = "/.well-known/openid-configuration\"";
    bool is_address = memmem(issuer.data, issuer.len, known, sizeof known - 1);
    if (!render_json_string(out, issuer))
        return false;
    if (is_address)
        return true;
    out->end--; /* the quote */
    return buf_append(out, suffix, sizeof suffix - 1);
}

bool oauthbearer_refuse(struct buf *out, struct slice issuer, struct slice scope)
{
    return append(out, SLICE("{ \"status\": \"invalid_token\", "
                             "\"openid-configuration\": ")) &&
           append_address(out, issuer) && append(out, SLICE(", \"scope\": ")) &&
           render_json_string(out, scope) && append(out, SLICE(" }"));
}
