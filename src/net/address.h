/* address.h - where to listen, and who connected, as text.
 *
 * Addresses are numbers; no name is looked up but "localhost", which is both loopback
 * addresses. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "core/attr.h"
#include "core/error.h"

enum { ADDRESS_UNIX_PORT = 5432, ADDRESS_MAX = 2 };

struct address {
    struct sockaddr_storage socket;
    socklen_t len;
};

struct address_list {
    struct address items[ADDRESS_MAX];
    size_t count;
};

/* The forms of net_listen. False: malformed, 22023. */
bool address_parse(const char *text, struct address_list *out,
                   struct error *err) MUST_CHECK;

bool address_is_loopback(const struct address *address); /* unix sockets are */
uint16_t address_port(const struct address *address);    /* 0 for a unix socket */
void address_set_port(struct address *address, uint16_t port);
/* "127.0.0.1", "::1", "unix"; an IPv4 address that came through IPv6 is IPv4. */
void address_text(const struct address *address, char *out, size_t size);
/* As address_parse takes it: "127.0.0.1:5433", "[::1]:5433", "/run/http.sock". */
void address_name(const struct address *address, char *out, size_t size);
/* Whose process is at the other end of this unix socket? False: the system cannot tell.
 */
bool address_peer_uid(int fd, uint32_t *uid) MUST_CHECK;
const char *address_path(const struct address *address); /* NULL: not a unix socket */

#endif
