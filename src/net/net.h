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

struct net;

struct net_options {
    unsigned io_threads;      /* 0 = 2 */
    unsigned slots;           /* 0 = cores * 2 */
    unsigned max_connections; /* 0 = descriptor limit less 64 */
    unsigned yield_steps;     /* 0 = 64; 3 at least */
    const struct log *log;    /* borrowed; NULL = silent */
};

struct net *net_new(const struct net_options *options, struct error *err) MUST_CHECK;

/* "ADDRESS:PORT", "[IPv6]:PORT", "localhost:PORT", or a directory "/path[:PORT]" that
 * gets the unix socket .s.PGSQL.PORT (5432 unless given). localhost is both loopback
 * addresses, where the system has both. The factory is copied; its open must not block.
 * Errors: 22023 malformed, 08001 with the reason ("port 5433 is taken"). Port 0 takes a
 * free one; *port (may be NULL) says which. Before net_run only. */
bool net_listen(struct net *net, const char *address,
                const struct session_factory *factory, uint16_t *port,
                struct error *err) MUST_CHECK;

/* Is that address well-formed (else 22023), and one that only this machine can reach?
 */
bool net_address_check(const char *address, bool *is_loopback,
                       struct error *err) MUST_CHECK;

/* Serve until stop; the calling thread is the watchdog. False: threads could not be
 * made. */
bool net_run(struct net *net, struct error *err) MUST_CHECK;
/* Thread-safe, async-signal-safe; to have returned before net_free is called. */
void net_stop(struct net *net);
void net_free(struct net *net); /* closes every connection; NULL is allowed */

struct net_stats {
    unsigned connections, slots, slots_taken, slots_waiting;
};
struct net_stats net_stats(struct net *net); /* thread-safe */

#endif
