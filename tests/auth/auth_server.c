/* auth_server.c - users with secrets as PostgreSQL keeps them: auth_server
 * NAME=SECRET...
 *
 * The database that a client asks for says by which mechanism it is asked. */
#include <stdio.h>
#include <string.h>

#include <pgwire/server.h>

#include "core/attr.h"

struct users {
    char **list; /* NAME=SECRET, NULL at the end */
};

static const struct {
    const char *database;
    enum pgw_auth_mechanism mechanism;
} rules[] = {
    {"trust", PGW_AUTH_TRUST},       {"password", PGW_AUTH_CLEARTEXT},
    {"md5", PGW_AUTH_MD5},           {"scram", PGW_AUTH_SCRAM_SHA_256},
    {"oauth", PGW_AUTH_OAUTHBEARER},
};

static const char issuer[] = "https://issuer.example", scope[] = "openid query";

static enum pgw_status authenticate(void *ctx, pgw_session *session,
                                    struct pgw_auth *auth, struct pgw_error *err)
{
    const struct users *users = ctx;
    const char *user = pgw_session_startup_parameter(session, "user");
    const char *database = pgw_session_startup_parameter(session, "database");
    size_t rule = 0, len = strlen(user);
    while (rule < ARRAY_LEN(rules) &&
           strcmp(database ? database : user, rules[rule].database) != 0)
        rule++;
    if (rule == ARRAY_LEN(rules))
        return pgw_fail(err, "3D000", "there is no such database");
    *auth = (struct pgw_auth){.mechanism = rules[rule].mechanism,
                              .issuer = {issuer, sizeof issuer - 1},
                              .scope = {scope, sizeof scope - 1},
                              .allow_clear = true};
    for (char **entry = users->list; *entry; entry++) {
        if (strncmp(*entry, user, len) == 0 && (*entry)[len] == '=')
            auth->secret =
                (struct pgw_slice){*entry + len + 1, strlen(*entry + len + 1)};
    }
    return PGW_OK;
}

/* "token.NAME" is NAME's: tests/newer/validator.c says the same to PostgreSQL. A slow
 * judge: it blocks a thread. */
static enum pgw_status validate_token(void *ctx, pgw_session *session,
                                      struct pgw_slice token,
                                      struct pgw_token_result *result,
                                      struct pgw_error *err)
{
    static const char prefix[] = "token.";
    size_t skip = sizeof prefix - 1;
    (void)ctx;
    (void)err;
    if (pgw_block_begin(session) == PGW_WAIT)
        return PGW_WAIT;
    if (token.len > skip && token.len - skip < sizeof result->identity &&
        memcmp(token.data, prefix, skip) == 0) {
        result->is_authorized = true;
        memcpy(result->identity, token.data + skip, token.len - skip);
    }
    pgw_block_end(session);
    return PGW_OK;
}

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    (void)state;
    (void)session;
    (void)err;
    *sql = (struct pgw_slice){sql->data + sql->len, 0};
    reply->tag = "DO";
    return PGW_OK;
}

int main(int argc, char **argv)
{
    static const struct pgw_startup_ops startup = {.authenticate = authenticate,
                                                   .validate_token = validate_token};
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_handlers handlers = {.startup = &startup,
                                                 .simple = &simple};
    static const struct pgw_server_options options = {.listen = "127.0.0.1:0"};
    struct users users = {argv + 1};
    struct pgw_error err;
    pgw_server *server = pgw_server_new(&handlers, &users, &options, &err);
    if (argc < 2 || !server)
        return 1;
    printf("listening on port %u\n", (unsigned)pgw_server_port(server));
    (void)fflush(stdout);
    int status = pgw_server_run(server);
    pgw_server_free(server);
    return status;
}
