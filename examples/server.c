/* server.c - the smallest server: every query is answered with the same two rows. */
#include <pgwire/server.h>

#include <stdio.h>

static const struct pgw_column columns[] = {{.name = "id", .type_oid = PGW_INT4OID},
                                            {.name = "name", .type_oid = PGW_TEXTOID}};

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    (void)self;
    (void)err;
    pgw_row_begin(row);
    pgw_put_int(row, 1);
    pgw_put_text(row, "one", 3);
    pgw_row_end(row);
    pgw_row_begin(row);
    pgw_put_int(row, 2);
    pgw_put_null(row);
    pgw_row_end(row);
    return PGW_OK;
}

static const struct pgw_rows_ops two_rows = {.next = next};

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    (void)state;
    (void)session;
    (void)err;
    sql->data += sql->len; /* the whole string is one statement */
    sql->len = 0;
    reply->kind = PGW_REPLY_ROWS;
    reply->tag = "SELECT";
    reply->columns = columns;
    reply->column_count = 2;
    reply->rows = (struct pgw_rows){.ops = &two_rows};
    return PGW_OK;
}

int main(int argc, char **argv)
{
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_handlers handlers = {.simple = &simple};
    const struct pgw_server_options options = {.listen = argc > 1 ? argv[1]
                                                                  : "127.0.0.1:5433"};
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
