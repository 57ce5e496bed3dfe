/* extended.c - Parse, Bind, Describe, Execute, Close.
 *
 * Source: PostgreSQL documentation 55.2.3. Each function serves one message and leaves
 * no trace when it answers WAIT. Bound values are handed to the host while the message
 * is still there, so none of them points into a buffer that is filled again. */
#include <stdlib.h>

#include "pgwire/reader.h"
#include "pgwire/reply.h"

static enum pgw_status no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory");
}

static enum pgw_status bad_format(struct pgw_error *err)
{
    return pgw_fail(err, "08P01", "invalid message format");
}

static enum pgw_status aborted(struct pgw_error *err)
{
    return pgw_fail(err, "25P02",
                    "current transaction is aborted, commands ignored until end of "
                    "transaction block");
}

static struct slice key(struct pgw_slice name)
{
    return (struct slice){name.data, name.len};
}

static struct statement *find_statement(pgw_session *session, struct pgw_slice name,
                                        struct pgw_error *err)
{
    struct statement *statement = strmap_get(&session->statements, key(name));
    if (!statement && name.len == 0)
        (void)pgw_fail(err, "26000", "unnamed prepared statement does not exist");
    else if (!statement)
        (void)pgw_fail(err, "26000", "prepared statement \"%s\" does not exist",
                       name.data);
    return statement;
}

static struct portal *find_portal(pgw_session *session, struct pgw_slice name,
                                  struct pgw_error *err)
{
    struct portal *portal = strmap_get(&session->portals, key(name));
    if (!portal)
        (void)pgw_fail(err, "34000", "portal \"%s\" does not exist", name.data);
    return portal;
}

static const struct pgw_extended_ops *extended_ops(pgw_session *session,
                                                   struct pgw_error *err)
{
    if (!session->handlers->extended)
        (void)pgw_fail(err, "0A000", "the extended query protocol is not supported");
    return session->handlers->extended;
}

/* ---- Parse ---- */

struct parse_message {
    struct pgw_slice name, sql;
    uint32_t *oids;
    size_t oid_count;
};

static bool read_parse(pgw_session *session, const struct frame *frame,
                       struct parse_message *out, struct pgw_error *err)
{
    struct reader reader = reader_of(frame->body, frame->len);
    out->name = reader_string(&reader);
    out->sql = reader_string(&reader);
    out->oid_count = reader_u16(&reader);
    out->oids = arena_calloc(&session->memory, out->oid_count, sizeof *out->oids);
    if (!out->oids)
        return no_memory(err), false;
    for (size_t i = 0; i < out->oid_count; i++)
        out->oids[i] = reader_u32(&reader);
    return reader_done(&reader) || (bad_format(err), false);
}

enum pgw_status extended_parse(pgw_session *session, const struct frame *frame,
                               struct pgw_error *err)
{
    const struct pgw_extended_ops *ops = extended_ops(session, err);
    struct parse_message message;
    void *host = NULL;
    if (!ops || !read_parse(session, frame, &message, err) ||
        statements_check_name(session, message.name, err) != PGW_OK)
        return PGW_ERROR;
    if (message.name.len == 0)
        statements_drop(session, SLICE("")); /* gone even if this Parse fails */
    struct pgw_slice rest = message.sql;
    const struct pgw_parse request = {&rest, message.oids, message.oid_count};
    enum pgw_status status =
        ops->parse(session->state_of_host, session, &request, &host, err);
    if (status != PGW_OK)
        return status;
    if (rest.len > 0) {
        if (ops->close_statement)
            ops->close_statement(host);
        return pgw_fail(err, "42601",
                        "cannot insert multiple commands into a prepared statement");
    }
    if (statements_put(session, message.name, host, err) != PGW_OK)
        return PGW_ERROR;
    if (reply_plain(&session->output, '1'))
        return PGW_OK;
    statements_drop(session, key(message.name));
    return no_memory(err);
}

/* ---- Bind ---- */

struct bind_message {
    struct pgw_slice portal, statement;
    int16_t *param_formats, *result_formats;
    size_t param_format_count, value_count, result_format_count;
    struct pgw_value *values;
};

static int16_t *read_formats(pgw_session *session, struct reader *reader, size_t *count)
{
    *count = reader_u16(reader);
    int16_t *formats = arena_calloc(&session->memory, *count, sizeof *formats);
    for (size_t i = 0; formats && i < *count; i++)
        formats[i] = (int16_t)reader_u16(reader);
    return formats;
}

