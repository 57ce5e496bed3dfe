/* load_clients.c - many clients at once, each with pipelines of its own, everything
 * that comes back checked.
 *
 *     load_clients WHERE CLIENTS ROWS
 *
 * Each client goes on until it has had its share of ROWS. Every fiftieth is slow: it
 * has a small window, reads a little, and then nothing until the others have had so
 * many rows more. One thread, an epoll set. Ends with a line of totals; at the first
 * message that is not the expected one, with that and exit code 1. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/client/wire_client.h"
#include "load/check.h"
#include "load/script.h"

enum { EVENTS = 64, SLOW_EVERY = 50, SLOW_WINDOW = 131072, SLOW_BYTES = 65536 };
enum { PATIENCE_MS = 60000 };
enum { PAUSE_ROWS = 20000, PER_ADDRESS = 10000, WHY_BYTES = 1024 };

struct client {
    int fd;
    struct script script;
    struct batch batch;
    struct buf in;
    size_t sent;    /* of the batch */
    uint64_t rows;  /* that have come */
    uint64_t bytes; /* since the last pause */
    uint64_t until; /* total rows at which a pause ends */
    struct client *next_paused;
    bool writing; /* the socket was full */
};

struct load {
    int epoll;
    struct client *clients;
    size_t count, open, paused;
    uint64_t share; /* rows of a client */
    uint64_t rows, statements, batches, pauses;
    struct client *first_paused, *last_paused;
};

/* ---- sockets ---- */

static void watch(const struct load *load, struct client *client, int operation,
                  uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = client};
    if (epoll_ctl(load->epoll, operation, client->fd, &event) < 0)
        wire_die("epoll_ctl");
}

/* What may be sent now: up to the place where answers are awaited first. */
static size_t sendable(const struct batch *batch)
{
    return batch->met < batch->hold ? batch->out_first : buf_len(&batch->out);
}

static void send_some(const struct load *load, struct client *client)
{
    size_t end = sendable(&client->batch);
    while (client->sent < end) {
        ssize_t count = send(client->fd, buf_data(&client->batch.out) + client->sent,
                             end - client->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN)
            break;
        if (count < 0)
            wire_die("send");
        client->sent += (size_t)count;
    }
    bool blocked = client->sent < end;
    if (blocked != client->writing)
        watch(load, client, EPOLL_CTL_MOD, EPOLLIN | (blocked ? EPOLLOUT : 0));
    client->writing = blocked;
}

static void open_client(struct load *load, size_t i, const char *where)
{
    struct client *client = &load->clients[i];
    const int window = SLOW_WINDOW;
    bool slow = i % SLOW_EVERY == SLOW_EVERY - 1;
    client->fd = wire_connect(where, (unsigned)(i / PER_ADDRESS));
    wire_login(client->fd, &client->in);
    if (slow)
        (void)setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    if (fcntl(client->fd, F_SETFL, O_NONBLOCK) < 0)
        wire_die("fcntl");
    watch(load, client, EPOLL_CTL_ADD, EPOLLIN);
    script_init(&client->script, (uint32_t)i, slow);
    script_open(&client->script, &client->batch);
    load->open++;
}

static void close_client(struct load *load, struct client *client)
{
    struct buf farewell = {0};
    wire_bare(&farewell, 'X');
    wire_write(client->fd, &farewell);
    buf_free(&farewell);
    (void)close(client->fd);
    client->fd = -1;
    load->statements += client->script.statements;
    load->batches += client->script.batches;
    load->open--;
    batch_free(&client->batch);
    buf_free(&client->in);
}

/* ---- slow readers ---- */

static void pause_client(struct load *load, struct client *client)
{
    watch(load, client, EPOLL_CTL_MOD, 0);
    client->bytes = 0;
    client->until = load->rows + PAUSE_ROWS;
    client->next_paused = NULL;
    if (load->last_paused)
        load->last_paused->next_paused = client;
    else
        load->first_paused = client;
    load->last_paused = client;
    load->paused++;
    load->pauses++;
}

/* They have paused long enough, or there is nobody left to wait for. */
static void wake_paused(struct load *load)
{
    struct client *client = load->first_paused;
    while (client && (client->until <= load->rows || load->paused == load->open)) {
        watch(load, client, EPOLL_CTL_MOD, EPOLLIN | (client->writing ? EPOLLOUT : 0));
        load->first_paused = client->next_paused;
        if (!load->first_paused)
            load->last_paused = NULL;
        load->paused--;
        client = load->first_paused;
    }
}

/* ---- answers ---- */

static void check_all(struct load *load, struct client *client)
{
    struct wire_message message;
    char why[WHY_BYTES];
    while (wire_peek(&client->in, &message)) {
        if (!check_message(&client->script, &client->batch, &message, why,
                           sizeof why)) {
            (void)fprintf(stderr, "%s\n", why);
            exit(1);
        }
        client->rows += message.type == 'D';
        load->rows += message.type == 'D';
        wire_drop(&client->in, &message);
    }
}

static void go_on(struct load *load, struct client *client)
{
    if (!check_is_done(&client->batch)) {
        send_some(load, client);
        return;
    }
    if (client->rows >= load->share) {
        close_client(load, client);
        return;
    }
    client->sent = 0;
    script_next(&client->script, &client->batch);
    send_some(load, client);
}

static void receive(struct load *load, struct client *client)
{
    size_t got = wire_read(client->fd, &client->in);
    client->bytes += got;
    check_all(load, client);
    bool rests = client->script.slow && client->bytes >= SLOW_BYTES &&
                 !check_is_done(&client->batch);
    go_on(load, client);
    if (rests)
        pause_client(load, client);
}

/* Nothing has come for so long that nothing will. */
static _Noreturn void give_up(const struct load *load)
{
    char what[WHY_BYTES];
    for (size_t i = 0; i < load->count; i++) {
        const struct client *client = &load->clients[i];
        if (client->fd < 0)
            continue;
        (void)check_describe(&client->script, &client->batch, what, sizeof what);
        (void)fprintf(stderr, "no answer for %d s: %s; sent %zu of %zu bytes\n",
                      PATIENCE_MS / 1000, what, client->sent,
                      buf_len(&client->batch.out));
    }
    exit(1);
}

static void run(struct load *load)
{
    struct epoll_event events[EVENTS];
    while (load->open > 0) {
        int count = epoll_wait(load->epoll, events, EVENTS, PATIENCE_MS);
        if (count == 0)
            give_up(load);
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            if (events[i].events & EPOLLOUT)
                send_some(load, client);
            if (events[i].events & ~(uint32_t)EPOLLOUT)
                receive(load, client);
        }
        wake_paused(load);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: %s PORT|SOCKET CLIENTS ROWS\n", argv[0]);
        return 2;
    }
    struct load load = {.epoll = epoll_create1(EPOLL_CLOEXEC),
                        .count = strtoul(argv[2], NULL, 10)};
    if (load.count < 1 || !(load.clients = calloc(load.count, sizeof *load.clients)))
        return 2;
    load.share = (strtoull(argv[3], NULL, 10) + load.count - 1) / load.count;
    for (size_t i = 0; i < load.count; i++)
        open_client(&load, i, argv[1]);
    for (size_t i = 0; i < load.count; i++)
        send_some(&load, &load.clients[i]);
    run(&load);
    (void)printf("%zu clients, %llu batches, %llu statements, %llu rows, %llu pauses\n",
                 load.count, (unsigned long long)load.batches,
                 (unsigned long long)load.statements, (unsigned long long)load.rows,
                 (unsigned long long)load.pauses);
    free(load.clients);
    return 0;
}
