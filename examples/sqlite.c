/* sqlite.c - SQLite behind PostgreSQL: simple and extended queries from one set of
 * handlers. A portal prepares its own statement, so that several may be open at once.
 */
#include <pgwire/server.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct statement {
    sqlite3 *db;
    sqlite3_stmt *handle; /* NULL: an empty statement */
    struct pgw_column *columns;
    uint32_t *param_oids;
    size_t column_count, param_count;
};

static uint32_t oid_of(const char *declared)
{
    static const struct {
        const char *name;
        uint32_t oid;
    } types[] = {{"INTEGER", PGW_INT8OID},  {"INT", PGW_INT8OID},
                 {"BIGINT", PGW_INT8OID},   {"REAL", PGW_FLOAT8OID},
                 {"DOUBLE", PGW_FLOAT8OID}, {"BLOB", PGW_BYTEAOID}};
    for (size_t i = 0; declared && i < sizeof types / sizeof *types; i++)
        if (strcasecmp(declared, types[i].name) == 0)
            return types[i].oid;
    return PGW_TEXTOID; /* types are dynamic: text holds anything */
}

static enum pgw_status fail(sqlite3 *db, struct pgw_error *err)
{
    int code = sqlite3_extended_errcode(db);
    const char *state =
        code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE
            ? "23505"
        : code == SQLITE_CONSTRAINT_NOTNULL ? "23502"
        : code == SQLITE_INTERRUPT          ? "57014"
        : code == SQLITE_ERROR              ? "42601"
                                            : "XX000";
    return pgw_fail(err, state, "%s", sqlite3_errmsg(db));
}

static enum pgw_status open_db(void *path, pgw_session *session, void **state,
                               struct pgw_error *err)
{
    (void)session;
    int code = sqlite3_open(path, (sqlite3 **)state);
    return code == SQLITE_OK ? PGW_OK : fail(*state, err);
}

static void close_db(void *state)
{
    sqlite3_close(state);
}
static void interrupt(void *state)
{
    sqlite3_interrupt(state);
}

static void close_statement(void *self)
{
    struct statement *statement = self;
    sqlite3_finalize(statement->handle);
    free(statement->columns);
    free(statement->param_oids);
    free(statement);
}

static enum pgw_status describe_types(struct statement *s,
                                      const struct pgw_parse *parse,
                                      struct pgw_error *err)
{
    s->column_count = (size_t)sqlite3_column_count(s->handle);
    s->param_count = (size_t)sqlite3_bind_parameter_count(s->handle);
    s->columns = calloc(s->column_count + 1, sizeof *s->columns);
    s->param_oids = calloc(s->param_count + 1, sizeof *s->param_oids);
    if (!s->columns || !s->param_oids)
        return pgw_fail(err, "53200", "out of memory");
    for (int i = 0; i < (int)s->column_count; i++)
        s->columns[i] = (struct pgw_column){
            .name = sqlite3_column_name(s->handle, i),
            .type_oid = oid_of(sqlite3_column_decltype(s->handle, i))};
    for (size_t i = 0; i < s->param_count; i++)
        s->param_oids[i] = i < parse->param_count && parse->param_oids[i]
                               ? parse->param_oids[i]
                               : PGW_TEXTOID;
    return PGW_OK;
}

static enum pgw_status parse(void *state, pgw_session *session,
                             const struct pgw_parse *parse, void **out,
                             struct pgw_error *err)
{
    const char *rest;
    struct statement *statement = calloc(1, sizeof *statement);
    (void)session;
    if (!statement)
        return pgw_fail(err, "53200", "out of memory");
    statement->db = state;
    if (sqlite3_prepare_v2(state, parse->sql->data, (int)parse->sql->len,
                           &statement->handle, &rest) != SQLITE_OK) {
        close_statement(statement);
        return fail(state, err);
    }
    parse->sql->len -= (size_t)(rest - parse->sql->data);
    parse->sql->data = rest;
    if (describe_types(statement, parse, err) != PGW_OK) {
        close_statement(statement);
        return PGW_ERROR;
    }
    *out = statement;
    return PGW_OK;
}

static void describe(void *self, struct pgw_description *out)
{
    const struct statement *s = self;
    *out =
        (struct pgw_description){s->param_oids, s->param_count,
                                 s->column_count ? s->columns : NULL, s->column_count};
}

struct portal {
    const struct statement *statement;
    sqlite3_stmt *handle;
};

static void close_portal(void *self)
{
    struct portal *portal = self;
    sqlite3_finalize(portal->handle);
    free(portal);
}

