/* arrow_server.c - a server of Arrow streams for a test that makes them in Python.
 *
 * A module for ctypes. A statement's text is handed to the test, which fills a stream;
 * streams and arrays are wrapped, so that it is counted how often each is released. A
 * statement is described by its schema alone, and executed with another stream. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <pgwire/arrow.h>
#include <pgwire/server.h>

/* Fill *out; 0, or an errno. Called on the server's threads. */
typedef int open_stream(const char *sql, struct ArrowArrayStream *out);

PGW_BEGIN_DECLS

struct counts {
    _Atomic int64_t streams, streams_released, arrays, arrays_released;
};

struct counts counts;

/* The port; 0: there is no server. One per process at a time. */
unsigned arrow_server_start(open_stream *open);
void arrow_server_stop(void);

PGW_END_DECLS

static open_stream *opener;
static pgw_server *server;
static pthread_t thread;

/* ---- what is counted ---- */

static void release_array(struct ArrowArray *array)
{
    struct ArrowArray *inner = array->private_data;
    inner->release(inner);
    free(inner);
    array->release = NULL;
    counts.arrays_released++;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    struct ArrowArrayStream *inner = stream->private_data;
    return inner->get_schema(inner, out);
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    struct ArrowArrayStream *inner = stream->private_data;
    struct ArrowArray *array = calloc(1, sizeof *array);
    if (!array)
        return ENOMEM;
    int code = inner->get_next(inner, array);
    *out = *array;
    if (code || !out->release) {
        free(array);
        return code;
    }
    out->release = release_array;
    out->private_data = array;
    counts.arrays++;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    struct ArrowArrayStream *inner = stream->private_data;
    return inner->get_last_error(inner);
}

static void release_stream(struct ArrowArrayStream *stream)
{
    struct ArrowArrayStream *inner = stream->private_data;
    inner->release(inner);
    free(inner);
    stream->release = NULL;
    counts.streams_released++;
}

static enum pgw_status make_stream(const char *sql, struct ArrowArrayStream *out,
                                   struct pgw_error *err)
{
    struct ArrowArrayStream *inner = calloc(1, sizeof *inner);
    int code = inner ? opener(sql, inner) : ENOMEM;
    if (code) {
        free(inner);
        (void)pgw_fail(err, "42P01", "there is no stream \"%s\"", sql);
        return PGW_ERROR;
    }
    *out = (struct ArrowArrayStream){.get_schema = get_schema,
                                     .get_next = get_next,
                                     .get_last_error = get_last_error,
                                     .release = release_stream,
                                     .private_data = inner};
    counts.streams++;
    return PGW_OK;
}

/* ---- statements ---- */

struct statement {
    char *sql;
    pgw_arrow *described;
};

static void close_statement(void *self)
{
    struct statement *statement = self;
    pgw_arrow_free(statement->described);
    free(statement->sql);
    free(statement);
}

static enum pgw_status describe_stream(pgw_session *session,
                                       struct statement *statement,
                                       struct pgw_error *err)
{
    struct ArrowArrayStream stream = {0};
    struct ArrowSchema schema = {0};
    enum pgw_status status = make_stream(statement->sql, &stream, err);
    if (status != PGW_OK)
        return status;
    if (stream.get_schema(&stream, &schema) == 0 && schema.release) {
        statement->described = pgw_arrow_describe(session, &schema, err);
        schema.release(&schema);
    } else {
        (void)pgw_fail(err, "XX000", "%s", stream.get_last_error(&stream));
    }
    stream.release(&stream);
    return statement->described ? PGW_OK : PGW_ERROR;
}

static enum pgw_status parse(void *state, pgw_session *session,
                             const struct pgw_parse *parse, void **out,
                             struct pgw_error *err)
{
    (void)state;
    if (pgw_block_begin(session) == PGW_WAIT)
        return PGW_WAIT;
    struct statement *statement = calloc(1, sizeof *statement);
    if (!statement || !(statement->sql = strndup(parse->sql->data, parse->sql->len))) {
        free(statement);
        return pgw_fail(err, "53200", "out of memory");
    }
    if (describe_stream(session, statement, err) != PGW_OK) {
        close_statement(statement);
        return PGW_ERROR;
    }
    parse->sql->data += parse->sql->len;
    parse->sql->len = 0;
    *out = statement;
    return PGW_OK;
}

static void describe(void *self, struct pgw_description *out)
{
    struct statement *statement = self;
    out->columns = pgw_arrow_columns(statement->described, &out->column_count);
}

static enum pgw_status bind(void *self, pgw_session *session,
                            const struct pgw_bind *bind, void **portal,
                            struct pgw_error *err)
{
    (void)session;
    (void)bind;
    (void)err;
    *portal = self;
    return PGW_OK;
}

static enum pgw_status execute(void *portal, pgw_session *session,
                               struct pgw_reply *reply, struct pgw_error *err)
{
    struct statement *statement = portal;
    struct ArrowArrayStream stream = {0};
    if (pgw_block_begin(session) == PGW_WAIT)
        return PGW_WAIT;
    if (make_stream(statement->sql, &stream, err) != PGW_OK)
        return PGW_ERROR;
    pgw_arrow *arrow = pgw_arrow_open(session, &stream, err);
    if (!arrow)
        return PGW_ERROR;
    pgw_arrow_reply(arrow, reply);
    return PGW_OK;
}

/* ---- the server ---- */

static void *run(void *self)
{
    (void)self;
    (void)pgw_server_run(server);
    return NULL;
}

unsigned arrow_server_start(open_stream *open)
{
    static const struct pgw_extended_ops extended = {.parse = parse,
                                                     .describe = describe,
                                                     .bind = bind,
                                                     .execute = execute,
                                                     .close_statement =
                                                         close_statement};
    static const struct pgw_handlers handlers = {.extended = &extended};
    const struct pgw_server_options options = {.listen = "127.0.0.1:0",
                                               .blocking_threads = 4};
    struct pgw_error err;
    opener = open;
    server = pgw_server_new(&handlers, NULL, &options, &err);
    if (!server || pthread_create(&thread, NULL, run, NULL) != 0)
        return 0;
    return pgw_server_port(server);
}

void arrow_server_stop(void)
{
    pgw_server_stop(server);
    (void)pthread_join(thread, NULL);
    pgw_server_free(server);
}
