/* wire_client.c - the client's side of the protocol: see wire_client.h. */
#include "lib/client/wire_client.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { HEADER = 5, READ_BYTES = 65536 };

void wire_die(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- what a message is made of ---- */

void wire_put(struct buf *out, const void *data, size_t bytes)
{
    if (!buf_append(out, data, bytes))
        wire_die("memory");
}

static void write_number(uint8_t *to, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(number >> 8 * (bytes - 1 - i));
}

void wire_put_number(struct buf *out, uint64_t number, size_t bytes)
{
    uint8_t data[sizeof number];
    assert(bytes <= sizeof data);
    write_number(data, number, bytes);
    wire_put(out, data, bytes);
}

void wire_put_string(struct buf *out, const char *text)
{
    wire_put(out, text, strlen(text) + 1);
}

size_t wire_begin(struct buf *out, char type)
{
    if (type)
        wire_put(out, &type, 1);
    size_t begun = buf_len(out);
    wire_put_number(out, 0, 4);
    return begun;
}

void wire_end(struct buf *out, size_t begun)
{
    write_number(out->memory + out->start + begun, buf_len(out) - begun, 4);
}

/* ---- messages ---- */

void wire_startup(struct buf *out)
{
    static const char body[] = "\0\3\0\0user\0postgres\0database\0main\0";
    size_t begun = wire_begin(out, '\0');
    wire_put(out, body, sizeof body);
    wire_end(out, begun);
}

void wire_query(struct buf *out, const char *sql)
{
    size_t begun = wire_begin(out, 'Q');
    wire_put_string(out, sql);
    wire_end(out, begun);
}

void wire_parse(struct buf *out, const char *name, const char *sql)
{
    size_t begun = wire_begin(out, 'P');
    wire_put_string(out, name);
    wire_put_string(out, sql);
    wire_put_number(out, 0, 2);
    wire_end(out, begun);
}

static void put_named(struct buf *out, char type, char what, const char *name)
{
    size_t begun = wire_begin(out, type);
    wire_put(out, &what, 1);
    wire_put_string(out, name);
    wire_end(out, begun);
}

void wire_describe(struct buf *out, char what, const char *name)
{
    put_named(out, 'D', what, name);
}

void wire_close(struct buf *out, char what, const char *name)
{
    put_named(out, 'C', what, name);
}

void wire_execute(struct buf *out, const char *portal, uint32_t limit)
{
    size_t begun = wire_begin(out, 'E');
    wire_put_string(out, portal);
    wire_put_number(out, limit, 4);
    wire_end(out, begun);
}

void wire_bare(struct buf *out, char type)
{
    wire_end(out, wire_begin(out, type));
}

/* ---- what comes back ---- */

uint64_t wire_number(const uint8_t *from, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++)
        number = number << 8 | from[i];
    return number;
}

bool wire_peek(const struct buf *in, struct wire_message *out)
{
    const uint8_t *data = buf_data(in);
    if (buf_len(in) < HEADER)
        return false;
    size_t size = (size_t)wire_number(data + 1, 4) + 1;
    if (size < HEADER || buf_len(in) < size)
        return false;
    *out = (struct wire_message){(char)data[0], data + HEADER, size - HEADER};
    return true;
}

void wire_drop(struct buf *in, const struct wire_message *message)
{
    buf_consume(in, message->len + HEADER);
}

/* ---- sockets ---- */

static int connect_local(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    (void)snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
        wire_die("connect");
    return fd;
}

static struct sockaddr_in loopback(uint32_t offset, uint16_t port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr = {htonl(INADDR_LOOPBACK + offset)}};
}

static int connect_tcp(uint16_t port, unsigned source)
{
    const int on = 1;
    struct sockaddr_in to = loopback(0, port), from = loopback(source, 0);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        wire_die("socket");
    if (source > 0) {
        (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0)
            wire_die("bind");
    }
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0)
        wire_die("connect");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

int wire_connect(const char *where, unsigned source)
{
    return where[0] == '/' ? connect_local(where)
                           : connect_tcp((uint16_t)strtoul(where, NULL, 10), source);
}

void wire_write(int fd, const struct buf *data)
{
    size_t sent = 0;
    while (sent < buf_len(data)) {
        ssize_t count =
            send(fd, buf_data(data) + sent, buf_len(data) - sent, MSG_NOSIGNAL);
        if (count <= 0)
            wire_die("send");
        sent += (size_t)count;
    }
}

size_t wire_read(int fd, struct buf *in)
{
    uint8_t *room = buf_reserve(in, READ_BYTES);
    if (!room)
        wire_die("memory");
    ssize_t got = recv(fd, room, buf_room(in), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (got == 0)
        errno = ECONNRESET;
    if (got <= 0)
        wire_die("recv");
    buf_commit(in, (size_t)got);
    return (size_t)got;
}

void wire_login(int fd, struct buf *in)
{
    struct buf hello = {0};
    struct wire_message message = {0};
    wire_startup(&hello);
    wire_write(fd, &hello);
    buf_free(&hello);
    while (message.type != 'Z') {
        if (!wire_peek(in, &message)) {
            (void)wire_read(fd, in);
            continue;
        }
        if (message.type == 'E') {
            (void)fwrite(message.body, 1, message.len, stderr);
            exit(1);
        }
        wire_drop(in, &message);
    }
}
