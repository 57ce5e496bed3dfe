/* listener.h - a listening socket, and how its clients become connections.
 *
 * Accepting is the watchdog's: one thread, so the table of connections has one writer
 * that makes it grow, and no connection is accepted twice. */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include "net/address.h"
#include "net/session_ops.h"
#include "net/unix_socket.h"

struct net;

struct listener {
    int fd; /* -1 = closed */
    struct address address;
    struct session_factory factory;
    struct unix_socket file; /* of a unix socket that we have made */
};

bool listener_open(struct listener *listener, const struct address *address,
                   const struct unix_rights *rights, struct error *err) MUST_CHECK;
/* One that listens already, which is taken over. 08001, and it is still the caller's.
 */
bool listener_take(struct listener *listener, int fd, struct error *err) MUST_CHECK;
/* Has this machine that address at all? (::1 is missing where IPv6 is.) */
bool listener_is_possible(const struct address *address);
void listener_close(struct listener *listener); /* unlinks its own unix socket */

enum accepted {
    ACCEPTED,
    ACCEPT_CROWDED, /* too many strangers are there: *again_us, admission.h */
    ACCEPT_FAILED   /* the system has run out of something: try again in a while */
};

/* Take the clients that wait, some at a time. */
enum accepted listener_accept(struct listener *listener, struct net *net,
                              uint64_t *again_us) MUST_CHECK;

#endif
