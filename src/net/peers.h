/* peers.h - how many connections there are from each address, and how many there may
 * be.
 *
 * An IPv6 client has a /64 to choose from, which therefore counts as one address; an
 * IPv4 address that came through IPv6 is IPv4. Unix sockets have none. */
#ifndef NET_PEERS_H
#define NET_PEERS_H

#include <pthread.h>

#include "core/strmap.h"
#include "net/address.h"
#include "net/net.h"

enum { PEER_KEY_BYTES = 16 };

struct peer; /* an address that somebody has come from */

struct peers {
    pthread_mutex_t lock;
    struct strmap map; /* by the bytes of the address, as IPv6 has them */
    unsigned standard; /* connections an address; 0 = no limit */
    struct net_address_limit *limits; /* of some; the first that fits */
    size_t limit_count;
};

void peers_init(struct peers *peers);
void peers_free(struct peers *peers);

/* Both copied. False: out of memory, and the limits are what they were. */
bool peers_limit(struct peers *peers, unsigned standard,
                 const struct net_address_limit *limits, size_t count) MUST_CHECK;

/* Somebody comes. *too_many: more than may. NULL: it has no address, or, with *failed,
 * memory is out. Leaves once. */
struct peer *peers_enter(struct peers *peers, const struct address *address,
                         bool *too_many, bool *failed);
void peers_leave(struct peers *peers, struct peer *peer); /* NULL is allowed */

#endif