static bool read_values(pgw_session *session, struct reader *reader,
                        struct bind_message *out)
{
    out->value_count = reader_u16(reader);
    out->values = arena_calloc(&session->memory, out->value_count, sizeof *out->values);
    for (size_t i = 0; out->values && i < out->value_count; i++) {
        int32_t len = reader_i32(reader);
        out->values[i].is_null = len == -1;
        if (len < -1)
            reader->failed = true;
        else if (len >= 0)
            out->values[i].raw = reader_bytes(reader, (size_t)len);
    }
    return out->values != NULL;
}

/* What follows the names. */
static bool read_bind(pgw_session *session, struct reader *reader,
                      struct bind_message *out, struct pgw_error *err)
{
    out->param_formats = read_formats(session, reader, &out->param_format_count);
    if (!out->param_formats || !read_values(session, reader, out))
        return no_memory(err), false;
    out->result_formats = read_formats(session, reader, &out->result_format_count);
    if (!out->result_formats)
        return no_memory(err), false;
    return reader_done(reader) || (bad_format(err), false);
}

static enum pgw_status check_formats(const int16_t *formats, size_t count,
                                     struct pgw_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (formats[i] != PGW_TEXT_FORMAT && formats[i] != PGW_BINARY_FORMAT)
            return pgw_fail(err, "22023", "unsupported format code: %d", formats[i]);
    }
    return PGW_OK;
}

static enum pgw_status check_bind(const struct bind_message *message,
                                  const struct statement *statement,
                                  struct pgw_error *err)
{
    const struct pgw_description *description = &statement->description;
    if (message->param_format_count > 1 &&
        message->param_format_count != message->value_count)
        return pgw_fail(err, "08P01",
                        "bind message has %zu parameter formats but %zu parameters",
                        message->param_format_count, message->value_count);
    if (message->value_count != description->param_count)
        return pgw_fail(err, "08P01",
                        "bind message supplies %zu parameters, but prepared statement "
                        "\"%s\" requires %zu",
                        message->value_count, message->statement.data,
                        description->param_count);
    if (check_formats(message->param_formats, message->param_format_count, err) !=
        PGW_OK)
        return PGW_ERROR;
    if (message->result_format_count > 1 && description->columns &&
        message->result_format_count != description->column_count)
        return pgw_fail(err, "08P01",
                        "bind message has %zu result formats but query has %zu columns",
                        message->result_format_count, description->column_count);
    return PGW_OK;
}

static void type_values(pgw_session *session, struct bind_message *message,
                        const struct statement *statement)
{
    session->binding = message->portal.data;
    for (size_t i = 0; i < message->value_count; i++) {
        int16_t format = PGW_TEXT_FORMAT;
        if (message->param_format_count > 0)
            format = message->param_formats[message->param_format_count == 1 ? 0 : i];
        message->values[i].oid = statement->description.param_oids[i];
        message->values[i].format = (enum pgw_format)format;
        message->values[i].number = (uint16_t)(i + 1);
        message->values[i].session = session;
    }
}

static bool keep_formats(struct portal *portal, const struct bind_message *message)
{
    size_t count = message->result_format_count;
    if (count == 0)
        return true;
    portal->formats = malloc(count * sizeof *portal->formats);
    if (!portal->formats)
        return false;
    memcpy(portal->formats, message->result_formats, count * sizeof *portal->formats);
    portal->format_count = count;
    return true;
}

static enum pgw_status bind_portal(pgw_session *session, struct portal *portal,
                                   const struct bind_message *message,
                                   struct pgw_error *err)
{
    const struct pgw_bind request = {message->values, message->value_count};
    struct statement *statement = portal->statement;
    if (!keep_formats(portal, message))
        return no_memory(err);
    enum pgw_status status =
        statement->ops->bind(statement->host, session, &request, &portal->host, err);
    if (status != PGW_OK)
        return status;
    if (strmap_put(&session->portals, key(message->portal), portal) &&
        reply_plain(&session->output, '2'))
        return PGW_OK;
    (void)strmap_take(&session->portals, key(message->portal));
    return no_memory(err);
}

enum pgw_status extended_bind(pgw_session *session, const struct frame *frame,
                              struct pgw_error *err)
{
    struct bind_message message;
    struct reader reader = reader_of(frame->body, frame->len);
    message.portal = reader_string(&reader);
    message.statement = reader_string(&reader);
    if (reader.failed)
        return bad_format(err);
    struct statement *statement = find_statement(session, message.statement, err);
    if (!statement || !read_bind(session, &reader, &message, err) ||
        check_bind(&message, statement, err) != PGW_OK ||
        portals_check_name(session, message.portal, err) != PGW_OK)
        return PGW_ERROR;
    type_values(session, &message, statement);
    struct portal *portal = portal_new(statement);
    if (!portal)
        return no_memory(err);
    if (message.portal.len == 0)
        portals_drop(session, SLICE(""));
    enum pgw_status status = bind_portal(session, portal, &message, err);
    if (status != PGW_OK)
        portal_free(portal);
    return status;
}

