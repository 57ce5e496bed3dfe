/* command_notify.c - LISTEN, UNLISTEN and NOTIFY.
 *
 * Outside of a transaction they are one by themselves, and need no engine. */
#include "core/text.h"
#include "server/command.h"

/* A name that is too long is cut, with a notice, as PostgreSQL does to all names. */
static bool read_channel(struct query_session *session, struct query *query,
                         char out[NOTIFY_CHANNEL_MAX + 1], struct error *err)
{
    size_t size = query->class.name.len + 1;
    char *name = arena_alloc(&query->arena, size);
    if (!name)
        return error_no_memory(err);
    if (!sql_identifier(query->class.name, name, size))
        return error_set(err, "42601", "syntax error in %s", query->class.tag);
    size_t len = text_boundary(name, strlen(name), NOTIFY_CHANNEL_MAX);
    if (name[len])
        query_session_notice(session, PGW_SEVERITY_NOTICE, "42622",
                             "identifier \"%s\" will be truncated to \"%.*s\"", name,
                             (int)len, name);
    memcpy(out, name, len);
    out[len] = '\0';
    return true;
}

static enum pgw_status finish(struct query_session *session, const struct query *query,
                              bool done, struct query_result *out)
{
    out->tag = query->class.tag;
    if (!command_in_transaction(session))
        notify_end(session, done);
    return command_status(done);
}

enum pgw_status command_listen(struct query_session *session, struct query *query,
                               struct query_result *out, struct error *err)
{
    char channel[NOTIFY_CHANNEL_MAX + 1];
    bool done = read_channel(session, query, channel, err) &&
                notify_listen(session, channel, err);
    return finish(session, query, done, out);
}

enum pgw_status command_unlisten(struct query_session *session, struct query *query,
                                 struct query_result *out, struct error *err)
{
    char channel[NOTIFY_CHANNEL_MAX + 1];
    bool all = slice_equal(query->class.name, SLICE("*"));
    bool done = (all || read_channel(session, query, channel, err)) &&
                notify_unlisten(session, all ? NULL : channel, err);
    return finish(session, query, done, out);
}

static bool read_payload(struct query *query, char **out, struct error *err)
{
    *out = NULL;
    if (query->class.value.len == 0)
        return true;
    switch (sql_setting_value(query->class.value, SQL_SINGLE, &query->arena, out)) {
    case SQL_VALUE_OK:
        return true;
    case SQL_VALUE_NO_MEMORY:
        return error_no_memory(err);
    case SQL_VALUE_MALFORMED:
    case SQL_VALUE_SEVERAL:
        break;
    }
    return error_set(err, "42601", "syntax error in NOTIFY");
}

enum pgw_status command_notify(struct query_session *session, struct query *query,
                               struct query_result *out, struct error *err)
{
    char channel[NOTIFY_CHANNEL_MAX + 1], *payload;
    bool done = read_channel(session, query, channel, err) &&
                read_payload(query, &payload, err) &&
                notify_add(session, slice_of(channel),
                           payload ? slice_of(payload) : SLICE(""), err);
    return finish(session, query, done, out);
}
