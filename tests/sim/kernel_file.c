/* kernel_file.c - descriptors, the lowest free one first, and event counters. */
#include "kernel_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/types.h>

#include "faults.h"
#include "sched.h"

static struct file files[KERNEL_FILES];

void kernel_begin(void)
{
    memset(files, 0, sizeof files);
    sock_begin();
}

void kernel_end(void)
{
    sock_end();
}

unsigned kernel_open_files(void)
{
    unsigned count = 0;
    for (int i = 0; i < KERNEL_FILES; i++)
        count += files[i].kind != FILE_NONE;
    return count;
}

int kernel_new_file(enum file_kind kind)
{
    for (int i = 0; i < KERNEL_FILES; i++) {
        if (files[i].kind == FILE_NONE) {
            memset(&files[i], 0, sizeof files[i]);
            files[i].kind = kind;
            return KERNEL_FIRST_FD + i;
        }
    }
    errno = EMFILE;
    return -1;
}

struct file *kernel_file(int fd)
{
    int i = fd - KERNEL_FIRST_FD;
    if (i < 0 || i >= KERNEL_FILES || files[i].kind == FILE_NONE)
        return NULL;
    return &files[i];
}

uint32_t kernel_poll(int fd)
{
    const struct file *file = kernel_file(fd);
    if (file->kind == FILE_EVENT)
        return (file->count > 0 ? EPOLLIN : 0) | EPOLLOUT;
    if (file->kind == FILE_LISTENER)
        return sock_backlog_waits(fd) ? EPOLLIN : 0;
    return file->kind == FILE_SOCK ? sock_poll(file->sock) : 0;
}

void kernel_tell(int fd, uint32_t events)
{
    for (int i = 0; i < KERNEL_FILES; i++)
        if (files[i].kind == FILE_EPOLL)
            epoll_tell(&files[i], fd, events);
}

struct sock *kernel_sock(int fd)
{
    const struct file *file = kernel_file(fd);
    return file && file->kind == FILE_SOCK ? file->sock : NULL;
}

/* ---- in libc's place ---- */

int __wrap_open(const char *path, int flags, ...);
int __wrap_eventfd(unsigned initial, int flags);
ssize_t __wrap_read(int fd, void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
int __wrap_close(int fd);

int __wrap_open(const char *path, int flags, ...)
{
    (void)flags;
    SIM_CHECK(strcmp(path, "/dev/null") == 0, "open(%s)", path);
    return kernel_new_file(FILE_NULL);
}

int __wrap_eventfd(unsigned initial, int flags)
{
    SIM_CHECK(initial == 0 && flags & EFD_NONBLOCK, "an eventfd that could block");
    return kernel_new_file(FILE_EVENT);
}

ssize_t __wrap_read(int fd, void *bytes, size_t len)
{
    sched_point(__func__, __LINE__);
    struct file *file = kernel_file(fd);
    SIM_CHECK(file && file->kind == FILE_EVENT && len == 8, "read(%d)", fd);
    if (file->count == 0) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(bytes, &file->count, sizeof file->count);
    file->count = 0;
    return 8;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
    uint64_t more;
    sched_point(__func__, __LINE__);
    struct file *file = kernel_file(fd);
    SIM_CHECK(file && file->kind == FILE_EVENT && len == 8, "write(%d)", fd);
    memcpy(&more, bytes, sizeof more);
    file->count += more;
    if (!fault_event_is_lost(fd))
        kernel_tell(fd, EPOLLIN);
    return 8;
}

int __wrap_close(int fd)
{
    sched_point(__func__, __LINE__);
    struct file *file = kernel_file(fd);
    SIM_CHECK(file, "close(%d) of what is not open", fd);
    if (file->kind == FILE_SOCK)
        sock_close(file->sock);
    if (file->kind == FILE_LISTENER)
        sock_listener_closed(fd);
    file->kind = FILE_NONE;
    for (int i = 0; i < KERNEL_FILES; i++)
        if (files[i].kind == FILE_EPOLL)
            epoll_forget(&files[i], fd);
    return 0;
}
