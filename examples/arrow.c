/* arrow.c - an Arrow stream as a table: a query is a number, the answer so many rows.
 *
 *     psql -h 127.0.0.1 -p 5433 -c 1000000
 *
 * The stream is made here, so that the example needs no other library, and shows what
 * a producer does. One that an ADBC driver or another engine has made is served by
 * `query` as it stands: only `make_stream` would go. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <pgwire/arrow.h>
#include <pgwire/server.h>

/* ---- the producer: columns n (int64) and word (utf8 by a dictionary) ---- */

enum { BATCH_ROWS = 4096, WORDS = 5 };

struct numbers {
    int64_t next, rows;
};

static void release_schema(struct ArrowSchema *schema)
{
    schema->release = NULL; /* all of it is static */
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    static struct ArrowSchema text = {.format = "u", .release = release_schema};
    static struct ArrowSchema n = {
        .format = "l", .name = "n", .release = release_schema};
    static struct ArrowSchema word = {
        .format = "c", .name = "word", .dictionary = &text, .release = release_schema};
    static struct ArrowSchema *columns[] = {&n, &word};
    (void)stream;
    *out = (struct ArrowSchema){.format = "+s",
                                .n_children = 2,
                                .children = columns,
                                .release = release_schema};
    return 0;
}

/* An array with all that it points to, allocated and freed as one. */
struct batch {
    struct ArrowArray n, word, text, *columns[2];
    const void *buffers[1], *n_buffers[2], *word_buffers[2], *text_buffers[3];
    int64_t numbers[BATCH_ROWS];
    int8_t words[BATCH_ROWS];
};

static void release_child(struct ArrowArray *array)
{
    array->release = NULL; /* its memory is the batch's */
}

static void release_batch(struct ArrowArray *array)
{
    free(array->private_data);
    array->release = NULL;
}

static struct ArrowArray child(int64_t rows, const void **buffers, int64_t count)
{
    return (struct ArrowArray){.length = rows,
                               .n_buffers = count, /* the first: no row is NULL */
                               .buffers = buffers,
                               .release = release_child};
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    static const int32_t ends[WORDS + 1] = {0, 4, 7, 10, 15, 19};
    struct numbers *numbers = stream->private_data;
    int64_t left = numbers->rows - numbers->next;
    int64_t rows = left < BATCH_ROWS ? left : BATCH_ROWS;
    struct batch *batch = rows > 0 ? calloc(1, sizeof *batch) : NULL;
    *out = (struct ArrowArray){0}; /* released: the end */
    if (!batch)
        return rows > 0 ? ENOMEM : 0;
    for (int64_t i = 0; i < rows; i++) {
        batch->numbers[i] = numbers->next;
        batch->words[i] = (int8_t)(numbers->next++ % WORDS);
    }
    batch->n_buffers[1] = batch->numbers;
    batch->word_buffers[1] = batch->words;
    batch->text_buffers[1] = ends;
    batch->text_buffers[2] = "zeroonetwothreefour";
    batch->n = child(rows, batch->n_buffers, 2);
    batch->word = child(rows, batch->word_buffers, 2);
    batch->text = child(WORDS, batch->text_buffers, 3);
    batch->word.dictionary = &batch->text;
    batch->columns[0] = &batch->n;
    batch->columns[1] = &batch->word;
    *out = child(rows, batch->buffers, 1);
    out->n_children = 2;
    out->children = batch->columns;
    out->release = release_batch;
    out->private_data = batch;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream)
{
    (void)stream;
    return NULL; /* the errno says it all */
}

static void release_stream(struct ArrowArrayStream *stream)
{
    free(stream->private_data);
    stream->release = NULL;
}

static bool make_stream(int64_t rows, struct ArrowArrayStream *out)
{
    struct numbers *numbers = calloc(1, sizeof *numbers);
    if (!numbers)
        return false;
    numbers->rows = rows;
    *out = (struct ArrowArrayStream){get_schema, get_next, get_last_error,
                                     release_stream, numbers};
    return true;
}

/* ---- the server ---- */

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    struct ArrowArrayStream stream;
    char text[20], *end;
    (void)state;
    (void)snprintf(text, sizeof text, "%.*s", (int)sql->len, sql->data);
    sql->data += sql->len; /* the whole string is one statement */
    sql->len = 0;
    int64_t rows = strtoll(text, &end, 10);
    if (end == text || (*end && *end != ';'))
        return pgw_fail(err, "42601", "a query is a number of rows");
    if (!make_stream(rows, &stream))
        return pgw_fail(err, "53200", "out of memory");
    pgw_arrow *arrow = pgw_arrow_open(session, &stream, err);
    if (!arrow)
        return PGW_ERROR;
    pgw_arrow_reply(arrow, reply);
    return PGW_OK;
}

int main(int argc, char **argv)
{
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_handlers handlers = {.simple = &simple};
    const struct pgw_server_options options = {.listen = argc > 1 ? argv[1]
                                                                  : "127.0.0.1:5433"};
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
