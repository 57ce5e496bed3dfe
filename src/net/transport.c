/* transport.c - a socket without encryption. */
#include "net/transport.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t failure(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK ? TRANSPORT_AGAIN : TRANSPORT_BROKEN;
}

static ssize_t plain_recv(struct transport *transport, uint8_t *to, size_t len)
{
    ssize_t got;
    do {
        got = recv(transport->fd, to, len, 0);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? failure() : got;
}

static ssize_t plain_sendv(struct transport *transport, struct iovec *iov, size_t count)
{
    struct msghdr message = {.msg_iov = iov, .msg_iovlen = count};
    ssize_t sent;
    do {
        sent = sendmsg(transport->fd, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? failure() : sent;
}

static size_t plain_pending(const struct transport *transport)
{
    (void)transport;
    return 0;
}

static void plain_close(struct transport *transport)
{
    close(transport->fd);
    transport->fd = -1;
}

static const struct transport_ops plain_ops = {plain_recv, plain_sendv, plain_pending,
                                               plain_close};

void transport_plain(struct transport *transport, int fd)
{
    *transport = (struct transport){&plain_ops, fd};
}
