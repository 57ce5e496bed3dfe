/* command_cursor.c - DECLARE, FETCH, MOVE, CLOSE.
 *
 *     DECLARE   its query ── query_execute ──> query_cursor ──> a portal of the
 * client's FETCH     the portal by its name ──> query_cursor_fetch ──> rows
 *
 * Names are the protocol's (query_portal_ops): what Bind has made can be fetched from
 * too, and a cursor can be executed and described by the protocol's messages. */
#include "batch/type.h"
#include "core/text.h"
#include "server/command.h"
#include "server/database.h"
#include "server/query_cursor.h"

static const struct query_portal_ops *portals(struct query_session *session,
                                              struct error *err)
{
    if (!session->ops->portals)
        error_set(err, "0A000", "this protocol has no cursors");
    return session->ops->portals;
}

/* ---- DECLARE ---- */

/* PostgreSQL's grammar has a SELECT here; what else gives rows to be read is welcome.
 */
static bool check_class(const struct sql_class *class, struct error *err)
{
    if (class->kind != SQL_ENGINE)
        return error_set(err, "42601", "a cursor can only be declared for a query");
    if (class->count == SQL_COUNT_ROWS && !class->writes)
        return true;
    return error_set(err, class->is_with ? "0A000" : "42601",
                     "DECLARE CURSOR must not contain data-modifying statements");
}

static bool check_options(const struct sql_cursor *cursor, struct error *err)
{
    if (cursor->is_scroll && cursor->is_no_scroll)
        return error_set(err, "42P11", "cannot specify both SCROLL and NO SCROLL");
    if (cursor->is_asensitive && cursor->is_insensitive)
        return error_set(err, "42P11",
                         "cannot specify both ASENSITIVE and INSENSITIVE");
    return true;
}

/* Prepare what the cursor reads: as if it stood alone, its errors where they are. */
static enum pgw_status prepare_inner(struct query_session *session, struct query *query,
                                     const struct query_hints *hints, struct error *err)
{
    struct slice text = query->class.value;
    if (query->inner &&
        query->inner->catalogue == pool_catalogue(session->database->pool))
        return PGW_OK;
    query_free(query->inner);
    query->inner = NULL;
    const struct sql_class class = sql_classify(text);
    if (!check_class(&class, err))
        return PGW_ERROR;
    enum pgw_status status = query_prepare(session, text, hints, &query->inner, err);
    if (status == PGW_ERROR && err->position > 0)
        err->position += text_characters(query->text.data, text.data);
    return status;
}

/* Its parameters are those of the query. */
static bool copy_params(struct query *query, const struct query *inner,
                        struct error *err)
{
    struct arena *arena = &query->arena;
    size_t count = inner->param_count;
    const struct type **types = arena_calloc(arena, count, sizeof *types);
    uint32_t *oids = arena_calloc(arena, count, sizeof *oids);
    const char **casts = arena_calloc(arena, count, sizeof *casts);
    if (!types || !oids || !casts)
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        types[i] = type_copy(arena, inner->param_types[i]);
        oids[i] = inner->param_oids[i];
        casts[i] =
            inner->casts[i] ? arena_string(arena, slice_of(inner->casts[i])) : NULL;
        if (!types[i] || (inner->casts[i] && !casts[i]))
            return error_no_memory(err);
    }
    query->param_types = types;
    query->param_oids = oids;
    query->casts = casts;
    query->param_count = count;
    return true;
}

enum pgw_status command_declare_describe(struct query_session *session,
                                         struct query *query,
                                         const struct query_hints *hints,
                                         struct error *err)
{
    enum pgw_status status = prepare_inner(session, query, hints, err);
    if (status != PGW_OK)
        return status;
    return command_status(query->inner->param_count == 0 ||
                          copy_params(query, query->inner, err));
}

/* Outside of a block its rows would end with it at once. */
static bool check_block(const struct query_session *session, const struct query *query,
                        struct error *err)
{
    if (query->class.cursor.is_hold || command_in_transaction(session))
        return true;
    return error_set(err, "25P01",
                     "DECLARE CURSOR can only be used in transaction blocks");
}

/* Rows to be read when they are fetched; held at once where no COMMIT will do it. */
static enum pgw_status open_rows(struct query_session *session, struct query *query,
                                 const struct batch *params, struct query_rows **out,
                                 struct error *err)
{
    struct query_result result;
    query->inner->is_lazy = true;
    enum pgw_status status = query_execute(session, query->inner, params, &result, err);
    *out = result.rows;
    if (status != PGW_OK || !query->class.cursor.is_hold)
        return status;
    rows_will_be_held(result.rows);
    if (command_in_transaction(session))
        return PGW_OK;
    status = rows_hold_all(session, err);
    if (status == PGW_OK)
        return status;
    query_rows_close(result.rows);
    if (status == PGW_WAIT) /* the slot that was just given back has gone */
        error_set(err, "57014", "the cursor could not be held");
    return PGW_ERROR;
}

