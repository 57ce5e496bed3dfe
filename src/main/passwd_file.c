/* passwd_file.c - a users file that is being changed: whole, or not at all. */
#include "main/passwd_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/access_file.h"

enum { OWN_MODE = 0600, SHARED_MODE = 0640 };

static bool fail(const char *what, const char *path, struct error *err)
{
    return error_set(err, "58030", "could not %s \"%s\": %s", what, path,
                     strerror(errno));
}

static bool find_paths(struct passwd_file *file, const char *path, struct error *err)
{
    char *real = realpath(path, NULL);
    file->exists = real != NULL;
    int len = snprintf(file->path, sizeof file->path, "%s", real ? real : path);
    int fresh = snprintf(file->fresh, sizeof file->fresh, "%s.new", file->path);
    free(real);
    return (len > 0 && fresh > 0 && (size_t)fresh < sizeof file->fresh) ||
           error_set(err, "22023", "the path of the users file is too long");
}

static bool lock(struct passwd_file *file, struct error *err)
{
    file->fd = open(file->fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, OWN_MODE);
    if (file->fd >= 0)
        return true;
    if (errno != EEXIST)
        return fail("create", file->fresh, err);
    error_set(err, "55006", "somebody is changing \"%s\"", file->path);
    error_hint(err, "If nobody is, remove \"%s\".", file->fresh);
    return false;
}

bool passwd_file_open(struct passwd_file *file, const char *path, struct error *err)
{
    *file = (struct passwd_file){.text = SLICE("")};
    if (!find_paths(file, path, err) || !lock(file, err))
        return false;
    if (!file->exists ||
        access_file_read(&file->arena, file->path, true, &file->text, err))
        return true;
    passwd_file_close(file);
    return false;
}

/* Who may read the old one may read the new one. */
static bool keep_owner(const struct passwd_file *file, struct error *err)
{
    struct stat old, fresh;
    if (!file->exists)
        return true;
    if (stat(file->path, &old) < 0 || fstat(file->fd, &fresh) < 0)
        return fail("look at", file->path, err);
    mode_t mode = old.st_mode & S_IRGRP ? SHARED_MODE : OWN_MODE;
    if ((old.st_uid != fresh.st_uid || old.st_gid != fresh.st_gid) &&
        fchown(file->fd, old.st_uid, old.st_gid) < 0)
        return fail("give its owner to", file->fresh, err);
    return fchmod(file->fd, mode) == 0 || fail("change the mode of", file->fresh, err);
}

static bool write_all(const struct passwd_file *file, struct slice text,
                      struct error *err)
{
    while (text.len > 0) {
        ssize_t done = write(file->fd, text.data, text.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return fail("write", file->fresh, err);
        text.data += done;
        text.len -= (size_t)done;
    }
    return fsync(file->fd) == 0 || fail("write", file->fresh, err);
}

/* The new name, too, is on the disk. */
static bool sync_directory(const struct passwd_file *file, struct error *err)
{
    char directory[PATH_MAX] = ".";
    const char *slash = strrchr(file->path, '/');
    if (slash)
        (void)snprintf(directory, sizeof directory, "%.*s",
                       slash == file->path ? 1 : (int)(slash - file->path), file->path);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    if (!done)
        (void)fail("write", directory, err);
    if (fd >= 0)
        (void)close(fd);
    return done;
}

bool passwd_file_replace(struct passwd_file *file, struct slice text, struct error *err)
{
    if (!keep_owner(file, err) || !write_all(file, text, err))
        return false;
    if (rename(file->fresh, file->path) < 0)
        return fail("replace", file->path, err);
    file->fresh[0] = '\0';
    return sync_directory(file, err);
}

void passwd_file_close(struct passwd_file *file)
{
    (void)close(file->fd);
    if (file->fresh[0])
        (void)unlink(file->fresh);
    arena_free(&file->arena);
}
