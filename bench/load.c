/* load.c - a load client: closed loop, one thread, any number of connections.
 *
 *     load MODE WHERE CLIENTS DEPTH SECONDS SERVER_PID [SQL]
 *
 * MODE is echo (64 bytes that come back), or PostgreSQL's protocol: simple (Query),
 * prepared (Bind, Execute, Sync of a statement prepared once), unprepared (Parse, Bind,
 * Describe, Execute, Sync), connect (a login, Terminate, a new connection; DEPTH is 1).
 * WHERE is a port or a unix socket's path. Each client has DEPTH requests under way: it
 * writes them at once, waits until all are answered, and writes again. Prints requests
 * per second and the server's CPU time per request, its children included. Answers are
 * only counted, never looked at, but for errors. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/clock.h"
#include "lib/client/server_cpu.h"
#include "lib/client/wire_client.h"

enum { ECHO_BYTES = 64, DEPTH_MAX = 1024, EVENTS = 64 };

struct client {
    int fd;
    size_t missing;  /* answers that have not come */
    struct buf part; /* of an answer's message */
};

struct load {
    const char *where;
    bool echo, connects;
    struct buf opening; /* what a connection begins with, answered by one ReadyForQuery
                         * each */
    size_t openings;
    struct buf batch; /* DEPTH requests */
    size_t depth;
};

/* ---- messages ---- */

static void put_bind(struct buf *out, const char *name)
{
    size_t begun = wire_begin(out, 'B');
    wire_put_string(out, "");
    wire_put_string(out, name);
    wire_put(out, "\0\0\0\0\0", 6); /* no formats, no values, no result formats */
    wire_end(out, begun);
}

static void put_request(struct buf *out, const char *mode, const char *sql)
{
    bool prepared = strcmp(mode, "prepared") == 0;
    if (strcmp(mode, "simple") == 0) {
        wire_query(out, sql);
        return;
    }
    if (!prepared)
        wire_parse(out, "", sql);
    put_bind(out, prepared ? "s" : "");
    if (!prepared)
        wire_describe(out, 'P', "");
    wire_execute(out, "", 0);
    wire_bare(out, 'S');
}

static void prepare_load(struct load *load, const char *mode, const char *sql)
{
    static const char echo[ECHO_BYTES];
    load->echo = strcmp(mode, "echo") == 0;
    load->connects = strcmp(mode, "connect") == 0;
    for (size_t i = 0; i < load->depth; i++) {
        if (load->echo)
            wire_put(&load->batch, echo, sizeof echo);
        else if (load->connects)
            wire_startup(&load->batch);
        else
            put_request(&load->batch, mode, sql);
    }
    if (load->echo || load->connects)
        return;
    wire_startup(&load->opening);
    load->openings = 1;
    if (strcmp(mode, "prepared") != 0)
        return;
    wire_parse(&load->opening, "s", sql);
    wire_bare(&load->opening, 'S');
    load->openings++;
}

/* ---- connections ---- */

/* Whole messages are taken off; ReadyForQuery ends an answer. */
static size_t count_ready(struct buf *input)
{
    struct wire_message message;
    size_t ready = 0;
    while (wire_peek(input, &message)) {
        if (message.type == 'E') {
            (void)fwrite(message.body, 1, message.len, stderr);
            exit(1);
        }
        ready += message.type == 'Z';
        wire_drop(input, &message);
    }
    return ready;
}

/* Answers that have come with one read. */
static size_t receive(struct client *client, bool echo)
{
    (void)wire_read(client->fd, &client->part);
    if (!echo)
        return count_ready(&client->part);
    size_t answers = buf_len(&client->part) / ECHO_BYTES;
    buf_consume(&client->part, answers * ECHO_BYTES);
    return answers;
}

static void watch(int epoll, struct client *client)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) < 0)
        wire_die("epoll_ctl");
}

static void open_client(int epoll, struct client *client, const struct load *load)
{
    client->fd = wire_connect(load->where, 0);
    wire_write(client->fd, &load->opening);
    for (size_t ready = 0; ready < load->openings;)
        ready += receive(client, false);
    watch(epoll, client);
}

/* A client that is done leaves, as clients do, and another comes. */
static void renew_client(int epoll, struct client *client, const struct load *load)
{
    struct buf farewell = {0};
    wire_bare(&farewell, 'X');
    wire_write(client->fd, &farewell);
    buf_free(&farewell);
    (void)close(client->fd);
    open_client(epoll, client, load);
}

static void send_batch(struct client *client, const struct load *load)
{
    client->missing = load->depth;
    wire_write(client->fd, &load->batch);
}

static size_t run(int epoll, const struct load *load, uint64_t until_us)
{
    struct epoll_event events[EVENTS];
    size_t answered = 0;
    while (clock_now_us() < until_us) {
        int count = epoll_wait(epoll, events, EVENTS, 100);
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            size_t answers = receive(client, load->echo);
            client->missing -= answers;
            answered += answers;
            if (client->missing > 0)
                continue;
            if (load->connects)
                renew_client(epoll, client, load);
            send_batch(client, load);
        }
    }
    return answered;
}

/* ---- */

static void measure(int epoll, const struct load *load, double seconds,
                    unsigned long pid)
{
    static struct server_cpu before;
    uint64_t length_us = (uint64_t)(seconds * 1e6);
    (void)run(epoll, load, clock_now_us() + length_us / 5); /* warm */
    server_cpu_take(pid, &before);
    uint64_t begun_us = clock_now_us();
    size_t answered = run(epoll, load, begun_us + length_us);
    double took = (double)(clock_now_us() - begun_us) / 1e6;
    double cpu_us = (double)server_cpu_since(&before, pid) / 1e3;
    (void)printf("%.0f requests/s, %.2f us CPU/request\n", (double)answered / took,
                 cpu_us / (double)answered);
}

int main(int argc, char **argv)
{
    if (argc < 7) {
        (void)fprintf(stderr,
                      "usage: %s echo|connect|simple|prepared|unprepared PORT|SOCKET "
                      "CLIENTS DEPTH SECONDS PID [SQL]\n",
                      argv[0]);
        return 2;
    }
    size_t clients = strtoul(argv[3], NULL, 10);
    struct load load = {.where = argv[2], .depth = strtoul(argv[4], NULL, 10)};
    if (clients < 1 || load.depth < 1 || load.depth > DEPTH_MAX)
        return 2;
    prepare_load(&load, argv[1], argc > 7 ? argv[7] : "select 1");
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct client *all = calloc(clients, sizeof *all);
    for (size_t i = 0; all && i < clients; i++) {
        open_client(epoll, &all[i], &load);
        send_batch(&all[i], &load);
    }
    measure(epoll, &load, strtod(argv[5], NULL), strtoul(argv[6], NULL, 10));
    free(all);
    return 0;
}
