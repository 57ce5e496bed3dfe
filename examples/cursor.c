/* cursor.c - cursors over portals: what a client has not read yet stays here.
 *
 *     rows N                  numbers from 1 to N
 *     declare NAME rows N     a portal of that name, which lasts until it is closed
 *     fetch N NAME            its next N rows; also of a portal that Bind has named
 *     close NAME
 *
 * The protocol's Execute, with or without a limit, Describe and Close reach the
 * declared ones by their names: SQL and the protocol move one place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pgwire/server.h>

enum kind { ROWS, DECLARE, FETCH, CLOSE, UNKNOWN };

/* A statement, or a portal that was made of it. */
struct place {
    enum kind kind;
    char name[64];
    long long count, passed; /* rows */
    bool declared;
};

static bool number(const char *text, long long *out)
{
    char *end;
    *out = strtoll(text, &end, 10);
    return end > text && !*end;
}

static enum kind read_kind(struct place *s, const char *text)
{
    char word[4][64] = {""};
    int words = sscanf(text, "%63s %63s %63s %63s", word[0], word[1], word[2], word[3]);
    if (words == 2 && strcmp(word[0], "rows") == 0 && number(word[1], &s->count))
        return ROWS;
    memcpy(s->name, word[words == 3 ? 2 : 1], sizeof s->name);
    if (words == 4 && strcmp(word[0], "declare") == 0 && number(word[3], &s->count))
        return DECLARE;
    if (words == 3 && strcmp(word[0], "fetch") == 0 && number(word[1], &s->count))
        return FETCH;
    return words == 2 && strcmp(word[0], "close") == 0 ? CLOSE : UNKNOWN;
}

static enum pgw_status parse(void *state, pgw_session *session,
                             const struct pgw_parse *parse, void **out,
                             struct pgw_error *err)
{
    struct place *s = *out = calloc(1, sizeof *s);
    char text[128];
    (void)state;
    (void)session;
    if (!s)
        return pgw_fail(err, "53200", "out of memory");
    (void)snprintf(text, sizeof text, "%.*s", (int)parse->sql->len, parse->sql->data);
    parse->sql->len = 0; /* the whole string is one statement */
    s->kind = read_kind(s, text);
    if (s->kind != UNKNOWN)
        return PGW_OK;
    free(s);
    return pgw_fail(err, "42601", "rows, declare, fetch or close");
}

static const struct pgw_column column = {.name = "number", .type_oid = PGW_INT8OID};

static void describe(void *self, struct pgw_description *out)
{
    enum kind kind = ((struct place *)self)->kind;
    if (kind == ROWS || kind == FETCH)
        *out = (struct pgw_description){.columns = &column, .column_count = 1};
}

static enum pgw_status bind(void *self, pgw_session *session,
                            const struct pgw_bind *bind, void **out,
                            struct pgw_error *err)
{
    struct place *portal = *out = malloc(sizeof *portal);
    (void)session;
    (void)bind;
    if (!portal)
        return pgw_fail(err, "53200", "out of memory");
    *portal = *(struct place *)self;
    return PGW_OK;
}

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    struct place *portal = self;
    bool wanted = true;
    (void)err;
    while (wanted && portal->passed < portal->count) {
        pgw_row_begin(row);
        pgw_put_int(row, ++portal->passed);
        wanted = pgw_row_end(row);
    }
    return portal->passed < portal->count ? PGW_MORE : PGW_OK;
}

/* A portal needs a statement, which goes with it. */
static enum pgw_status declare(pgw_session *session, const struct place *from,
                               struct pgw_slice name, struct pgw_error *err)
{
    struct place rows = {.kind = ROWS, .count = from->count, .declared = true};
    void *statement, *portal;
    if (bind(&rows, session, NULL, &statement, err) != PGW_OK)
        return PGW_ERROR;
    if (bind(&rows, session, NULL, &portal, err) == PGW_OK)
        return pgw_session_add_portal(session, name, statement, portal, err);
    free(statement);
    return PGW_ERROR;
}

/* The next rows of another portal, which goes on behind them. */
static enum pgw_status fetch(pgw_session *session, struct place *portal,
                             struct pgw_slice name, struct pgw_error *err)
{
    struct place *from = pgw_session_portal(session, name);
    if (!from)
        return pgw_fail(err, "34000", "cursor \"%s\" does not exist", name.data);
    long long left = from->count - from->passed;
    portal->passed = from->passed;
    from->passed += portal->count < left ? portal->count : left;
    portal->count = from->passed;
    return PGW_OK;
}

static enum pgw_status execute(void *self, pgw_session *session,
                               struct pgw_reply *reply, struct pgw_error *err)
{
    static const struct pgw_rows_ops rows = {.next = next};
    static const char *const tags[] = {"SELECT", "DECLARE", "FETCH", "CLOSE"};
    struct place *portal = self;
    struct pgw_slice name = {portal->name, strlen(portal->name)};
    reply->tag = tags[portal->kind];
    if (portal->kind == DECLARE)
        return declare(session, portal, name, err);
    if (portal->kind == CLOSE)
        return pgw_session_close_portal(session, name, err);
    if (portal->kind == FETCH && fetch(session, portal, name, err) != PGW_OK)
        return PGW_ERROR;
    reply->kind = PGW_REPLY_ROWS;
    reply->columns = &column;
    reply->column_count = 1;
    reply->rows = (struct pgw_rows){&rows, portal};
    return PGW_OK;
}

static bool outlives(void *portal)
{
    return ((struct place *)portal)->declared;
}

int main(int argc, char **argv)
{
    static const struct pgw_extended_ops extended = {.parse = parse,
                                                     .describe = describe,
                                                     .bind = bind,
                                                     .execute = execute,
                                                     .close_portal = free,
                                                     .close_statement = free,
                                                     .outlives = outlives};
    static const struct pgw_handlers handlers = {.extended = &extended};
    struct pgw_server_options options = {.listen =
                                             argc > 1 ? argv[1] : "127.0.0.1:5433"};
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
