/* listener.c - opening and closing listening sockets, and taking clients from them. */
#include "net/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "net/admission.h"
#include "net/adopt.h"
#include "net/loop.h"

enum { BACKLOG = 4096, ACCEPTS_AT_ONCE = 64 };

static const struct sockaddr *generic(const struct address *address)
{
    return (const struct sockaddr *)&address->socket;
}

static bool refuse(const struct address *address, int reason, struct error *err)
{
    char text[64];
    const char *path = address_path(address);
    if (path && reason == EADDRINUSE)
        return error_set(err, "08001", "the unix socket %s is taken", path);
    if (path)
        return error_set(err, "08001", "cannot listen on %s: %s", path,
                         strerror(reason));
    if (reason == EADDRINUSE)
        return error_set(err, "08001", "port %u is taken",
                         (unsigned)address_port(address));
    address_text(address, text, sizeof text);
    return error_set(err, "08001", "cannot listen on %s port %u: %s", text,
                     (unsigned)address_port(address), strerror(reason));
}

/* ---- unix sockets ---- */

/* A socket's file that nobody listens behind is what a crash has left. A plain file
 * refuses connections too, and is not ours to remove. */
static bool is_stale(const struct address *address)
{
    struct stat file;
    if (lstat(address_path(address), &file) < 0 || !S_ISSOCK(file.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    bool stale =
        connect(fd, generic(address), address->len) < 0 && errno == ECONNREFUSED;
    (void)close(fd);
    return stale;
}

static int bind_unix(struct listener *listener)
{
    const struct address *address = &listener->address;
    const char *path = address_path(address);
    struct stat file;
    int result = bind(listener->fd, generic(address), address->len);
    if (result < 0 && errno == EADDRINUSE) {
        if (!is_stale(address) || unlink(path) < 0) {
            errno = EADDRINUSE;
            return -1;
        }
        result = bind(listener->fd, generic(address), address->len);
    }
    if (result < 0 || chmod(path, 0777) < 0 || lstat(path, &file) < 0)
        return -1;
    listener->device = file.st_dev;
    listener->inode = file.st_ino;
    return 0;
}

static void unlink_own(const struct listener *listener)
{
    struct stat file;
    const char *path = address_path(&listener->address);
    if (path && listener->inode && lstat(path, &file) == 0 &&
        file.st_dev == listener->device && file.st_ino == listener->inode)
        (void)unlink(path);
}

/* ---- open and close ---- */

static int bind_tcp(struct listener *listener)
{
    static const int on = 1;
    const struct address *address = &listener->address;
    if (setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        return -1;
    if (address->socket.ss_family == AF_INET6 &&
        setsockopt(listener->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
        return -1;
    return bind(listener->fd, generic(address), address->len);
}

bool listener_open(struct listener *listener, const struct address *address,
                   struct error *err)
{
    *listener = (struct listener){.address = *address};
    listener->fd = socket(address->socket.ss_family,
                          SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->fd < 0)
        return refuse(address, errno, err);
    int bound = address_path(address) ? bind_unix(listener) : bind_tcp(listener);
    if (bound < 0 || listen(listener->fd, BACKLOG) < 0) {
        (void)refuse(address, errno, err);
        listener_close(listener);
        return false;
    }
    socklen_t len = sizeof listener->address.socket;
    if (!address_path(address)) /* which port a 0 has become */
        (void)getsockname(listener->fd, (struct sockaddr *)&listener->address.socket,
                          &len);
    return true;
}

bool listener_is_possible(const struct address *address)
{
    struct address any_port = *address;
    int fd = socket(address->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    address_set_port(&any_port, 0);
    bool possible = bind(fd, generic(&any_port), any_port.len) == 0;
    (void)close(fd);
    return possible;
}

void listener_close(struct listener *listener)
{
    if (listener->fd < 0)
        return;
    unlink_own(listener);
    (void)close(listener->fd);
    listener->fd = -1;
}

/* ---- accept ---- */

static int take_client(const struct listener *listener, struct address *peer)
{
    *peer = (struct address){.len = sizeof peer->socket};
    int fd = accept4(listener->fd, (struct sockaddr *)&peer->socket, &peer->len,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (address_path(&listener->address))
        peer->socket.ss_family =
            AF_UNIX; /* an unnamed peer may come without a family */
    return fd;
}

/* Answers are whole when they are sent: nothing is gained by waiting for more. */
static void tune(int fd, const struct address *peer)
{
    static const int on = 1;
    if (address_path(peer))
        return;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

/* No descriptor is left: the spare one lets a client in, to be sent away at once rather
 * than to hang. */
static bool use_spare(const struct listener *listener, struct net *net)
{
    struct address peer;
    if (net->spare_fd < 0)
        return false;
    (void)close(net->spare_fd);
    int fd = take_client(listener, &peer);
    if (fd >= 0)
        turn_away(net, fd, &listener->factory, "out of file descriptors");
    net->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd >= 0;
}

static bool is_clients_fault(int error)
{
    return error == EINTR || error == ECONNABORTED || error == EPROTO ||
           error == ENETDOWN || error == EHOSTUNREACH || error == ENETUNREACH;
}

/* True: go on. */
static bool accept_one(const struct listener *listener, struct net *net,
                       enum accepted *outcome)
{
    struct address peer;
    int fd = take_client(listener, &peer);
    *outcome = ACCEPTED;
    if (fd >= 0) {
        tune(fd, &peer);
        adopt(net, fd, &peer, &listener->factory);
        return true;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return false;
    bool is_served = errno == EMFILE || errno == ENFILE ? use_spare(listener, net)
                                                        : is_clients_fault(errno);
    if (!is_served)
        *outcome = ACCEPT_FAILED;
    return is_served;
}

enum accepted listener_accept(struct listener *listener, struct net *net,
                              uint64_t *again_us)
{
    enum accepted outcome = ACCEPTED;
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        if (!admission_has_room(net, clock_now_us(), again_us))
            return ACCEPT_CROWDED;
        if (!accept_one(listener, net, &outcome))
            break;
    }
    return outcome;
}
