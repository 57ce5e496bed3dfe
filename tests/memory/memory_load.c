/* memory_load.c - much of everything, for a server whose memory is watched meanwhile.
 *
 *     memory_load PORT MIX COUNT       COUNT statements on a few connections
 *     memory_load PORT connect COUNT   as many connections, each for one statement
 *     memory_load PORT idle COUNT BYTES
 *         as many connections, each after one statement with BYTES in and BYTES out;
 * says "idle" and stays until its input ends
 *
 * MIX is library (for a server that answers every statement alike), session (statements
 * that never reach an engine), engine, or texts (every one of them another text).
 * Answers are counted by their ReadyForQuery, errors are part of it. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/attr.h"
#include "core/buf.h"

enum { CONNECTIONS = 4, ROUNDS_AT_ONCE = 32, HEADER = 5 };

struct client {
    int fd;
    struct buf input;
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

static void put_query(struct buf *out, const char *sql)
{
    put_message(out, 'Q', sql, strlen(sql) + 1);
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
    put(&body, "\0\0\0\0\0", 6);
    put_message(out, 'B', buf_data(&body), buf_len(&body));
    buf_free(&body);
}

static void put_execute(struct buf *out, unsigned char rows)
{
    const unsigned char body[] = {0, 0, 0, 0, rows};
    put_message(out, 'E', body, sizeof body);
}

static void put_close(struct buf *out, const char *name)
{
    char body[64];
    int len = snprintf(body, sizeof body, "S%s", name);
    put_message(out, 'C', body, (size_t)len + 1);
}

static void put_sync(struct buf *out)
{
    put_message(out, 'S', "", 0);
}

/* ---- rounds: a text with %zu for its number, and how it is sent ---- */

static size_t put_simple(struct buf *out, const char *sql)
{
    put_query(out, sql);
    return 1;
}

static size_t put_unnamed(struct buf *out, const char *sql)
{
    put_parse(out, "", sql);
    put_bind(out, "");
    put_message(out, 'D', "P", 2);
    put_execute(out, 0);
    put_sync(out);
    return 1;
}

static size_t put_named(struct buf *out, const char *sql)
{
    put_parse(out, "named", sql);
    put_message(out, 'D', "Snamed", 7);
    put_bind(out, "named");
    put_execute(out, 0);
    put_bind(out, "named");
    put_execute(out, 0);
    put_close(out, "named");
    put_sync(out);
    return 1;
}

/* Rows are fetched in parts; the portal is left with some. */
static size_t put_parts(struct buf *out, const char *sql)
{
    put_query(out, "begin");
    put_parse(out, "", sql);
    put_bind(out, "");
    put_execute(out, 1);
    put_execute(out, 1);
    put_sync(out);
    put_query(out, "rollback");
    return 3;
}

static size_t put_pipeline(struct buf *out, const char *sql)
{
    for (int i = 0; i < 3; i++) {
        put_parse(out, "", sql);
        put_bind(out, "");
        put_execute(out, 0);
    }
    put_sync(out);
    return 1;
}

/* The second one fails; what is behind it is skipped. */
static size_t put_broken(struct buf *out, const char *sql)
{
    put_parse(out, "", sql);
    put_bind(out, "nothing of that name");
    put_execute(out, 0);
    put_sync(out);
    return 1;
}

struct round {
    const char *sql;
    size_t (*put)(struct buf *out, const char *sql); /* how many ReadyForQuery */
};

static const struct round library[] = {
    {"select %zu", put_simple}, {"select %zu", put_unnamed},
    {"select %zu", put_named},  {"select %zu", put_pipeline},
    {"select %zu", put_broken}, {"", put_simple}};
static const struct round session[] = {
    {"show timezone", put_simple},
    {"set application_name to 'number %zu'", put_simple},
    {"set timezone to 'Europe/Berlin'", put_unnamed},
    {"reset timezone", put_simple},
    {"show datestyle", put_unnamed},
    {"show work_mem", put_named},
    {"show server_version", put_pipeline},
    {"show timezone", put_broken},
    {"show nothing_%zu", put_simple},
    {"set datestyle to nothing_%zu", put_unnamed},
    {"begin; set local timezone to 'Asia/Tokyo'; rollback", put_simple},
    {"begin; set timezone to 'Asia/Tokyo'; show nothing_%zu", put_simple},
    {"rollback", put_simple},
    {"", put_simple}};
static const struct round engine[] = {
    {"select 1", put_simple},
    {"select 'a', 2.5, date '2024-02-29', [1, 2], {'a': 1}", put_unnamed},
    {"select i from range(3) t(i)", put_named},
    {"select i from range(5000) t(i)", put_parts},
    {"select 1 + 1", put_pipeline},
    {"select 1", put_broken},
    {"select nothing_%zu", put_simple},
    {"select 1 / 0 from nowhere_%zu", put_unnamed},
    {"select 1; select 2", put_simple},
    {"select cast('x' as integer)", put_named}};
static const struct round texts[] = {{"select %zu as a", put_simple},
                                     {"select %zu as b", put_unnamed}};

static const struct mix {
    const char *name;
    const struct round *rounds;
    size_t count;
} mixes[] = {{"library", library, ARRAY_LEN(library)},
             {"session", session, ARRAY_LEN(session)},
             {"engine", engine, ARRAY_LEN(engine)},
             {"texts", texts, ARRAY_LEN(texts)}};

static size_t put_round(struct buf *out, const struct mix *mix, size_t number)
{
    const struct round *round = &mix->rounds[number % mix->count];
    const char *mark = strstr(round->sql, "%zu");
    char sql[256];
    if (!mark)
        return round->put(out, round->sql);
    (void)snprintf(sql, sizeof sql, "%.*s%zu%s", (int)(mark - round->sql), round->sql,
                   number, mark + 3);
    return round->put(out, sql);
}

