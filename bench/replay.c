/* replay.c - the ceiling: a server that sends the same bytes again, and does nothing
 * else.
 *
 *     replay PORT FILE     FILE: what a server answered to the query, as recorded
 *
 * Answers a start-up with AuthenticationOk and ReadyForQuery, and whatever comes then
 * with the file; one client at a time. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static uint8_t *read_file(const char *path, size_t *len)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &info) < 0)
        die(path);
    *len = (size_t)info.st_size;
    uint8_t *data = malloc(*len);
    if (!data || fread(data, 1, *len, file) != *len)
        die("read");
    fclose(file);
    return data;
}

static void send_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, data, len < 262144 ? len : 262144, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        data += sent;
        len -= (size_t)sent;
    }
}

static void serve(int fd, const uint8_t *data, size_t len)
{
    static const uint8_t greeting[] = {'R', 0,   0, 0, 8, 0, 0,  0,
                                       0,   'Z', 0, 0, 0, 5, 'I'};
    uint8_t request[8192];
    const int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (recv(fd, request, sizeof request, 0) > 0)
        send_all(fd, greeting, sizeof greeting);
    while (recv(fd, request, sizeof request, 0) > 0)
        send_all(fd, data, len);
    close(fd);
}

int main(int argc, char **argv)
{
    size_t len;
    const int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (argc != 3)
        die("usage: replay PORT FILE");
    uint8_t *data = read_file(argv[2], &len);
    address.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (listener < 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(listener, 8) < 0)
        die("listen");
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd >= 0)
            serve(fd, data, len);
    }
}
