/* idle_clients.c - many clients that have logged in and then say nothing.
 *
 *     idle_clients WHERE COUNT [tls]
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

#include "lib/client/wire_stream.h"

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

/* What a client keeps of its TLS is of no use any more. */
static void open_all(const char *where, size_t count, SSL_CTX *tls, int epoll)
{
    for (size_t i = 0; i < count; i++) {
        unsigned source = (unsigned)(i / PER_ADDRESS);
        struct wire_stream stream = wire_stream_open(where, source, tls);
        wire_stream_login(&stream);
        int fd = wire_stream_abandon(&stream);
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = fd};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
            wire_die("epoll_ctl");
    }
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
    bool has_tls = argc == 4 && strcmp(argv[3], "tls") == 0;
    if (argc != 3 && !has_tls) {
        (void)fprintf(stderr, "usage: %s PORT|SOCKET COUNT [tls]\n", argv[0]);
        return 2;
    }
    size_t count = strtoul(argv[2], NULL, 10);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    permit_files(count);
    SSL_CTX *tls = has_tls ? wire_tls() : NULL;
    open_all(argv[1], count, tls, epoll);
    SSL_CTX_free(tls);
    (void)puts("ready");
    (void)fflush(stdout);
    stay(epoll);
    return 0;
}
