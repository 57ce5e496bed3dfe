/* transport.c - the plain transport: the socket itself. */
#include "net/transport.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t outcome(ssize_t bytes)
{
    if (bytes >= 0)
        return bytes;
    return errno == EAGAIN || errno == EWOULDBLOCK ? TRANSPORT_BLOCKED
                                                   : TRANSPORT_FAILED;
}

static ssize_t plain_recv(struct transport *transport, void *buffer, size_t len)
{
    ssize_t bytes;
    do
        bytes = recv(transport->fd, buffer, len, 0);
    while (bytes < 0 && errno == EINTR);
    return outcome(bytes);
}

static ssize_t plain_sendv(struct transport *transport, struct iovec *iov, size_t count)
{
    const struct msghdr message = {.msg_iov = iov, .msg_iovlen = count};
    ssize_t bytes;
    do
        bytes = sendmsg(transport->fd, &message, MSG_NOSIGNAL);
    while (bytes < 0 && errno == EINTR);
    return outcome(bytes);
}

static bool plain_pending(const struct transport *transport)
{
    (void)transport;
    return false;
}

static void plain_close(struct transport *transport)
{
    (void)close(transport->fd);
    transport->fd = -1;
}

void transport_plain(struct transport *transport, int fd)
{
    static const struct transport_ops plain = {
        .recv = plain_recv,
        .sendv = plain_sendv,
        .pending = plain_pending,
        .close = plain_close,
    };
    *transport = (struct transport){.ops = &plain, .fd = fd};
}
