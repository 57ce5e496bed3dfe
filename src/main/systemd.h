/* systemd.h - what a service manager is told: sd_notify(3)'s protocol, one datagram.
 *
 * Without NOTIFY_SOCKET in the environment everything here does nothing. */
#ifndef MAIN_SYSTEMD_H
#define MAIN_SYSTEMD_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct systemd {
    struct sockaddr_un address;
    socklen_t len;        /* 0 = nobody listens */
    uint64_t watchdog_us; /* how often it wants to hear that we live; 0 = not */
};

/* Looks at the environment, and takes the variable out, so that no child speaks for
 * this process. Before other threads are made. */
void systemd_init(struct systemd *systemd);

/* status: what a person is shown; NULL: as before. */
void systemd_ready(const struct systemd *systemd, const char *status);
void systemd_reloading(const struct systemd *systemd);
void systemd_stopping(const struct systemd *systemd);
/* To be said every systemd_pause_us (0 = never). */
void systemd_alive(const struct systemd *systemd);
uint64_t systemd_pause_us(const struct systemd *systemd);

#endif
