/* command.c - the statements that the server answers itself, a row a kind.
 *
 * None of them needs the engine or a slot, but COMMIT and ROLLBACK of a transaction
 * that the engine knows of. */
#include <string.h>
#include <strings.h>

#include "batch/type.h"
#include "server/query_session.h"

enum { SETTING_BYTES = 1024 };

/* ---- tables made by hand ---- */

static bool set_columns(struct query *query, const char *const *names, size_t count,
                        struct error *err)
{
    struct engine_column *columns = arena_calloc(&query->arena, count, sizeof *columns);
    if (!columns)
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++)
        columns[i] = (struct engine_column){names[i], &type_text};
    query->columns = columns;
    query->column_count = count;
    query->returns_rows = true;
    return true;
}

/* cells: row after row, in the arena of `query`. */
static bool table_rows(struct query_session *session, struct query *query,
                       const struct slice *cells, size_t rows, struct query_result *out)
{
    size_t width = query->column_count;
    struct batch *batch = arena_calloc(&query->arena, 1, sizeof *batch);
    struct column *columns = arena_calloc(&query->arena, width, sizeof *columns);
    struct slice *values = arena_calloc(&query->arena, width * rows, sizeof *values);
    if (!batch || !columns || !values)
        return false;
    for (size_t i = 0; i < width; i++) {
        for (size_t row = 0; row < rows; row++)
            values[i * rows + row] = cells[row * width + i];
        columns[i] = (struct column){
            .type = &type_text, .layout = LAYOUT_SLICES, .data = values + i * rows};
    }
    *batch = (struct batch){rows, width, columns};
    out->columns = query->columns;
    out->column_count = width;
    out->rows = rows_from_table(session, batch);
    return out->rows != NULL;
}

/* ---- SET, RESET, SHOW ---- */

static bool read_name(const struct query *query, char *out, struct error *err)
{
    if (sql_identifier(query->class.name, out, SQL_NAME_BYTES))
        return true;
    return error_set(err, "42601", "syntax error in the name of a parameter");
}

static bool is_in_transaction(const struct query_session *session)
{
    return session->transaction != TRANSACTION_NONE;
}

static void warn_local_outside(struct query_session *session)
{
    if (session->ops->notice)
        session->ops->notice(session->client, PGW_SEVERITY_WARNING, "25P01",
                             "SET LOCAL can only be used in transaction blocks");
}

static enum pgw_status do_set(struct query_session *session, struct query *query,
                              struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES], value[SETTING_BYTES];
    enum setting_id id;
    const struct sql_class *class = &query->class;
    out->tag = class->tag;
    if (!read_name(query, name, err) || !settings_find(name, &id, err))
        return PGW_ERROR;
    if (!class->is_default && !sql_setting_value(class->value, value, sizeof value)) {
        error_set(err, "42601", "syntax error in the value of parameter \"%s\"", name);
        return PGW_ERROR;
    }
    if (class->local && !is_in_transaction(session))
        warn_local_outside(session);
    return settings_set(&session->settings, id, class->is_default ? NULL : value,
                        class->local ? SETTINGS_LOCAL : SETTINGS_SESSION,
                        is_in_transaction(session), err)
               ? PGW_OK
               : PGW_ERROR;
}

static enum pgw_status do_reset(struct query_session *session, struct query *query,
                                struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    enum setting_id id;
    bool done;
    out->tag = query->class.tag;
    if (!read_name(query, name, err))
        return PGW_ERROR;
    if (strcasecmp(name, "all") == 0)
        done = settings_reset_all(&session->settings, is_in_transaction(session), err);
    else
        done = settings_find(name, &id, err) &&
               settings_set(&session->settings, id, NULL, SETTINGS_SESSION,
                            is_in_transaction(session), err);
    return done ? PGW_OK : PGW_ERROR;
}

static bool show_one(struct query_session *session, struct query *query,
                     enum setting_id id, struct query_result *out)
{
    char *value =
        arena_string(&query->arena, slice_of(settings_get(&session->settings, id)));
    struct slice cell = {value, value ? strlen(value) : 0};
    return value && table_rows(session, query, &cell, 1, out);
}

static bool show_all(struct query_session *session, struct query *query,
                     struct query_result *out)
{
    struct slice cells[SETTING_COUNT * 3];
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        enum setting_id id = (enum setting_id)i;
        const char *value =
            arena_string(&query->arena, slice_of(settings_get(&session->settings, id)));
        if (!value)
            return false;
        cells[i * 3] = slice_of(settings_name(id));
        cells[i * 3 + 1] = slice_of(value);
        cells[i * 3 + 2] = slice_of(settings_description(id));
    }
    return table_rows(session, query, cells, SETTING_COUNT, out);
}

static enum pgw_status do_show(struct query_session *session, struct query *query,
                               struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    enum setting_id id;
    out->tag = query->class.tag;
    if (!read_name(query, name, err))
        return PGW_ERROR;
    if (strcasecmp(name, "all") == 0) {
        if (show_all(session, query, out))
            return PGW_OK;
    } else {
        if (!settings_find(name, &id, err))
            return PGW_ERROR;
        if (show_one(session, query, id, out))
            return PGW_OK;
    }
    error_no_memory(err);
    return PGW_ERROR;
}

