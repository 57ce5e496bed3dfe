/* counter.c - what handlers do: parameters, types, errors, rows that stream, cancel.
 *
 *     count TO     the rows 1 … TO, a number or $1
 *     wait         blocks until it is cancelled
 *
 * docs/guides/server-in-ten-minutes.md walks through it. */
#include <pgwire/server.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the client ---- */

struct client {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool interrupted;
};

static enum pgw_status open_client(void *ctx, pgw_session *session, void **state,
                                   struct pgw_error *err)
{
    struct client *client = calloc(1, sizeof *client);
    (void)ctx;
    if (!client)
        return pgw_fail(err, "53200", "out of memory");
    pthread_mutex_init(&client->lock, NULL);
    pthread_cond_init(&client->changed, NULL);
    *state = client;
    pgw_notice(session, PGW_SEVERITY_NOTICE, "00000", "welcome, %s",
               pgw_session_startup_parameter(session, "user"));
    return PGW_OK;
}

static void close_client(void *state)
{
    struct client *client = state;
    if (!client)
        return;
    pthread_cond_destroy(&client->changed);
    pthread_mutex_destroy(&client->lock);
    free(client);
}

/* ---- statements ---- */

enum verb { NOTHING, COUNT, WAIT };

struct statement {
    struct client *client;
    enum verb verb;
    uint32_t parameter; /* its type; 0 = there is none */
    int64_t to;
};

static const struct pgw_column columns[] = {
    {.name = "n", .type_oid = PGW_INT8OID},
    {.name = "half", .type_oid = PGW_FLOAT8OID},
    {.name = "is_even", .type_oid = PGW_BOOLOID},
    {.name = "day", .type_oid = PGW_DATEOID},
    {.name = "cents", .type_oid = PGW_NUMERICOID},
    {.name = "around", .type_oid = 1016}, /* int8[] */
};

enum { COLUMNS = sizeof columns / sizeof *columns };

/* Take one statement off the front; in this language a semicolon always ends it. */
static struct pgw_slice take(struct pgw_slice *sql)
{
    const char *end = memchr(sql->data, ';', sql->len);
    size_t len = end ? (size_t)(end - sql->data) : sql->len;
    size_t taken = len + (end ? 1 : 0);
    struct pgw_slice first = {sql->data, len};
    sql->data += taken;
    sql->len -= taken;
    return first;
}

static struct pgw_slice next_word(struct pgw_slice *text)
{
    while (text->len > 0 && strchr(" \t\r\n", *text->data))
        text->data++, text->len--;
    struct pgw_slice word = {text->data, 0};
    while (text->len > 0 && !strchr(" \t\r\n", *text->data))
        text->data++, text->len--, word.len++;
    return word;
}

static bool is_word(struct pgw_slice word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.data, text, word.len) == 0;
}

/* At most 18 digits. */
static bool is_number(struct pgw_slice word, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9' || i == 18)
            return false;
        *out = *out * 10 + (word.data[i] - '0');
    }
    return word.len > 0;
}

static enum pgw_status syntax_error(struct pgw_slice all, struct pgw_slice at,
                                    struct pgw_error *err)
{
    (void)pgw_fail(err, "42601", "syntax error at \"%.*s\"", (int)at.len, at.data);
    err->position = (int32_t)(at.data - all.data) + 1;
    snprintf(err->hint, sizeof err->hint, "Say \"count 3\", or \"wait\".");
    return PGW_ERROR;
}

static enum pgw_status understand(struct pgw_slice sql, struct statement *out,
                                  struct pgw_error *err)
{
    struct pgw_slice rest = sql, verb = next_word(&rest);
    if (verb.len == 0)
        return PGW_OK;
    if (is_word(verb, "wait")) {
        out->verb = WAIT;
    } else if (is_word(verb, "count")) {
        struct pgw_slice to = next_word(&rest);
        out->verb = COUNT;
        if (is_word(to, "$1"))
            out->parameter = PGW_INT8OID;
        else if (!is_number(to, &out->to))
            return syntax_error(sql, to, err);
    } else {
        return syntax_error(sql, verb, err);
    }
    struct pgw_slice more = next_word(&rest);
    return more.len == 0 ? PGW_OK : syntax_error(sql, more, err);
}

static enum pgw_status parse(void *state, pgw_session *session,
                             const struct pgw_parse *parse, void **out,
                             struct pgw_error *err)
{
    struct statement *statement = calloc(1, sizeof *statement);
    (void)session;
    if (!statement)
        return pgw_fail(err, "53200", "out of memory");
    statement->client = state;
    if (understand(take(parse->sql), statement, err) != PGW_OK) {
        free(statement);
        return PGW_ERROR;
    }
    if (statement->parameter && parse->param_count > 0 && parse->param_oids[0])
        statement->parameter = parse->param_oids[0]; /* the client knows its type */
    *out = statement;
    return PGW_OK;
}

