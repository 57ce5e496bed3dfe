/* loop.c - sessions on a loop of one's own: one thread, poll(2), many clients.
 *
 *     rows N      so many rows
 *     sleep MS    one row, after so many milliseconds; nobody else waits for it
 *
 *     loop [STATEMENT_TIMEOUT_MS [127.0.0.1:PORT]]
 *
 * Nothing here blocks, so there is no pgw_host.block_begin, and one interrupt is
 * enough: the session sees it at its next step. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <pgwire/session.h>

#ifndef POLLRDHUP /* Linux has it: the client will send no more */
#define POLLRDHUP 0
#endif

enum { CLIENTS_MAX = 64, STEPS_MAX = 64, IOV_ENTRIES = 16 };

struct client {
    pgw_session *session; /* NULL: this place is free */
    struct loop *loop;
    int fd;
    uint32_t pid;
    bool ready;                /* wants a turn, whatever poll says */
    uint64_t wake_at;          /* when what it waits for is there; 0: nothing */
    uint64_t deadline;         /* when it is to be interrupted; 0: never */
    enum pgw_interrupt reason; /* … and why */
};

struct loop {
    int listener;
    uint32_t last_pid, statement_timeout_ms;
    struct client clients[CLIENTS_MAX];
};

static uint64_t now_us(void *host)
{
    struct timespec now;
    (void)host;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* ---- statements ---- */

struct rows {
    struct client *client;
    uint64_t not_before;
    int64_t next, count;
};

static enum pgw_status next_rows(void *self, pgw_row *row, struct pgw_error *err)
{
    struct rows *rows = self;
    bool wanted = true;
    (void)err;
    if (now_us(NULL) < rows->not_before) {
        rows->client->wake_at = rows->not_before;
        return PGW_WAIT; /* asked again when pgw_session_run is called */
    }
    while (wanted && rows->next < rows->count) {
        pgw_row_begin(row);
        pgw_put_int(row, ++rows->next);
        wanted = pgw_row_end(row);
    }
    return rows->next < rows->count ? PGW_MORE : PGW_OK;
}

static bool number_after(const char *text, const char *word, int64_t *out)
{
    size_t len = strlen(word);
    char *end = NULL;
    *out = strncmp(text, word, len) == 0 ? strtol(text + len, &end, 10) : 0;
    return end && end > text + len && *out >= 0 && *out <= INT32_MAX;
}

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    static const struct pgw_column columns[] = {{.name = "n", .type_oid = PGW_INT8OID}};
    static const struct pgw_rows_ops ops = {.next = next_rows, .release = free};
    int64_t number;
    char text[64];
    (void)session;
    (void)snprintf(text, sizeof text, "%.*s", (int)sql->len, sql->data);
    sql->data += sql->len; /* the whole string is one statement */
    sql->len = 0;
    bool sleeps = number_after(text, "sleep ", &number);
    if (!sleeps && !number_after(text, "rows ", &number))
        return pgw_fail(err, "42601", "say \"rows N\" or \"sleep MS\"");
    struct rows *rows = calloc(1, sizeof *rows);
    if (!rows)
        return pgw_fail(err, "53200", "out of memory");
    rows->client = state;
    rows->count = sleeps ? 1 : number;
    rows->not_before = sleeps ? now_us(NULL) + (uint64_t)number * 1000 : 0;
    reply->kind = PGW_REPLY_ROWS;
    reply->tag = "SELECT";
    reply->columns = columns;
    reply->column_count = 1;
    reply->rows = (struct pgw_rows){.ops = &ops, .self = rows};
    return PGW_OK;
}

/* The handlers' state is the client. */
static enum pgw_status open_session(void *ctx, pgw_session *session, void **state,
                                    struct pgw_error *err)
{
    (void)session;
    (void)err;
    *state = ctx;
    return PGW_OK;
}

/* ---- what sessions ask of the loop ---- */

/* It is seen by the next step, which a session that waits has only if it is woken. */
static void interrupt(struct client *client, enum pgw_interrupt reason)
{
    uint64_t statement = 0;
    if (pgw_session_interrupt(client->session, reason, &statement))
        client->wake_at = 1; /* long ago */
    client->ready = true;
}

static void set_deadline(void *host, uint64_t at_us, enum pgw_interrupt reason)
{
    struct client *client = host;
    client->deadline = at_us;
    client->reason = reason;
}

/* `host` is the one who asks, over a connection of its own. */
static void cancel(void *host, uint32_t pid, struct pgw_slice key)
{
    struct loop *loop = ((struct client *)host)->loop;
    for (struct client *client = loop->clients; client < loop->clients + CLIENTS_MAX;
         client++) {
        if (client->session && client->pid == pid &&
            pgw_session_key_matches(client->session, key))
            interrupt(client, PGW_INTERRUPT_CANCEL);
    }
}

/* ---- a client's turn ---- */

static void drop(struct client *client)
{
    pgw_session_free(client->session);
    close(client->fd);
    client->session = NULL;
}

/* Both: false, nothing more can be done now. */
static bool send_some(struct client *client)
{
    struct iovec iov[IOV_ENTRIES];
    size_t count = pgw_session_send_iov(client->session, iov, IOV_ENTRIES);
    ssize_t sent = writev(client->fd, iov, (int)count);
    if (sent >= 0)
        pgw_session_send_ack(client->session, (size_t)sent);
    else if (errno != EAGAIN && errno != EINTR)
        drop(client); /* there is nobody to tell */
    return sent >= 0;
}

