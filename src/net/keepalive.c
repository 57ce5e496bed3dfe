/* keepalive.c - four numbers of a TCP socket. */
#include "net/keepalive.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

#include "core/attr.h"

static const struct {
    int option;
    size_t at; /* in struct pgw_keepalive */
} rows[] = {{TCP_KEEPIDLE, offsetof(struct pgw_keepalive, idle_s)},
            {TCP_KEEPINTVL, offsetof(struct pgw_keepalive, interval_s)},
            {TCP_KEEPCNT, offsetof(struct pgw_keepalive, count)},
            {TCP_USER_TIMEOUT, offsetof(struct pgw_keepalive, user_timeout_ms)}};

static const uint32_t *number(const struct pgw_keepalive *keepalive, size_t row)
{
    return (const uint32_t *)((const char *)keepalive + rows[row].at);
}

void keepalive_read(int fd, struct pgw_keepalive *standard)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint32_t value = 0;
        socklen_t len = sizeof value;
        (void)getsockopt(fd, IPPROTO_TCP, rows[i].option, &value, &len);
        *(uint32_t *)((char *)standard + rows[i].at) = value;
    }
}

void keepalive_set(int fd, const struct pgw_keepalive *wanted,
                   const struct pgw_keepalive *standard)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint32_t value = *number(wanted, i) ? *number(wanted, i) : *number(standard, i);
        (void)setsockopt(fd, IPPROTO_TCP, rows[i].option, &value, sizeof value);
    }
}
