/* pg_front.c - the query layer behind PostgreSQL's protocol.
 *
 *     libpgwire ── simple.query ────────────> query_run ──┐
 *               ── parse, describe ─────────> query_prepare │
 *               ── bind ── params_batch       (no engine)   ├─> rows.next ── plan_write
 *               ── execute ─────────────────> query_execute┘   front_rows.c */
#include "server/pg_front.h"

#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/text.h"
#include "pgwire/plan.h"
#include "server/database.h"
#include "server/front_auth.h"
#include "server/front_parts.h"
#include "server/params.h"
#include "server/query.h"
#include "sql/split.h"

static enum pgw_status no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory");
}

/* What has happened to the transaction and the settings, for the client to see. */
static void show_state(struct front *front)
{
    pgw_session_set_transaction(front->session, query_session_status(front->query));
    front_follow(front);
}

/* Would the session go on with what the client does not know? FATAL then. */
static enum pgw_status check_told(const struct front *front, struct pgw_error *err)
{
    if (!front->is_behind)
        return PGW_OK;
    (void)no_memory(err);
    err->severity = PGW_SEVERITY_FATAL;
    return PGW_ERROR;
}

/* ---- simple query ---- */

static enum pgw_status run_simple(struct front *front, struct slice statement,
                                  struct pgw_reply *reply, struct pgw_error *err)
{
    struct query *query;
    struct query_result result;
    struct error error;
    if (check_told(front, err) != PGW_OK)
        return PGW_ERROR;
    enum pgw_status status =
        query_run(front->query, statement, &query, &result, &error);
    show_state(front);
    if (status != PGW_OK)
        return front_error(status, &error, err);
    const struct front_answer answer = {.arena = &query->arena, .own = query};
    status = front_reply(front, &answer, &result, reply, err);
    if (!reply->rows.ops)
        query_free(query);
    return status;
}

/* All of a string is parsed before its first statement is executed. One statement alone
 * will tell by itself. */
static enum pgw_status check_string(struct front *front, struct slice sql,
                                    struct pgw_error *err)
{
    struct error error;
    if (front->is_checked)
        return PGW_OK;
    enum pgw_status status = query_check_string(front->query, sql, &error);
    front->is_checked = status == PGW_OK;
    return front_error(status, &error, err);
}

static enum pgw_status simple_query(void *state, pgw_session *session,
                                    struct pgw_slice *sql, struct pgw_reply *reply,
                                    struct pgw_error *err)
{
    struct front *front = state;
    struct slice rest = {sql->data, sql->len}, statement;
    (void)session;
    if (!sql_split(&rest, &statement)) {
        *sql = (struct pgw_slice){rest.data, 0};
        reply->kind = PGW_REPLY_EMPTY;
        return PGW_OK;
    }
    enum pgw_status status = PGW_OK;
    if (rest.len > 0) {
        status = check_string(front, (struct slice){sql->data, sql->len}, err);
        if (status != PGW_OK)
            return status;
        query_session_implicit(front->query);
    }
    status = run_simple(front, statement, reply, err);
    if (status == PGW_ERROR && err->position > 0)
        err->position += text_characters(sql->data, statement.data);
    if (status != PGW_WAIT)
        *sql = (struct pgw_slice){rest.data, rest.len};
    return status;
}

/* ---- extended query ---- */

static enum pgw_status cast_hints(const struct front *front,
                                  const struct pgw_parse *parse, struct arena *arena,
                                  struct query_hints *out, struct pgw_error *err)
{
    const char **casts = arena_calloc(arena, parse->param_count, sizeof *casts);
    enum pgw_status status = casts ? PGW_OK : no_memory(err);
    for (size_t i = 0; status == PGW_OK && i < parse->param_count; i++)
        status = params_cast(arena, query_session_types(front->query),
                             parse->param_oids[i], &casts[i], err);
    *out = (struct query_hints){casts, parse->param_count};
    return status;
}

/* What the client is told: the type it gave, else what the engine inferred. */
static bool describe_params(struct front_statement *statement,
                            const struct pgw_parse *parse)
{
    struct query *query = statement->query;
    uint32_t *oids = arena_calloc(&query->arena, query->param_count, sizeof *oids);
    for (size_t i = 0; oids && i < query->param_count; i++) {
        bool given = i < parse->param_count && parse->param_oids[i] != 0 &&
                     parse->param_oids[i] != PGW_UNKNOWNOID;
        if (given)
            oids[i] = parse->param_oids[i];
        else if (query->param_oids[i])
            oids[i] = query->param_oids[i];
        else
            oids[i] = plan_type_oid(query->param_types[i], NULL);
    }
    statement->param_oids = oids;
    return oids != NULL;
}

struct front_statement *front_statement_new(struct front *front, struct query *query,
                                            const struct pgw_parse *parse)
{
    struct front_statement *statement =
        arena_calloc(&query->arena, 1, sizeof *statement);
    if (statement) {
        *statement = (struct front_statement){
            .front = front, .query = query, .prepared_us = clock_date_us()};
        statement->columns = front_columns(front, query);
        if (statement->columns && describe_params(statement, parse))
            return statement;
    }
    query_free(query);
    return NULL;
}

enum pgw_status front_parse(struct front *front, struct slice text,
                            const struct pgw_parse *parse, struct front_statement **out,
                            struct pgw_error *err)
{
    struct query *query = NULL;
    struct query_hints hints;
    struct error error;
    struct arena arena = {0};
    enum pgw_status status = cast_hints(front, parse, &arena, &hints, err);
    if (status == PGW_OK)
        status = front_error(query_prepare(front->query, text, &hints, &query, &error),
                             &error, err);
    arena_free(&arena);
    if (status != PGW_OK)
        return status;
    *out = front_statement_new(front, query, parse);
    return *out ? PGW_OK : no_memory(err);
}

