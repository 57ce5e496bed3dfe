/* echo_load.c - a load client for a server that echoes: closed loop, one thread.
 *
 *     echo_load PORT|SOCKET CLIENTS DEPTH SECONDS SERVER_PID
 *
 * Each client has DEPTH requests of 64 bytes under way: it writes them at once, waits
 * until all have come back, and writes again. Prints requests per second and the
 * server's CPU time per request; context switches tell how often its threads slept. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/clock.h"

enum { REQUEST_BYTES = 64, DEPTH_MAX = 256, EVENTS = 64 };

struct client {
    int fd;
    size_t missing; /* bytes that have not come back */
};

static char requests[REQUEST_BYTES * DEPTH_MAX];

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int connect_to(const char *where)
{
    struct sockaddr_in tcp = {.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)strtoul(where, NULL, 10)),
                              .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    bool is_unix = where[0] == '/';
    const int on = 1;
    (void)snprintf(local.sun_path, sizeof local.sun_path, "%s", where);
    int fd = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = is_unix ? connect(fd, (struct sockaddr *)&local, sizeof local)
                         : connect(fd, (struct sockaddr *)&tcp, sizeof tcp);
    if (fd < 0 || result < 0)
        die("connect");
    if (!is_unix)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void send_requests(struct client *client, size_t depth)
{
    client->missing = depth * REQUEST_BYTES;
    if (write(client->fd, requests, client->missing) != (ssize_t)client->missing)
        die("write");
}

/* Requests answered: the whole batch or none yet. */
static size_t receive(struct client *client, size_t depth)
{
    char answers[sizeof requests];
    ssize_t got = read(client->fd, answers, client->missing);
    if (got <= 0)
        die("read");
    client->missing -= (size_t)got;
    if (client->missing > 0)
        return 0;
    send_requests(client, depth);
    return depth;
}

static size_t run(int epoll, size_t depth, uint64_t until_us)
{
    struct epoll_event events[EVENTS];
    size_t answered = 0;
    while (clock_now_us() < until_us) {
        int count = epoll_wait(epoll, events, EVENTS, 100);
        for (int i = 0; i < count; i++)
            answered += receive(events[i].data.ptr, depth);
    }
    return answered;
}

/* User and system time of a process, in clock ticks. */
static unsigned long cpu_ticks(const char *pid)
{
    char path[64], line[1024];
    unsigned long user = 0, system = 0;
    (void)snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file || !fgets(line, sizeof line, file))
        die(path);
    (void)fclose(file);
    const char *fields = strrchr(line, ')');
    if (!fields ||
        sscanf(fields, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system) != 2)
        die("stat");
    return user + system;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        (void)fprintf(stderr, "usage: %s PORT|SOCKET CLIENTS DEPTH SECONDS PID\n",
                      argv[0]);
        return 2;
    }
    size_t clients = strtoul(argv[2], NULL, 10), depth = strtoul(argv[3], NULL, 10);
    uint64_t length_us = (uint64_t)(strtod(argv[4], NULL) * 1e6);
    if (clients < 1 || depth < 1 || depth > DEPTH_MAX)
        return 2;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct client *all = calloc(clients, sizeof *all);
    for (size_t i = 0; all && i < clients; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        all[i].fd = connect_to(argv[1]);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event) < 0)
            die("epoll_ctl");
        send_requests(&all[i], depth);
    }
    (void)run(epoll, depth, clock_now_us() + length_us / 5); /* warm */
    unsigned long before = cpu_ticks(argv[5]);
    uint64_t begun_us = clock_now_us();
    size_t answered = run(epoll, depth, begun_us + length_us);
    double seconds = (double)(clock_now_us() - begun_us) / 1e6;
    double cpu_us =
        (double)(cpu_ticks(argv[5]) - before) * 1e6 / (double)sysconf(_SC_CLK_TCK);
    (void)printf("clients %zu depth %zu: %.0f requests/s, %.2f us CPU/request\n",
                 clients, depth, (double)answered / seconds, cpu_us / (double)answered);
    free(all);
    return 0;
}
