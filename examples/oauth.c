/* oauth.c - bearer tokens, judged by an issuer's public keys:
 *
 *     oauth ISSUER AUDIENCE SCOPE KEYS [CERT KEY] ADDRESS
 *
 * KEYS is the issuer's JSON Web Key Set, which SIGHUP reads again. Without a
 * certificate tokens are taken over a unix socket only. A client that has no token yet
 * is told where to get one, and for what scope; libpq 18 then asks the issuer by
 * itself. Try:
 *
 *     oauth https://issuer.example wirehouse "openid query" keys.json c.pem k.pem \
 *         localhost:5433 &
 *     psql "host=localhost port=5433 user=ada sslmode=require
 *         oauth_issuer=https://issuer.example oauth_client_id=psql" -c 'select 1' */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <pgwire/oauth.h>
#include <pgwire/server.h>

struct program {
    const char *issuer, *scope;
    pgw_jwt_validator *validator;
    sigset_t hang_up;
};

static enum pgw_status authenticate(void *ctx, pgw_session *session,
                                    struct pgw_auth *auth, struct pgw_error *err)
{
    const struct program *program = ctx;
    (void)session, (void)err;
    auth->mechanism = PGW_AUTH_OAUTHBEARER;
    auth->issuer = (struct pgw_slice){program->issuer, strlen(program->issuer)};
    auth->scope = (struct pgw_slice){program->scope, strlen(program->scope)};
    return PGW_OK;
}

/* Its "sub" has to be the user who asks: the library sees to that. */
static enum pgw_status validate(void *ctx, pgw_session *session, struct pgw_slice token,
                                struct pgw_token_result *result, struct pgw_error *err)
{
    const struct program *program = ctx;
    const char *user = pgw_session_startup_parameter(session, "user");
    enum pgw_status status = pgw_jwt_validate(program->validator, token, result, err);
    if (status == PGW_OK && !result->is_authorized)
        fprintf(stderr, "a token for %s is refused: %s\n", user, result->reason);
    return status;
}

/* ---- one row: whose token it was ---- */

static const struct pgw_column columns[] = {
    {.name = "identity", .type_oid = PGW_TEXTOID}};

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    const char *identity = pgw_session_identity(self);
    (void)err;
    pgw_row_begin(row);
    pgw_put_text(row, identity, strlen(identity));
    (void)pgw_row_end(row);
    return PGW_OK;
}

static const struct pgw_rows_ops one_row = {.next = next};

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    (void)state, (void)err;
    sql->len = 0; /* the whole string is one statement */
    reply->kind = PGW_REPLY_ROWS;
    reply->tag = "SELECT";
    reply->columns = columns;
    reply->column_count = 1;
    reply->rows = (struct pgw_rows){&one_row, session};
    return PGW_OK;
}

/* ---- SIGHUP, which a thread waits for ---- */

static void *reload(void *self)
{
    const struct program *program = self;
    struct pgw_error err;
    int number;
    while (sigwait(&program->hang_up, &number) == 0) {
        bool done = pgw_jwt_validator_reload(program->validator, &err) == PGW_OK;
        printf("reload: %s\n", done ? "done" : err.message);
        (void)fflush(stdout);
    }
    return NULL;
}

/* ---- */

static int serve(struct program *program, const struct pgw_server_options *options)
{
    static const struct pgw_startup_ops startup = {.authenticate = authenticate,
                                                   .validate_token = validate};
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_handlers handlers = {.startup = &startup,
                                                 .simple = &simple};
    struct pgw_error err = {0};
    pthread_t thread;
    (void)sigemptyset(&program->hang_up);
    (void)sigaddset(&program->hang_up, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &program->hang_up, NULL); /* in all threads */
    pgw_server *server = pgw_server_new(&handlers, program, options, &err);
    if (!server || pthread_create(&thread, NULL, reload, program) != 0)
        return fprintf(stderr, "%s\n", err.message), 1;
    printf("listening on port %u\n", (unsigned)pgw_server_port(server));
    (void)fflush(stdout);
    int status = pgw_server_run(server);
    (void)pthread_cancel(thread);
    (void)pthread_join(thread, NULL);
    pgw_server_free(server);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 6 && argc != 8)
        return fprintf(stderr,
                       "usage: %s ISSUER AUDIENCE SCOPE KEYS [CERT KEY] ADDRESS\n",
                       argv[0]),
               2;
    const struct pgw_jwt_options rules = {
        .issuer = argv[1], .audience = argv[2], .scope = argv[3], .key_file = argv[4]};
    const struct pgw_tls_options tls = {
        .certificate_file = argv[5], .key_file = argv[6], .required = true};
    const struct pgw_server_options options = {.listen = argv[argc - 1],
                                               .tls = argc == 8 ? &tls : NULL};
    struct pgw_error err = {0};
    struct program program = {
        argv[1], argv[3], pgw_jwt_validator_new(&rules, &err), {{0}}};
    if (!program.validator)
        return fprintf(stderr, "%s\n", err.message), 1;
    int status = serve(&program, &options);
    pgw_jwt_validator_free(program.validator);
    return status;
}
