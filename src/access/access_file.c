/* access_file.c - the files that say who may connect, read whole. */
#include "access/access_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "pgwire/crypto.h"

struct text {
    size_t len;
    char bytes[];
};

static void wipe(void *object)
{
    struct text *text = object;
    crypto_wipe(text->bytes, text->len);
}

static bool unreadable(const char *path, struct error *err)
{
    return error_set(err, "58P01", "could not read \"%s\": %s", path, strerror(errno));
}

static bool check_file(const char *path, const struct stat *file, bool is_secret,
                       struct error *err)
{
    if (!S_ISREG(file->st_mode))
        return error_set(err, "F0000", "\"%s\" is not a regular file", path);
    if (file->st_size > ACCESS_FILE_MAX)
        return error_set(err, "F0000", "\"%s\" is larger than %d bytes", path,
                         ACCESS_FILE_MAX);
    if (!is_secret || !(file->st_mode & (S_IRWXO | S_IWGRP)))
        return true;
    error_set(err, "F0000", "the permissions of \"%s\" are too wide: %04o", path,
              (unsigned)(file->st_mode & 07777));
    error_hint(err, "It holds secrets: chmod 600, or 640, is what it should have.");
    return false;
}

/* What is appended meanwhile is not read, what is cut off is not missed. */
static bool read_all(int fd, struct text *text)
{
    size_t done = 0;
    while (done < text->len) {
        ssize_t got = read(fd, text->bytes + done, text->len - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    text->len = done;
    text->bytes[done] = '\0';
    return true;
}

/* NULL: *err says why. */
static struct text *make_text(struct arena *arena, size_t len, bool is_secret,
                              struct error *err)
{
    struct text *text = arena_calloc(arena, 1, sizeof *text + len + 1);
    if (text)
        text->len = len;
    if (text && (!is_secret || arena_on_reset(arena, wipe, text)))
        return text;
    error_no_memory(err);
    return NULL;
}

/* NULL: *err says why. */
static struct text *read_open(struct arena *arena, int fd, const char *path,
                              bool is_secret, struct error *err)
{
    struct stat file;
    if (fstat(fd, &file) < 0) {
        (void)unreadable(path, err);
        return NULL;
    }
    if (!check_file(path, &file, is_secret, err))
        return NULL;
    struct text *text = make_text(arena, (size_t)file.st_size, is_secret, err);
    if (!text || read_all(fd, text))
        return text;
    (void)unreadable(path, err);
    return NULL;
}

bool access_file_read(struct arena *arena, const char *path, bool is_secret,
                      struct slice *out, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return unreadable(path, err);
    struct text *text = read_open(arena, fd, path, is_secret, err);
    (void)close(fd);
    if (!text)
        return false;
    *out = (struct slice){text->bytes, text->len};
    return true;
}

bool access_fault(struct error *err, const char *file, unsigned line,
                  const char *format, ...)
{
    char reason[512];
    va_list args;
    va_start(args, format);
    text_format(reason, sizeof reason, format, args);
    va_end(args);
    return error_set(err, "F0000", "%s:%u: %s", file, line, reason);
}
