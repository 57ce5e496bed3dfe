/* arrow_rows.c - an Arrow stream as a row source.
 *
 *     get_next ──> ArrowArray ──> batch/arrow: windows ──> plan ──> DataRow …
 *
 * One array is held at a time, and released when its last row is written. A call of
 * `next` stays within one array, so that a cancel is seen between two. */
#include <errno.h>
#include <stdlib.h>

#include <pgwire/arrow.h>

#include "batch/arrow.h"
#include "pgwire/plan.h"

struct pgw_arrow {
    pgw_session *session;
    struct ArrowArrayStream stream; /* released: it has ended, or there is none */
    struct ArrowArray array;        /* being written; released: none */
    struct arrow_reader *reader;
    struct pgw_column *columns;
    size_t column_count;
    struct batch batch; /* of the array */
    size_t next;        /* row of the batch that is not yet written */
    struct plan *plan;  /* made at the first batch, when the formats are known */
    struct arena arena; /* of plan and columns */
};

/* ---- errors ---- */

/* The errno of a stream, as the interface has it, where PostgreSQL has a word for it.
 */
static const struct {
    int code;
    const char *sqlstate;
} codes[] = {
    {EINVAL, "22023"},     {ENOMEM, "53200"},       {EIO, "58030"},
    {ENOENT, "58P01"},     {EEXIST, "58P02"},       {EACCES, "42501"},
    {EPERM, "42501"},      {ENOSYS, "0A000"},       {ENOTSUP, "0A000"},
    {ECANCELED, "57014"},  {EINTR, "57014"},        {ENOSPC, "53100"},
    {EMFILE, "53000"},     {ENFILE, "53000"},       {ECONNREFUSED, "08001"},
    {ECONNRESET, "08006"}, {ECONNABORTED, "08006"}, {EPIPE, "08006"},
    {ETIMEDOUT, "08006"},  {ERANGE, "22003"},
};

static enum pgw_status stream_failed(struct pgw_arrow *arrow, int code,
                                     struct pgw_error *err)
{
    const char *sqlstate = "XX000", *text = NULL;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (codes[i].code == code)
            sqlstate = codes[i].sqlstate;
    }
    if (arrow->stream.get_last_error)
        text = arrow->stream.get_last_error(&arrow->stream);
    if (text && *text)
        return pgw_fail(err, sqlstate, "%s", text);
    return pgw_fail(err, sqlstate, "the Arrow stream failed with error %d", code);
}

static enum pgw_status reader_failed(const struct error *error, struct pgw_error *err)
{
    return pgw_fail(err, error->sqlstate, "%s", error->message);
}

/* ---- what is released ---- */

static void release_array(struct pgw_arrow *arrow)
{
    if (arrow->array.release)
        arrow->array.release(&arrow->array);
    arrow->array.release = NULL;
    arrow->batch = (struct batch){0};
    arrow->next = 0;
}

static void release_stream(struct pgw_arrow *arrow)
{
    if (arrow->stream.release)
        arrow->stream.release(&arrow->stream);
    arrow->stream.release = NULL;
}

void pgw_arrow_free(pgw_arrow *arrow)
{
    if (!arrow)
        return;
    release_array(arrow);
    release_stream(arrow);
    arrow_reader_free(arrow->reader);
    arena_free(&arrow->arena);
    free(arrow);
}

/* ---- columns ---- */

static enum pgw_status make_columns(struct pgw_arrow *arrow,
                                    const struct ArrowSchema *schema,
                                    struct pgw_error *err)
{
    struct error error;
    arrow->reader = arrow_reader_new(schema, &error);
    if (!arrow->reader)
        return reader_failed(&error, err);
    const struct arrow_columns *columns = arrow_reader_columns(arrow->reader);
    const struct pgw_style *style = pgw_session_style(arrow->session);
    arrow->column_count = columns->count;
    arrow->columns =
        arena_calloc(&arrow->arena, columns->count, sizeof *arrow->columns);
    if (!arrow->columns)
        return pgw_fail(err, "53200", "out of memory");
    for (size_t i = 0; i < columns->count; i++)
        arrow->columns[i] = plan_column(columns->names[i], columns->types[i], style);
    return PGW_OK;
}

