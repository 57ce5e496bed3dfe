/* load.c - a load client: closed loop, one thread, any number of connections.
 *
 *     load MODE WHERE CLIENTS DEPTH SECONDS SERVER_PID [SQL]
 *
 * MODE is echo (64 bytes that come back), or PostgreSQL's protocol: simple (Query),
 * prepared (Bind, Execute, Sync of a statement prepared once), unprepared (Parse, Bind,
 * Describe, Execute, Sync). WHERE is a port or a unix socket's path. Each client has
 * DEPTH requests under way: it writes them at once, waits until all are answered, and
 * writes again. Prints requests per second and the server's CPU time per request, its
 * children included. Answers are only counted, never looked at, but for errors. */
#include <arpa/inet.h>
#include <dirent.h>
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

#include "core/buf.h"
#include "core/clock.h"

enum { ECHO_BYTES = 64, DEPTH_MAX = 1024, EVENTS = 64, HEADER = 5 };

struct client {
    int fd;
    size_t missing;  /* answers that have not come */
    struct buf part; /* of an answer's message */
};

struct load {
    bool echo;
    struct buf opening; /* what a connection begins with, answered by one ReadyForQuery
                         * each */
    size_t openings;
    struct buf batch; /* DEPTH requests */
    size_t depth;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- messages ---- */

static void put(struct buf *out, const void *data, size_t len)
{
    if (!buf_append(out, data, len))
        die("memory");
}

static void put_message(struct buf *out, char type, const void *body, size_t len)
{
    uint32_t length = htonl((uint32_t)len + 4);
    if (type)
        put(out, &type, 1);
    put(out, &length, sizeof length);
    put(out, body, len);
}

static void put_startup(struct buf *out)
{
    static const char body[] = "\0\3\0\0user\0postgres\0database\0main\0";
    put_message(out, '\0', body, sizeof body);
}

static void put_parse(struct buf *out, const char *name, const char *sql)
{
    struct buf body = {0};
    put(&body, name, strlen(name) + 1);
    put(&body, sql, strlen(sql) + 1);
    put(&body, "\0", 2);
    put_message(out, 'P', buf_data(&body), buf_len(&body));
    buf_free(&body);
}

static void put_bind(struct buf *out, const char *name)
{
    struct buf body = {0};
    put(&body, "", 1);
    put(&body, name, strlen(name) + 1);
    put(&body, "\0\0\0\0\0", 6); /* no formats, no values, no result formats */
    put_message(out, 'B', buf_data(&body), buf_len(&body));
    buf_free(&body);
}

static void put_request(struct buf *out, const char *mode, const char *sql)
{
    static const char all_rows[] = "\0\0\0\0"; /* of the unnamed portal */
    bool prepared = strcmp(mode, "prepared") == 0;
    if (strcmp(mode, "simple") == 0) {
        put_message(out, 'Q', sql, strlen(sql) + 1);
        return;
    }
    if (!prepared)
        put_parse(out, "", sql);
    put_bind(out, prepared ? "s" : "");
    if (!prepared)
        put_message(out, 'D', "P", 2);
    put_message(out, 'E', all_rows, sizeof all_rows);
    put_message(out, 'S', "", 0);
}

static void prepare_load(struct load *load, const char *mode, const char *sql)
{
    static const char echo[ECHO_BYTES];
    load->echo = strcmp(mode, "echo") == 0;
    for (size_t i = 0; i < load->depth; i++) {
        if (load->echo)
            put(&load->batch, echo, sizeof echo);
        else
            put_request(&load->batch, mode, sql);
    }
    if (load->echo)
        return;
    put_startup(&load->opening);
    load->openings = 1;
    if (strcmp(mode, "prepared") != 0)
        return;
    put_parse(&load->opening, "s", sql);
    put_message(&load->opening, 'S', "", 0);
    load->openings++;
}

/* ---- connections ---- */

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

static void write_all(int fd, const struct buf *data)
{
    if (write(fd, buf_data(data), buf_len(data)) != (ssize_t)buf_len(data))
        die("write");
}

static uint32_t read_u32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 |
           (uint32_t)from[3];
}

/* Whole messages are taken off; ReadyForQuery ends an answer. */
static size_t count_ready(struct buf *input)
{
    size_t ready = 0;
    while (buf_len(input) >= HEADER) {
        const uint8_t *message = buf_data(input);
        size_t size = read_u32(message + 1) + 1;
        if (buf_len(input) < size)
            break;
        if (message[0] == 'E') {
            (void)fwrite(message + HEADER, 1, size - HEADER, stderr);
            exit(1);
        }
        ready += message[0] == 'Z';
        buf_consume(input, size);
    }
    return ready;
}

/* Answers that have come with one read. */
static size_t receive(struct client *client, bool echo)
{
    uint8_t *room = buf_reserve(&client->part, 65536);
    ssize_t got = room ? read(client->fd, room, buf_room(&client->part)) : -1;
    if (got <= 0)
        die("read");
    buf_commit(&client->part, (size_t)got);
    if (!echo)
        return count_ready(&client->part);
    size_t answers = buf_len(&client->part) / ECHO_BYTES;
    buf_consume(&client->part, answers * ECHO_BYTES);
    return answers;
}

