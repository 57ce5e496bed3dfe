/* unix_socket.h - the file of a unix socket: whose it is, who may connect, and the lock
 * beside it.
 *
 * As PostgreSQL does it, PATH.lock says in its first line which process has the socket,
 * so that neither takes the other's. Ours is also locked by flock(2) as long as we
 * live: what a crash, or a container of the same process id, has left is told from a
 * living server's. */
#ifndef NET_UNIX_SOCKET_H
#define NET_UNIX_SOCKET_H

#include <sys/types.h>

#include "core/error.h"
#include "net/address.h"

struct unix_rights {
    unsigned mode; /* 0 = 0777 */
    bool has_group;
    gid_t group;
};

struct unix_socket {
    dev_t device; /* the file that is ours to unlink */
    ino_t inode;  /* 0 = none */
    int lock_fd;  /* if inode is not 0 */
};

/* Bind fd to the path, over what a dead server has left. 08001, and nothing is left. */
bool unix_socket_bind(int fd, const struct address *address,
                      const struct unix_rights *rights, struct unix_socket *out,
                      struct error *err) MUST_CHECK;
/* Both files go, if they are still ours; again: nothing. */
void unix_socket_remove(struct unix_socket *socket, const char *path);

#endif
