/* idle_clients.c - many clients that have logged in and then say nothing.
 *
 *     idle_clients WHERE COUNT
 *
 * Prints "ready" once all are in, and leaves with all of them at once when its standard
 * input ends. A server that closes one of them meanwhile has failed: exit code 1. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/client/wire_client.h"

enum { PER_ADDRESS = 10000, FILES_BESIDE = 16 };

static void permit_files(size_t count)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        wire_die("getrlimit");
    files.rlim_cur = files.rlim_max;
    if (files.rlim_max < count + FILES_BESIDE || setrlimit(RLIMIT_NOFILE, &files) < 0)
        wire_die("so many descriptors are not permitted");
}

static void open_all(const char *where, size_t count, int epoll)
{
    struct buf answer = {0};
    for (size_t i = 0; i < count; i++) {
        int fd = wire_connect(where, (unsigned)(i / PER_ADDRESS));
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = fd};
        wire_login(fd, &answer);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
            wire_die("epoll_ctl");
    }
    buf_free(&answer);
}

/* Until the input ends; an idle client hears nothing. */
static void stay(int epoll)
{
    struct pollfd files[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                             {.fd = epoll, .events = POLLIN}};
    if (poll(files, 2, -1) < 0)
        wire_die("poll");
    if (files[1].revents) {
        (void)fprintf(stderr, "an idle client has heard from the server\n");
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        (void)fprintf(stderr, "usage: %s PORT|SOCKET COUNT\n", argv[0]);
        return 2;
    }
    size_t count = strtoul(argv[2], NULL, 10);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    permit_files(count);
    open_all(argv[1], count, epoll);
    (void)puts("ready");
    (void)fflush(stdout);
    stay(epoll);
    return 0;
}
