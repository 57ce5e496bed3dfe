/* transport.h - four calls between a connection and its socket.
 *
 * Plain, or with TLS in between (transport_tls.h). Sockets are non-blocking and never
 * raise SIGPIPE. Used by the connection's owner alone, but for what it
 * has lent (lend.h). */
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
    /* May there be more to read than the last recv has brought, although epoll will not
     * say so? After a recv. */
    bool (*pending)(const struct transport *transport);
    void (*close)(struct transport *transport);
};

struct transport {
    const struct transport_ops *ops;
    int fd;                  /* owned; closed by ops->close */
    struct tls_channel *tls; /* owned likewise; NULL: plain */
};

void transport_plain(struct transport *transport, int fd);

#endif
