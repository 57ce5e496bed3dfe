/* dynamic_auth.c - users that are looked up when they come: dynamic_auth FILE ADDRESS
 *
 * Each line of FILE is a name, a blank, and a password or what PostgreSQL keeps of one
 * (select rolname, rolpassword from pg_authid); it is read at every login, so that who
 * is added may come at once. A look-up may take its time: it asks for a slot, in which
 * it may block a thread, and is called again when it has one. All others go on. FILE
 * can be a named pipe, behind which a program answers. Try:
 *
 *     echo 'ada secret' >users
 *     dynamic_auth users 127.0.0.1:5433 &
 *     PGPASSWORD=secret psql -h 127.0.0.1 -p 5433 -U ada -c 'select 1' */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pgwire/server.h>

/* The secret of a line, if that is the user's; NULL if not. */
static const char *secret_of(char *line, const char *user)
{
    size_t len = strlen(user);
    line[strcspn(line, "\n")] = '\0';
    return strncmp(line, user, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

/* The library copies the secret behind `authenticate`: until then it is the session's
 * memory. A user who is not there has an empty one, and is asked all the same. */
static enum pgw_status keep(pgw_session *session, const char *secret,
                            struct pgw_auth *auth, struct pgw_error *err)
{
    size_t len = strlen(secret);
    char *copy = pgw_session_alloc(session, len + 1);
    if (!copy)
        return pgw_fail(err, "53200", "out of memory");
    memcpy(copy, secret, len + 1);
    auth->secret = (struct pgw_slice){copy, len};
    return PGW_OK;
}

static enum pgw_status look_up(const char *path, pgw_session *session,
                               struct pgw_auth *auth, struct pgw_error *err)
{
    const char *user = pgw_session_startup_parameter(session, "user"), *secret = NULL;
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return pgw_fail(err, "58030", "the users cannot be looked up: %s",
                        strerror(errno));
    while (!secret && getline(&line, &room, file) > 0)
        secret = secret_of(line, user);
    enum pgw_status status = secret ? keep(session, secret, auth, err) : PGW_OK;
    free(line);
    (void)fclose(file);
    return status;
}

static enum pgw_status authenticate(void *ctx, pgw_session *session,
                                    struct pgw_auth *auth, struct pgw_error *err)
{
    auth->mechanism = PGW_AUTH_SCRAM_SHA_256;
    if (pgw_block_begin(session) == PGW_WAIT)
        return PGW_WAIT;
    enum pgw_status status = look_up(ctx, session, auth, err);
    pgw_block_end(session);
    return status;
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
    (void)state, (void)err;
    sql->len = 0; /* the whole string is one statement */
    reply->kind = PGW_REPLY_ROWS;
    reply->tag = "SELECT";
    reply->columns = columns;
    reply->column_count = 1;
    reply->rows = (struct pgw_rows){&one_row, session};
    return PGW_OK;
}

int main(int argc, char **argv)
{
    static const struct pgw_startup_ops startup = {.authenticate = authenticate};
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_handlers handlers = {.startup = &startup,
                                                 .simple = &simple};
    struct pgw_error err = {0};
    if (argc != 3)
        return fprintf(stderr, "usage: %s FILE ADDRESS\n", argv[0]), 2;
    const struct pgw_server_options options = {.listen = argv[2]};
    pgw_server *server = pgw_server_new(&handlers, argv[1], &options, &err);
    if (!server)
        return fprintf(stderr, "%s\n", err.message), 1;
    printf("listening on port %u\n", (unsigned)pgw_server_port(server));
    (void)fflush(stdout);
    int status = pgw_server_run(server);
    pgw_server_free(server);
    return status;
}
