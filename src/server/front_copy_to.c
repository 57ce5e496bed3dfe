/* front_copy_to.c - rows as the data of COPY … TO STDOUT.
 *
 *     text, csv, binary   libpgwire writes them, in the style of the options
 *     arrow               a message of the stream is a CopyData: schema, batches, end
 *     parquet             pieces of the file */
#include <string.h>

#include "core/buf.h"
#include "encode/arrow_ipc.h"
#include "server/copy_to.h"
#include "server/front_rows.h"

/* Arrow on its way; in the arena of the rows. */
struct stream {
    struct front_rows *rows;
    struct arrow_ipc *ipc; /* NULL: nothing was sent yet */
    struct buf message;    /* the one that is being made */
};

/* ---- messages ---- */

/* What stands in front of so many bytes of data. */
static void put_frame(uint8_t *to, size_t len)
{
    size_t frame = len + 4;
    to[0] = 'd';
    for (size_t i = 0; i < 4; i++)
        to[1 + i] = (uint8_t)(frame >> (24 - 8 * i));
}

/* The message as CopyData, which stands for so many rows. False: no memory, as the sink
 * says. */
static bool send_message(struct stream *stream, pgw_row *row, size_t rows)
{
    size_t len = buf_len(&stream->message);
    uint8_t *to = pgw_row_reserve(row, 5 + len);
    if (!to)
        return false;
    put_frame(to, len);
    memcpy(to + 5, buf_data(&stream->message), len);
    (void)pgw_row_commit(row, 5 + len, rows);
    buf_consume(&stream->message, len);
    return true;
}

static enum pgw_status failed(const char *sqlstate, struct pgw_error *err)
{
    static const struct {
        const char *sqlstate, *text;
    } texts[] = {
        {"53200", "out of memory"},
        {"0A000", "a column is of a type that cannot be sent in the Arrow format"},
        {"22003", "an integer has more than the 38 digits of Arrow's decimals"},
        {"22008", "an interval is out of the range of Arrow's"},
        {"54000", "a value is too long for the Arrow format"}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (strcmp(texts[i].sqlstate, sqlstate) == 0)
            return pgw_fail(err, sqlstate, "%s", texts[i].text);
    }
    return pgw_fail(err, sqlstate, "a value cannot be sent in the Arrow format");
}

static enum pgw_status begin(struct stream *stream, pgw_row *row, struct pgw_error *err)
{
    struct front_rows *rows = stream->rows;
    const struct query *source = rows->copy->source;
    const char **names = arena_calloc(rows->arena, rows->column_count, sizeof *names);
    if (!names)
        return failed("53200", err);
    for (size_t i = 0; i < rows->column_count; i++)
        names[i] = source->columns[i].name;
    stream->ipc = arrow_ipc_new(names, rows->types, rows->column_count);
    const char *failure =
        stream->ipc ? arrow_ipc_schema(stream->ipc, &stream->message) : "53200";
    if (failure)
        return failed(failure, err);
    return send_message(stream, row, 0) ? PGW_OK : PGW_ERROR;
}

static enum pgw_status end(struct stream *stream, pgw_row *row, struct pgw_error *err)
{
    if (!arrow_ipc_end(&stream->message))
        return failed("53200", err);
    return send_message(stream, row, 0) ? PGW_OK : PGW_ERROR;
}

/* ---- the source ---- */

static enum pgw_status stream_next(void *self, pgw_row *row, struct pgw_error *err)
{
    struct stream *stream = self;
    struct front_rows *rows = stream->rows;
    if (!stream->ipc && begin(stream, row, err) != PGW_OK)
        return PGW_ERROR;
    while (pgw_row_limit(row) > 0) {
        enum pgw_status status = front_rows_fetch(rows, err);
        if (status == PGW_OK)
            return end(stream, row, err);
        if (status != PGW_MORE)
            return status;
        size_t first = rows->next;
        const char *failure =
            arrow_ipc_rows(stream->ipc, rows->batch, &rows->next, &stream->message);
        if (failure)
            return failed(failure, err);
        if (!send_message(stream, row, rows->next - first))
            return PGW_ERROR;
    }
    return PGW_MORE;
}

static void stream_release(void *self)
{
    struct stream *stream = self;
    arrow_ipc_free(stream->ipc);
    buf_free(&stream->message);
    front_rows_release(stream->rows); /* in whose arena the stream is */
}

static const struct pgw_rows_ops stream_ops = {.next = stream_next,
                                               .release = stream_release};

/* ---- a file ---- */

/* The count of its rows goes with its first piece. */
static enum pgw_status file_next(void *self, pgw_row *row, struct pgw_error *err)
{
    enum { PIECE = 32 << 10 };
    struct front_rows *rows = self;
    struct error error;
    while (pgw_row_limit(row) > 0) {
        uint8_t *to = pgw_row_reserve(row, 5 + PIECE);
        if (!to)
            return PGW_ERROR;
        ptrdiff_t got = spool_blob_read(rows->copy->file, to + 5, PIECE, &error);
        if (got < 0)
            return front_error(PGW_ERROR, &error, err);
        if (got == 0)
            return PGW_OK;
        put_frame(to, (size_t)got);
        (void)pgw_row_commit(row, 5 + (size_t)got, (size_t)rows->file_rows);
        rows->file_rows = 0;
    }
    return PGW_MORE;
}

static const struct pgw_rows_ops file_ops = {.next = file_next,
                                             .release = front_rows_release};

bool front_copy_to(struct front_rows *rows, struct pgw_reply *reply)
{
    enum copy_format format = rows->copy->options.format;
    reply->kind = PGW_REPLY_COPY_OUT;
    reply->copy_style = &rows->copy->style;
    if (format == COPY_FORMAT_PARQUET || format == COPY_FORMAT_ARROW)
        reply->copy_format = PGW_BINARY_FORMAT;
    if (format == COPY_FORMAT_PARQUET)
        reply->rows.ops = &file_ops;
    if (format != COPY_FORMAT_ARROW)
        return true;
    struct stream *stream = arena_calloc(rows->arena, 1, sizeof *stream);
    if (!stream)
        return false;
    stream->rows = rows;
    reply->rows = (struct pgw_rows){&stream_ops, stream};
    return true;
}