pgw_arrow *pgw_arrow_describe(pgw_session *session, const struct ArrowSchema *schema,
                              struct pgw_error *err)
{
    struct pgw_arrow *arrow = calloc(1, sizeof *arrow);
    if (!arrow) {
        (void)pgw_fail(err, "53200", "out of memory");
        return NULL;
    }
    arrow->session = session;
    if (make_columns(arrow, schema, err) == PGW_OK)
        return arrow;
    pgw_arrow_free(arrow);
    return NULL;
}

static enum pgw_status read_schema(struct pgw_arrow *arrow, struct pgw_error *err)
{
    struct ArrowSchema schema = {0};
    int code = arrow->stream.get_schema(&arrow->stream, &schema);
    if (code)
        return stream_failed(arrow, code, err);
    enum pgw_status status = make_columns(arrow, &schema, err);
    if (schema.release)
        schema.release(&schema);
    return status;
}

pgw_arrow *pgw_arrow_open(pgw_session *session, struct ArrowArrayStream *stream,
                          struct pgw_error *err)
{
    struct pgw_arrow *arrow = calloc(1, sizeof *arrow);
    if (!arrow) {
        stream->release(stream);
        stream->release = NULL;
        (void)pgw_fail(err, "53200", "out of memory");
        return NULL;
    }
    arrow->session = session;
    arrow->stream = *stream;
    stream->release = NULL;
    if (read_schema(arrow, err) == PGW_OK)
        return arrow;
    pgw_arrow_free(arrow);
    return NULL;
}

const struct pgw_column *pgw_arrow_columns(const pgw_arrow *arrow, size_t *count)
{
    *count = arrow->column_count;
    return arrow->columns;
}

/* ---- rows ---- */

/* The next array; OK: there is none. */
static enum pgw_status fetch(struct pgw_arrow *arrow, struct pgw_error *err)
{
    struct error error;
    if (!arrow->stream.release)
        return PGW_OK;
    if (pgw_block_begin(arrow->session) == PGW_WAIT)
        return PGW_WAIT;
    int code = arrow->stream.get_next(&arrow->stream, &arrow->array);
    pgw_block_end(arrow->session);
    if (code) {
        arrow->array.release = NULL; /* nothing was made */
        return stream_failed(arrow, code, err);
    }
    if (!arrow->array.release) {
        release_stream(arrow);
        return PGW_OK;
    }
    if (!arrow_reader_begin(arrow->reader, &arrow->array, &error))
        return reader_failed(&error, err);
    return PGW_MORE;
}

/* Rows of the array, as many as the sink takes; OK: that was the last. */
static enum pgw_status write_array(struct pgw_arrow *arrow, pgw_row *row,
                                   struct pgw_error *err)
{
    struct error error;
    for (;;) {
        if (arrow->next == arrow->batch.rows) {
            arrow->next = 0;
            if (!arrow_reader_next(arrow->reader, &arrow->batch, &error))
                return reader_failed(&error, err);
        }
        if (arrow->batch.rows == 0)
            return PGW_OK;
        enum pgw_status status =
            plan_write(arrow->plan, row, &arrow->batch, &arrow->next, err);
        if (status != PGW_OK)
            return status;
    }
}

static enum pgw_status next_rows(void *self, pgw_row *row, struct pgw_error *err)
{
    struct pgw_arrow *arrow = self;
    if (pgw_row_limit(row) == 0)
        return PGW_MORE;
    if (!arrow->plan)
        arrow->plan =
            plan_new(&arrow->arena, arrow_reader_columns(arrow->reader)->types,
                     arrow->column_count, row, err);
    if (!arrow->plan)
        return PGW_ERROR;
    if (!arrow->array.release)
        return fetch(arrow, err);
    enum pgw_status status = write_array(arrow, row, err);
    if (status == PGW_OK)
        release_array(arrow);
    return status == PGW_OK ? PGW_MORE : status;
}

static void release(void *self)
{
    pgw_arrow_free(self);
}

void pgw_arrow_reply(pgw_arrow *arrow, struct pgw_reply *reply)
{
    static const struct pgw_rows_ops ops = {.next = next_rows, .release = release};
    reply->kind = PGW_REPLY_ROWS;
    reply->tag = "SELECT";
    reply->columns = arrow->columns;
    reply->column_count = arrow->column_count;
    reply->rows = (struct pgw_rows){.ops = &ops, .self = arrow};
}
