/* transport.h - four calls between a connection and its socket.
 *
 * Plain today; TLS is another table behind the same struct. Sockets are non-blocking
 * and never raise SIGPIPE. Used by the connection's owner alone. */
#ifndef NET_TRANSPORT_H
#define NET_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* What recv and sendv answer beside a number of bytes. */
enum { TRANSPORT_END = 0, TRANSPORT_BLOCKED = -1, TRANSPORT_FAILED = -2 };

struct transport;

struct transport_ops {
    /* Bytes read; END: the peer will send no more. */
    ssize_t (*recv)(struct transport *transport, void *buffer, size_t len);
    /* Bytes taken, fewer than offered when the socket is full. */
    ssize_t (*sendv)(struct transport *transport, struct iovec *iov, size_t count);
    /* Bytes that wait above the socket, where epoll does not see them. */
    bool (*pending)(const struct transport *transport);
    void (*close)(struct transport *transport);
};

struct transport {
    const struct transport_ops *ops;
    int fd; /* owned; closed by ops->close */
};

void transport_plain(struct transport *transport, int fd);

#endif
