/* listener.h - a listening socket, and how its clients become connections.
 *
 * Accepting is the watchdog's: one thread, so the table of connections has one writer
 * that makes it grow, and no connection is accepted twice. */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include <sys/types.h>

#include "net/address.h"
#include "net/session_ops.h"

struct net;

struct listener {
    int fd; /* -1 = closed */
    struct address address;
    struct session_factory factory;
    dev_t device; /* unix: the file that is ours to unlink */
    ino_t inode;
};

bool listener_open(struct listener *listener, const struct address *address,
                   struct error *err) MUST_CHECK;
/* Has this machine that address at all? (::1 is missing where IPv6 is.) */
bool listener_is_possible(const struct address *address);
void listener_close(struct listener *listener); /* unlinks the unix socket */

enum accepted {
    ACCEPTED,
    ACCEPT_CROWDED, /* too many strangers are there: *again_us, admission.h */
    ACCEPT_FAILED   /* the system has run out of something: try again in a while */
};

/* Take the clients that wait, some at a time. */
enum accepted listener_accept(struct listener *listener, struct net *net,
                              uint64_t *again_us) MUST_CHECK;

#endif