static enum pgw_status parse(void *state, pgw_session *session,
                             const struct pgw_parse *parse, void **statement,
                             struct pgw_error *err)
{
    struct slice rest = {parse->sql->data, parse->sql->len}, text;
    const char *start = parse->sql->data;
    (void)session;
    if (!sql_split(&rest, &text))
        text = (struct slice){start, 0};
    if (rest.len > 0)
        return pgw_fail(err, "42601",
                        "cannot insert multiple commands into a prepared statement");
    struct front_statement *made = NULL;
    enum pgw_status status = front_parse(state, text, parse, &made, err);
    if (status == PGW_ERROR && err->position > 0)
        err->position += text_characters(start, text.data);
    if (status == PGW_OK) {
        made->lead = text_characters(start, text.data);
        *statement = made;
        *parse->sql = (struct pgw_slice){rest.data, 0};
    }
    return status;
}

static void describe(void *self, struct pgw_description *out)
{
    const struct front_statement *statement = self;
    const struct query *query = statement->query;
    *out = (struct pgw_description){
        .param_oids = statement->param_oids,
        .param_count = query->param_count,
        .columns = query->returns_rows ? statement->columns : NULL,
        .column_count = query->returns_rows ? query->column_count : 0};
}

static void close_statement(void *self)
{
    struct front_statement *statement = self;
    query_free(statement->query); /* it holds the statement too */
}

static void close_portal(void *self)
{
    struct front_portal *portal = self;
    query_cursor_free(portal->cursor);
    struct arena arena = portal->arena;
    arena_free(&arena);
}

static bool outlives(void *self)
{
    const struct front_portal *portal = self;
    return portal->cursor && query_cursor_is_held(portal->cursor);
}

/* An error of a statement that was accepted, where the client's text has it. */
static enum pgw_status late_error(const struct front_statement *statement,
                                  enum pgw_status status, const struct error *from,
                                  struct pgw_error *to)
{
    status = front_error(status, from, to);
    if (status == PGW_ERROR && to->position > 0)
        to->position += statement->lead;
    return status;
}

static enum pgw_status bind(void *self, pgw_session *session,
                            const struct pgw_bind *bind, void **out,
                            struct pgw_error *err)
{
    struct front_statement *statement = self;
    struct error error;
    enum pgw_status status =
        query_revalidate(statement->front->query, statement->query, &error);
    if (status != PGW_OK)
        return late_error(statement, status, &error, err);
    struct arena arena = {0};
    struct front_portal *portal = arena_calloc(&arena, 1, sizeof *portal);
    if (!portal)
        return no_memory(err);
    *portal = (struct front_portal){
        .arena = arena, .statement = statement, .created_us = clock_date_us()};
    status =
        params_batch(&portal->arena, query_session_types(statement->front->query),
                     session, bind->values, bind->value_count, &portal->params, err);
    if (status == PGW_OK)
        *out = portal;
    else
        close_portal(portal);
    return status;
}

static enum pgw_status execute_query(struct front_portal *portal,
                                     struct pgw_reply *reply, struct pgw_error *err)
{
    struct front_statement *statement = portal->statement;
    struct query_result result;
    struct error error;
    const struct front_answer answer = {
        .arena = &portal->arena, .columns = statement->columns, .rows = &portal->rows};
    enum pgw_status status = query_execute(
        statement->front->query, statement->query,
        portal->params.column_count ? &portal->params : NULL, &result, &error);
    return status == PGW_OK
               ? front_reply(statement->front, &answer, &result, reply, err)
               : late_error(statement, status, &error, err);
}

static enum pgw_status execute(void *self, pgw_session *session,
                               struct pgw_reply *reply, struct pgw_error *err)
{
    struct front_portal *portal = self;
    struct front *front = portal->statement->front;
    if (check_told(front, err) != PGW_OK)
        return PGW_ERROR;
    /* DISCARD ALL is refused behind others, but may stand in front. */
    if (!pgw_session_sync_follows(session) &&
        portal->statement->query->class.kind != SQL_DISCARD)
        query_session_implicit(front->query);
    portal->is_busy = true;
    enum pgw_status status = portal->cursor ? front_cursor_reply(portal, reply, err)
                                            : execute_query(portal, reply, err);
    portal->is_busy = false;
    show_state(front);
    return status;
}

/* ---- the session ---- */

static enum pgw_status sync_session(void *state, pgw_session *session, bool failed,
                                    struct pgw_error *err)
{
    struct front *front = state;
    struct error error;
    (void)session;
    front->is_checked = false;
    enum pgw_status status = query_session_sync(front->query, failed, &error);
    show_state(front);
    return front->is_behind ? check_told(front, err) : front_error(status, &error, err);
}

static void interrupt(void *state)
{
    struct front *front = state;
    query_session_interrupt(front->query);
}

static const struct pgw_startup_ops startup = {.authenticate = front_authenticate,
                                               .open = front_open,
                                               .sync = sync_session,
                                               .close = front_close,
                                               .validate_token = front_validate_token};
static const struct pgw_simple_ops simple = {.query = simple_query};
static const struct pgw_extended_ops extended = {.parse = parse,
                                                 .describe = describe,
                                                 .bind = bind,
                                                 .execute = execute,
                                                 .close_portal = close_portal,
                                                 .close_statement = close_statement,
                                                 .outlives = outlives};
static const struct pgw_cancel_ops cancel = {.interrupt = interrupt};

const struct pgw_handlers pg_front_handlers = {.startup = &startup,
                                               .simple = &simple,
                                               .extended = &extended,
                                               .copy = &front_copy_ops,
                                               .cancel = &cancel};
