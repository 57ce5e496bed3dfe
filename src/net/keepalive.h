/* keepalive.h - when TCP looks after a silent connection, and gives it up. */
#ifndef NET_KEEPALIVE_H
#define NET_KEEPALIVE_H

#include <pgwire/pgwire.h>

/* The system's numbers, of a socket on which nobody has set others; 0: not known. */
void keepalive_read(int fd, struct pgw_keepalive *standard);
/* What cannot be set stays as it is. */
void keepalive_set(int fd, const struct pgw_keepalive *wanted,
                   const struct pgw_keepalive *standard);

#endif