static void describe(void *self, struct pgw_description *out)
{
    const struct statement *statement = self;
    out->param_oids = &statement->parameter;
    out->param_count = statement->parameter ? 1 : 0;
    if (statement->verb == COUNT) {
        out->columns = columns;
        out->column_count = COLUMNS;
    }
}

/* ---- portals: a statement with its values ---- */

struct portal {
    const struct statement *statement;
    int64_t at, to;
};

static enum pgw_status bind(void *self, pgw_session *session,
                            const struct pgw_bind *bind, void **out,
                            struct pgw_error *err)
{
    const struct statement *statement = self;
    int64_t to = statement->to;
    (void)session;
    if (bind->value_count == 1) {
        const struct pgw_value *value = &bind->values[0];
        if (value->is_null)
            return pgw_value_fail(value, err, "22004", "cannot count to nothing");
        if (pgw_get_int(value, &to, err) != PGW_OK)
            return PGW_ERROR;
        if (to < 0)
            return pgw_value_fail(value, err, "22023", "cannot count down");
    }
    struct portal *portal = malloc(sizeof *portal);
    if (!portal)
        return pgw_fail(err, "53200", "out of memory");
    *portal = (struct portal){statement, 0, to};
    *out = portal;
    return PGW_OK;
}

/* ---- rows ---- */

static void put_around(pgw_row *row, int64_t n)
{
    static const int32_t two = 2;
    pgw_put_array_begin(row, PGW_INT8OID, &two, 1);
    pgw_put_int(row, n - 1);
    pgw_put_int(row, n + 1);
    pgw_put_array_end(row);
}

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    struct portal *portal = self;
    (void)err;
    while (portal->at < portal->to) {
        int64_t n = ++portal->at;
        pgw_row_begin(row);
        pgw_put_int(row, n);
        pgw_put_double(row, (double)n / 2);
        pgw_put_bool(row, n % 2 == 0);
        pgw_put_date(row, (int32_t)(n % 365)); /* days since 2000-01-01 */
        pgw_put_decimal(row, 0, (uint64_t)n, 2);
        put_around(row, n);
        if (!pgw_row_end(row))
            return PGW_MORE;
    }
    return PGW_OK;
}

static enum pgw_status execute_wait(struct client *client, pgw_session *session,
                                    struct pgw_error *err)
{
    if (pgw_block_begin(session) == PGW_WAIT)
        return PGW_WAIT;
    puts("waiting");
    pthread_mutex_lock(&client->lock);
    client->interrupted = false;
    while (!client->interrupted)
        pthread_cond_wait(&client->changed, &client->lock);
    pthread_mutex_unlock(&client->lock);
    return pgw_fail(err, "57014", "interrupted");
}

static void interrupt(void *state)
{
    struct client *client = state;
    pthread_mutex_lock(&client->lock);
    client->interrupted = true;
    pthread_cond_signal(&client->changed);
    pthread_mutex_unlock(&client->lock);
}

static enum pgw_status execute(void *self, pgw_session *session,
                               struct pgw_reply *reply, struct pgw_error *err)
{
    static const struct pgw_rows_ops rows = {.next = next};
    struct portal *portal = self;
    const struct statement *statement = portal->statement;
    if (statement->verb == WAIT)
        return execute_wait(statement->client, session, err);
    if (statement->verb == NOTHING) {
        reply->kind = PGW_REPLY_EMPTY;
        return PGW_OK;
    }
    reply->kind = PGW_REPLY_ROWS;
    reply->tag = "COUNT";
    reply->columns = columns;
    reply->column_count = COLUMNS;
    reply->rows = (struct pgw_rows){&rows, portal};
    return PGW_OK;
}

int main(int argc, char **argv)
{
    static const struct pgw_startup_ops startup = {.open = open_client,
                                                   .close = close_client};
    static const struct pgw_extended_ops extended = {.parse = parse,
                                                     .describe = describe,
                                                     .bind = bind,
                                                     .execute = execute,
                                                     .close_portal = free,
                                                     .close_statement = free};
    static const struct pgw_cancel_ops cancel = {.interrupt = interrupt};
    static const struct pgw_handlers handlers = {
        .startup = &startup, .extended = &extended, .cancel = &cancel};
    const struct pgw_server_options options = {
        .listen = argc > 1 ? argv[1] : "127.0.0.1:5433", .statement_timeout_ms = 60000};
    struct pgw_error err;
    setvbuf(stdout, NULL, _IOLBF, 0);
    pgw_server *server = pgw_server_new(&handlers, NULL, &options, &err);
    if (!server) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("listening on port %u\n", pgw_server_port(server));
    int code = pgw_server_run(server);
    pgw_server_free(server);
    return code;
}
