/* systemd.h - what a service manager is told: sd_notify(3)'s protocol, one datagram.
 *
 * Without NOTIFY_SOCKET in the environment everything here does nothing. */
#ifndef MAIN_SYSTEMD_H
#define MAIN_SYSTEMD_H

#include <sys/socket.h>
#include <sys/un.h>

struct systemd {
    struct sockaddr_un address;
    socklen_t len; /* 0 = nobody listens */
};

/* Looks at the environment, and takes the variable out, so that no child speaks for
 * this process. Before other threads are made. */
void systemd_init(struct systemd *systemd);

void systemd_ready(const struct systemd *systemd);
void systemd_reloading(const struct systemd *systemd);
void systemd_stopping(const struct systemd *systemd);

#endif
