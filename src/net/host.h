/* host.h - what a session may ask of the loop; host_self is the connection. */
#ifndef NET_HOST_H
#define NET_HOST_H

#include <pgwire/session.h>

extern const struct pgw_host conn_host;

#endif
