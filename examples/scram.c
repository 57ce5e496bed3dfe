/* scram.c - users with passwords, by SCRAM-SHA-256: scram USER=PASSWORD... ADDRESS
 *
 * What is kept of a password is made once; a client that asks for a user who does not
 * exist is answered in the same way, and fails at the end. Try:
 *
 *     scram ada=secret 127.0.0.1:5433 &
 *     PGPASSWORD=secret psql -h 127.0.0.1 -p 5433 -U ada -c 'select 1' */
#include <stdio.h>
#include <string.h>

#include <pgwire/server.h>

enum { USERS_MAX = 16 };

struct users {
    size_t count;
    struct user {
        char name[64], secret[PGW_SCRAM_SECRET_BYTES];
    } list[USERS_MAX];
};

static enum pgw_status authenticate(void *ctx, pgw_session *session,
                                    struct pgw_auth *auth, struct pgw_error *err)
{
    const struct users *users = ctx;
    const char *name = pgw_session_startup_parameter(session, "user");
    (void)err;
    auth->mechanism = PGW_AUTH_SCRAM_SHA_256;
    for (size_t i = 0; i < users->count; i++) {
        const struct user *user = &users->list[i];
        if (strcmp(user->name, name) == 0)
            auth->secret = (struct pgw_slice){user->secret, strlen(user->secret)};
    }
    return PGW_OK;
}

/* ---- one row: who has asked ---- */

static const struct pgw_column columns[] = {
    {.name = "current_user", .type_oid = PGW_TEXTOID}};

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    const char *name = pgw_session_startup_parameter(self, "user");
    (void)err;
    pgw_row_begin(row);
    pgw_put_text(row, name, strlen(name));
    (void)pgw_row_end(row);
    return PGW_OK;
}

static const struct pgw_rows_ops one_row = {.next = next};

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    (void)state;
    (void)err;
    sql->len = 0; /* the whole string is one statement */
    *reply = (struct pgw_reply){.kind = PGW_REPLY_ROWS,
                                .tag = "SELECT",
                                .columns = columns,
                                .column_count = 1,
                                .rows = {&one_row, session}};
    return PGW_OK;
}

/* ---- */

/* "name=password" */
static bool add_user(struct users *users, const char *text, struct pgw_error *err)
{
    const char *equals = strchr(text, '=');
    struct user *user = &users->list[users->count];
    if (!equals || users->count == USERS_MAX || equals - text >= (int)sizeof user->name)
        return pgw_fail(err, "22023", "not NAME=PASSWORD: %s", text) == PGW_OK;
    memcpy(user->name, text, (size_t)(equals - text));
    const struct pgw_slice password = {equals + 1, strlen(equals + 1)};
    if (pgw_scram_secret(password, 0, user->secret, err) != PGW_OK)
        return false;
    users->count++;
    return true;
}

int main(int argc, char **argv)
{
    static const struct pgw_startup_ops startup = {.authenticate = authenticate};
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_handlers handlers = {.startup = &startup,
                                                 .simple = &simple};
    const struct pgw_server_options options = {.listen = argc > 1 ? argv[argc - 1]
                                                                  : "127.0.0.1:5433"};
    struct users users = {0};
    struct pgw_error err = {0};
    for (int i = 1; i < argc - 1; i++) {
        if (!add_user(&users, argv[i], &err))
            return fprintf(stderr, "%s\n", err.message), 1;
    }
    pgw_server *server = pgw_server_new(&handlers, &users, &options, &err);
    if (!server)
        return fprintf(stderr, "%s\n", err.message), 1;
    printf("listening on port %u\n", (unsigned)pgw_server_port(server));
    (void)fflush(stdout);
    int status = pgw_server_run(server);
    pgw_server_free(server);
    return status;
}
