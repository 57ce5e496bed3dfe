/* message_host.h - a host that behaves: it encodes what it is told, and answers what
 * the length of a statement's text says.
 *
 * A text of n bytes has n % 4 columns, int4 and text in turn, and n % 7 rows; its
 * parameters are those that it names or the client gives types for; one that begins
 * with an exclamation mark is refused. */
#ifndef FUZZ_MESSAGE_HOST_H
#define FUZZ_MESSAGE_HOST_H

#include <stdlib.h>

#include <pgwire/session.h>

#include "message_bytes.h"

enum { FORMATS_MAX = 1024 };

struct host_statement {
    uint32_t *oids;
    size_t param_count;
    struct pgw_column columns[4];
    size_t column_count, rows;
};

struct host_portal {
    const struct host_statement *statement;
    size_t row;
};

struct formats {
    size_t count;
    uint16_t codes[FORMATS_MAX];
    bool valid;
};

static int code_of(const struct formats *formats, size_t i)
{
    return formats->count == 0 ? 0 : formats->codes[formats->count == 1 ? 0 : i];
}

/* What the target shares with the host: where it encodes what it is told, and the
 * formats that a Bind gives its values. */
static struct bytes *encoding;
static const struct formats *value_formats;
static unsigned calls; /* of the host in the message that is served */

/* $1 to $9 are looked for. */
static size_t count_params(struct pgw_slice sql, size_t given)
{
    for (size_t i = 0; i + 1 < sql.len; i++) {
        char digit = sql.data[i + 1];
        if (sql.data[i] == '$' && digit > '0' && digit <= '9' &&
            (size_t)(digit - '0') > given)
            given = (size_t)(digit - '0');
    }
    return given;
}

static bool refuses(struct pgw_slice sql)
{
    return sql.len > 0 && sql.data[0] == '!';
}

static enum pgw_status host_parse(void *state, pgw_session *session,
                                  const struct pgw_parse *parse, void **out,
                                  struct pgw_error *err)
{
    static const uint32_t types[] = {PGW_INT4OID, PGW_TEXTOID};
    struct pgw_slice sql = *parse->sql;
    (void)state, (void)session;
    calls++;
    put(encoding, sql.data, sql.len);
    put_number(encoding, 0, 1);
    put_number(encoding, (uint32_t)parse->param_count, 2);
    for (size_t i = 0; i < parse->param_count; i++)
        put_number(encoding, parse->param_oids[i], 4);
    if (refuses(sql))
        return pgw_fail(err, "42601", "refused");
    struct host_statement *statement = calloc(1, sizeof *statement);
    assert(statement);
    statement->param_count = count_params(sql, parse->param_count);
    statement->oids = calloc(statement->param_count + 1, sizeof *statement->oids);
    assert(statement->oids);
    for (size_t i = 0; i < statement->param_count; i++)
        statement->oids[i] =
            i < parse->param_count && parse->param_oids[i] ? parse->param_oids[i] : 25;
    statement->column_count = sql.len % 4;
    statement->rows = sql.len % 7;
    for (size_t i = 0; i < statement->column_count; i++)
        statement->columns[i] =
            (struct pgw_column){.name = "column", .type_oid = types[i % 2]};
    parse->sql->data += parse->sql->len;
    parse->sql->len = 0;
    *out = statement;
    return PGW_OK;
}

static void host_describe(void *self, struct pgw_description *out)
{
    const struct host_statement *statement = self;
    *out = (struct pgw_description){
        .param_oids = statement->oids,
        .param_count = statement->param_count,
        .columns = statement->column_count ? statement->columns : NULL,
        .column_count = statement->column_count};
}

static enum pgw_status host_bind(void *self, pgw_session *session,
                                 const struct pgw_bind *bind, void **out,
                                 struct pgw_error *err)
{
    const struct host_statement *statement = self;
    (void)session, (void)err;
    calls++;
    assert(bind->value_count == statement->param_count);
    put_number(encoding, (uint32_t)bind->value_count, 2);
    for (size_t i = 0; i < bind->value_count; i++) {
        const struct pgw_value *value = &bind->values[i];
        assert(value->oid == statement->oids[i]);
        assert((int)value->format == code_of(value_formats, i));
        put_number(encoding, value->is_null ? UINT32_MAX : (uint32_t)value->raw.len, 4);
        put(encoding, value->raw.data, value->is_null ? 0 : value->raw.len);
    }
    struct host_portal *portal = calloc(1, sizeof *portal);
    assert(portal);
    portal->statement = statement;
    *out = portal;
    return PGW_OK;
}

static enum pgw_status host_rows(void *self, pgw_row *row, struct pgw_error *err)
{
    struct host_portal *portal = self;
    (void)err;
    while (portal->row < portal->statement->rows) {
        if (pgw_row_limit(row) == 0)
            return PGW_MORE;
        pgw_row_begin(row);
        for (size_t i = 0; i < portal->statement->column_count; i++) {
            if (i % 2)
                pgw_put_text(row, "text", 4);
            else
                pgw_put_int(row, (int64_t)portal->row);
        }
        portal->row++;
        if (!pgw_row_end(row))
            return PGW_MORE;
    }
    return PGW_OK;
}

static const struct pgw_rows_ops rows_ops = {.next = host_rows};

static enum pgw_status host_execute(void *self, pgw_session *session,
                                    struct pgw_reply *reply, struct pgw_error *err)
{
    struct host_portal *portal = self;
    (void)session, (void)err;
    calls++;
    reply->tag = "DONE";
    if (portal->statement->column_count == 0)
        return PGW_OK;
    reply->kind = PGW_REPLY_ROWS;
    reply->columns = portal->statement->columns;
    reply->column_count = portal->statement->column_count;
    reply->rows = (struct pgw_rows){&rows_ops, portal};
    return PGW_OK;
}

static void host_close_statement(void *self)
{
    struct host_statement *statement = self;
    free(statement->oids);
    free(statement);
}

static bool opened;

static enum pgw_status host_open(void *ctx, pgw_session *session, void **state,
                                 struct pgw_error *err)
{
    const char *name, *value;
    size_t cursor = 0;
    (void)ctx, (void)state, (void)err;
    opened = true;
    while (pgw_session_startup_next(session, &cursor, &name, &value)) {
        put(encoding, name, strlen(name) + 1);
        put(encoding, value, strlen(value) + 1);
    }
    put_number(encoding, 0, 1);
    return PGW_OK;
}

static const struct pgw_startup_ops startup_ops = {.open = host_open};
static const struct pgw_extended_ops extended_ops = {.parse = host_parse,
                                                     .describe = host_describe,
                                                     .bind = host_bind,
                                                     .execute = host_execute,
                                                     .close_portal = free,
                                                     .close_statement =
                                                         host_close_statement};
static const struct pgw_handlers handlers = {.startup = &startup_ops,
                                             .extended = &extended_ops};

#endif
