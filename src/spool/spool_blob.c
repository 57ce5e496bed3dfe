/* spool_blob.c - bytes in a file without a name, written by somebody who needs a path.
 */
#include "spool/spool_blob.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/unnamed.h"

struct spool_blob {
    struct spool_budget *budget;
    int fd;
    uint64_t taken; /* of the budget */
    uint64_t at;    /* read so far */
    char path[40];
};

static const char what_it_is[] = "the file of a COPY";

struct spool_blob *spool_blob_new(struct spool_budget *budget, struct error *err)
{
    struct spool_blob *blob = calloc(1, sizeof *blob);
    if (!blob) {
        error_no_memory(err);
        return NULL;
    }
    blob->budget = budget;
    blob->fd = unnamed_open(budget->limits.directory);
    (void)snprintf(blob->path, sizeof blob->path, "/proc/self/fd/%d", blob->fd);
    if (blob->fd >= 0)
        return blob;
    unnamed_error(err, "open", what_it_is);
    free(blob);
    return NULL;
}

void spool_blob_free(struct spool_blob *blob)
{
    if (!blob)
        return;
    budget_sub_disk(blob->budget, blob->taken);
    close(blob->fd);
    free(blob);
}

const char *spool_blob_path(const struct spool_blob *blob)
{
    return blob->path;
}

static bool too_large(struct error *err, uint64_t limit, const char *option)
{
    error_set(err, "53400", "%s does not fit into %llu MB", what_it_is,
              (unsigned long long)(limit >> 20));
    error_hint(err, "Raise %s.", option);
    return false;
}

bool spool_blob_account(struct spool_blob *blob, struct error *err)
{
    const struct spool_limits *limits = &blob->budget->limits;
    struct stat about;
    if (fstat(blob->fd, &about) != 0)
        return unnamed_error(err, "look at", what_it_is);
    uint64_t size = about.st_size > 0 ? (uint64_t)about.st_size : 0;
    if (size > limits->disk)
        return too_large(err, limits->disk, "--portal-disk");
    if (size <= blob->taken)
        return true;
    if (!budget_take_disk(blob->budget, size - blob->taken))
        return too_large(err, limits->disk_total, "--portal-disk-total");
    blob->taken = size;
    return true;
}

ptrdiff_t spool_blob_read(struct spool_blob *blob, void *to, size_t size,
                          struct error *err)
{
    ssize_t got;
    do {
        got = pread(blob->fd, to, size, (off_t)blob->at);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        unnamed_error(err, "read", what_it_is);
    else
        blob->at += (uint64_t)got;
    return got;
}

bool spool_blob_write(struct spool_blob *blob, const void *data, size_t len,
                      struct error *err)
{
    const char *from = data;
    while (len > 0) {
        ssize_t put = write(blob->fd, from, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return unnamed_error(err, "write", what_it_is);
        from += put;
        len -= (size_t)put;
    }
    return true;
}
