/* lend.h - answers that are ready leave while a statement behind them runs.
 *
 * Pipelined statements share a write, as long as they are short. So when a handler may
 * block its thread, and there is output to send, the owner lends that to the watchdog,
 * which sends it if the handler takes long. Lending costs some stores; only the first
 * time in a while a deadline is set. */
#ifndef NET_LEND_H
#define NET_LEND_H

#include <sys/uio.h>

#include "net/conn.h"

enum { LENT_IOV_MAX = 16 };

/* On the owner's stack, while it runs the session. */
struct lent {
    struct iovec iov[LENT_IOV_MAX]; /* of the session's output; nobody moves it */
    size_t count;
    size_t sent; /* of it; the watchdog's, under the connection's lock */
};

/* By the owner, from within a step of the session: a handler may block. Where
 * conn->lent is set, what it wants to send is lent. */
void lend_begin(struct conn *conn);
/* Behind the step. */
void lend_end(struct conn *conn);

/* By the watchdog, at the deadline, with the connection's lock held: send what is lent.
 * True: not all of it could be, try again. */
bool lend_send(struct conn *conn);

#endif