static void open_client(struct client *client, const char *where,
                        const struct load *load)
{
    client->fd = connect_to(where);
    if (!load->echo)
        write_all(client->fd, &load->opening);
    for (size_t ready = 0; ready < load->openings;)
        ready += receive(client, false);
}

static void send_batch(struct client *client, const struct load *load)
{
    client->missing = load->depth;
    write_all(client->fd, &load->batch);
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
            if (client->missing == 0)
                send_batch(client, load);
        }
    }
    return answered;
}

/* ---- the server's CPU time ---- */

enum { FAMILY_MAX = 1024 };

/* A process and its children, and the CPU nanoseconds each has had. */
struct family {
    struct {
        unsigned long pid;
        uint64_t cpu_ns;
    } members[FAMILY_MAX];
    size_t count;
};

static unsigned long parent_of(unsigned long pid)
{
    char path[64], line[1024] = "";
    unsigned long parent = 0;
    (void)snprintf(path, sizeof path, "/proc/%lu/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    const char *read = fgets(line, sizeof line, file);
    const char *fields = read ? strrchr(line, ')') : NULL;
    (void)fclose(file);
    return fields && sscanf(fields, ") %*c %lu", &parent) == 1 ? parent : 0;
}

/* Of all threads; clock ticks would be too coarse for many short-lived ones. */
static uint64_t cpu_ns_of(unsigned long pid)
{
    char path[300];
    uint64_t total = 0;
    (void)snprintf(path, sizeof path, "/proc/%lu/task", pid);
    DIR *threads = opendir(path);
    for (struct dirent *entry; threads && (entry = readdir(threads));) {
        unsigned long long ns = 0;
        (void)snprintf(path, sizeof path, "/proc/%lu/task/%s/schedstat", pid,
                       entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
        if (file && fscanf(file, "%llu", &ns) == 1)
            total += ns;
        if (file)
            (void)fclose(file);
    }
    if (threads)
        (void)closedir(threads);
    return total;
}

static void take_stock(unsigned long pid, struct family *family)
{
    DIR *processes = opendir("/proc");
    family->count = 0;
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        unsigned long one = strtoul(entry->d_name, NULL, 10);
        if (!one || family->count == FAMILY_MAX ||
            (one != pid && parent_of(one) != pid))
            continue;
        family->members[family->count].pid = one;
        family->members[family->count++].cpu_ns = cpu_ns_of(one);
    }
    if (processes)
        (void)closedir(processes);
}

static uint64_t find(const struct family *family, unsigned long pid)
{
    for (size_t i = 0; i < family->count; i++) {
        if (family->members[i].pid == pid)
            return family->members[i].cpu_ns;
    }
    return 0;
}

/* What those that live now have had since then. */
static uint64_t cpu_ns_since(const struct family *then, unsigned long pid)
{
    static struct family now;
    uint64_t total = 0;
    take_stock(pid, &now);
    for (size_t i = 0; i < now.count; i++)
        total += now.members[i].cpu_ns - find(then, now.members[i].pid);
    return total;
}

static void measure(int epoll, const struct load *load, double seconds,
                    unsigned long pid)
{
    static struct family before;
    uint64_t length_us = (uint64_t)(seconds * 1e6);
    (void)run(epoll, load, clock_now_us() + length_us / 5); /* warm */
    take_stock(pid, &before);
    uint64_t begun_us = clock_now_us();
    size_t answered = run(epoll, load, begun_us + length_us);
    double took = (double)(clock_now_us() - begun_us) / 1e6;
    double cpu_us = (double)cpu_ns_since(&before, pid) / 1e3;
    (void)printf("%.0f requests/s, %.2f us CPU/request\n", (double)answered / took,
                 cpu_us / (double)answered);
}

int main(int argc, char **argv)
{
    if (argc < 7) {
        (void)fprintf(stderr,
                      "usage: %s echo|simple|prepared|unprepared PORT|SOCKET CLIENTS "
                      "DEPTH SECONDS PID [SQL]\n",
                      argv[0]);
        return 2;
    }
    size_t clients = strtoul(argv[3], NULL, 10);
    struct load load = {.depth = strtoul(argv[4], NULL, 10)};
    if (clients < 1 || load.depth < 1 || load.depth > DEPTH_MAX)
        return 2;
    prepare_load(&load, argv[1], argc > 7 ? argv[7] : "select 1");
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct client *all = calloc(clients, sizeof *all);
    for (size_t i = 0; all && i < clients; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        open_client(&all[i], argv[2], &load);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event) < 0)
            die("epoll_ctl");
        send_batch(&all[i], &load);
    }
    measure(epoll, &load, strtod(argv[5], NULL), strtoul(argv[6], NULL, 10));
    return 0;
}
