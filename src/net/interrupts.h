/* interrupts.h - ending what runs on a connection, and the reasons why: a cancel, a
 * deadline, a hang-up, the end of the server.
 *
 * A request reaches the session at once; while the session says that something still
 * runs, the watchdog repeats it. Everything here excludes the session's end by the
 * connection's lock. */
#ifndef NET_INTERRUPTS_H
#define NET_INTERRUPTS_H

#include "net/conn.h"

struct net;

/* By the owner: one deadline a connection, 0 takes it back. Whoever is interrupted by
 * it is what runs between these two calls, never what runs after the second. */
void interrupts_deadline(struct conn *conn, uint64_t at_us, enum pgw_interrupt reason);

/* By the owner: look soon whether what it has lent is still there (lend.h). */
void interrupts_lend(struct conn *conn);

/* By any thread; a wrong pid or key does nothing. */
void interrupts_cancel(struct net *net, uint32_t pid, struct pgw_slice key);
/* By any thread: without a key; PGW_INTERRUPT_NONE only asks. False: there is no
 * session of this pid. */
bool interrupts_signal(struct net *net, uint32_t pid, enum pgw_interrupt reason);

/* By any thread: a stranger has been here too long. */
void interrupts_send_away(struct net *net, conn_handle handle);

/* The watchdog's. */
void interrupts_hang_up(struct net *net, conn_handle handle);
void interrupts_attend(struct net *net, conn_handle handle, uint64_t now_us);
void interrupts_drain(struct net *net);    /* every connection, each once */
void interrupts_shutdown(struct net *net); /* every connection */

#endif
