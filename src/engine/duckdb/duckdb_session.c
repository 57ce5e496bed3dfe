/* duckdb_session.c - SQL functions that ask the session: a row each.
 *
 * PostgreSQL's names for them are macros of the catalogue (7_session.sql). They run on
 * any of the engine's threads; what they ask is answered under the session's lock. */
#include "engine/duckdb/duckdb_session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/duckdb/duckdb_function.h"

/* ---- connections ---- */

bool duckdb_conns_init(struct duckdb_conns *conns)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    conns->first = NULL;
    conns->started_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    return pthread_mutex_init(&conns->lock, NULL) == 0;
}

void duckdb_conns_free(struct duckdb_conns *conns)
{
    pthread_mutex_destroy(&conns->lock);
}

void duckdb_conns_add(struct duckdb_conns *conns, struct duckdb_conn *conn)
{
    duckdb_client_context context;
    duckdb_connection_get_client_context(conn->connection, &context);
    conn->number = duckdb_client_context_get_connection_id(context);
    duckdb_destroy_client_context(&context);
    pthread_mutex_lock(&conns->lock);
    conn->conns = conns;
    conn->next = conns->first;
    conns->first = conn;
    pthread_mutex_unlock(&conns->lock);
}

void duckdb_conns_remove(struct duckdb_conn *conn)
{
    struct duckdb_conns *conns = conn->conns;
    if (!conns)
        return;
    pthread_mutex_lock(&conns->lock);
    struct duckdb_conn **link = &conns->first;
    while (*link && *link != conn)
        link = &(*link)->next;
    if (*link)
        *link = conn->next;
    pthread_mutex_unlock(&conns->lock);
}

struct duckdb_conn *duckdb_conns_find(struct duckdb_conns *conns,
                                      duckdb_client_context context)
{
    idx_t number = duckdb_client_context_get_connection_id(context);
    duckdb_destroy_client_context(&context);
    pthread_mutex_lock(&conns->lock);
    struct duckdb_conn *conn = conns->first;
    while (conn && conn->number != number)
        conn = conn->next;
    pthread_mutex_unlock(&conns->lock);
    return conn;
}

/* ---- calls ---- */

struct call {
    const struct engine_caller_ops *ops;
    void *caller;
    struct duckdb_conns *conns;
    duckdb_data_chunk input;
    duckdb_vector result;
    idx_t row;
    char *name, *value; /* of the setting that was asked for last: rows ask for one */
    struct error err;
};

/* False: the result is NULL, or, with err set, the statement fails. */
typedef bool row_function(struct call *call);

static bool is_null(const struct call *call, idx_t argument)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(call->input, argument);
    uint64_t *validity = duckdb_vector_get_validity(vector);
    return validity && !duckdb_validity_row_is_valid(validity, call->row);
}

/* The argument is not NULL. */
static struct slice text_slice(const struct call *call, idx_t argument)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(call->input, argument);
    duckdb_string_t *strings = duckdb_vector_get_data(vector);
    return (struct slice){duckdb_string_t_data(&strings[call->row]),
                          duckdb_string_t_length(strings[call->row])};
}

/* NUL-terminated, moved out; NULL: it is NULL, or err is set. */
static char *text(struct call *call, idx_t argument)
{
    if (is_null(call, argument))
        return NULL;
    struct slice slice = text_slice(call, argument);
    char *copy = strndup(slice.data, slice.len);
    if (!copy)
        error_no_memory(&call->err);
    return copy;
}

static bool is_true(const struct call *call, idx_t argument)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(call->input, argument);
    return !is_null(call, argument) &&
           ((const bool *)duckdb_vector_get_data(vector))[call->row];
}

static bool give(struct call *call, const char *value)
{
    duckdb_vector_assign_string_element(call->result, call->row, value);
    return true;
}

/* value is moved in; NULL is NULL. */
static bool give_moved(struct call *call, char *value)
{
    bool given = value && give(call, value);
    free(value);
    return given;
}

/* ---- functions ---- */

static void forget_setting(struct call *call)
{
    free(call->name);
    free(call->value);
    call->name = call->value = NULL;
}

static bool setting(struct call *call, struct slice name)
{
    if (call->name && slice_equal(slice_of(call->name), name))
        return give(call, call->value);
    forget_setting(call);
    call->name = strndup(name.data, name.len);
    if (!call->name)
        return error_no_memory(&call->err);
    if (call->ops->get_setting(call->caller, call->name, &call->value, &call->err))
        return give(call, call->value);
    forget_setting(call);
    return false;
}

