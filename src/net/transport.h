/* transport.h - bytes in and out of a connection: four calls, so that TLS is a swapped
 * pointer.
 *
 * Non-blocking. recv and sendv answer the number of bytes, 0 for the end of the stream
 * (recv), or one of the negative codes. */
#ifndef NET_TRANSPORT_H
#define NET_TRANSPORT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

enum { TRANSPORT_AGAIN = -1, TRANSPORT_BROKEN = -2 };

struct transport;

struct transport_ops {
    ssize_t (*recv)(struct transport *, uint8_t *to, size_t len);
    ssize_t (*sendv)(struct transport *, struct iovec *iov, size_t count);
    size_t (*pending)(const struct transport *); /* bytes read but not yet handed out */
    void (*close)(struct transport *);
};

struct transport {
    const struct transport_ops *ops;
    int fd;
};

/* Takes over the descriptor, which is non-blocking. */
void transport_plain(struct transport *transport, int fd);

#endif
