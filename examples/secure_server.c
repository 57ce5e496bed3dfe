/* secure_server.c - TLS and passwords: secure_server CERT KEY USER=PASSWORD... ADDRESS
 *
 * Who comes in clear is refused; passwords are proven by SCRAM-SHA-256, bound to the
 * channel where the client can do so. SIGHUP reads the certificate again. Try:
 *
 *     openssl req -x509 -newkey rsa -nodes -subj /CN=localhost -keyout k.pem -out c.pem
 *     secure_server c.pem k.pem ada=secret localhost:5433 &
 *     PGPASSWORD=secret psql "host=localhost port=5433 user=ada sslmode=verify-full
 *         sslrootcert=c.pem channel_binding=require" -c 'select 1' */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <pgwire/server.h>
#include <pgwire/session.h>

enum { USERS_MAX = 16 };

struct program {
    struct pgw_tls_options tls;
    pgw_server *server;
    sigset_t hang_up;
    size_t user_count;
    struct user {
        const char *name; /* up to the "=" */
        size_t len;
        char secret[PGW_SCRAM_SECRET_BYTES];
    } users[USERS_MAX];
};

static enum pgw_status authenticate(void *ctx, pgw_session *session,
                                    struct pgw_auth *auth, struct pgw_error *err)
{
    const struct program *program = ctx;
    const char *name = pgw_session_startup_parameter(session, "user");
    (void)err;
    auth->mechanism = PGW_AUTH_SCRAM_SHA_256;
    for (size_t i = 0; i < program->user_count; i++) {
        const struct user *user = &program->users[i];
        if (strlen(name) == user->len && memcmp(name, user->name, user->len) == 0)
            auth->secret = (struct pgw_slice){user->secret, strlen(user->secret)};
    }
    return PGW_OK;
}

/* ---- one row: who has asked, and how it is kept from others ---- */

static const struct pgw_column columns[] = {
    {.name = "user", .type_oid = PGW_TEXTOID},
    {.name = "tls", .type_oid = PGW_TEXTOID},
};

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    const pgw_session *session = self;
    const char *name = pgw_session_startup_parameter(session, "user");
    const char *version = pgw_session_peer(session)->tls_version;
    (void)err;
    pgw_row_begin(row);
    pgw_put_text(row, name, strlen(name));
    pgw_put_text(row, version, strlen(version));
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
    reply->column_count = sizeof columns / sizeof *columns;
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
        bool done =
            pgw_server_reload_tls(program->server, &program->tls, &err) == PGW_OK;
        printf("reload: %s\n", done ? "done" : err.message);
        (void)fflush(stdout);
    }
    return NULL;
}

/* ---- */

/* "name=password" */
static bool add_user(struct program *program, const char *text, struct pgw_error *err)
{
    const char *equals = strchr(text, '=');
    struct user *user = &program->users[program->user_count];
    if (!equals || program->user_count == USERS_MAX)
        return pgw_fail(err, "22023", "not NAME=PASSWORD: %s", text) == PGW_OK;
    *user = (struct user){.name = text, .len = (size_t)(equals - text)};
    program->user_count++;
    const struct pgw_slice password = {equals + 1, strlen(equals + 1)};
    return pgw_scram_secret(password, 0, user->secret, err) == PGW_OK;
}

int main(int argc, char **argv)
{
    static const struct pgw_startup_ops startup = {.authenticate = authenticate};
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_handlers handlers = {.startup = &startup,
                                                 .simple = &simple};
    struct program program = {0};
    struct pgw_error err = {0};
    pthread_t thread;
    if (argc < 5)
        return fprintf(stderr, "usage: %s CERT KEY USER=PASSWORD... ADDRESS\n",
                       argv[0]),
               2;
    program.tls = (struct pgw_tls_options){
        .certificate_file = argv[1], .key_file = argv[2], .required = true};
    for (int i = 3; i < argc - 1; i++) {
        if (!add_user(&program, argv[i], &err))
            return fprintf(stderr, "%s\n", err.message), 1;
    }
    const struct pgw_server_options options = {.listen = argv[argc - 1],
                                               .tls = &program.tls};
    (void)sigemptyset(&program.hang_up);
    (void)sigaddset(&program.hang_up, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &program.hang_up, NULL); /* in all threads */
    program.server = pgw_server_new(&handlers, &program, &options, &err);
    if (!program.server || pthread_create(&thread, NULL, reload, &program) != 0)
        return fprintf(stderr, "%s\n", err.message), 1;
    printf("listening on port %u\n", (unsigned)pgw_server_port(program.server));
    (void)fflush(stdout);
    return pgw_server_run(program.server);
}