/* ---- connections ---- */

static int connect_to(unsigned long port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)port),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        die("connect");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void write_all(int fd, const struct buf *data)
{
    size_t done = 0;
    while (done < buf_len(data)) {
        ssize_t sent =
            send(fd, buf_data(data) + done, buf_len(data) - done, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            die("send");
        done += sent > 0 ? (size_t)sent : 0;
    }
}

/* Whole messages are taken off; how many were ReadyForQuery. */
static size_t count_ready(struct buf *input)
{
    size_t ready = 0;
    while (buf_len(input) >= HEADER) {
        const uint8_t *message = buf_data(input);
        uint32_t length;
        memcpy(&length, message + 1, sizeof length);
        size_t size = ntohl(length) + 1;
        if (buf_len(input) < size)
            break;
        ready += message[0] == 'Z';
        buf_consume(input, size);
    }
    return ready;
}

static void await_ready(struct client *client, size_t wanted)
{
    for (size_t ready = 0; ready < wanted;) {
        uint8_t *room = buf_reserve(&client->input, 65536);
        ssize_t got = room ? read(client->fd, room, buf_room(&client->input)) : -1;
        if (got <= 0)
            die("read");
        buf_commit(&client->input, (size_t)got);
        ready += count_ready(&client->input);
    }
}

static void open_client(struct client *client, unsigned long port)
{
    struct buf out = {0};
    put_startup(&out);
    *client = (struct client){.fd = connect_to(port)};
    write_all(client->fd, &out);
    await_ready(client, 1);
    buf_free(&out);
}

static void close_client(struct client *client)
{
    (void)close(client->fd);
    buf_free(&client->input);
}

/* ---- modes ---- */

/* Each connection has some rounds under way, then the next one has. */
static void run_mix(unsigned long port, const struct mix *mix, size_t count)
{
    struct client clients[CONNECTIONS];
    struct buf out = {0};
    size_t number = 0;
    for (size_t i = 0; i < CONNECTIONS; i++)
        open_client(&clients[i], port);
    while (number < count) {
        size_t ready[CONNECTIONS] = {0};
        for (size_t i = 0; i < CONNECTIONS; i++) {
            for (size_t j = 0; j < ROUNDS_AT_ONCE; j++)
                ready[i] += put_round(&out, mix, number++);
            write_all(clients[i].fd, &out);
            buf_consume(&out, buf_len(&out));
        }
        for (size_t i = 0; i < CONNECTIONS; i++)
            await_ready(&clients[i], ready[i]);
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        close_client(&clients[i]);
    buf_free(&out);
}

/* Every other one says good-bye. */
static void run_connect(unsigned long port, size_t count)
{
    struct buf query = {0}, terminate = {0};
    put_query(&query, "show timezone");
    put_message(&terminate, 'X', "", 0);
    for (size_t i = 0; i < count; i++) {
        struct client client;
        open_client(&client, port);
        write_all(client.fd, &query);
        await_ready(&client, 1);
        if (i % 2)
            write_all(client.fd, &terminate);
        close_client(&client);
    }
    buf_free(&query);
    buf_free(&terminate);
}

/* A value of `bytes` that comes back; then a long text whose columns are short. */
static void put_big(struct buf *value, struct buf *query, size_t bytes)
{
    const uint32_t length = htonl((uint32_t)bytes);
    char *filling = malloc(bytes + 1);
    struct buf bind = {0}, text = {0};
    if (!filling)
        die("memory");
    memset(filling, 'x', bytes);
    filling[bytes] = '\0';
    put(&bind, "\0\0\0\0\0\1", 6);
    put(&bind, &length, sizeof length);
    put(&bind, filling, bytes);
    put(&bind, "\0", 2);
    put(&text, "select length('", 15);
    put(&text, filling, bytes);
    put(&text, "')", 3);
    put_parse(value, "", "select $1::text");
    put_message(value, 'B', buf_data(&bind), buf_len(&bind));
    put_execute(value, 0);
    put_sync(value);
    put_query(query, (const char *)buf_data(&text));
    free(filling);
    buf_free(&bind);
    buf_free(&text);
}

static void run_idle(unsigned long port, size_t count, size_t bytes)
{
    struct client *clients = calloc(count, sizeof *clients);
    struct buf value = {0}, query = {0};
    if (!clients)
        die("memory");
    if (bytes > 0)
        put_big(&value, &query, bytes);
    else
        put_query(&query, "show timezone");
    for (size_t i = 0; i < count; i++) {
        open_client(&clients[i], port);
        write_all(clients[i].fd, &value);
        await_ready(&clients[i], bytes > 0);
        write_all(clients[i].fd, &query);
        await_ready(&clients[i], 1);
        buf_free(&clients[i].input);
    }
    (void)printf("idle\n");
    (void)fflush(stdout);
    while (getchar() != EOF)
        ;
    for (size_t i = 0; i < count; i++)
        close_client(&clients[i]);
    buf_free(&value);
    buf_free(&query);
    free(clients);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    unsigned long port = strtoul(argv[1], NULL, 10);
    size_t count = strtoul(argv[3], NULL, 10);
    if (strcmp(argv[2], "connect") == 0) {
        run_connect(port, count);
        return 0;
    }
    if (strcmp(argv[2], "idle") == 0) {
        run_idle(port, count, argc > 4 ? strtoul(argv[4], NULL, 10) : 0);
        return 0;
    }
    for (size_t i = 0; i < ARRAY_LEN(mixes); i++) {
        if (strcmp(argv[2], mixes[i].name) == 0) {
            run_mix(port, &mixes[i], count);
            return 0;
        }
    }
    return 2;
}