static bool recv_some(struct client *client)
{
    size_t room;
    uint8_t *to = pgw_session_recv_buf(client->session, &room);
    ssize_t got = to ? read(client->fd, to, room) : 0;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got > 0)
        pgw_session_recv_ack(client->session, (size_t)got);
    else if (to)
        pgw_session_recv_eof(client->session);
    return true; /* no memory: want says how it ends */
}

/* One thing that the session wants; false: it has to wait. */
static bool step(struct client *client)
{
    unsigned want = pgw_session_want(client->session);
    if (want & PGW_WANT_CLOSE) {
        drop(client);
        return false;
    }
    if (want & PGW_WANT_WORK) {
        pgw_session_run(client->session);
        return true;
    }
    if (want & PGW_WANT_SEND) {
        bool sent = send_some(client);
        if (!sent && want & PGW_WANT_LAST && client->session)
            drop(client);
        return sent;
    }
    return !(want & PGW_WANT_WAIT) && recv_some(client);
}

/* Some steps: others have their turns too. */
static void serve(struct client *client, uint64_t now)
{
    if (client->deadline && client->deadline <= now) {
        client->deadline = 0;
        interrupt(client, client->reason);
    }
    if (client->wake_at && client->wake_at <= now) {
        client->wake_at = 0;
        pgw_session_run(client->session);
    }
    client->ready = false;
    for (unsigned i = 0; !client->ready; i++) {
        if (!step(client))
            return;
        client->ready = i == STEPS_MAX;
    }
}

/* ---- the loop ---- */

static void add_client(struct loop *loop)
{
    static const struct pgw_startup_ops startup = {.open = open_session};
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_handlers handlers = {.startup = &startup,
                                                 .simple = &simple};
    static const struct pgw_host host = {
        .deadline = set_deadline, .now_us = now_us, .cancel = cancel};
    struct client *client = loop->clients;
    int fd = accept(loop->listener, NULL, NULL);
    while (client < loop->clients + CLIENTS_MAX && client->session)
        client++;
    if (client == loop->clients + CLIENTS_MAX || fd < 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK)) {
        close(fd);
        return;
    }
    *client =
        (struct client){.loop = loop, .fd = fd, .pid = ++loop->last_pid, .ready = true};
    const struct pgw_session_options options = {.host = &host,
                                                .host_self = client,
                                                .pid = client->pid,
                                                .statement_timeout_ms =
                                                    loop->statement_timeout_ms};
    client->session = pgw_session_new(&handlers, client, &options);
    if (!client->session)
        close(fd);
}

/* When this client wants a turn at the latest. */
static uint64_t turn_at(const struct client *client)
{
    uint64_t at = client->deadline ? client->deadline : UINT64_MAX;
    if (client->wake_at && client->wake_at < at)
        at = client->wake_at;
    return client->ready ? 0 : at;
}

static void turn(struct loop *loop)
{
    struct pollfd fds[CLIENTS_MAX + 1];
    struct client *client = loop->clients;
    uint64_t now = now_us(NULL), until = now + 60000000;
    for (unsigned i = 0; i < CLIENTS_MAX; i++, client++) {
        unsigned want = client->session ? pgw_session_want(client->session) : 0;
        fds[i] = (struct pollfd){.fd = client->session ? client->fd : -1};
        fds[i].events = (short)((want & PGW_WANT_SEND ? POLLOUT : 0) |
                                (want & PGW_WANT_RECV ? POLLIN : 0) |
                                (want & PGW_WANT_WAIT ? POLLRDHUP : 0));
        if (client->session && turn_at(client) < until)
            until = turn_at(client);
    }
    fds[CLIENTS_MAX] = (struct pollfd){.fd = loop->listener, .events = POLLIN};
    int ms = until > now ? (int)((until - now + 999) / 1000) : 0;
    if (poll(fds, CLIENTS_MAX + 1, ms) < 0)
        return;
    now = now_us(NULL);
    for (unsigned i = 0; i < CLIENTS_MAX; i++) {
        client = &loop->clients[i];
        if (fds[i].revents & (POLLRDHUP | POLLHUP | POLLERR))
            interrupt(client, PGW_INTERRUPT_HANG_UP);
        if (client->session && (fds[i].revents || turn_at(client) <= now))
            serve(client, now);
    }
    if (fds[CLIENTS_MAX].revents & POLLIN)
        add_client(loop);
}

/* On this machine's own address; -1: errno says why. */
static int listen_on(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons(*port)};
    socklen_t size = sizeof address;
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
        bind(fd, (struct sockaddr *)&address, size) || listen(fd, SOMAXCONN) ||
        fcntl(fd, F_SETFL, O_NONBLOCK) ||
        getsockname(fd, (struct sockaddr *)&address, &size))
        return -1;
    *port = ntohs(address.sin_port);
    return fd;
}

int main(int argc, char **argv)
{
    static struct loop loop;
    const char *colon = argc > 2 ? strrchr(argv[2], ':') : NULL;
    uint16_t port = colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : 5433;
    loop.statement_timeout_ms = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    loop.listener = listen_on(&port);
    if (loop.listener < 0) {
        perror("listen");
        return 1;
    }
    (void)signal(SIGPIPE, SIG_IGN); /* write says it too */
    printf("listening on port %u\n", (unsigned)port);
    fflush(stdout);
    for (;;)
        turn(&loop);
}