static enum pgw_status bind_values(struct portal *portal, pgw_session *session,
                                   const struct pgw_bind *bind, struct pgw_error *err)
{
    for (int i = 0; i < (int)bind->value_count; i++) {
        struct pgw_slice text;
        if (bind->values[i].is_null)
            continue; /* which is what an unbound parameter is */
        if (pgw_get_text(session, &bind->values[i], &text, err) != PGW_OK)
            return PGW_ERROR;
        sqlite3_bind_text(portal->handle, i + 1, text.data, (int)text.len,
                          SQLITE_TRANSIENT);
    }
    return PGW_OK;
}

static enum pgw_status bind(void *self, pgw_session *session,
                            const struct pgw_bind *bind, void **out,
                            struct pgw_error *err)
{
    struct statement *statement = self;
    struct portal *portal = calloc(1, sizeof *portal);
    if (!portal)
        return pgw_fail(err, "53200", "out of memory");
    portal->statement = statement;
    const char *sql = statement->handle ? sqlite3_sql(statement->handle) : "";
    enum pgw_status status = PGW_OK;
    if (sqlite3_prepare_v2(statement->db, sql, -1, &portal->handle, NULL) != SQLITE_OK)
        status = fail(statement->db, err);
    else
        status = bind_values(portal, session, bind, err);
    if (status == PGW_OK)
        *out = portal;
    else
        close_portal(portal);
    return status;
}

static void put(pgw_row *row, sqlite3_stmt *handle, int i, uint32_t oid)
{
    size_t len = (size_t)sqlite3_column_bytes(handle, i);
    if (sqlite3_column_type(handle, i) == SQLITE_NULL)
        pgw_put_null(row);
    else if (oid == PGW_INT8OID)
        pgw_put_int(row, sqlite3_column_int64(handle, i));
    else if (oid == PGW_FLOAT8OID)
        pgw_put_double(row, sqlite3_column_double(handle, i));
    else if (oid == PGW_BYTEAOID)
        pgw_put_bytea(row, sqlite3_column_blob(handle, i), len);
    else
        pgw_put_text(row, (const char *)sqlite3_column_text(handle, i), len);
}

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    struct portal *portal = self;
    const struct statement *statement = portal->statement;
    while (pgw_row_limit(row) > 0) {
        int code = sqlite3_step(portal->handle);
        if (code != SQLITE_ROW)
            return code == SQLITE_DONE ? PGW_OK : fail(statement->db, err);
        pgw_row_begin(row);
        for (int i = 0; i < (int)statement->column_count; i++)
            put(row, portal->handle, i, statement->columns[i].type_oid);
        pgw_row_end(row);
    }
    return PGW_MORE;
}

static enum pgw_status execute(void *self, pgw_session *session,
                               struct pgw_reply *reply, struct pgw_error *err)
{
    static const struct pgw_rows_ops rows = {.next = next};
    struct portal *portal = self;
    const struct statement *statement = portal->statement;
    if (!portal->handle) {
        reply->kind = PGW_REPLY_EMPTY;
    } else if (statement->column_count > 0) {
        *reply = (struct pgw_reply){.kind = PGW_REPLY_ROWS,
                                    .tag = "SELECT",
                                    .columns = statement->columns,
                                    .column_count = statement->column_count,
                                    .rows = {&rows, portal}};
    } else {
        if (sqlite3_step(portal->handle) != SQLITE_DONE)
            return fail(statement->db, err);
        reply->tag = "UPDATE";
        reply->affected = sqlite3_changes(statement->db);
        bool idle = sqlite3_get_autocommit(statement->db);
        pgw_session_set_transaction(session, idle ? 'I' : 'T');
    }
    return PGW_OK;
}

int main(int argc, char **argv)
{
    static const struct pgw_startup_ops startup = {.open = open_db, .close = close_db};
    static const struct pgw_extended_ops extended = {.parse = parse,
                                                     .describe = describe,
                                                     .bind = bind,
                                                     .execute = execute,
                                                     .close_portal = close_portal,
                                                     .close_statement =
                                                         close_statement};
    static const struct pgw_cancel_ops cancel = {.interrupt = interrupt};
    static const struct pgw_handlers handlers = {
        .startup = &startup, .extended = &extended, .cancel = &cancel};
    const struct pgw_server_options options = {.listen = argc > 2 ? argv[2]
                                                                  : "127.0.0.1:5433"};
    static char standard[] = "test.db";
    struct pgw_error err;
    pgw_server *server =
        pgw_server_new(&handlers, argc > 1 ? argv[1] : standard, &options, &err);
    if (!server)
        return fprintf(stderr, "%s\n", err.message), 1;
    printf("listening on port %u\n", pgw_server_port(server));
    fflush(stdout);
    int code = pgw_server_run(server);
    pgw_server_free(server);
    return code;
}