static bool show_columns(struct query *query, struct error *err)
{
    static const char *const all[] = {"name", "setting", "description"};
    char name[SQL_NAME_BYTES];
    const char *one;
    enum setting_id id;
    if (!read_name(query, name, err))
        return false;
    if (strcasecmp(name, "all") == 0)
        return set_columns(query, all, ARRAY_LEN(all), err);
    if (!settings_find(name, &id, err))
        return false;
    one = settings_name(id);
    return set_columns(query, &one, 1, err);
}

/* ---- the rest ---- */

static enum pgw_status do_nothing(struct query_session *session, struct query *query,
                                  struct query_result *out, struct error *err)
{
    (void)session;
    (void)query;
    (void)err;
    out->is_empty = true;
    return PGW_OK;
}

static enum pgw_status do_begin(struct query_session *session, struct query *query,
                                struct query_result *out, struct error *err)
{
    return transaction_begin(session, query, out, err);
}

static enum pgw_status do_commit(struct query_session *session, struct query *query,
                                 struct query_result *out, struct error *err)
{
    return transaction_commit(session, query, out, err);
}

static enum pgw_status do_rollback(struct query_session *session, struct query *query,
                                   struct query_result *out, struct error *err)
{
    return transaction_rollback(session, query, out, err);
}

static bool drop_statements(struct query_session *session, struct slice name,
                            struct error *err)
{
    if (!session->ops->drop_statement)
        return error_set(err, "0A000", "this protocol has no prepared statements");
    if (session->ops->drop_statement(session->client, name) || name.len == 0)
        return true;
    return error_set(err, "26000", "prepared statement \"%.*s\" does not exist",
                     (int)name.len, name.data);
}

static enum pgw_status do_deallocate(struct query_session *session, struct query *query,
                                     struct query_result *out, struct error *err)
{
    char name[SQL_NAME_BYTES];
    bool all = slice_equal_nocase(query->class.name, SLICE("all"));
    out->tag = query->class.tag;
    if (!all && !read_name(query, name, err))
        return PGW_ERROR;
    return drop_statements(session, all ? SLICE("") : slice_of(name), err) ? PGW_OK
                                                                           : PGW_ERROR;
}

static enum pgw_status do_discard(struct query_session *session, struct query *query,
                                  struct query_result *out, struct error *err)
{
    bool all = slice_equal_nocase(query->class.name, SLICE("all"));
    out->tag = query->class.tag;
    if (!all)
        return PGW_OK; /* plans, sequences and temporary tables are not a session's */
    if (is_in_transaction(session)) {
        error_set(err, "25001", "DISCARD ALL cannot run inside a transaction block");
        return PGW_ERROR;
    }
    return settings_reset_all(&session->settings, false, err) &&
                   drop_statements(session, SLICE(""), err)
               ? PGW_OK
               : PGW_ERROR;
}

static enum pgw_status refuse_savepoint(struct query_session *session,
                                        struct query *query, struct query_result *out,
                                        struct error *err)
{
    (void)session;
    (void)out;
    error_set(err, "0A000", "%s is not supported: the engine has no savepoints",
              query->class.tag);
    return PGW_ERROR;
}

static enum pgw_status refuse_copy(struct query_session *session, struct query *query,
                                   struct query_result *out, struct error *err)
{
    (void)session;
    (void)query;
    (void)out;
    error_set(err, "0A000", "COPY from and to the client is not supported");
    return PGW_ERROR;
}

static enum pgw_status malformed(struct query_session *session, struct query *query,
                                 struct query_result *out, struct error *err)
{
    (void)session;
    (void)out;
    error_set(err, "42601", "syntax error in %s", query->class.tag);
    return PGW_ERROR;
}

static enum pgw_status refuse(struct query_session *session, struct query *query,
                              struct query_result *out, struct error *err)
{
    (void)session;
    (void)out;
    error_set(err, "0A000", "%s is not supported", query->class.tag);
    return PGW_ERROR;
}

struct command {
    enum pgw_status (*execute)(struct query_session *, struct query *,
                               struct query_result *, struct error *);
    bool (*columns)(struct query *, struct error *); /* NULL: returns no rows */
};

static const struct command commands[] = {
    [SQL_EMPTY] = {do_nothing, NULL},
    [SQL_SET] = {do_set, NULL},
    [SQL_RESET] = {do_reset, NULL},
    [SQL_SHOW] = {do_show, show_columns},
    [SQL_BEGIN] = {do_begin, NULL},
    [SQL_COMMIT] = {do_commit, NULL},
    [SQL_ROLLBACK] = {do_rollback, NULL},
    [SQL_SAVEPOINT] = {refuse_savepoint, NULL},
    [SQL_DEALLOCATE] = {do_deallocate, NULL},
    [SQL_DISCARD] = {do_discard, NULL},
    [SQL_COPY_CLIENT] = {refuse_copy, NULL},
    [SQL_UNSUPPORTED] = {refuse, NULL},
    [SQL_MALFORMED] = {malformed, NULL},
};

bool command_columns(struct query *query, struct error *err)
{
    const struct command *command = &commands[query->class.kind];
    return !command->columns || command->columns(query, err);
}

enum pgw_status command_execute(struct query_session *session, struct query *query,
                                struct query_result *out, struct error *err)
{
    return commands[query->class.kind].execute(session, query, out, err);
}
