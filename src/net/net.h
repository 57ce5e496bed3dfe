/* net.h - the loop: listeners, worker threads, slots, watchdog; protocols are
 * factories.
 *
 * Threads = io + slots, all alike. A slot is the permission to block a thread, so that
 * with every slot taken io threads are left for everything that does not block. */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/error.h"
#include "core/log.h"
#include "net/session_ops.h"
#include "net/unix_socket.h"

struct net;

struct net_options {
    unsigned io_threads;      /* 0 = 2 */
    unsigned slots;           /* 0 = cores * 2 */
    unsigned max_connections; /* that have logged in; 0 = as many as fit */
    unsigned max_strangers;   /* that have not; 0 = 384 at most, a quarter of all */
    unsigned max_all;         /* 0 = descriptor limit less 64 */
    unsigned yield_steps;     /* 0 = 64; 3 at least */
    struct unix_rights unix_rights; /* of unix sockets */
    const struct log *log;          /* borrowed; NULL = silent */
};

struct net *net_new(const struct net_options *options, struct error *err) MUST_CHECK;

/* "ADDRESS:PORT", "[IPv6]:PORT", "localhost:PORT", a directory "/path[:PORT]" that gets
 * the unix socket .s.PGSQL.PORT (5432 unless given), or the path of a unix socket,
 * which ends in ".sock". localhost is both loopback addresses, where the system has
 * both. The factory is copied; its open must not block. Errors: 22023 malformed, 08001
 * with the reason ("port 5433 is taken"). Port 0 takes a free one; *port (may be NULL)
 * says which. Before net_run only. */
bool net_listen(struct net *net, const char *address,
                const struct session_factory *factory, uint16_t *port,
                struct error *err) MUST_CHECK;

/* A socket that listens already, which is taken over when true is returned. is_open: it
 * may be reached from elsewhere, too; else 28000 where it can. *name: as an address is
 * written. 08001. */
bool net_listen_socket(struct net *net, int fd, bool is_open,
                       const struct session_factory *factory, char *name, size_t size,
                       struct error *err) MUST_CHECK;

/* Is that address well-formed (else 22023), and one that only this machine can reach?
 */
bool net_address_check(const char *address, bool *is_loopback,
                       struct error *err) MUST_CHECK;

/* How many may log in; 0 = as many as fit. Who is there already stays. Thread-safe. */
void net_limit(struct net *net, unsigned connections);

/* Connections from some addresses. */
struct net_address_limit {
    uint8_t bytes[16]; /* as IPv6 has them, IPv4 mapped */
    unsigned bits;     /* of them that count */
    unsigned most;     /* connections from each address; 0 = no limit */
};
/* "192.0.2.1", "192.0.2.0/24", "2001:db8::/32": everything but `most`. False:
 * malformed.
 */
bool net_address_range(const char *text, struct net_address_limit *out) MUST_CHECK;
/* Connections from each address but for those in `limits`, where the first that fits
 * decides; a /64 of IPv6 is one address. Copied. Thread-safe. False: out of memory. */
bool net_limit_addresses(struct net *net, unsigned most,
                         const struct net_address_limit *limits, size_t count,
                         struct error *err) MUST_CHECK;

/* Serve until stop; the calling thread is the watchdog. False: threads could not be
 * made. */
bool net_run(struct net *net, struct error *err) MUST_CHECK;
/* Both thread-safe, async-signal-safe; to have returned before net_free is called.
 * Drain: nobody is let in, and every session ends when what it does is done; after
 * `most_ms` it is stopped. Stop: every session is told to end, now. */
void net_drain(struct net *net, unsigned most_ms);
void net_stop(struct net *net);
/* Is the loop alive? Asked again and again, with time between: it must have moved
 * since. Thread-safe. */
bool net_is_alive(struct net *net, unsigned *heartbeat);
void net_free(struct net *net); /* closes every connection; NULL is allowed */

struct net_stats {
    unsigned connections; /* strangers too */
    unsigned places, places_taken;
    unsigned slots, slots_taken, slots_waiting;
};
struct net_stats net_stats(struct net *net); /* thread-safe */

#endif
