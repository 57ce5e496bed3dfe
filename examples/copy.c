/* copy.c - COPY in both directions: notes, one a line, that a session keeps.
 *
 *     psql -c "\copy notes from notes.txt" -c "copy notes to stdout csv"
 *
 * In, the bytes are the host's to read, as they come; out, rows are put as for a query,
 * and the library makes lines of them. */
#include <pgwire/server.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct notes {
    char *text;           /* lines */
    size_t len, incoming; /* behind them, what the COPY under way has brought */
    int64_t lines;        /* … of it */
    size_t at;            /* of the COPY that sends them */
    int number;
};

static enum pgw_status open_session(void *ctx, pgw_session *session, void **state,
                                    struct pgw_error *err)
{
    (void)ctx, (void)session;
    *state = calloc(1, sizeof(struct notes));
    return *state ? PGW_OK : pgw_fail(err, "53200", "out of memory");
}

static void close_session(void *state)
{
    if (state)
        free(((struct notes *)state)->text);
    free(state);
}

/* ---- in: CopyData need not end where a line does ---- */

static enum pgw_status copy_data(void *copy, struct pgw_slice data,
                                 struct pgw_error *err)
{
    struct notes *notes = copy;
    char *text = realloc(notes->text, notes->len + notes->incoming + data.len + 1);
    if (!text)
        return pgw_fail(err, "53200", "out of memory");
    notes->text = text;
    memcpy(text + notes->len + notes->incoming, data.data, data.len);
    notes->incoming += data.len;
    for (size_t i = 0; i < data.len; i++)
        notes->lines += data.data[i] == '\n';
    return PGW_OK;
}

static enum pgw_status copy_done(void *copy, struct pgw_reply *reply,
                                 struct pgw_error *err)
{
    struct notes *notes = copy;
    (void)err;
    notes->len += notes->incoming; /* without this, nothing has happened */
    reply->affected = notes->lines;
    return PGW_OK;
}

/* ---- out: rows as for any query ---- */

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    struct notes *notes = self;
    (void)err;
    while (notes->at < notes->len) {
        const char *line = notes->text + notes->at;
        const char *end = memchr(line, '\n', notes->len - notes->at);
        size_t len = end ? (size_t)(end - line) : notes->len - notes->at;
        notes->at += len + 1;
        pgw_row_begin(row);
        pgw_put_int(row, ++notes->number);
        pgw_put_text(row, line, len);
        if (!pgw_row_end(row))
            return PGW_MORE;
    }
    return PGW_OK;
}

static const struct pgw_rows_ops rows = {.next = next};
static const struct pgw_copy_style csv = {.format = PGW_COPY_CSV, .header = true};
static const struct pgw_column columns[] = {{.name = "number", .type_oid = PGW_INT4OID},
                                            {.name = "note", .type_oid = PGW_TEXTOID}};

static bool has(struct pgw_slice text, const char *words)
{
    for (size_t i = 0; i + strlen(words) <= text.len; i++) {
        if (strncasecmp(text.data + i, words, strlen(words)) == 0)
            return true;
    }
    return false;
}

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    struct notes *notes = state;
    struct pgw_slice text = *sql;
    (void)session;
    *sql = (struct pgw_slice){text.data + text.len, 0};
    reply->tag = "COPY";
    notes->at = notes->incoming = 0;
    notes->lines = notes->number = 0;
    if (has(text, "from stdin")) {
        reply->kind = PGW_REPLY_COPY_IN;
        reply->column_count = 1;
        reply->copy = notes;
    } else if (has(text, "to stdout")) {
        reply->kind = PGW_REPLY_COPY_OUT;
        reply->copy_style = has(text, "csv") ? &csv : NULL; /* or text */
        reply->columns = columns;
        reply->column_count = 2;
        reply->rows = (struct pgw_rows){.ops = &rows, .self = notes};
    } else {
        return pgw_fail(err, "42601", "COPY notes FROM STDIN, or TO STDOUT [CSV]");
    }
    return PGW_OK;
}

int main(int argc, char **argv)
{
    static const struct pgw_startup_ops startup = {.open = open_session,
                                                   .close = close_session};
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_copy_ops copy = {.data = copy_data, .done = copy_done};
    static const struct pgw_handlers handlers = {
        .startup = &startup, .simple = &simple, .copy = &copy};
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
