/* watchdog.h - the thread that waits for others: accepts, hang-ups, deadlines, the end.
 */
#ifndef NET_WATCHDOG_H
#define NET_WATCHDOG_H

struct net;

void watchdog_run(struct net *net); /* until the last worker has left */

#endif
