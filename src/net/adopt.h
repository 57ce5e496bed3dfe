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

#endif