static bool current_setting(struct call *call)
{
    return !is_null(call, 0) && setting(call, text_slice(call, 0));
}

static bool current_setting_if(struct call *call)
{
    bool missing_ok = is_true(call, 1);
    bool given = !is_null(call, 1) && current_setting(call);
    if (missing_ok && (strcmp(call->err.sqlstate, "42704") == 0))
        error_clear(&call->err);
    return given;
}

/* set_config(name, value, is_local): a value that is NULL is the default. */
static bool set_config(struct call *call)
{
    char *name = text(call, 0), *value = text(call, 1), *shown = NULL;
    if (!name && !call->err.sqlstate[0])
        error_set(&call->err, "22004", "SET requires parameter name");
    bool done = !call->err.sqlstate[0] &&
                call->ops->set_setting(call->caller, name, value, is_true(call, 2),
                                       &shown, &call->err);
    free(name);
    free(value);
    return done && give_moved(call, shown);
}

static bool user(struct call *call)
{
    return setting(call, SLICE("session_authorization"));
}

static bool database(struct call *call)
{
    return give(call, call->ops->database(call->caller));
}

static bool backend_pid(struct call *call)
{
    int32_t *results = duckdb_vector_get_data(call->result);
    results[call->row] = (int32_t)call->ops->pid(call->caller);
    return true;
}

/* ---- other sessions ---- */

static const void *argument(const struct call *call, idx_t argument)
{
    return duckdb_vector_get_data(duckdb_data_chunk_get_vector(call->input, argument));
}

static bool give_boolean(struct call *call, bool value)
{
    ((bool *)duckdb_vector_get_data(call->result))[call->row] = value;
    return true;
}

static bool cancel_backend(struct call *call)
{
    if (is_null(call, 0))
        return false;
    int32_t pid = ((const int32_t *)argument(call, 0))[call->row];
    bool done;
    return call->ops->cancel_backend(call->caller, pid, &done, &call->err) &&
           give_boolean(call, done);
}

static bool terminate_backend(struct call *call)
{
    if (is_null(call, 0) || is_null(call, 1))
        return false;
    int32_t pid = ((const int32_t *)argument(call, 0))[call->row];
    int64_t timeout_ms = ((const int64_t *)argument(call, 1))[call->row];
    if (timeout_ms < 0)
        return error_set(&call->err, "22003", "\"timeout\" must not be negative");
    bool done;
    return call->ops->terminate_backend(call->caller, pid, timeout_ms, &done,
                                        &call->err) &&
           give_boolean(call, done);
}

/* ---- notifications ---- */

/* pg_notify(channel, payload): NULL is empty, as PostgreSQL has it. */
static bool notify(struct call *call)
{
    struct slice channel = is_null(call, 0) ? SLICE("") : text_slice(call, 0);
    struct slice payload = is_null(call, 1) ? SLICE("") : text_slice(call, 1);
    return call->ops->notify(call->caller, channel, payload, &call->err) &&
           give(call, "");
}

/* Behind what the vector of the result has so far. */
static bool append_list(struct call *call, const char *const *texts, size_t count)
{
    duckdb_list_entry *entries = duckdb_vector_get_data(call->result);
    idx_t offset = duckdb_list_vector_get_size(call->result);
    if (duckdb_list_vector_reserve(call->result, offset + count) != DuckDBSuccess ||
        duckdb_list_vector_set_size(call->result, offset + count) != DuckDBSuccess)
        return error_no_memory(&call->err);
    duckdb_vector child = duckdb_list_vector_get_child(call->result);
    for (size_t i = 0; i < count; i++)
        duckdb_vector_assign_string_element(child, offset + i, texts[i]);
    entries[call->row] = (duckdb_list_entry){offset, count};
    return true;
}

static bool listening(struct call *call)
{
    struct arena arena = {0};
    const char *const *names;
    size_t count;
    bool done = call->ops->listening(call->caller, &arena, &names, &count)
                    ? append_list(call, names, count)
                    : error_no_memory(&call->err);
    arena_free(&arena);
    return done;
}

/* Who there is, and what they may do. */
static bool roles(struct call *call)
{
    struct arena arena = {0};
    const char *const *texts;
    size_t count;
    bool done = call->ops->roles(call->caller, &arena, &texts, &count)
                    ? append_list(call, texts, count)
                    : error_no_memory(&call->err);
    arena_free(&arena);
    return done;
}

