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

static bool bind_to_address(struct listener *listener, const struct unix_rights *rights,
                            struct error *err)
{
    if (address_path(&listener->address))
        return unix_socket_bind(listener->fd, &listener->address, rights,
                                &listener->file, err);
    return bind_tcp(listener) == 0 || refuse(&listener->address, errno, err);
}

/* Which port a 0 has become, or what somebody else has bound it to. */
static bool learn_address(struct listener *listener)
{
    struct address *address = &listener->address;
    address->len = sizeof address->socket;
    return getsockname(listener->fd, (struct sockaddr *)&address->socket,
                       &address->len) == 0;
}

bool listener_open(struct listener *listener, const struct address *address,
                   const struct unix_rights *rights, struct error *err)
{
    *listener = (struct listener){.address = *address};
    listener->fd = socket(address->socket.ss_family,
                          SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->fd < 0)
        return refuse(address, errno, err);
    bool bound = bind_to_address(listener, rights, err);
    if (!bound || listen(listener->fd, BACKLOG) < 0) {
        if (bound)
            (void)refuse(address, errno, err);
        listener_close(listener);
        return false;
    }
    if (!address_path(address))
        (void)learn_address(listener);
    return true;
}

bool listener_take(struct listener *listener, int fd, struct error *err)
{
    int listens = 0, type = 0;
    socklen_t len = sizeof listens, type_len = sizeof type;
    *listener = (struct listener){.fd = fd};
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens &&
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) == 0 &&
        type == SOCK_STREAM && learn_address(listener))
        return true;
    listener->fd = -1;
    return error_set(err, "08001", "descriptor %d is not a stream socket that listens",
                     fd);
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
    if (address_path(&listener->address))
        unix_socket_remove(&listener->file, address_path(&listener->address));
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