static bool add_cursor(struct query_session *session, struct query *query,
                       struct slice name, struct query_rows *rows, struct error *err)
{
    const struct sql_cursor *says = &query->class.cursor;
    struct query *inner = query->inner;
    const struct query_cursor_options options = {.name = name,
                                                 .statement = query->text,
                                                 .is_binary = says->is_binary,
                                                 .is_hold = says->is_hold,
                                                 .scrolls = says->is_scroll,
                                                 .no_scroll = says->is_no_scroll};
    struct query_cursor *cursor = query_cursor_new(session, inner, rows, &options);
    if (!cursor)
        return error_no_memory(err);
    query->inner = NULL; /* moved; executed again, it is prepared again */
    return session->ops->portals->add(session->client, cursor, inner, err);
}

enum pgw_status command_declare(struct query_session *session, struct query *query,
                                struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    struct query_rows *rows = NULL;
    const struct query_hints hints = {query->casts, query->param_count};
    const struct query_portal_ops *ops = portals(session, err);
    out->tag = query->class.tag;
    if (!ops || !command_name(query, name, err) ||
        !check_options(&query->class.cursor, err) || !check_block(session, query, err))
        return PGW_ERROR;
    if (ops->exists(session->client, slice_of(name))) {
        error_set(err, "42P03", "cursor \"%s\" already exists", name);
        return PGW_ERROR;
    }
    enum pgw_status status = prepare_inner(session, query, &hints, err);
    if (status == PGW_OK)
        status = open_rows(session, query, out->bound, &rows, err);
    if (status == PGW_OK && !add_cursor(session, query, slice_of(name), rows, err))
        status = PGW_ERROR;
    return status;
}

/* ---- FETCH, MOVE ---- */

/* What it will answer, if the cursor is there by now. */
bool command_fetch_columns(struct query_session *session, struct query *query,
                           struct error *err)
{
    char name[SQL_NAME_BYTES];
    const struct query_portal_ops *ops = session->ops->portals;
    if (!command_name(query, name, err))
        return false;
    const struct query *other = ops && !query->class.cursor.moves
                                    ? ops->peek(session->client, slice_of(name))
                                    : NULL;
    return !other || command_columns_of(query, other, err);
}

static bool fetch(struct query *query, struct query_cursor *cursor,
                  struct query_result *out, struct error *err)
{
    if (!command_columns_agree(query, query_cursor_query(cursor), err))
        return false;
    out->rows =
        query_cursor_fetch(cursor, &query->class.cursor, query->column_types, err);
    if (!out->rows)
        return false;
    out->columns = query->columns;
    out->column_count = query->column_count;
    out->is_binary = query_cursor_is_binary(cursor);
    if (rows_prefetch_source(out->rows, err) != PGW_ERROR)
        return true;
    query_rows_close(out->rows);
    out->rows = NULL;
    return false;
}

enum pgw_status command_fetch(struct query_session *session, struct query *query,
                              struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    struct query_cursor *cursor;
    const struct query_portal_ops *ops = portals(session, err);
    out->tag = query->class.tag;
    out->count = query->class.count;
    if (!ops || !command_name(query, name, err))
        return PGW_ERROR;
    enum pgw_status status = ops->find(session->client, slice_of(name), &cursor, err);
    if (status == PGW_OK)
        status = query_cursor_enter(cursor, err);
    if (status != PGW_OK)
        return status;
    bool done =
        query->class.cursor.moves
            ? query_cursor_move(cursor, &query->class.cursor, &out->affected, err)
            : fetch(query, cursor, out, err);
    query_cursor_leave(cursor);
    return command_status(done);
}

/* ---- CLOSE ---- */

enum pgw_status command_close(struct query_session *session, struct query *query,
                              struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    const struct query_portal_ops *ops = portals(session, err);
    out->tag = query->class.tag;
    if (ops && slice_equal_nocase(query->class.name, SLICE("all"))) {
        ops->close_all(session->client);
        return PGW_OK;
    }
    if (!ops || !command_name(query, name, err))
        return PGW_ERROR;
    return ops->close(session->client, slice_of(name), err);
}
