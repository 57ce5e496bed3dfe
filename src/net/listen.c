/* listen.c - addresses, sockets that listen, and the connections they give. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/loop.h"

enum { BACKLOG = 4096, ACCEPT_BATCH = 64, DEFAULT_PORT = 5432 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
    struct sockaddr_storage storage;
};

/* ---- addresses ---- */

static bool parse_port(const char *text, uint16_t *out)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value > UINT16_MAX)
        return false;
    *out = (uint16_t)value;
    return true;
}

static socklen_t set_ip(const char *host, uint16_t port, union address *out)
{
    memset(out, 0, sizeof *out);
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    if (inet_pton(AF_INET, host, &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons(port);
        return sizeof out->v4;
    }
    if (inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(port);
        return sizeof out->v6;
    }
    return 0;
}

static bool malformed(const char *text, struct error *err)
{
    error_set(err, "22023", "\"%s\" is not an address to listen on", text);
    error_hint(err, "Say ADDRESS:PORT, [IPv6]:PORT, or a directory for a unix socket.");
    return false;
}

/* "127.0.0.1:5433", "[::1]:5433" */
static socklen_t parse_ip(const char *text, union address *out, struct error *err)
{
    char host[64];
    uint16_t port;
    const char *colon = strrchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : 0;
    if (!colon || len == 0 || len >= sizeof host || !parse_port(colon + 1, &port)) {
        malformed(text, err);
        return 0;
    }
    bool brackets = text[0] == '[' && text[len - 1] == ']';
    (void)snprintf(host, sizeof host, "%.*s", (int)(brackets ? len - 2 : len),
                   brackets ? text + 1 : text);
    socklen_t size = set_ip(host, port, out);
    if (size == 0)
        malformed(text, err);
    return size;
}

/* "/DIRECTORY" or "/DIRECTORY:PORT": the socket .s.PGSQL.PORT in it. */
static socklen_t parse_local(const char *text, union address *out, uint16_t *port,
                             struct error *err)
{
    const char *colon = strrchr(text, ':');
    size_t len = strlen(text);
    *port = DEFAULT_PORT;
    memset(out, 0, sizeof *out);
    if (colon && parse_port(colon + 1, port))
        len = (size_t)(colon - text);
    out->local.sun_family = AF_UNIX;
    int written = snprintf(out->local.sun_path, sizeof out->local.sun_path,
                           "%.*s/.s.PGSQL.%u", (int)len, text, (unsigned)*port);
    if (written < 0 || (size_t)written >= sizeof out->local.sun_path) {
        error_set(err, "22023", "the path of the unix socket in \"%s\" is too long",
                  text);
        return 0;
    }
    return sizeof out->local;
}

static bool is_loopback(const union address *address)
{
    static const struct in6_addr mapped = {
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127}}};
    if (address->any.sa_family == AF_UNIX)
        return true;
    if (address->any.sa_family == AF_INET)
        return ntohl(address->v4.sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr) ||
           memcmp(&address->v6.sin6_addr, &mapped, 13) == 0;
}

bool net_address_check(const char *text, bool *loopback, struct error *err)
{
    union address address = {0};
    *loopback = text[0] == '/';
    if (*loopback)
        return true;
    if (parse_ip(text, &address, err) == 0)
        return false;
    *loopback = is_loopback(&address);
    return true;
}

/* ---- listening ---- */

static bool cannot_listen(const char *text, struct error *err)
{
    const char *reason = strerror(errno);
    if (errno == EADDRINUSE)
        reason = "the port is taken by another program";
    return error_set(err, "08001", "cannot listen on %s: %s", text, reason);
}

/* A socket file that nobody answers behind is a leftover of a crash. */
static bool remove_stale(const union address *address, const char *text,
                         struct error *err)
{
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return cannot_listen(text, err);
    int result = connect(probe, &address->any, sizeof address->local);
    bool refused = result < 0 && errno == ECONNREFUSED;
    close(probe);
    if (result == 0) {
        errno = EADDRINUSE;
        return cannot_listen(text, err);
    }
    if (refused)
        unlink(address->local.sun_path);
    return true;
}

static uint16_t bound_port(int fd)
{
    union address address = {0};
    socklen_t size = sizeof address;
    if (getsockname(fd, &address.any, &size) < 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port
                                                   : address.v4.sin_port);
}

static bool start_listening(int fd, const union address *address, socklen_t size)
{
    const int on = 1;
    if (address->any.sa_family != AF_UNIX)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &address->any, size) < 0)
        return false;
    if (address->any.sa_family == AF_UNIX)
        (void)chmod(address->local.sun_path,
                    0777); /* who may connect is not a file's matter */
    return listen(fd, BACKLOG) == 0;
}

bool listener_open(struct listener *listener, const char *text, uint16_t *port,
                   struct error *err)
{
    union address address = {0};
    uint16_t local_port = 0;
    bool local = text[0] == '/';
    socklen_t size = local ? parse_local(text, &address, &local_port, err)
                           : parse_ip(text, &address, err);
    if (size == 0 || (local && !remove_stale(&address, text, err)))
        return false;
    listener->fd =
        socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->fd < 0)
        return cannot_listen(text, err);
    if (!start_listening(listener->fd, &address, size)) {
        cannot_listen(text, err);
        close(listener->fd);
        return false;
    }
    if (local)
        memcpy(listener->path, address.local.sun_path, sizeof listener->path);
    if (port)
        *port = local ? local_port : bound_port(listener->fd);
    return true;
}

void listener_close(struct listener *listener)
{
    close(listener->fd);
    if (listener->path[0])
        unlink(listener->path);
}

/* ---- accepting ---- */

static void describe_peer(const union address *address, struct session_peer *peer)
{
    *peer = (struct session_peer){.is_loopback = is_loopback(address)};
    if (address->any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &address->v4.sin_addr, peer->address, sizeof peer->address);
        peer->port = ntohs(address->v4.sin_port);
    } else if (address->any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address->v6.sin6_addr, peer->address,
                  sizeof peer->address);
        peer->port = ntohs(address->v6.sin6_port);
    } else {
        memcpy(peer->address, "unix", sizeof "unix");
    }
}

/* Without descriptors left, take the next client with the one in reserve and turn it
 * away: else the listening socket would stay ready for ever. */
static void turn_away(struct net *net, int fd)
{
    close(net->reserve);
    int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (client >= 0)
        close(client);
    net->reserve = dup(net->epoll);
}

static bool accept_one(struct net *net, struct listener *listener)
{
    union address address = {0};
    struct session_peer peer;
    const int on = 1;
    socklen_t size = sizeof address;
    int fd = accept4(listener->fd, &address.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            turn_away(net, listener->fd);
        return errno == ECONNABORTED || errno == EINTR;
    }
    if (address.any.sa_family != AF_UNIX)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    describe_peer(&address, &peer);
    conn_open(net, fd, &listener->factory, &peer);
    return true;
}

void listener_accept(struct net *net, struct listener *listener)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT,
                                .data.u64 = EVENT_LISTENER | (uintptr_t)listener};
    for (int i = 0; i < ACCEPT_BATCH && !atomic_load(&net->stopping); i++) {
        if (!accept_one(net, listener))
            break;
    }
    if (!atomic_load(&net->stopping))
        (void)epoll_ctl(net->epoll, EPOLL_CTL_MOD, listener->fd, &event);
}
