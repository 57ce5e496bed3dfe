/* adopt.h - a client's socket becomes a connection with a session. */
#ifndef NET_ADOPT_H
#define NET_ADOPT_H

#include "net/address.h"
#include "net/session_ops.h"

struct net;

/* Takes the socket over; whatever prevents a session closes it. The factory is borrowed
 * for the life of the connection. By the watchdog. */
void adopt(struct net *net, int fd, const struct address *peer,
           const struct session_factory *factory);

/* Nothing is left for this client: it is told so, and its socket closed. By the
 * watchdog. */
void turn_away(struct net *net, int fd, const struct session_factory *factory,
               const char *reason);

#endif
