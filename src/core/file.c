/* file.c - the whole of a small file. */
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0: read. One that grows meanwhile is read to where it was. */
static int read_all(int fd, char *to, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t got = read(fd, to + done, len - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? errno : EIO;
        done += (size_t)got;
    }
    return 0;
}

/* 0, or why not. */
static int read_file(struct arena *arena, int fd, size_t max, struct slice *out)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return errno;
    if (!S_ISREG(status.st_mode))
        return EINVAL;
    if ((uint64_t)status.st_size > max)
        return EFBIG;
    size_t len = (size_t)status.st_size;
    char *text = arena_alloc(arena, len + 1);
    if (!text)
        return ENOMEM;
    text[len] = '\0';
    *out = (struct slice){text, len};
    return read_all(fd, text, len);
}

bool file_read(struct arena *arena, const char *path, size_t max, struct slice *out)
{
    /* A pipe would be waited for. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return false;
    int fault = read_file(arena, fd, max, out);
    close(fd);
    errno = fault;
    return fault == 0;
}
