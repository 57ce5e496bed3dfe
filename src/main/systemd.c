/* systemd.c - sd_notify(3) by hand.
 *
 * libsystemd would bring a dozen libraries for a sendto(2) that is documented and
 * stable (systemd.io, "Interface Portability and Stability"). */
#include "main/systemd.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"

/* WATCHDOG_PID, when there, must be ours: a parent's is not for us. */
static uint64_t read_watchdog(void)
{
    const char *period = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (!period || (pid && strtol(pid, NULL, 10) != (long)getpid()))
        return 0;
    return strtoull(period, NULL, 10);
}

void systemd_init(struct systemd *systemd)
{
    const char *path = getenv("NOTIFY_SOCKET");
    size_t len = path ? strlen(path) : 0;
    *systemd = (struct systemd){.address.sun_family = AF_UNIX};
    bool is_path = len > 1 && (path[0] == '/' || path[0] == '@');
    if (is_path && len < sizeof systemd->address.sun_path) {
        memcpy(systemd->address.sun_path, path, len);
        if (path[0] == '@') /* an abstract socket */
            systemd->address.sun_path[0] = '\0';
        systemd->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    }
    systemd->watchdog_us = systemd->len ? read_watchdog() : 0;
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
}

static void notify(const struct systemd *systemd, const char *state)
{
    if (systemd->len == 0)
        return;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    /* Whether it is heard changes nothing here. */
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL,
                 (const struct sockaddr *)&systemd->address, systemd->len);
    (void)close(fd);
}

void systemd_ready(const struct systemd *systemd, const char *status)
{
    char state[512];
    (void)snprintf(state, sizeof state, "READY=1%s%s", status ? "\nSTATUS=" : "",
                   status ? status : "");
    notify(systemd, state);
}

/* The time tells the manager which READY=1 belongs to it (Type=notify-reload). */
void systemd_reloading(const struct systemd *systemd)
{
    char state[80];
    (void)snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
                   clock_now_us());
    notify(systemd, state);
}

void systemd_stopping(const struct systemd *systemd)
{
    notify(systemd, "STOPPING=1");
}

void systemd_alive(const struct systemd *systemd)
{
    if (systemd->watchdog_us)
        notify(systemd, "WATCHDOG=1");
}

uint64_t systemd_pause_us(const struct systemd *systemd)
{
    return systemd->watchdog_us / 2;
}
