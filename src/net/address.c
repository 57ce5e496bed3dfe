/* address.c - socket addresses from text and back. */
#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static bool malformed(const char *text, struct error *err)
{
    (void)error_set(err, "22023", "\"%s\" is not an address to listen on", text);
    error_hint(err, "Use ADDRESS:PORT, [IPv6]:PORT, localhost:PORT, /DIRECTORY:PORT or "
                    "/PATH.sock.");
    return false;
}

/* One to five digits up to 65535, and nothing behind them. */
static bool parse_port(const char *text, uint16_t *port)
{
    uint32_t value = 0;
    size_t digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 6; digits++)
        value = value * 10 + (uint32_t)(text[digits] - '0');
    *port = (uint16_t)value;
    return digits > 0 && digits < 6 && text[digits] == '\0' && value <= UINT16_MAX;
}

static void add_ipv4(struct address_list *list, struct in_addr number, uint16_t port)
{
    struct address *address = &list->items[list->count++];
    const struct sockaddr_in socket = {
        .sin_family = AF_INET, .sin_addr = number, .sin_port = htons(port)};
    memcpy(&address->socket, &socket, sizeof socket);
    address->len = sizeof socket;
}

static void add_ipv6(struct address_list *list, struct in6_addr number, uint16_t port)
{
    struct address *address = &list->items[list->count++];
    const struct sockaddr_in6 socket = {
        .sin6_family = AF_INET6, .sin6_addr = number, .sin6_port = htons(port)};
    memcpy(&address->socket, &socket, sizeof socket);
    address->len = sizeof socket;
}

/* A path by itself, rather than a directory. */
static bool is_socket_path(const char *text)
{
    static const char suffix[] = ".sock";
    size_t len = strlen(text);
    return len >= sizeof suffix &&
           strcmp(text + len - (sizeof suffix - 1), suffix) == 0;
}

static bool parse_unix(const char *text, struct address_list *out, struct error *err)
{
    uint16_t port = ADDRESS_UNIX_PORT;
    const char *colon = strrchr(text, ':');
    bool is_path = is_socket_path(text);
    if (is_path)
        colon = NULL;
    if (colon && (!parse_port(colon + 1, &port) || port == 0))
        return malformed(text, err);
    size_t directory = colon ? (size_t)(colon - text) : strlen(text);
    struct sockaddr_un socket = {.sun_family = AF_UNIX};
    int len = is_path
                  ? snprintf(socket.sun_path, sizeof socket.sun_path, "%s", text)
                  : snprintf(socket.sun_path, sizeof socket.sun_path,
                             "%.*s/.s.PGSQL.%u", (int)directory, text, (unsigned)port);
    if (len < 0 || (size_t)len >= sizeof socket.sun_path)
        return error_set(
            err, "22023",
            "the path of the unix socket in \"%s\" is longer than %zu bytes", text,
            sizeof socket.sun_path - 1);
    memcpy(&out->items[0].socket, &socket, sizeof socket);
    out->items[0].len = sizeof socket;
    out->count = 1;
    return true;
}

/* `host` is what stands before the last colon. */
static bool parse_host(const char *host, uint16_t port, struct address_list *out)
{
    struct in_addr ipv4;
    struct in6_addr ipv6;
    size_t len = strlen(host);
    if (strcmp(host, "localhost") == 0) {
        add_ipv4(out, (struct in_addr){htonl(INADDR_LOOPBACK)}, port);
        add_ipv6(out, in6addr_loopback, port);
    } else if (inet_pton(AF_INET, host, &ipv4) == 1) {
        add_ipv4(out, ipv4, port);
    } else if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
        char number[INET6_ADDRSTRLEN];
        (void)snprintf(number, sizeof number, "%.*s", (int)(len - 2), host + 1);
        if (len - 2 >= sizeof number || inet_pton(AF_INET6, number, &ipv6) != 1)
            return false;
        add_ipv6(out, ipv6, port);
    }
    return out->count > 0;
}

bool address_parse(const char *text, struct address_list *out, struct error *err)
{
    char host[64];
    uint16_t port;
    *out = (struct address_list){0};
    if (text[0] == '/')
        return parse_unix(text, out, err);
    const char *colon = strrchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof host)
        return malformed(text, err);
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - text), text);
    if (!parse_port(colon + 1, &port) || !parse_host(host, port, out))
        return malformed(text, err);
    return true;
}

/* The IPv4 address within, also of one mapped into IPv6. */
static bool as_ipv4(const struct address *address, struct in_addr *out)
{
    if (address->socket.ss_family == AF_INET) {
        struct sockaddr_in socket;
        memcpy(&socket, &address->socket, sizeof socket);
        *out = socket.sin_addr;
        return true;
    }
    struct sockaddr_in6 socket;
    memcpy(&socket, &address->socket, sizeof socket);
    if (address->socket.ss_family != AF_INET6 ||
        !IN6_IS_ADDR_V4MAPPED(&socket.sin6_addr))
        return false;
    memcpy(out, &socket.sin6_addr.s6_addr[12], sizeof *out);
    return true;
}

bool address_is_loopback(const struct address *address)
{
    struct in_addr ipv4;
    struct sockaddr_in6 ipv6;
    if (address->socket.ss_family == AF_UNIX)
        return true;
    if (as_ipv4(address, &ipv4))
        return ntohl(ipv4.s_addr) >> 24 == 127;
    memcpy(&ipv6, &address->socket, sizeof ipv6);
    return IN6_IS_ADDR_LOOPBACK(&ipv6.sin6_addr);
}

uint16_t address_port(const struct address *address)
{
    struct sockaddr_in6 socket; /* the port stands where IPv4 has it */
    memcpy(&socket, &address->socket, sizeof socket);
    return address->socket.ss_family == AF_UNIX ? 0 : ntohs(socket.sin6_port);
}

void address_set_port(struct address *address, uint16_t port)
{
    struct sockaddr_in6 socket;
    memcpy(&socket, &address->socket, sizeof socket);
    socket.sin6_port = htons(port);
    memcpy(&address->socket, &socket, sizeof socket);
}

void address_name(const struct address *address, char *out, size_t size)
{
    char text[INET6_ADDRSTRLEN];
    if (address_path(address)) {
        (void)snprintf(out, size, "%s", address_path(address));
        return;
    }
    address_text(address, text, sizeof text);
    (void)snprintf(out, size, strchr(text, ':') ? "[%s]:%u" : "%s:%u", text,
                   (unsigned)address_port(address));
}

void address_text(const struct address *address, char *out, size_t size)
{
    struct in_addr ipv4;
    struct sockaddr_in6 ipv6;
    if (address->socket.ss_family == AF_UNIX) {
        (void)snprintf(out, size, "unix");
    } else if (as_ipv4(address, &ipv4)) {
        (void)inet_ntop(AF_INET, &ipv4, out, (socklen_t)size);
    } else {
        memcpy(&ipv6, &address->socket, sizeof ipv6);
        (void)inet_ntop(AF_INET6, &ipv6.sin6_addr, out, (socklen_t)size);
    }
}

const char *address_path(const struct address *address)
{
    const char *bytes = (const char *)&address->socket;
    return address->socket.ss_family == AF_UNIX
               ? bytes + offsetof(struct sockaddr_un, sun_path)
               : NULL;
}

bool address_peer_uid(int fd, uint32_t *uid)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
        return false;
    *uid = peer.uid;
    return true;
}
