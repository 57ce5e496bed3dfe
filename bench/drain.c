/* drain.c - the load client: one query on a raw socket, messages counted, nothing kept.
 *
 *     drain HOST:PORT USER DATABASE text|binary SQL
 *
 * Prints rows, bytes, seconds until the first row, seconds in all, separated by blanks.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 20 };

struct drain {
    int fd;
    uint8_t *buffer;
    size_t len;  /* bytes in the buffer */
    size_t skip; /* of the current message, not yet received */
    uint64_t rows, bytes;
    double first_row;
    bool ready;
};

static void die(const char *what)
{
    fprintf(stderr, "drain: %s\n", what);
    exit(1);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int open_socket(const char *address)
{
    char host[64];
    const int on = 1;
    const char *colon = strrchr(address, ':');
    struct sockaddr_in to = {.sin_family = AF_INET};
    if (!colon)
        die("HOST:PORT is expected");
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
        die("HOST is an IPv4 address");
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
        die("cannot connect");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* A message under construction. */
struct message {
    uint8_t data[8192];
    size_t len;
};

static void put(struct message *message, const void *data, size_t len)
{
    if (message->len + len > sizeof message->data)
        die("the query is too long");
    memcpy(message->data + message->len, data, len);
    message->len += len;
}

static void put32(struct message *message, uint32_t value)
{
    value = htonl(value);
    put(message, &value, sizeof value);
}

static void put_string(struct message *message, const char *text)
{
    put(message, text, strlen(text) + 1);
}

static void put_framed(struct message *message, char type, const void *body, size_t len)
{
    put(message, &type, 1);
    put32(message, (uint32_t)len + 4);
    put(message, body, len);
}

static void send_all(int fd, const struct message *message)
{
    if (send(fd, message->data, message->len, 0) != (ssize_t)message->len)
        die("cannot send");
}

static void send_startup(int fd, const char *user, const char *database)
{
    struct message body = {.len = 0}, message = {.len = 0};
    put32(&body, 196608);
    put_string(&body, "user");
    put_string(&body, user);
    put_string(&body, "database");
    put_string(&body, database);
    put(&body, "", 1);
    put32(&message, (uint32_t)body.len + 4);
    put(&message, body.data, body.len);
    send_all(fd, &message);
}

static void send_query(int fd, const char *sql, bool binary)
{
    static const uint8_t bind[] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 1};
    static const uint8_t execute[] = {0, 0, 0, 0, 0};
    struct message body = {.len = 0}, message = {.len = 0};
    if (!binary) {
        put_framed(&message, 'Q', sql, strlen(sql) + 1);
    } else {
        put(&body, "", 1);
        put_string(&body, sql);
        put(&body, "\0", 2);
        put_framed(&message, 'P', body.data, body.len);
        put_framed(&message, 'B', bind, sizeof bind);
        put_framed(&message, 'E', execute, sizeof execute);
        put_framed(&message, 'S', "", 0);
    }
    send_all(fd, &message);
}

static void on_message(struct drain *drain, const uint8_t *header, size_t size)
{
    if (header[0] == 'D' && drain->rows++ == 0)
        drain->first_row = now();
    if (header[0] == 'E')
        die("the server answered with an error");
    drain->bytes += size;
    drain->ready = header[0] == 'Z';
}

/* Count what the buffer holds, keep a header that is not whole. */
static void walk(struct drain *drain)
{
    size_t at = 0;
    uint32_t length;
    while (at < drain->len) {
        if (drain->skip) {
            size_t part = drain->len - at < drain->skip ? drain->len - at : drain->skip;
            drain->skip -= part;
            at += part;
            continue;
        }
        if (drain->len - at < 5)
            break;
        memcpy(&length, drain->buffer + at + 1, sizeof length);
        drain->skip = (size_t)ntohl(length) + 1;
        on_message(drain, drain->buffer + at, drain->skip);
    }
    memmove(drain->buffer, drain->buffer + at, drain->len - at);
    drain->len -= at;
}

static void until_ready(struct drain *drain)
{
    for (drain->ready = false; !drain->ready || drain->skip;) {
        ssize_t got =
            recv(drain->fd, drain->buffer + drain->len, BUFFER_BYTES - drain->len, 0);
        if (got <= 0)
            die("the server closed the connection");
        drain->len += (size_t)got;
        walk(drain);
    }
}

int main(int argc, char **argv)
{
    if (argc != 6)
        die("usage: drain HOST:PORT USER DATABASE text|binary SQL");
    struct drain drain = {.fd = open_socket(argv[1]), .buffer = malloc(BUFFER_BYTES)};
    if (!drain.buffer)
        die("out of memory");
    send_startup(drain.fd, argv[2], argv[3]);
    until_ready(&drain);
    drain.rows = drain.bytes = 0;
    double start = now();
    send_query(drain.fd, argv[5], strcmp(argv[4], "binary") == 0);
    until_ready(&drain);
    printf("%llu %llu %.6f %.6f\n", (unsigned long long)drain.rows,
           (unsigned long long)drain.bytes, drain.first_row - start, now() - start);
    close(drain.fd);
    free(drain.buffer);
    return 0;
}
