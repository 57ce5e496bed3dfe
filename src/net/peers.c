/* peers.c - a count for each address that somebody is connected from. */
#include "net/peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORK_BYTES = 8, IPV4_AT = 12, IPV4_BITS = 32, IPV6_BITS = 128 };

struct peer {
    uint8_t key[PEER_KEY_BYTES];
    unsigned count;
};

void peers_init(struct peers *peers)
{
    *peers = (struct peers){0};
    (void)pthread_mutex_init(&peers->lock, NULL);
}

void peers_free(struct peers *peers)
{
    struct slice key;
    struct peer *peer;
    while ((peer = strmap_any(&peers->map, &key))) {
        (void)strmap_take(&peers->map, key);
        free(peer);
    }
    strmap_free(&peers->map);
    free(peers->limits);
    (void)pthread_mutex_destroy(&peers->lock);
}

/* ---- addresses ---- */

static void map_ipv4(const void *bytes, uint8_t out[PEER_KEY_BYTES])
{
    memset(out, 0, IPV4_AT);
    out[10] = out[11] = 0xff;
    memcpy(out + IPV4_AT, bytes, 4);
}

static bool is_mapped(const uint8_t bytes[PEER_KEY_BYTES])
{
    uint8_t mapped[PEER_KEY_BYTES];
    map_ipv4(bytes + IPV4_AT, mapped);
    return memcmp(bytes, mapped, PEER_KEY_BYTES) == 0;
}

/* False: it has none. */
static bool bytes_of(const struct address *address, uint8_t out[PEER_KEY_BYTES])
{
    if (address->socket.ss_family == AF_INET) {
        struct sockaddr_in socket;
        memcpy(&socket, &address->socket, sizeof socket);
        map_ipv4(&socket.sin_addr, out);
        return true;
    }
    struct sockaddr_in6 socket;
    memcpy(&socket, &address->socket, sizeof socket);
    if (address->socket.ss_family != AF_INET6)
        return false;
    memcpy(out, &socket.sin6_addr, PEER_KEY_BYTES);
    return true;
}

static bool is_within(const struct net_address_limit *limit,
                      const uint8_t bytes[PEER_KEY_BYTES])
{
    unsigned whole = limit->bits / 8, rest = limit->bits % 8;
    uint8_t mask = (uint8_t)(0xff00U >> rest);
    return memcmp(limit->bytes, bytes, whole) == 0 &&
           (rest == 0 || ((limit->bytes[whole] ^ bytes[whole]) & mask) == 0);
}

static bool parse_bits(const char *text, unsigned most, unsigned *bits)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *bits = (unsigned)value;
    return *text >= '0' && *text <= '9' && !*end && value <= most;
}

bool net_address_range(const char *text, struct net_address_limit *out)
{
    char host[INET6_ADDRSTRLEN];
    struct in_addr ipv4;
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    if (len >= sizeof host)
        return false;
    (void)snprintf(host, sizeof host, "%.*s", (int)len, text);
    out->bits = IPV6_BITS;
    if (inet_pton(AF_INET, host, &ipv4) == 1) {
        map_ipv4(&ipv4, out->bytes);
        if (slash && !parse_bits(slash + 1, IPV4_BITS, &out->bits))
            return false;
        out->bits += slash ? IPV6_BITS - IPV4_BITS : 0;
        return true;
    }
    return inet_pton(AF_INET6, host, out->bytes) == 1 &&
           (!slash || parse_bits(slash + 1, IPV6_BITS, &out->bits));
}

/* ---- limits ---- */

bool peers_limit(struct peers *peers, unsigned standard,
                 const struct net_address_limit *limits, size_t count)
{
    struct net_address_limit *copy = count ? malloc(count * sizeof *copy) : NULL;
    if (count && !copy)
        return false;
    if (count)
        memcpy(copy, limits, count * sizeof *copy);
    (void)pthread_mutex_lock(&peers->lock);
    struct net_address_limit *before = peers->limits;
    peers->limits = copy;
    peers->limit_count = count;
    peers->standard = standard;
    (void)pthread_mutex_unlock(&peers->lock);
    free(before);
    return true;
}

/* Under the lock. */
static unsigned limit_of(const struct peers *peers, const uint8_t bytes[PEER_KEY_BYTES])
{
    for (size_t i = 0; i < peers->limit_count; i++) {
        if (is_within(&peers->limits[i], bytes))
            return peers->limits[i].most;
    }
    return peers->standard;
}

/* ---- coming and going ---- */

static struct slice key_of(const uint8_t key[PEER_KEY_BYTES])
{
    return (struct slice){(const char *)key, PEER_KEY_BYTES};
}

/* Under the lock. */
static struct peer *find_or_add(struct peers *peers, const uint8_t key[PEER_KEY_BYTES])
{
    struct peer *peer = strmap_get(&peers->map, key_of(key));
    if (peer)
        return peer;
    peer = calloc(1, sizeof *peer);
    if (!peer)
        return NULL;
    memcpy(peer->key, key, PEER_KEY_BYTES);
    if (strmap_put(&peers->map, key_of(key), peer))
        return peer;
    free(peer);
    return NULL;
}

struct peer *peers_enter(struct peers *peers, const struct address *address,
                         bool *too_many, bool *failed)
{
    uint8_t bytes[PEER_KEY_BYTES], key[PEER_KEY_BYTES];
    *too_many = *failed = false;
    if (!bytes_of(address, bytes))
        return NULL;
    memcpy(key, bytes, sizeof key);
    if (!is_mapped(key))
        memset(key + NETWORK_BYTES, 0, sizeof key - NETWORK_BYTES);
    (void)pthread_mutex_lock(&peers->lock);
    struct peer *peer = find_or_add(peers, key);
    unsigned most = limit_of(peers, bytes);
    if (peer)
        *too_many = ++peer->count > most && most > 0;
    (void)pthread_mutex_unlock(&peers->lock);
    *failed = !peer;
    return peer;
}

void peers_leave(struct peers *peers, struct peer *peer)
{
    if (!peer)
        return;
    (void)pthread_mutex_lock(&peers->lock);
    bool last = --peer->count == 0;
    if (last)
        (void)strmap_take(&peers->map, key_of(peer->key));
    (void)pthread_mutex_unlock(&peers->lock);
    if (last)
        free(peer);
}
