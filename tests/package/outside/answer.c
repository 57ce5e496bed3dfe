/* answer.c - a program of somebody else's: it has the installed libpgwire, no more.
 *
 * Every statement is answered with the version of the headers and of the library. */
#include <pgwire/server.h>
#include <pgwire/session.h>

#include <stdio.h>
#include <string.h>

static const struct pgw_column columns[] = {
    {.name = "headers", .type_oid = PGW_INT4OID},
    {.name = "library", .type_oid = PGW_TEXTOID}};

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    const char *version = pgw_version();
    (void)self;
    (void)err;
    pgw_row_begin(row);
    pgw_put_int(row, PGW_VERSION_NUMBER);
    pgw_put_text(row, version, strlen(version));
    pgw_row_end(row);
    return PGW_OK;
}

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    static const struct pgw_rows_ops rows = {.next = next};
    (void)state;
    (void)session;
    (void)err;
    sql->data += sql->len;
    sql->len = 0;
    reply->kind = PGW_REPLY_ROWS;
    reply->tag = "SELECT";
    reply->columns = columns;
    reply->column_count = 2;
    reply->rows.ops = &rows;
    return PGW_OK;
}

int main(void)
{
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_handlers handlers = {.simple = &simple};
    const struct pgw_server_options options = {.listen = "127.0.0.1:0"};
    struct pgw_error err;
    pgw_server *server = pgw_server_new(&handlers, NULL, &options, &err);
    if (!server) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("listening on port %u\n", pgw_server_port(server));
    fflush(stdout);
    int code = pgw_server_run(server);
    pgw_server_free(server);
    return code;
}