/* ---- Describe, Close ---- */

/* 'S' or 'P' and a name. */
static bool read_target(const struct frame *frame, char *kind, struct pgw_slice *name,
                        struct pgw_error *err)
{
    struct reader reader = reader_of(frame->body, frame->len);
    *kind = (char)reader_u8(&reader);
    *name = reader_string(&reader);
    if (!reader_done(&reader))
        return bad_format(err), false;
    if (*kind == 'S' || *kind == 'P')
        return true;
    (void)pgw_fail(err, "08P01", "invalid subtype %d of a message", *kind);
    return false;
}

static bool describe_columns(pgw_session *session, const struct statement *statement,
                             const struct portal *portal)
{
    const struct pgw_description *description = &statement->description;
    if (!description->columns)
        return reply_plain(&session->output, 'n');
    return reply_columns(&session->output, description->columns,
                         description->column_count, portal ? portal->formats : NULL,
                         portal ? portal->format_count : 0);
}

/* In a failed block rows are not even described: PostgreSQL would have to look at the
 * catalogue. */
static bool may_describe(const pgw_session *session, const struct statement *statement,
                         struct pgw_error *err)
{
    return session->transaction != 'E' || !statement->description.columns ||
           (aborted(err), false);
}

enum pgw_status extended_describe(pgw_session *session, const struct frame *frame,
                                  struct pgw_error *err)
{
    char kind;
    struct pgw_slice name;
    if (!read_target(frame, &kind, &name, err))
        return PGW_ERROR;
    if (kind == 'P') {
        struct portal *portal = find_portal(session, name, err);
        if (!portal || !may_describe(session, portal->statement, err) ||
            check_formats(portal->formats, portal->format_count, err) != PGW_OK)
            return PGW_ERROR;
        return describe_columns(session, portal->statement, portal) ? PGW_OK
                                                                    : no_memory(err);
    }
    struct statement *statement = find_statement(session, name, err);
    if (!statement || !may_describe(session, statement, err))
        return PGW_ERROR;
    return reply_params(&session->output, &statement->description) &&
                   describe_columns(session, statement, NULL)
               ? PGW_OK
               : no_memory(err);
}

enum pgw_status extended_close(pgw_session *session, const struct frame *frame,
                               struct pgw_error *err)
{
    char kind;
    struct pgw_slice name;
    if (!read_target(frame, &kind, &name, err))
        return PGW_ERROR;
    if (kind == 'S')
        statements_drop(session, key(name));
    else
        portals_drop(session, key(name));
    return reply_plain(&session->output, '3') ? PGW_OK : no_memory(err);
}

/* ---- Execute ---- */

/* A portal that has been run to its end gives no more rows; what it did is not done
 * again. */
static enum pgw_status execute_again(pgw_session *session, struct portal *portal,
                                     const char *name, struct pgw_error *err)
{
    portal->sent = 0;
    if (portal->reply.kind == PGW_REPLY_EMPTY)
        return reply_plain(&session->output, 'I') ? PGW_OK : no_memory(err);
    if (portal->reply.kind != PGW_REPLY_ROWS)
        return pgw_fail(err, "55000", "portal \"%s\" cannot be run", name);
    return reply_complete(&session->output, portal->reply.tag,
                          portal->reply.tag_only ? PGW_NOT_COUNTED : 0)
               ? PGW_OK
               : no_memory(err);
}

enum pgw_status extended_execute(pgw_session *session, const struct frame *frame,
                                 struct pgw_error *err)
{
    struct reader reader = reader_of(frame->body, frame->len);
    struct pgw_slice name = reader_string(&reader);
    int32_t max_rows = reader_i32(&reader);
    if (!reader_done(&reader))
        return bad_format(err);
    struct portal *portal = find_portal(session, name, err);
    if (!portal || check_formats(portal->formats, portal->format_count, err) != PGW_OK)
        return PGW_ERROR;
    if ((portal->executed || portal->finished || portal->is_cursor) &&
        session->transaction == 'E')
        return aborted(err);
    if (portal->finished)
        return execute_again(session, portal, name.data, err);
    session->flow_is_simple = false;
    session->flow_limit = max_rows > 0 ? (size_t)max_rows : 0;
    if (!portal->executed) {
        portal->reply = (struct pgw_reply){.affected = PGW_NOT_COUNTED};
        session->executing = portal;
        enum pgw_status status =
            portal->statement->ops->execute(portal->host, session, &portal->reply, err);
        session->executing = NULL;
        if (status != PGW_OK)
            return status;
        portal->executed = true;
    }
    return flow_begin(session, portal, false, err);
}
