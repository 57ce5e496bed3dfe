/* spool_file.c - batches in a file that has no name.
 *
 *     0 ──────── start ──────────────── end
 *       read already   to be read        next batch goes here
 *
 * A batch is written through a small buffer on the stack. `end` moves when all of it is
 * there; after a failure the file is cut back to it. */
#include "spool/spool_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch/pack.h"
#include "spool/unnamed.h"

struct spool_file {
    struct spool_budget *budget;
    int fd;
    uint64_t start, end;
};

/* ---- errors ---- */

static bool system_error(struct error *err, const char *what)
{
    return unnamed_error(err, what, "the rows of a suspended portal");
}

static bool limit_error(struct error *err, uint64_t limit, const char *whose,
                        const char *option)
{
    error_set(err, "53400", "the rows of %s do not fit into %llu MB of files", whose,
              (unsigned long long)(limit >> 20));
    error_hint(err,
               "Fetch all rows of the portal, or close it, before the next statement; "
               "or raise %s.",
               option);
    return false;
}

/* ---- the file ---- */

struct spool_file *spool_file_new(struct spool_budget *budget, struct error *err)
{
    struct spool_file *file = calloc(1, sizeof *file);
    if (!file) {
        error_no_memory(err);
        return NULL;
    }
    file->budget = budget;
    file->fd = unnamed_open(budget->limits.directory);
    if (file->fd >= 0)
        return file;
    system_error(err, "open a file for");
    free(file);
    return NULL;
}

void spool_file_free(struct spool_file *file)
{
    if (!file)
        return;
    budget_sub_disk(file->budget, file->end);
    close(file->fd);
    free(file);
}

bool spool_file_is_read(const struct spool_file *file)
{
    return file->start == file->end;
}

/* ---- writing ---- */

struct writer {
    struct spool_file *file;
    struct error *err;
    uint64_t at; /* how far the file has been written */
    size_t used;
    char buffer[16384];
};

static bool write_all(struct writer *writer, const char *data, size_t len)
{
    struct spool_file *file = writer->file;
    const struct spool_limits *limits = &file->budget->limits;
    if (len > limits->disk || writer->at > limits->disk - len)
        return limit_error(writer->err, limits->disk, "a suspended portal",
                           "--portal-disk");
    if (!budget_take_disk(file->budget, len))
        return limit_error(writer->err, limits->disk_total, "all suspended portals",
                           "--portal-disk-total");
    uint64_t end = writer->at + len;
    while (writer->at < end) {
        ssize_t put =
            pwrite(file->fd, data, (size_t)(end - writer->at), (off_t)writer->at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            budget_sub_disk(file->budget, end - writer->at);
            return system_error(writer->err, "keep");
        }
        data += put;
        writer->at += (uint64_t)put;
    }
    return true;
}

static bool flush(struct writer *writer)
{
    size_t len = writer->used;
    writer->used = 0;
    return len == 0 || write_all(writer, writer->buffer, len);
}

static bool write_bytes(void *self, const void *data, size_t len)
{
    struct writer *writer = self;
    if (len > sizeof writer->buffer - writer->used && !flush(writer))
        return false;
    if (len > sizeof writer->buffer)
        return write_all(writer, data, len);
    memcpy(writer->buffer + writer->used, data, len);
    writer->used += len;
    return true;
}

/* What cannot be cut off stays on the disk until the file is closed. */
static void cut(struct spool_file *file, uint64_t length)
{
    int kept = ftruncate(file->fd, (off_t)length);
    (void)kept;
}

/* Forget what lies beyond the last whole batch. */
static void cut_back(struct spool_file *file, uint64_t written)
{
    budget_sub_disk(file->budget, written - file->end);
    cut(file, file->end);
}

bool spool_file_append(struct spool_file *file, const struct batch *batch,
                       struct error *err)
{
    struct writer writer = {.file = file, .err = err, .at = file->end};
    const struct pack_sink sink = {write_bytes, &writer};
    if (batch_pack(batch, &sink) && flush(&writer)) {
        file->end = writer.at;
        return true;
    }
    cut_back(file, writer.at);
    return false;
}

/* ---- reading ---- */

struct reader {
    int fd;
    uint64_t at;
};

static bool read_bytes(void *self, void *data, size_t len)
{
    struct reader *reader = self;
    char *to = data;
    while (len > 0) {
        ssize_t got = pread(reader->fd, to, len, (off_t)reader->at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            errno = EIO; /* shorter than what was written */
        if (got <= 0)
            return false;
        to += got;
        reader->at += (uint64_t)got;
        len -= (size_t)got;
    }
    return true;
}

/* What has been read, all of it, or will never be, leaves the disk. */
static void empty(struct spool_file *file)
{
    budget_sub_disk(file->budget, file->end);
    cut(file, 0);
    file->start = file->end = 0;
}

static bool unpack(struct reader *reader, const struct spool_columns *columns,
                   struct arena *arena, struct batch *out, struct error *err)
{
    const struct pack_source source = {read_bytes, reader};
    switch (batch_unpack(&source, columns->types, columns->count, arena, out)) {
    case UNPACK_DONE:
        return true;
    case UNPACK_NO_MEMORY:
        return error_no_memory(err);
    case UNPACK_REFUSED:
        return system_error(err, "read");
    case UNPACK_MALFORMED:
        break;
    }
    return error_set(err, "58030", "the rows of a suspended portal are damaged");
}

bool spool_file_next(struct spool_file *file, const struct spool_columns *columns,
                     struct arena *arena, struct batch *out, struct error *err)
{
    struct reader reader = {file->fd, file->start};
    bool done = unpack(&reader, columns, arena, out, err);
    file->start = reader.at;
    if (!done || spool_file_is_read(file))
        empty(file);
    return done;
}

uint64_t spool_file_end(const struct spool_file *file)
{
    return file->end;
}

bool spool_file_read(const struct spool_file *file, uint64_t at,
                     const struct spool_columns *columns, struct arena *arena,
                     struct batch *out, struct error *err)
{
    struct reader reader = {file->fd, at};
    return unpack(&reader, columns, arena, out, err);
}
