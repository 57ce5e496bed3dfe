/* unix_socket.c - the lock, the file, and its rights, in this order. */
#include "net/unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_PATH_BYTES = sizeof(((struct sockaddr_un *)0)->sun_path) + 8 };
enum { LOCK_TRIES = 3, LOCK_TEXT_BYTES = 512 };

static const char our_mark[] = "wirehouse";

static bool taken(const char *path, long pid, struct error *err)
{
    if (pid > 0)
        return error_set(err, "08001", "the unix socket %s is taken by process %ld",
                         path, pid);
    return error_set(err, "08001", "the unix socket %s is taken", path);
}

static bool fail(const char *path, struct error *err)
{
    return error_set(err, "08001", "cannot listen on %s: %s", path, strerror(errno));
}

/* ---- the lock ---- */

static void lock_path(const char *path, char out[LOCK_PATH_BYTES])
{
    (void)snprintf(out, LOCK_PATH_BYTES, "%s.lock", path);
}

/* Has nobody unlinked it, or put another in its place, since it was opened? */
static bool is_there(int fd, const char *path)
{
    struct stat ours, named;
    return fstat(fd, &ours) == 0 && lstat(path, &named) == 0 &&
           ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

/* Somebody else's process, which locks in PostgreSQL's way alone: 0 = it is dead, or
 * there is none. */
static long living_owner(int fd)
{
    char text[LOCK_TEXT_BYTES];
    ssize_t len = pread(fd, text, sizeof text - 1, 0);
    if (len <= 0)
        return 0;
    text[len] = '\0';
    const char *second = strchr(text, '\n');
    long pid = strtol(text, NULL, 10);
    bool is_ours = second && strncmp(second + 1, our_mark, sizeof our_mark - 1) == 0;
    if (is_ours || pid <= 0 || pid == (long)getpid())
        return 0;
    return kill((pid_t)pid, 0) == 0 || errno == EPERM ? pid : 0;
}

static bool sign(int fd, const char *path)
{
    char text[LOCK_TEXT_BYTES];
    int len = snprintf(text, sizeof text, "%ld\n%s\n%" PRId64 "\n%s\n", (long)getpid(),
                       our_mark, (int64_t)time(NULL), path);
    return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) == len;
}

/* 1: it is ours. 0: it has just gone, try again. -1: *err says why not. */
static int try_lock(const char *path, const char *lock, int *out, struct error *err)
{
    int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0) {
        (void)fail(path, err);
        return -1;
    }
    bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
    bool there = locked && is_there(fd, lock);
    long owner = there ? living_owner(fd) : 0;
    if (there && owner == 0 && sign(fd, path)) {
        *out = fd;
        return 1;
    }
    if (!locked || owner > 0)
        (void)taken(path, owner, err);
    else if (there)
        (void)fail(path, err);
    (void)close(fd);
    return locked && !there ? 0 : -1;
}

static bool take_lock(const char *path, int *out, struct error *err)
{
    char lock[LOCK_PATH_BYTES];
    lock_path(path, lock);
    for (int i = 0; i < LOCK_TRIES; i++) {
        int outcome = try_lock(path, lock, out, err);
        if (outcome != 0)
            return outcome > 0;
    }
    return taken(path, 0, err);
}

static void leave_lock(int fd, const char *path)
{
    char lock[LOCK_PATH_BYTES];
    lock_path(path, lock);
    if (is_there(fd, lock))
        (void)unlink(lock);
    (void)close(fd);
}

/* ---- the file ---- */

static int bind_to(int fd, const struct address *address)
{
    return bind(fd, (const struct sockaddr *)&address->socket, address->len);
}

/* A socket's file that nobody listens behind is what a crash has left. A plain file
 * refuses connections too, and is not ours to remove. */
static bool is_stale(const struct address *address)
{
    struct stat file;
    if (lstat(address_path(address), &file) < 0 || !S_ISSOCK(file.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    bool stale =
        connect(fd, (const struct sockaddr *)&address->socket, address->len) < 0 &&
        errno == ECONNREFUSED;
    (void)close(fd);
    return stale;
}

/* Nobody can connect before it listens: by then the rights are set. */
static bool bind_with_rights(int fd, const struct address *address,
                             const struct unix_rights *rights, struct error *err)
{
    const char *path = address_path(address);
    int bound = bind_to(fd, address);
    if (bound < 0 && errno == EADDRINUSE) {
        if (!is_stale(address) || unlink(path) < 0)
            return taken(path, 0, err);
        bound = bind_to(fd, address);
    }
    mode_t mode = (mode_t)(rights->mode ? rights->mode : 0777);
    if (bound == 0 &&
        (!rights->has_group || chown(path, (uid_t)-1, rights->group) == 0) &&
        chmod(path, mode) == 0)
        return true;
    (void)fail(path, err);
    if (bound == 0)
        (void)unlink(path);
    return false;
}

bool unix_socket_bind(int fd, const struct address *address,
                      const struct unix_rights *rights, struct unix_socket *out,
                      struct error *err)
{
    struct stat file;
    const char *path = address_path(address);
    int lock_fd = -1;
    *out = (struct unix_socket){0};
    if (!take_lock(path, &lock_fd, err))
        return false;
    if (!bind_with_rights(fd, address, rights, err) || lstat(path, &file) < 0) {
        leave_lock(lock_fd, path);
        return false;
    }
    *out = (struct unix_socket){file.st_dev, file.st_ino, lock_fd};
    return true;
}

void unix_socket_remove(struct unix_socket *socket, const char *path)
{
    struct stat file;
    if (!socket->inode)
        return;
    if (lstat(path, &file) == 0 && file.st_dev == socket->device &&
        file.st_ino == socket->inode)
        (void)unlink(path);
    leave_lock(socket->lock_fd, path);
    *socket = (struct unix_socket){0};
}