static bool notify_usage(struct call *call)
{
    double *results = duckdb_vector_get_data(call->result);
    results[call->row] = call->ops->notify_usage(call->caller);
    return true;
}

/* ---- the server ---- */

static bool start_time(struct call *call)
{
    int64_t *results = duckdb_vector_get_data(call->result);
    results[call->row] = call->conns->started_us;
    return true;
}

static bool version(struct call *call)
{
    char *server, line[256];
    if (!call->ops->get_setting(call->caller, "server_version", &server, &call->err))
        return false;
    (void)snprintf(line, sizeof line, "PostgreSQL %s on DuckDB %s, %zu-bit", server,
                   duckdb_library_version(), sizeof(void *) * 8);
    free(server);
    return give(call, line);
}

/* Types: as duckdb_function_describe has them. The first is the result's. */
static const struct function {
    const char *name, *types;
    row_function *call;
} functions[] = {
    {"wirehouse_current_setting", "tt", current_setting},
    {"wirehouse_current_setting_if", "ttb", current_setting_if},
    {"wirehouse_set_config", "tttb", set_config},
    {"wirehouse_user", "t", user},
    {"wirehouse_roles", "L", roles},
    {"wirehouse_database", "t", database},
    {"wirehouse_backend_pid", "n", backend_pid},
    {"wirehouse_cancel_backend", "bn", cancel_backend},
    {"wirehouse_terminate_backend", "bni", terminate_backend},
    {"wirehouse_notify", "ttt", notify},
    {"wirehouse_listening", "L", listening},
    {"wirehouse_notify_usage", "d", notify_usage},
    {"wirehouse_start_time", "s", start_time},
    {"wirehouse_version", "t", version},
};

/* ---- as the engine has them ---- */

struct registered {
    const struct function *function;
    struct duckdb_conns *conns;
};

static void *same_conn(void *conn)
{
    return conn;
}

static void bind_conn(duckdb_bind_info info)
{
    const struct registered *registered =
        duckdb_scalar_function_bind_get_extra_info(info);
    duckdb_client_context context;
    duckdb_scalar_function_get_client_context(info, &context);
    duckdb_scalar_function_set_bind_data(
        info, duckdb_conns_find(registered->conns, context), NULL);
    duckdb_scalar_function_set_bind_data_copy(info, same_conn);
}

void duckdb_raised(const struct error *err, char out[DUCKDB_RAISED_BYTES])
{
    (void)snprintf(out, DUCKDB_RAISED_BYTES, "SQLSTATE %s: %s", err->sqlstate,
                   err->message);
}

static void fail(duckdb_function_info info, const struct error *err)
{
    char raised[DUCKDB_RAISED_BYTES];
    duckdb_raised(err, raised);
    duckdb_scalar_function_set_error(info, raised);
}

static void call_rows(duckdb_function_info info, duckdb_data_chunk input,
                      duckdb_vector result)
{
    const struct registered *registered = duckdb_scalar_function_get_extra_info(info);
    const struct duckdb_conn *conn = duckdb_scalar_function_get_bind_data(info);
    struct call call = {.input = input, .result = result, .conns = registered->conns};
    if (conn && conn->base.caller_ops) {
        call.ops = conn->base.caller_ops;
        call.caller = conn->base.caller;
    } else {
        error_set(&call.err, "55000", "there is no session");
    }
    for (; call.row < duckdb_data_chunk_get_size(input); call.row++) {
        if (!call.err.sqlstate[0] && !registered->function->call(&call))
            duckdb_function_set_null(result, call.row);
        if (call.err.sqlstate[0]) {
            fail(info, &call.err);
            break;
        }
    }
    forget_setting(&call);
}

static bool register_function(duckdb_connection connection, struct duckdb_conns *conns,
                              const struct function *row)
{
    struct registered *registered = malloc(sizeof *registered);
    if (!registered)
        return false;
    *registered = (struct registered){row, conns};
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, row->name);
    duckdb_function_describe(function, row->types);
    duckdb_scalar_function_set_special_handling(function);
    duckdb_scalar_function_set_volatile(function);
    duckdb_scalar_function_set_extra_info(function, registered, free);
    duckdb_scalar_function_set_bind(function, bind_conn);
    duckdb_scalar_function_set_function(function, call_rows);
    bool done = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&function);
    return done;
}

bool duckdb_session_functions(duckdb_connection connection, struct duckdb_conns *conns,
                              struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        if (!register_function(connection, conns, &functions[i]))
            return error_set(err, "XX000", "the engine refuses the function %s",
                             functions[i].name);
    }
    return true;
}
