/* drain.c - the load client: one query on a raw socket, messages counted, nothing kept.
 *
 *     drain PORT|SOCKET text|binary SQL
 *
 * Prints rows, bytes, seconds until the first row, seconds in all, separated by blanks.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/client/wire_client.h"

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

static void send_query(int fd, const char *sql, bool binary)
{
    struct buf out = {0};
    if (!binary) {
        wire_query(&out, sql);
    } else {
        wire_parse(&out, "", sql);
        size_t begun = wire_begin(&out, 'B');
        wire_put(&out, "\0\0\0\0\0\0\0\1\0\1", 10); /* all results in binary */
        wire_end(&out, begun);
        wire_execute(&out, "", 0);
        wire_bare(&out, 'S');
    }
    wire_write(fd, &out);
    buf_free(&out);
}

static void send_startup(int fd)
{
    struct buf out = {0};
    wire_startup(&out);
    wire_write(fd, &out);
    buf_free(&out);
}

static void on_message(struct drain *drain, const uint8_t *header, size_t size)
{
    bool is_row = header[0] == 'D' || header[0] == 'd';
    if (is_row && drain->rows++ == 0)
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
    if (argc != 4)
        die("usage: drain PORT|SOCKET text|binary SQL");
    struct drain drain = {.fd = wire_connect(argv[1], 0),
                          .buffer = malloc(BUFFER_BYTES)};
    if (!drain.buffer)
        die("out of memory");
    send_startup(drain.fd);
    until_ready(&drain);
    drain.rows = drain.bytes = 0;
    double start = now();
    send_query(drain.fd, argv[3], strcmp(argv[2], "binary") == 0);
    until_ready(&drain);
    printf("%llu %llu %.6f %.6f\n", (unsigned long long)drain.rows,
           (unsigned long long)drain.bytes, drain.first_row - start, now() - start);
    close(drain.fd);
    free(drain.buffer);
    return 0;
}
